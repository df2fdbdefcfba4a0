# Copyright (c) 2026, the auth.services contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A TCP port of 127.0.0.1 that nothing listens on. Each use gives another one, so keep it with set_fact."""

from __future__ import annotations

import socket

from ansible.plugins.lookup import LookupBase


class LookupModule(LookupBase):
    def run(self, terms, variables=None, **kwargs):
        with socket.socket() as probe:
            probe.bind(('127.0.0.1', 0))
            return [probe.getsockname()[1]]
