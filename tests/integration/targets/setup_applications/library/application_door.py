#!/usr/bin/python
# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: application_door
short_description: Be people at the login page of an application
description:
  - Each of the people does, in the order of the options below, what their options say.
  - A refusal is a result, not a failure. The task fails if the application does not answer, or answers otherwise than one of the people expects.
author:
  - The auth.services developers (@auth-services)
options:
  door:
    description: >-
      Python file with a function for each thing that people do at this application. Each takes a C(Browser) first.
      C(login(browser, name, password)) types them into the form for logging in. C(inside(browser)) is whether the session is
      let in. C(rights(browser)) are the names of what the session may do. C(create(browser, account)) creates an account with
      the application's own page, in the session of an administrator.
    type: path
    required: true
  url:
    description: Address of the application.
    type: str
    required: true
  people:
    description: Who does what, one after the other.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: Whom to log in.
        type: str
      password:
        description: Password, as typed into the form. Without one, the earlier session goes on.
        type: str
      session:
        description: File that keeps the cookies.
        type: path
      create:
        description: Account to create.
        type: dict
      expect:
        description: What must come of it, by key of RV(results).
        type: dict
"""

EXAMPLES = r"""
- name: Log in
  application_door:
    door: "{{ application.door }}"
    url: "{{ application.url }}"
    people:
      - {name: alice, password: "{{ password }}", session: "{{ application.folder }}/alice", expect: {inside: true}}
"""

RETURN = r"""
results:
  description: For each of O(people), in their order, what came of it.
  returned: always
  type: list
  elements: dict
  contains:
    inside:
      description: Whether the application lets the session in.
      returned: always
      type: bool
    rights:
      description: What the session may do.
      returned: if it is let in
      type: list
      elements: str
"""

import http.cookiejar
import importlib.util
import os
import re
import urllib.error
import urllib.parse
import urllib.request
from html import unescape

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.expectations import finish


class Page:
    """What a server answered, after redirects."""

    def __init__(self, url, status, text):
        self.url, self.status, self.text = url, status, text

    def field(self, name):
        """The value of the last input of this name."""
        values = [self.attribute(tag, "value") for tag in re.findall(r"<input[^>]*>", self.text) if self.attribute(tag, "name") == name]
        if not values:
            raise OSError(f"{self.url} has no field {name}: {self.text[:2000]}")
        return values[-1]

    def has_field(self, name):
        return any(self.attribute(tag, "name") == name for tag in re.findall(r"<input[^>]*>", self.text))

    def attribute(self, tag, name):
        found = re.search(rf"""\s{name}=(?:"([^"]*)"|'([^']*)')""", tag)
        return unescape(found[1] if found[1] is not None else found[2]) if found else None


class Browser:
    """Requests to one application with one set of cookies."""

    def __init__(self, url, session):
        self.url = url.rstrip("/") + "/"
        self.cookies = http.cookiejar.LWPCookieJar(session)
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))

    def open(self, path, form=None, headers=None):
        body = None if form is None else form if isinstance(form, bytes) else urllib.parse.urlencode(form, doseq=True).encode()
        request = urllib.request.Request(urllib.parse.urljoin(self.url, path), body, {"User-Agent": "people", **(headers or {})})
        try:
            with self.opener.open(request, timeout=120) as response:
                return Page(response.geturl(), response.status, response.read().decode(errors="replace"))
        except urllib.error.HTTPError as error:
            return Page(request.full_url, error.code, error.read().decode(errors="replace"))


def visit(door, url, person):
    """What comes of what one person does."""
    browser = Browser(url, person["session"])
    if person["password"] is not None:
        door.login(browser, person["name"], person["password"])
    elif person["session"] and os.path.exists(person["session"]):
        browser.cookies.load(ignore_discard=True, ignore_expires=True)
    if person["create"]:
        door.create(browser, person["create"])
    result = {"inside": door.inside(browser)}
    if result["inside"]:
        result["rights"] = sorted(door.rights(browser))
    if person["session"] and person["password"] is not None:
        browser.cookies.save(ignore_discard=True, ignore_expires=True)
    return result


def main():
    person = {
        "name": {"type": "str"},
        "password": {"type": "str", "no_log": True},
        "session": {"type": "path"},
        "create": {"type": "dict", "no_log": True},
        "expect": {"type": "dict"},
    }
    module = AnsibleModule(
        argument_spec={
            "door": {"type": "path", "required": True},
            "url": {"type": "str", "required": True},
            "people": {"type": "list", "elements": "dict", "required": True, "options": person},
        },
    )
    spec = importlib.util.spec_from_file_location("door", module.params["door"])
    door = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(door)
    people = module.params["people"]
    try:
        results = [visit(door, module.params["url"], one) for one in people]
    except OSError as error:
        module.fail_json(msg=f"{module.params['url']}: {error}")
    finish(module, people, results, results=results)


if __name__ == "__main__":
    main()
