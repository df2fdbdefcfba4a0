#!/usr/bin/python
# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: mailbox_session
short_description: Be the user of a mailbox, at Dovecot and at Postfixadmin
description:
  - Logs in through IMAP, through C(doveadm auth test) and at C(/users/login.php) of Postfixadmin.
  - A refusal is a result, not a failure. The task fails if a server does not answer, or answers otherwise than a login expects.
author:
  - The auth.services developers (@auth-services)
options:
  imap_port:
    description: Where Dovecot listens on 127.0.0.1.
    type: int
    required: true
  dovecot:
    description: Dovecot's configuration.
    type: path
    required: true
  url:
    description: Address of Postfixadmin.
    type: str
    required: true
  logins:
    description: Whom to log in.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: Address.
        type: str
        required: true
      password:
        description: Password.
        type: str
        required: true
      doors:
        description: The doors that must open, as in RV(doors).
        type: str
"""

EXAMPLES = r"""
- name: Log in
  mailbox_session:
    imap_port: "{{ mail.imap_port }}"
    dovecot: "{{ mail.dovecot }}"
    url: "{{ mail.url }}"
    logins:
      - {name: alice@example.org, password: "{{ password }}", doors: doveadm imap web}
"""

RETURN = r"""
doors:
  description: For each of O(logins), the names of the doors that opened (C(doveadm), C(imap), C(web)), or an empty string.
  returned: always
  type: list
  elements: str
"""

import http.cookiejar
import imaplib
import re
import subprocess
import urllib.parse
import urllib.request

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.expectations import finish


def imap(options, name, password):
    connection = imaplib.IMAP4("127.0.0.1", options["imap_port"], timeout=60)
    try:
        # AUTHENTICATE PLAIN, since LOGIN of imaplib takes ASCII alone
        connection.authenticate("PLAIN", lambda challenge: b"\0" + name.encode() + b"\0" + password.encode())
        return connection.select("INBOX")[0] == "OK"
    except imaplib.IMAP4.error as error:
        if "AUTHENTICATIONFAILED" not in str(error):
            raise OSError(f"IMAP says {error}") from error
        return False
    finally:
        connection.shutdown()


def doveadm(options, name, password):
    command = ["doveadm", "-c", options["dovecot"], "auth", "test", name, password]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 77):
        raise OSError(f"doveadm says {done.stdout}{done.stderr}")
    return done.returncode == 0


def web(options, name, password):
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    url = options["url"] + "/users/login.php"
    with opener.open(url, timeout=60) as response:
        token = re.search(r'name="token"\s+value="([^"]+)"', response.read().decode())[1]
    body = urllib.parse.urlencode({"fUsername": name, "fPassword": password, "token": token, "lang": "en"})
    with opener.open(url, body.encode(), timeout=60) as response:
        return response.geturl().endswith("/users/main.php")


def main():
    module = AnsibleModule(
        argument_spec={
            "imap_port": {"type": "int", "required": True},
            "dovecot": {"type": "path", "required": True},
            "url": {"type": "str", "required": True},
            "logins": {"type": "list", "elements": "dict", "required": True, "options": {
                "name": {"type": "str", "required": True},
                "password": {"type": "str", "required": True, "no_log": True},
                "doors": {"type": "str"},
            }},
        },
    )
    options = module.params
    try:
        doors = [
            " ".join(door.__name__ for door in (doveadm, imap, web) if door(options, login["name"], login["password"]))
            for login in options["logins"]
        ]
    except OSError as error:
        module.fail_json(msg=str(error))
    cases = [{"name": login["name"], "expect": {} if login["doors"] is None else {"doors": login["doors"]}} for login in options["logins"]]
    finish(module, cases, [{"doors": names} for names in doors], doors=doors)


if __name__ == "__main__":
    main()
