# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Connection options of a module as the variables of a host."""

from __future__ import annotations

NAMES = {"login_db": "name", "login_engine": "engine", "table_prefix": "prefix"}


def inspected_host(application):
    """The variables of an inventory that has the database of this application alone."""
    login = {name: value for name, value in application["login"].items() if name != "table_prefix"}
    return {"service_database": {NAMES.get(name, name.removeprefix("login_")): value for name, value in login.items()
                                 if name in NAMES or name.startswith("login_")},
            "ansible_python_interpreter": application["python"]}


class FilterModule:
    def filters(self):
        return {"inspected_host": inspected_host}
