#!/usr/bin/python
# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: django_site
short_description: Be a user of a Django site, or its programmer
description:
  - Logs in through a login page, or takes up an earlier session, and asks the site who it is.
  - What the site refuses is no failure but a result. Only a site that does not answer at all is a failure.
author:
  - The auth.services developers (@auth-services)
options:
  url:
    description: Address of the site.
    type: str
  name:
    description: Whom to log in.
    type: str
  password:
    description: Password.
    type: str
  page:
    description: The login page. That of the admin site lets in only staff.
    type: str
    default: /login/
  cookies:
    description: File that keeps the session. With O(password) it is written, without it is read.
    type: path
  folder:
    description: Folder of the site, for O(code).
    type: path
  python:
    description: Interpreter that has Django, for O(code).
    type: path
  code:
    description:
      - Python to run within the site, as C(manage.py shell) does. C(User) and C(Client) are there; C(result) is returned.
    type: str
"""

EXAMPLES = r"""
- name: Log in
  django_site:
    url: "{{ site.url }}"
    name: alice
    password: "{{ password }}"
    cookies: "{{ site.folder }}/alice"
  register: alice

- name: Ask Django
  django_site:
    folder: "{{ site.folder }}"
    python: "{{ site.django }}"
    code: result = User.objects.count()
  register: said
"""

RETURN = r"""
login:
  description: Whether the page let the person in.
  returned: with O(password)
  type: bool
user:
  description: Who the site says it is; C(name) is empty for nobody.
  returned: with O(url)
  type: dict
admin:
  description: Whether the admin site shows its start page.
  returned: with O(url)
  type: bool
result:
  description: What O(code) left in the variable of that name.
  returned: with O(code)
  type: raw
"""

import http.cookiejar
import json
import os
import re
import subprocess
import urllib.error
import urllib.parse
import urllib.request

from ansible.module_utils.basic import AnsibleModule

SHELL = """
import json, os, sys
sys.path.insert(0, os.getcwd())
os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
import django
django.setup()
from django.contrib.auth import authenticate, get_user_model
from django.contrib.auth.models import Group, Permission
from django.test import Client
User, result = get_user_model(), None
exec(sys.stdin.read())
print("\\n=RESULT=" + json.dumps(result, default=str))
"""


class Browser:
    """A browser with its cookies."""

    def __init__(self, url, cookies):
        self.url = url
        self.cookies = http.cookiejar.LWPCookieJar(cookies)
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))

    def get(self, page, fields=None):
        """Final address, status and text of a page."""
        body = urllib.parse.urlencode(fields).encode() if fields else None
        try:
            with self.opener.open(self.url + page, body, timeout=60) as response:
                return response.url, response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            return error.url, error.code, error.read().decode(errors="replace")

    def login(self, page, name, password):
        text = self.get(page)[2]
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', text)[1]
        address, status, text = self.get(page, {
            "username": name, "password": password, "csrfmiddlewaretoken": token, "next": "/whoami/"})
        return status == 200 and address == f"{self.url}/whoami/"


def main():
    module = AnsibleModule(
        argument_spec={
            "url": {"type": "str"},
            "name": {"type": "str"},
            "password": {"type": "str", "no_log": True},
            "page": {"type": "str", "default": "/login/"},
            "cookies": {"type": "path"},
            "folder": {"type": "path"},
            "python": {"type": "path"},
            "code": {"type": "str"},
        },
        required_by={"password": "name", "code": ("folder", "python")},
    )
    options = module.params
    if options["code"] is not None:
        done = subprocess.run([options["python"], "-c", SHELL], input=options["code"], cwd=options["folder"],
                              capture_output=True, text=True, check=False)
        if done.returncode:
            module.fail_json(msg=f"Django says: {done.stderr}")
        module.exit_json(changed=False, result=json.loads(done.stdout.rsplit("\n=RESULT=", 1)[1]))
    browser = Browser(options["url"], options["cookies"])
    result = {"changed": False}
    try:
        if options["password"] is not None:
            result["login"] = browser.login(options["page"], options["name"], options["password"])
        elif options["cookies"] and os.path.exists(options["cookies"]):
            browser.cookies.load(ignore_discard=True, ignore_expires=True)
        result["user"] = json.loads(browser.get("/whoami/")[2])
        address, status, text = browser.get("/admin/")
        result["admin"] = status == 200 and address == options["url"] + "/admin/"
    except OSError as error:
        module.fail_json(msg=f"{options['url']} does not answer: {error}")
    if options["cookies"] and options["password"] is not None:
        browser.cookies.save(ignore_discard=True, ignore_expires=True)
    module.exit_json(**result)


if __name__ == "__main__":
    main()
