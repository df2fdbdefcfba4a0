# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

import json
import re


def login(browser, name, password):
    browser.open("public.php", {"op": "login", "login": name, "password": password})


def inside(browser):
    return token(browser) is not None


def token(browser):
    found = re.search(r'__csrf_token = "(\w+)"', browser.open("").text)
    return found[1] if found else None


def rights(browser):
    """Only administrators see the list of users."""
    page = browser.open("backend.php", {"op": "pref-users", "csrf_token": token(browser)})
    return [] if "Request not authorized" in page.text or "Your access level is insufficient" in page.text else ["users"]


def create(browser, account):
    csrf = token(browser)
    page = browser.open("backend.php", {"op": "pref-users", "method": "add", "login": account["name"], "csrf_token": csrf})
    if "Added user" not in page.text:
        raise OSError(f"it did not create the account: {page.text}")
    # The list of users names their keys
    page = browser.open("backend.php", {"op": "pref-users", "csrf_token": csrf})
    key = re.search(rf"data-row-id=[\"'](\d+)[\"'](?:(?!data-row-id).)*?\b{account['name']}\b", page.text, re.DOTALL)[1]
    form = {"op": "pref-users", "method": "editSave", "id": key, "login": account["name"], "email": account["email"],
            "access_level": account["access_level"], "password": account["password"], "csrf_token": csrf}
    page = browser.open("backend.php", form)
    if page.text.strip():
        raise OSError(f"it did not save the account: {json.dumps(page.text)}")
