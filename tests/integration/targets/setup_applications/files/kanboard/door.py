# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later


def login(browser, name, password):
    token = browser.open("?controller=AuthController&action=login").field("csrf_token")
    form = {"csrf_token": token, "username": name, "password": password, "remember_me": "1"}
    browser.open("?controller=AuthController&action=check", form)


def inside(browser):
    return "controller=AuthController&amp;action=logout" in browser.open("?controller=DashboardController&action=show").text


def rights(browser):
    pages = {"users": "?controller=UserListController&action=show", "projects": "?controller=ProjectCreationController&action=create"}
    return [name for name, page in pages.items() if browser.open(page).status == 200]


def create(browser, account):
    page = browser.open("?controller=UserCreationController&action=show")
    form = {
        "csrf_token": page.field("csrf_token"), "username": account["name"], "name": account["real_name"], "email": account["email"],
        "password": account["password"], "confirmation": account["password"], "role": account["role"],
        "timezone": "", "language": "", "filter": "", "theme": "light", "project_id": "0",
    }
    page = browser.open("?controller=UserCreationController&action=save", form)
    if "controller=UserViewController" not in page.url:
        raise OSError(f"it did not create the account: {page.text[-3000:]}")
