#!/usr/bin/python
# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: mumble_ice
short_description: Have a Mumble server itself register, change and remove users
description:
  - By Ice, the interface for programs. Needs Debian's C(python3-zeroc-ice), so C(/usr/bin/python3).
author:
  - The auth.services developers (@auth-services)
options:
  server:
    description: Entry of C(setup_mumble_servers).
    type: dict
    required: true
  calls:
    description: Each a list, the name of a call and its arguments, in order. A dictionary stands for C(UserInfoMap).
    type: list
    elements: list
    required: true
"""

EXAMPLES = r"""
- name: As a web front end does it
  mumble_ice:
    server: "{{ server }}"
    calls:
      - [registerUser, {UserName: alice, UserPassword: "{{ password }}"}]
  vars:
    ansible_python_interpreter: /usr/bin/python3
  register: said # said.answers[0] is her number
"""

RETURN = r"""
answers:
  description: What each call answered; V(refused) for a user that the server does not allow or know.
  returned: always
  type: list
"""

import os
import tempfile

from ansible.module_utils.basic import AnsibleModule


def main():
    module = AnsibleModule(argument_spec={
        "server": {"type": "dict", "required": True},
        "calls": {"type": "list", "elements": "list", "required": True},
    })
    try:
        import Ice
    except ImportError as error:
        module.fail_json(msg=f"{error}: run it with /usr/bin/python3 and python3-zeroc-ice")
    ice = module.params["server"]["ice"]
    with open(ice["slice"], encoding="utf-8") as file:
        text = file.read().replace("@MODULE@", ice["module"])
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "server.ice")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        Ice.loadSlice(path)
    mumble = __import__(ice["module"])

    def argument(value):
        if isinstance(value, dict):
            return {getattr(mumble.UserInfo, key): text for key, text in value.items()}
        return value

    def answer(value):
        if isinstance(value, dict):
            return {str(key): text for key, text in value.items()}
        return value

    with Ice.initialize(["--Ice.Default.EncodingVersion=1.0"]) as communicator:
        proxy = communicator.stringToProxy(f"s/1:tcp -h 127.0.0.1 -p {ice['port']}")
        server = mumble.ServerPrx.uncheckedCast(proxy.ice_context({"secret": ice["secret"]}))
        answers = []
        for name, *arguments in module.params["calls"]:
            try:
                answers.append(answer(getattr(server, name)(*map(argument, arguments))))
            except mumble.InvalidUserException:
                answers.append("refused")
            except Ice.Exception as error:
                module.fail_json(msg=f"{type(error).__name__}: {error}")
    module.exit_json(changed=True, answers=answers)


if __name__ == "__main__":
    main()
