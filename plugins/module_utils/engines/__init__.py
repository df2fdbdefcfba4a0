# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The engines, one file for each: whatever is special about one of them, asked by the name of the question.

Part of the public interface of the collection: ``Database.kind`` answers.
"""

from __future__ import annotations

from ansible_collections.auth.services.plugins.module_utils.engines.common import Engine
from ansible_collections.auth.services.plugins.module_utils.engines.mysql import MySQL
from ansible_collections.auth.services.plugins.module_utils.engines.postgresql import PostgreSQL
from ansible_collections.auth.services.plugins.module_utils.engines.sqlite import SQLite

ENGINES: dict[str, Engine] = {engine.name: engine for engine in (MySQL(), PostgreSQL(), SQLite())}
"""By ``login_engine``."""
