#!/usr/bin/python
# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: radius_login
short_description: Ask a RADIUS server whether it lets somebody in
description:
  - Asks with C(radclient) (PAP, CHAP, MS-CHAP) or C(eapol_test) (EAP), as network access servers do.
  - A refusal is a result, not a failure. The task fails if the server does not answer, or answers otherwise than an attempt expects.
author:
  - The auth.services developers (@auth-services)
options:
  port:
    description: Port of 127.0.0.1.
    type: int
    required: true
  attempts:
    description: Logins to try.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: User-Name.
        type: str
        required: true
      password:
        description: Password.
        type: str
        required: true
        no_log: false
      method:
        description: How.
        type: str
        choices: [pap, chap, mschap, eap-md5, ttls-pap, peap]
        default: pap
      expect:
        description: The answer that must come, instead of O(expect).
        type: str
        choices: [Accept, Reject]
  expect:
    description: The answer that must come to every attempt.
    type: str
    choices: [Accept, Reject]
"""

EXAMPLES = r"""
- name: Log in
  radius_login:
    port: 1812
    attempts:
      - {name: alice, password: secret, method: chap, expect: Accept}
"""

RETURN = r"""
answers:
  description: C(Accept) or C(Reject) for each attempt.
  returned: success
  type: list
reply:
  description: For each attempt the attributes of the answer, as C(Name = value).
  returned: success
  type: list
"""

import os
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.expectations import finish

RADCLIENT = {"pap": "User-Password", "chap": "CHAP-Password", "mschap": "MS-CHAP-Password"}
EAP = {
    "eap-md5": "MD5",
    "ttls-pap": 'TTLS\nphase2="auth=PAP"',
    "peap": 'PEAP\nphase2="auth=MSCHAPV2"',
}


def quoted(text):
    # The only string of radclient in which a backslash is one.
    return "'{}'".format(text.replace("'", "\\'"))


def radclient(port, attempt):
    lines = [f"User-Name = {quoted(attempt['name'])}", f"{RADCLIENT[attempt['method']]} = {quoted(attempt['password'])}"]
    done = subprocess.run(["radclient", "-x", "-r", "1", "-t", "5", f"127.0.0.1:{port}", "auth", "testing123"],
                          input="\n".join(lines).encode(), capture_output=True, check=False)
    said = done.stdout.decode()
    for answer in ("Accept", "Reject"):
        before, found, after = said.partition(f"Received Access-{answer}")
        if found:
            # 3.2.5 and later sign every answer.
            return answer, [line.strip() for line in after.splitlines()[1:]
                            if line.startswith("\t") and "Message-Authenticator" not in line]
    raise RuntimeError(f"No answer: {said} {done.stderr.decode()}")


def eapol_test(port, attempt):
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as file:
        name, password = (attempt[key].encode().hex() for key in ("name", "password"))
        settings = [f"eap={EAP[attempt['method']]}", f"identity={name}", f"password={password}"]
        file.write("\n".join(["network={", "key_mgmt=WPA-EAP", *settings, "}", ""]))
        file.flush()
        options = ["-n"] if attempt["method"] == "eap-md5" else []  # EAP-MD5 has no keys
        done = subprocess.run(["eapol_test", "-c", file.name, "-a", "127.0.0.1", "-p", str(port), "-s", "testing123",
                               "-t", "10", *options], capture_output=True, check=False)
    said = done.stdout.decode(errors="replace")
    if said.rstrip().endswith("SUCCESS"):
        return "Accept", []
    if "CTRL-EVENT-EAP-FAILURE" in said or "code=3 (Access-Reject)" in said:
        return "Reject", []
    raise RuntimeError(f"No answer: {said[-2000:]} {done.stderr.decode(errors='replace')}")


def main():
    module = AnsibleModule(
        argument_spec={
            "port": {"type": "int", "required": True},
            "attempts": {"type": "list", "elements": "dict", "required": True, "options": {
                "name": {"type": "str", "required": True},
                "password": {"type": "str", "required": True, "no_log": False},
                "method": {"type": "str", "choices": [*RADCLIENT, *EAP], "default": "pap"},
                "expect": {"type": "str", "choices": ["Accept", "Reject"]},
            }},
            "expect": {"type": "str", "choices": ["Accept", "Reject"]},
        },
        supports_check_mode=True,
    )
    port, attempts = module.params["port"], module.params["attempts"]

    def ask(attempt):
        return (radclient if attempt["method"] in RADCLIENT else eapol_test)(port, attempt)

    try:
        with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
            results = list(pool.map(ask, attempts))
    except RuntimeError as error:
        module.fail_json(msg=str(error))
    cases = []
    for attempt in attempts:
        answer = attempt["expect"] or module.params["expect"]
        cases.append({"name": f"{attempt['name']}, {attempt['method']}", "expect": {"answer": answer} if answer else {}})
    finish(module, cases, [{"answer": answer} for answer, reply in results],
           answers=[answer for answer, reply in results], reply=[reply for answer, reply in results])


if __name__ == "__main__":
    main()
