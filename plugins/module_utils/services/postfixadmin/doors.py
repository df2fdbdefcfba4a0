# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What ``disabled`` does to a mailbox, door by door; ``enabled`` opens them again.

Each says who gets in by it, how it is shut, and whether ``enabled`` brings back what was there.
"""

from __future__ import annotations

from ansible_collections.auth.services.plugins.module_utils.account import Change
from ansible_collections.auth.services.plugins.module_utils.conditions import Known
from ansible_collections.auth.services.plugins.module_utils.description import Cleared, Door, Flag, Marker


class Alias(Door):
    """The alias with the address of the mailbox: mail to it may go elsewhere while the mailbox is disabled.

    It is a row of its own, which the adapter reads (``takes_mail``) and writes.
    """

    while_shut = ~Known("takes_mail")

    @staticmethod
    def alias_columns(change: Change) -> dict[str, bool]:
        """What the row of the alias gets: its ``active`` is that of the mailbox wherever that is written."""
        return {"active": not change.shut_after} if change.creates or change.switches else {}


ALIAS = Alias(
    "mail to the address", "`active` of the alias of the same address, as Postfixadmin itself does it",
    "yes, also if only the alias was inactive before",
)
DOORS = (
    Flag(
        "IMAP, POP, SMTP and web login, a code for a forgotten password",
        "`active` of the mailbox, as Postfixadmin itself has it", "yes, the same password", column="active",
    ),
    ALIAS,
    Marker(
        "app passwords (4.0)", "`{!}` in front of each, for Dovecot 2.3 and 2.4 a scheme that they do not know", "yes",
        "app", mark="{!}",
    ),
    Cleared("a mailed code for a forgotten password", "`token` is emptied", "no", column="token"),
)
UNTOUCHED = (
    ("mails, forwards, vacation, quota, open IMAP and web sessions", "left alone; `doveadm kick` ends the former"),
)
