# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later


def login(browser, name, password):
    token = browser.open("index.php").field("__csrf_magic")
    form = {"__csrf_magic": token, "action": "login", "login_username": name, "login_password": password, "remember_me": "on"}
    browser.open("index.php", form)


def inside(browser):
    page = browser.open("index.php")
    return page.status == 200 and not page.has_field("login_username")


def rights(browser):
    page = browser.open("user_admin.php")
    return ["users"] if page.status == 200 and "Permission Denied" not in page.text and page.has_field("__csrf_magic") else []


def create(browser, account):
    page = browser.open("user_admin.php?action=user_edit&tab=general")
    # What its form has checked for a new account, and "Enabled"
    form = {
        "__csrf_magic": page.field("__csrf_magic"), "action": "save", "save_component_user": "1", "id": "0", "realm": "0",
        "username": account["name"], "full_name": account["real_name"], "email_address": account["email"],
        "password": account["password"], "password_confirm": account["password"], "enabled": "on", "password_change": "on",
        "graph_settings": "on", "show_tree": "on", "show_list": "on", "show_preview": "on", "login_opts": "1",
    }
    page = browser.open("user_admin.php?header=false", form)
    if account["name"] not in browser.open("user_admin.php?filter=" + account["name"]).text:
        raise OSError(f"it did not create the account: {page.text[-3000:]}")
