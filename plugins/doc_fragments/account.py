# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """The accounts that a service should have: argument spec in module_utils/options.py."""

    DOCUMENTATION = r"""
options:
  name:
    description:
      - Name of one account, as a person types it to log in. It is converted to the form that the application stores. A
        name that the application does not allow is refused.
      - If there is no such account, an account that is stored under exactly this name is used, even if the application
        would not allow the name for a new account.
      - Names, passwords and groups must be text. Put words such as V(no) and V(0123) in quotes, because YAML reads them
        as false and as a number.
      - Either O(name) or O(accounts) must be given.
    type: str
  accounts:
    description:
      - Many accounts, written in one transaction.
      - "Each entry is a dictionary of options that describe an account: O(name), which is required, and others of this
        page, including those that only this type of service has."
      - An option that an entry does not set is taken from the task, so that O(state=enabled) in the task applies to all
        entries.
      - "Use this option instead of a loop: one task with thousands of entries takes seconds, and writes all of them or
        none."
      - Two entries for the same account are an error.
      - An entry with O(state=disabled) or O(state=absent) and a name that the application does not allow is skipped,
        unless an account has exactly this name.
    type: list
    elements: dict
  state:
    description:
      - V(present) - the account exists. Whether it can log in is not changed.
      - V(enabled) - the account exists and can log in.
      - "V(disabled) - the account cannot log in, and its sessions are ended as far as the database can end them.
        Nothing is lost: V(enabled) brings the same account back. An account that does not exist is not created."
      - V(absent) - the account is removed.
    type: str
    choices: [present, enabled, disabled, absent]
    default: present
  password:
    description:
      - Password in clear text. It is written only if it does not match the stored one.
      - A new password ends the sessions that the application keeps in its database.
      - A new account without O(password) and O(password_hash) gets no password that anybody could log in with.
    type: str
  password_hash:
    description:
      - Stored password in the application's own format, instead of O(password).
      - It is written if it differs from the stored one. Applications may replace an outdated hash at login.
    type: str
  update_password:
    description:
      - V(always) changes the password of an existing account to O(password) or O(password_hash).
      - V(on_create) sets it for a new account only.
    type: str
    choices: [always, on_create]
    default: always
  unlisted:
    description:
      - With O(accounts), what happens to accounts in the database that are not in the list.
      - Accounts that the application itself needs and those in O(unlisted_except) are never changed.
      - With V(remove), accounts that no list can name are disabled instead. A warning names them.
    type: str
    choices: [ignore, disable, remove]
    default: ignore
  unlisted_names:
    description:
      - The largest number of names of unlisted accounts that are returned. Their number is always returned, in
        C(counts.unlisted).
    type: int
    default: 20
  unlisted_except:
    description:
      - Names of accounts, or shell patterns such as V(bot-*), that O(unlisted) never changes. A warning names entries
        that match no account.
    type: list
    elements: str
    default: []
  unlisted_limit:
    description:
      - Limit for O(unlisted), as a count such as V(25) or as a percentage of the accounts that it could change,
        including listed ones. Above the limit no unlisted account is changed, the list is still applied, and the task
        fails.
      - With O(unlisted=remove), the limit also applies to the accounts that can log in by themselves, so that many old
        disabled accounts do not hide them.
      - It protects against a list that is suddenly short.
    type: str
    default: 10%
  disable_limit:
    description:
      - With O(accounts), how many of the listed accounts that can log in may be disabled or removed by their own
        entries, as a count or as a percentage. Above the limit the task fails and writes nothing. A single account is
        always allowed.
      - It protects against mistakes in a list that a program creates, for example from memberships in groups.
    type: str
    default: 100%
  change_limit:
    description:
      - With O(accounts), how many of the listed accounts may lose a group, get another e-mail address, get another
        password, or be removed, as a count or as a percentage. Each kind of change is counted separately. Above the
        limit the task fails, and only disables and removes accounts. A single account is always allowed.
    type: str
    default: 100%
  incomplete:
    description:
      - With O(accounts), sentences that say why the list is incomplete, if whoever created it found mistakes.
      - Then the task only takes access away, and fails with these sentences. Unlisted accounts are left alone, because
        an incomplete list does not show which accounts are unlisted.
      - The role P(auth.services.service#role) uses it for mistakes in its variables.
    type: list
    elements: str
    default: []
  column_defaults:
    description:
      - Values for columns that were added to the application's tables, must have a value and have no default.
      - "A dictionary with one dictionary of columns for each table, such as C({radcheck: {reseller_id: 4}}). Use full
        table names. Columns of the table of accounts may also be given without the table."
      - V(now) in a column of dates and times is the current time.
      - They apply to new rows only; existing rows are not changed. If disabling an account needs a new row, a column
        without a value here gets the value of the account's other rows, or else what MySQL writes when it is not strict
        (V(0), an empty text).
    type: dict
    default: {}
notes:
  - Accounts declared V(disabled) or V(absent) are disabled or removed first, in a transaction of their own, whatever is
    wrong with the rest.
  - The rest is written completely or not at all, in one transaction. If it is not written, the task fails and says what
    was wrong and what was written.
  - An account that cannot be removed, for example because rows refer to it, is disabled instead, and the task fails.
  - After a deadlock, a lock timeout or a lost connection the task tries again from the start.
  - The task reads back what it wrote before it commits. It warns if the database itself changed a text, for example by
    a trigger.
  - A warning names an existing account that gains groups or flags or is enabled while its password is not the declared
    one, because only its name shows whose it is.
  - Results, diffs and messages contain no password and no hash, even with C(-vvvv). An account name that equals the
    password of a single account is masked.
"""

    EMAIL = r"""
options:
  email:
    description: E-mail address. Omit it to keep the current value; set it to an empty string to remove it.
    type: str
"""

    GROUPS = r"""
options:
  groups:
    description:
      - Groups of the account. With O(append_groups=false) it leaves all others. Groups that the application itself
        assigns stay.
      - Omit it to keep the current groups; an empty list removes the account from all groups.
    type: list
    elements: str
  append_groups:
    description: Only add the account to O(groups); do not remove it from other groups.
    type: bool
    default: false
"""

    INFO = r"""
options:
  name:
    description:
      - Names of the accounts to read, as a person types them. Names without an account are ignored.
      - By default, all accounts are read.
    type: list
    elements: str
  after:
    description:
      - Read accounts behind this name, in the order of the database.
      - RV(next) of one page is what O(after) of the following one takes.
    type: str
  limit:
    description:
      - Read about so many accounts, and return as RV(next) where the others begin. Names that the application takes for
        one are on the same page, which may have a few more accounts then.
      - V(0) only counts the accounts.
      - Time and memory follow what is returned. Ansible needs about 150 microseconds and 4 KiB for each account.
    type: int
  resembling:
    description:
      - A person, with C(name), and C(email), C(real_name) or other options of accounts if they are known. C(services)
        may have the same for single services.
      - Only accounts that may belong to this person are returned, as C(resembling). You must decide whether they do.
      - E-mail addresses are compared without dots and a C(+tag), names with letters of other alphabets and digits that
        look the same, invisible characters, and text in front and behind. From five letters on, one letter may
        differ. Accounts are found, too, that have something else in common with this person or an account that is
        surely theirs, such as a certificate. A text of more than 255 characters is not compared, but named.
      - The database is read as a stream, in the same memory for any number of accounts.
    type: dict
  declarable:
    description: Only return accounts that can be declared, not those in RV(undeclarable) and RV(protected).
    type: bool
    default: false
  changed_since:
    description:
      - Only return accounts that the application changed at this time or later, in ISO 8601 (V(2026-11-20) or
        V(2026-11-20T09:30:00Z)). Without a time zone, it is in UTC, or in the database's time zone if the application
        stores times so.
      - Accounts of which the application does not say when they were changed are returned, too. An application that
        never does so is refused.
      - All accounts are read for it.
    type: str
  compact:
    description:
      - Return RV(rows), one text, instead of lists of dictionaries. Ansible handles it in a small part of the time and
        memory.
      - With O(name), names that no account can have are ignored like those without an account.
    type: bool
    default: false
  return_password_hash:
    description:
      - Also return the stored password of each account, as C(password_hash), so that it can be given to another service
        of the same type. Some applications store passwords in clear text.
      - It is omitted for an account without a password, or with one that the other module would refuse.
      - The result is secret. Set C(no_log) for the task and keep the result in a vault.
    type: bool
    default: false
"""
