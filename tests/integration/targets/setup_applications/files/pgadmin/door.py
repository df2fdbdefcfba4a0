# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

import json
import re


def token(page):
    """What its forms and requests carry."""
    found = re.search(r"""csrf_?token["']\]?\s*[:=]\s*["']([^"']+)["']""", page.text, re.IGNORECASE)
    if not found:
        raise OSError(f"{page.url} has no token: {page.text[:3000]}")
    return found[1]


def login(browser, name, password):
    form = {"csrf_token": token(browser.open("login")), "email": name, "password": password, "internal_button": "Login"}
    browser.open("authenticate/login", form)


def inside(browser):
    return "'is_admin'" in browser.open("user_management/current_user.js").text


def request(browser, path, body=None):
    headers = {"Content-Type": "application/json", "X-pgA-CSRFToken": token(browser.open("browser/js/utils.js"))}
    return browser.open(path, None if body is None else json.dumps(body).encode(), headers)


def rights(browser):
    return ["users"] if request(browser, "user_management/user/").status == 200 else []


def create(browser, account):
    role = next(one["id"] for one in json.loads(request(browser, "user_management/role/").text) if one["name"] == account["role"])
    page = request(browser, "user_management/save", {
        "email": account["name"], "role": role, "active": True, "newPassword": account["password"],
        "confirmPassword": account["password"], "auth_source": "internal"})
    if page.status != 200:
        raise OSError(f"it did not create the account: {page.text}")
