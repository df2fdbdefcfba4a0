#!/usr/bin/python
# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: wordpress_session
short_description: Be people at a WordPress site
description:
  - Each of the people uses the doors that WordPress has, those whose options are given, in the order of the options below.
  - A refusal is a result, not a failure. The task fails if the site does not answer, or answers otherwise than one of the people expects.
author:
  - The auth.services developers (@auth-services)
options:
  url:
    description: Address of the site.
    type: str
    required: true
  people:
    description: Who does what, one after the other.
    type: list
    elements: dict
    required: true
    suboptions:
      reset:
        description: Link that a mail for a lost password brought. O(people[].password) is the new one to type there.
        type: str
      lost_password:
        description: Name or e-mail address to type into the form for lost passwords.
        type: str
      name:
        description: Whom to log in.
        type: str
      password:
        description: Password, as typed into the login form.
        type: str
      cookies:
        description:
          - File that keeps the session. After a login it is written, without one it is read, so that a task can see what
            became of an earlier session.
        type: path
      pages:
        description: Pages below C(wp-admin) to look at, in the session.
        type: list
        elements: str
        default: [""]
      application_password:
        description: Ask the REST API who O(people[].name) is.
        type: str
      xmlrpc:
        description: Also try name and password at XML-RPC.
        type: bool
        default: false
      expect:
        description: What must come of it, by key of RV(results).
        type: dict
"""

EXAMPLES = r"""
- name: Log in
  wordpress_session:
    url: "{{ site.url }}"
    people:
      - {name: alice, password: "{{ password }}", cookies: "{{ site.folder }}/alice", expect: {login: true, pages: {"": 200}}}
"""

RETURN = r"""
results:
  description: For each of O(people), in their order, what came of it.
  returned: always
  type: list
  elements: dict
  contains:
    reset:
      description: What the page says to the new password, or where it sends one instead.
      returned: with O(people[].reset)
      type: str
    login:
      description: Whether the form let the person in.
      returned: with O(people[].password) and without O(people[].reset)
      type: bool
    reason:
      description: What the page says to a refused login or the form for lost passwords; C(mailed) when it sent a mail.
      returned: always
      type: str
    pages:
      description: HTTP status of each page. 302 leads to the login form.
      returned: always
      type: dict
    rest:
      description: HTTP status, and roles or the code of the refusal.
      returned: with O(people[].application_password)
      type: dict
    xmlrpc:
      description: Whether XML-RPC let the person in.
      returned: with O(people[].xmlrpc)
      type: bool
"""

import base64
import http.cookiejar
import json
import os
import re
import urllib.error
import urllib.parse
import urllib.request
import xmlrpc.client

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.expectations import finish


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """Shows redirects instead of following them."""

    def redirect_request(self, *arguments):
        return None


class Site:
    """Requests to one site with one set of cookies."""

    def __init__(self, url, cookies):
        self.url = url.rstrip("/") + "/"
        self.cookies = http.cookiejar.LWPCookieJar(cookies)
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies), NoRedirect)

    def request(self, path, form=None, headers=None):
        body = None if form is None else urllib.parse.urlencode(form).encode()
        request = urllib.request.Request(urllib.parse.urljoin(self.url, path), body, headers or {})
        try:
            with self.opener.open(request, timeout=120) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:  # redirects too
            return error.code, error.headers.get("Location") or error.read().decode(errors="replace")

    def login(self, name, password):
        self.request("wp-login.php")  # sets the cookie that it wants to see
        form = {"log": name, "pwd": password, "wp-submit": "Log In", "testcookie": "1", "rememberme": "forever"}
        text = self.request("wp-login.php", form)[1]
        return any(cookie.name.startswith("wordpress_logged_in") for cookie in self.cookies), said(text)

    def lost_password(self, name):
        status, text = self.request("wp-login.php?action=lostpassword", {"user_login": name})
        return said(text) if status == 200 else "mailed"

    def reset(self, link, password):
        self.request(link)  # answers with a cookie that holds the key
        text = self.request("wp-login.php?action=rp")[1]
        key = re.search(r'name="rp_key" value="([^"]+)"', text)
        if key is None:
            return text
        form = {"rp_key": key[1], "pass1": password, "pass2": password}
        return said(self.request("wp-login.php?action=resetpass", form)[1])

    def rest(self, name, password):
        credentials = base64.b64encode(f"{name}:{password}".encode()).decode()
        status, text = self.request("?rest_route=/wp/v2/users/me&context=edit",
                                    headers={"Authorization": f"Basic {credentials}"})
        answer = json.loads(text)
        return {"status": status, "code": answer.get("code", ""), "roles": answer.get("roles", [])}

    def xmlrpc(self, name, password):
        try:
            xmlrpc.client.ServerProxy(self.url + "xmlrpc.php").wp.getUsersBlogs(name, password)
        except xmlrpc.client.Fault:
            return False
        return True


def said(text):
    """What a page of wp-login.php says to the person."""
    found = re.search(r'<(?:div|p)[^>]*(?:id="login_error"|class="[^"]*(?:message|notice)[^"]*")[^>]*>(.*?)</(?:div|p)>', text, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", "", found[1]).split()) if found else ""


def visit(url, person):
    """What comes of what one person does."""
    site = Site(url, person["cookies"])
    result = {"reason": ""}
    if person["reset"]:
        result["reset"] = site.reset(person["reset"], person["password"])
    if person["lost_password"]:
        result["reason"] = site.lost_password(person["lost_password"])
    if person["password"] is not None and not person["reset"]:
        result["login"], result["reason"] = site.login(person["name"], person["password"])
    elif person["cookies"] and os.path.exists(person["cookies"]):
        site.cookies.load(ignore_discard=True, ignore_expires=True)
    result["pages"] = {page: site.request("wp-admin/" + page)[0] for page in person["pages"]}
    if person["application_password"] is not None:
        result["rest"] = Site(url, None).rest(person["name"], person["application_password"])
    if person["xmlrpc"]:
        result["xmlrpc"] = site.xmlrpc(person["name"], person["password"])
    if person["cookies"] and "login" in result:
        site.cookies.save(ignore_discard=True, ignore_expires=True)
    return result


def main():
    person = {
        "reset": {"type": "str"},
        "lost_password": {"type": "str", "no_log": False},
        "name": {"type": "str"},
        "password": {"type": "str", "no_log": True},
        "cookies": {"type": "path"},
        "pages": {"type": "list", "elements": "str", "default": [""]},
        "application_password": {"type": "str", "no_log": True},
        "xmlrpc": {"type": "bool", "default": False},
        "expect": {"type": "dict"},
    }
    module = AnsibleModule(
        argument_spec={
            "url": {"type": "str", "required": True},
            "people": {"type": "list", "elements": "dict", "required": True, "options": person},
        },
    )
    try:
        results = [visit(module.params["url"], one) for one in module.params["people"]]
    except OSError as error:
        module.fail_json(msg=f"{module.params['url']} does not answer: {error}")
    finish(module, module.params["people"], results, results=results)


if __name__ == "__main__":
    main()
