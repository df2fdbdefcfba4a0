# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.auth.services.plugins.plugin_utils.grants import Login, privileges_of, statements


def grants(login, user, words):
    """What auth.services.grants prints for a wiki whose inventory says these words."""
    schema, prefix = login.get("login_schema") or "mediawiki", login.get("table_prefix", "")
    of_user = Login(login["login_engine"], login["login_db"], user, login["login_host"], schema, prefix)
    return "\n".join(statements(user, privileges_of("mediawiki"), words, of_user, {}))


class FilterModule:
    """SQL for the users of the database."""

    def filters(self):
        return {"grants": grants}
