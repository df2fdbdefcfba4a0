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
  - A refusal is a result, not a failure. The task fails if the site does not answer, or answers otherwise than a visit expects.
author:
  - The auth.services developers (@auth-services)
options:
  url:
    description: Address of the site.
    type: str
  visits:
    description:
      - Who comes to the site, one after the other. With C(password), C(name) logs in on C(page), V(/login/) without,
        and C(cookies) is a file that the session is written to. Without, the session is read from there.
      - The page V(/admin/login/) lets in only staff.
      - C(expect) is what must come back for the visit, by key of RV(visits).
    type: list
    elements: dict
    default: []
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
- name: Log in, and come back
  django_site:
    url: "{{ site.url }}"
    visits:
      - {name: alice, password: "{{ password }}", cookies: "{{ site.folder }}/alice", expect: {login: true}}
      - {cookies: "{{ site.folder }}/alice", expect: {name: alice}}

- name: Ask Django
  django_site:
    folder: "{{ site.folder }}"
    python: "{{ site.django }}"
    code: result = User.objects.count()
  register: said
"""

RETURN = r"""
visits:
  description: >-
    For each visit C(login), whether the page let the person in; C(name), C(groups), C(permissions), C(staff) and
    C(superuser), who the site says it is (no name is nobody); and C(admin), whether it shows the admin site.
  returned: always
  type: list
  elements: dict
result:
  description: What O(code) left in the variable of that name.
  returned: with O(code)
  type: raw
"""

import http.cookiejar
import json
import re
import subprocess
import urllib.error
import urllib.parse
import urllib.request

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.expectations import finish

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
        address, status, _text = self.get(page, {
            "username": name, "password": password, "csrfmiddlewaretoken": token, "next": "/whoami/"})
        return status == 200 and address == f"{self.url}/whoami/"


def visit(url, options):
    """What somebody sees of the site."""
    unknown = options.keys() - {"name", "password", "page", "cookies", "expect"}
    if unknown:
        raise ValueError(f"Unknown keys of a visit: {sorted(unknown)}")
    browser, result = Browser(url, options.get("cookies")), {}
    if "password" in options:
        result["login"] = browser.login(options.get("page", "/login/"), options["name"], options["password"])
    else:
        browser.cookies.load(ignore_discard=True, ignore_expires=True)
    result.update(json.loads(browser.get("/whoami/")[2]))
    address, status, _text = browser.get("/admin/")
    result["admin"] = status == 200 and address == url + "/admin/"
    if "cookies" in options and "password" in options:
        browser.cookies.save(ignore_discard=True, ignore_expires=True)
    return result


def main():
    module = AnsibleModule(
        argument_spec={
            "url": {"type": "str"},
            "visits": {"type": "list", "elements": "dict", "default": []},
            "folder": {"type": "path"},
            "python": {"type": "path"},
            "code": {"type": "str"},
        },
        required_by={"code": ("folder", "python")},
    )
    options, result = module.params, {}
    if options["code"] is not None:
        done = subprocess.run([options["python"], "-c", SHELL], input=options["code"], cwd=options["folder"],
                              capture_output=True, text=True, check=False)
        if done.returncode:
            module.fail_json(msg=f"Django says: {done.stderr}")
        result["result"] = json.loads(done.stdout.rsplit("\n=RESULT=", 1)[1])
    try:
        result["visits"] = [visit(options["url"], one) for one in options["visits"]]
    except OSError as error:
        module.fail_json(msg=f"{options['url']} does not answer: {error}")
    finish(module, options["visits"], result["visits"], **result)


if __name__ == "__main__":
    main()
