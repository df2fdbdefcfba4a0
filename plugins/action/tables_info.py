# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.auth.services.plugins.plugin_utils.actions import ServiceAction


class ActionModule(ServiceAction):
    """Keeps secrets out of what the task sends back."""
