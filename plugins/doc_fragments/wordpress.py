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
      - Not given, it does where its tables are those of a network (the column C(spam) in C(users), C(blogs),
        C(sitemeta)). A site that was taken back from a network and has them still needs V(false), or names are taken
        by the rules of a network.
    type: bool
"""
