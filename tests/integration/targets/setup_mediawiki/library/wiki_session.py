#!/usr/bin/python
# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: wiki_session
short_description: Be a user of a wiki, through its web API
description:
  - Logs in, or takes up an earlier session, asks who it is, edits, and makes other calls.
  - A refusal is a result, not a failure. The task fails if the wiki does not answer, or answers otherwise than expected.
author:
  - The auth.services developers (@auth-services)
options:
  api:
    description: Address of the wiki's C(api.php).
    type: str
    required: true
  name:
    description: Whom to log in. Without O(password) nobody is logged in.
    type: str
  password:
    description: Password.
    type: str
  interactive:
    description: Log in as the login page does (C(clientlogin)), not as programs do (C(login)).
    type: bool
    default: false
  cookies:
    description:
      - File that keeps the session. With O(password) it is written, without it is read, so that a task can see what
        became of an earlier session.
    type: path
  edit:
    description:
      - Write O(edit.text) into the page O(edit.title), as O(name) if that is given, otherwise as the user of the session (perhaps nobody).
    type: dict
    suboptions:
      title:
        description: Page.
        type: str
        required: true
      text:
        description: Its whole new text. Without it, something that was not there before.
        type: str
  calls:
    description:
      - Further calls, in this order, after the edit. Each is a dictionary of parameters.
      - The parameter C(with_token) names a kind of token (C(csrf), C(createaccount), C(userrights)), which is fetched and sent.
      - C(expect) is what the answer must have, by key of the answer.
    type: list
    elements: dict
    default: []
  expect:
    description: What must become of it, by key of the return values.
    type: dict
"""

EXAMPLES = r"""
- name: Log in and edit
  wiki_session:
    api: "{{ wiki.api }}"
    name: Alice
    password: "{{ password }}"
    cookies: "{{ wiki.folder }}/alice"
    edit: {title: Sandbox}
  register: alice

- name: The same session, later
  wiki_session:
    api: "{{ wiki.api }}"
    name: Alice
    cookies: "{{ wiki.folder }}/alice"
    expect: {user: {id: 0}}

- name: What the wiki says of her
  wiki_session:
    api: "{{ wiki.api }}"
    name: "{{ wiki.admin.name }}"
    password: "{{ wiki.admin.password }}"
    calls:
      - {action: query, list: users, ususers: Alice, usprop: groups|blockinfo|registration|emailable}
      - {action: block, user: Alice, expiry: infinite, with_token: csrf}
  register: said # said.answers[0].query.users[0]
"""

RETURN = r"""
login:
  description: The wiki's word, such as V(Success), V(Failed) or V(Aborted); with O(interactive), V(PASS), V(FAIL) or V(UI).
  returned: with O(password)
  type: str
reason:
  description: What the wiki says to it.
  returned: with O(password)
  type: str
user:
  description: C(userinfo) at the end, with name, groups, rights, blockinfo and email. Nobody has C(id) 0.
  returned: always
  type: dict
edit:
  description: V(Success), or the code of the refusal.
  returned: with O(edit)
  type: str
answers:
  description: What the wiki answered to O(calls).
  returned: always
  type: list
  elements: dict
"""

import http.cookiejar
import json
import os
import urllib.error
import urllib.parse
import urllib.request
import uuid

from ansible.module_utils.basic import AnsibleModule

TOKEN_PARAMETER = {"createaccount": "createtoken", "login": "logintoken"}


class Session:
    """Calls to one wiki with one set of cookies."""

    def __init__(self, api, cookies):
        self.api = api
        self.cookies = http.cookiejar.LWPCookieJar(cookies)
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))

    def call(self, **parameters):
        parameters.update(format="json", formatversion="2")
        body = urllib.parse.urlencode(parameters).encode()
        try:
            with self.opener.open(self.api, body, timeout=120) as response:
                text = response.read().decode()
        except urllib.error.HTTPError as error:  # an answer too, as a broken wiki gives it
            text = error.read().decode(errors="replace")
        try:
            return json.loads(text)
        except ValueError:
            return {"error": {"code": "no-json", "info": text}}

    def token(self, kind):
        answer = self.call(action="query", meta="tokens", type=kind)
        return answer.get("query", {}).get("tokens", {}).get(kind + "token", "")

    def login(self, name, password):
        token = self.token("login")
        answer = self.call(action="login", lgname=name, lgpassword=password, lgtoken=token)
        answer = answer.get("login", answer)
        return code(answer, "result"), answer.get("reason", "")

    def interactive_login(self, name, password):
        token = self.token("login")
        answer = self.call(action="clientlogin", username=name, password=password, logintoken=token,
                           loginreturnurl=self.api)
        answer = answer.get("clientlogin", answer)
        return code(answer, "status"), answer.get("message", "")

    def edit(self, name, title, text):
        more = {"assertuser": name} if name else {}
        answer = self.call(action="edit", title=title, text=text or uuid.uuid4().hex, token=self.token("csrf"), **more)
        return code(answer.get("edit", answer), "result")

    def user(self):
        answer = self.call(action="query", meta="userinfo", uiprop="groups|rights|blockinfo|email")
        return answer.get("query", {}).get("userinfo", answer)

    def any(self, parameters):
        kind = parameters.pop("with_token", None)
        parameters.pop("expect", None)
        if kind:
            parameters[TOKEN_PARAMETER.get(kind, "token")] = self.token(kind)
        return self.call(**parameters)


def code(answer, key):
    """The wiki's word for how it went."""
    return answer.get(key) or answer.get("error", {}).get("code", "")


def main():
    from ansible.module_utils.expectations import finish  # here, since the target faults imports the class above alone

    module = AnsibleModule(
        argument_spec={
            "api": {"type": "str", "required": True},
            "name": {"type": "str"},
            "password": {"type": "str", "no_log": True},
            "interactive": {"type": "bool", "default": False},
            "cookies": {"type": "path"},
            "edit": {"type": "dict", "options": {"title": {"type": "str", "required": True}, "text": {"type": "str"}}},
            "calls": {"type": "list", "elements": "dict", "default": []},
            "expect": {"type": "dict"},
        },
        required_by={"password": "name"},
    )
    options = module.params
    session = Session(options["api"], options["cookies"])
    result = {}
    try:
        if options["password"] is not None:
            login = session.interactive_login if options["interactive"] else session.login
            result["login"], result["reason"] = login(options["name"], options["password"])
        elif options["cookies"] and os.path.exists(options["cookies"]):
            session.cookies.load(ignore_discard=True, ignore_expires=True)
        if options["edit"]:
            result["edit"] = session.edit(options["name"], options["edit"]["title"], options["edit"]["text"])
        result["answers"] = [session.any(dict(parameters)) for parameters in options["calls"]]
        # Last, also because the web server answers one after the other: what the wiki does after an answer is done now.
        result["user"] = session.user()
    except OSError as error:
        module.fail_json(msg=f"{options['api']} does not answer: {error}")
    if options["cookies"] and options["password"] is not None:
        session.cookies.save(ignore_discard=True, ignore_expires=True)
    finish(module, [options, *options["calls"]], [result, *result["answers"]], **result)


if __name__ == "__main__":
    main()
