# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """What both modules need to know of a wiki."""

    DOCUMENTATION = r"""
options:
  mediawiki_version:
    description:
      - The release of the wiki, such as V(1.39), in quotes. The page Special:Version shows it.
      - "It is needed only if O(login_user) may not read the tables that tell releases apart: C(externallinks) (1.39 and
        older from 1.40 and 1.41) and C(user_autocreate_serial) (1.41 from 1.42). The rules for names differ between
        them."
      - Without this option and these privileges, the module refuses a new name that the releases treat differently.
        Existing accounts with such a name can be disabled and removed.
      - If the tables show the release, they override this option, and the task warns.
    type: str
"""
