# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later


def login(browser, name, password):
    page = browser.open("authentication/login")
    form = {"username": name, "password": password, "rememberme": "1", "CSRFToken": page.field("CSRFToken"),
            "formUID": page.field("formUID"), "btn_submit": "Login"}
    browser.open("authentication/login", form)


def inside(browser):
    return "authentication/logout" in browser.open("dashboard").text


def rights(browser):
    return ["users"] if browser.open("user/list?backend=db").status == 200 else []


def create(browser, account):
    page = browser.open("user/add?backend=db")
    form = {"is_active": "1", "user_name": account["name"], "password": account["password"], "btn_submit": "Add",
            "CSRFToken": page.field("CSRFToken"), "formUID": page.field("formUID")}
    page = browser.open("user/add?backend=db", form)
    if account["name"] not in browser.open("user/list?backend=db").text:
        raise OSError(f"it did not create the account: {page.text[-3000:]}")
