# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """What both modules need to know of a WordPress."""

    DOCUMENTATION = r"""
options:
  network:
    description:
      - Whether WordPress runs as a network of sites (C(MULTISITE) in C(wp-config.php)).
      - By default, WordPress is a network if its tables are those of one (the column C(spam) in C(users), C(blogs),
        C(sitemeta)).
      - Set V(false) for a site that is no longer a network but still has these tables. Otherwise the rules of a network
        are applied to names.
    type: bool
"""
