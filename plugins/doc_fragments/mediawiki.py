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
      - The release of the wiki, such as V(1.39), in quotes; it stands on the page Special:Version.
      - Needed only where O(login_user) may not read what tells releases apart by their tables. That is C(externallinks)
        for 1.39 and older beside 1.40 and 1.41, and C(user_autocreate_serial) for 1.41 beside 1.42. The rules for names
        changed between them.
      - Without it, and without these privileges, names that one release takes otherwise than the other are refused
        where nobody is called so, and accounts of such names can be disabled and removed. Where the tables tell the
        release, they are right, and the task warns.
    type: str
"""
