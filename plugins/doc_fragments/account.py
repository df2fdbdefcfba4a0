# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """The accounts that a service should have: argument spec in module_utils/user_module.py."""

    DOCUMENTATION = r"""
options:
  name:
    description:
      - Name of one account, as a person types it at the application's login. The application's own form of it is made,
        and what the application would refuse is refused.
      - Either O(name) or O(accounts) must be given.
    type: str
  accounts:
    description:
      - Many accounts in one transaction. Each entry is a dictionary of the options that describe an account on this
        page,
        from O(name), which it must have, to the fields that only this type of service has.
      - What an entry leaves out is taken from the option beside the list, so that O(state=enabled) there means all of
        them.
      - A long list belongs here and not in a loop. One task with thousands of entries takes seconds, and all are
        written
        or none.
      - Two entries that mean the same account are an error.
      - An entry with O(state=disabled) or O(state=absent) and a name that the application would refuse is passed over,
        as there can be no such account.
    type: list
    elements: dict
  state:
    description:
      - V(present), the account exists. Whether it can log in is left alone.
      - V(enabled), it exists and can log in.
      - V(disabled), where it exists it cannot log in, and its sessions are ended as far as the database can end them.
        Nothing is lost, V(enabled) brings the same account back. An account that does not exist is not made.
      - V(absent), it is removed.
    type: str
    choices: [present, enabled, disabled, absent]
    default: present
  password:
    description:
      - Password in clear text. It is verified against the stored one, and written only if it does not match.
      - A new password ends the sessions that the application keeps in its database.
      - A new account without O(password) and O(password_hash) has no password that anybody could log in with.
    type: str
  password_hash:
    description:
      - Stored password in the application's own format, instead of O(password).
      - It is written when it differs from what is stored. Applications may replace a hash in an outdated format at
        login.
    type: str
  update_password:
    description:
      - V(always) brings the password of an existing account to O(password) or O(password_hash).
      - V(on_create) sets it for a new account only.
    type: str
    choices: [always, on_create]
    default: always
  unlisted:
    description:
      - With O(accounts), what happens to accounts that the database holds and the list does not name.
      - Accounts that the application needs for itself are never touched, nor are those of O(unlisted_except).
    type: str
    choices: [ignore, disable, remove]
    default: ignore
  unlisted_except:
    description:
      - Names of accounts, or shell patterns such as V(bot-*), that O(unlisted) never touches. A warning names those
        that spare nobody.
    type: list
    elements: str
    default: []
  unlisted_limit:
    description:
      - How many accounts O(unlisted) may touch, as a count such as V(25) or as a percentage of those that it could
        touch,
        listed ones included. For more than that none of them is touched. The list is applied all the same, and the task
        fails.
      - With O(unlisted=remove), it holds for the accounts that can log in by themselves too, so that many old
        disabled ones do not hide them.
      - It is the fuse against a list that is suddenly short.
    type: str
    default: 10%
  disable_limit:
    description:
      - With O(accounts), how many of the listed accounts that can log in may be disabled or removed because their own
        entries say so, as a count or as a percentage. For more than that the task fails and writes nothing. A single
        account may always be.
      - It is the fuse for a list that a program makes, out of who is in which group for instance.
    type: str
    default: 100%
  change_limit:
    description:
      - With O(accounts), how many of the listed accounts may lose a group, get another e-mail address, get another
        password, or be removed, each counted by itself, as a count or as a percentage. For more than that the task
        fails, and writes nothing but what disables and removes accounts. A single account may always be.
    type: str
    default: 100%
  incomplete:
    description:
      - With O(accounts), why the list is not whole, in sentences, if whoever made it found something wrong.
      - Then only what takes access away is done, and the task fails with these sentences. Unlisted accounts are left
        alone, as nobody knows who is one.
      - The role P(auth.services.service#role) uses it for what is wrong with its variables.
    type: list
    elements: str
    default: []
  column_defaults:
    description:
      - Values for columns that the service has beside the application's own, which must have a value and have no
        default.
      - "A dictionary of columns for each table by its full name, such as C({radcheck: {reseller_id: 4}}). Columns of
        the table of accounts can also stand there by themselves, without the table."
      - The word V(now) in a column of dates and times is the present time.
      - They are used for new rows only, and say nothing of rows that are there. Where a row is written to disable
        somebody, a column that is given nothing has what the account's other rows have, or else what MySQL writes when
        it is not strict (V(0), an empty text).
    type: dict
    default: {}
notes:
  - Who is declared V(disabled) or V(absent) is shut out first, in a transaction of its own, whatever is wrong with the
    rest. The rest is written in one transaction, or none of it is; then the task fails, and says what was wrong and
    what was written.
  - An account that cannot be removed, as rows refer to it for instance, is disabled instead, and the task fails.
  - A deadlock, a lock timeout or a lost connection is tried again from the reading on. What was written is read once
    more before it is committed.
  - Where an account that was there gains groups, flags or its ways in, and its password is not the declared one, a
    warning names it. Nothing but the name says whose it is then.
  - Results, diffs and messages hold no password and no hash, also with C(-vvvv). A name that equals the password of a
    single account is masked by Ansible.
"""

    EMAIL = r"""
options:
  email:
    description: E-mail address. Not given, it is left alone; empty, it is removed.
    type: str
"""

    GROUPS = r"""
options:
  groups:
    description:
      - Groups that the account is in, and with O(append_groups=false) no others. Groups that the application gives by
        itself
        stay.
      - Not given, they are left alone; an empty list takes the account out of all groups.
    type: list
    elements: str
  append_groups:
    description: Only add to O(groups), take the account out of none.
    type: bool
    default: false
"""

    INFO = r"""
options:
  return_password_hash:
    description:
      - Return the stored password of each account too, as C(password_hash), so that another service of the type can
        be given it. Some applications store a password in clear text.
      - An account without one, or with one that the other module would refuse, is returned without.
      - It is a secret. Give the task C(no_log) and keep the result in a vault.
    type: bool
    default: false
"""
