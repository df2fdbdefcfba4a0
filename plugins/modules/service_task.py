#!/usr/bin/python
# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: service_task
short_description: Do one thing with a service that the inventory describes
version_added: 0.1.0
description:
  - Evaluates the variables of a service (an inventory host) and runs the module of its type with them.
  - A variable that is defined but cannot be evaluated is an error. The message names the variable and the host, and
    quotes nothing of its value. Only the variables that are needed are evaluated, so reading needs no passwords.
  - The role P(auth.services.service#role) uses this module and documents the variables.
author:
  - The auth.services developers (@auth-services)
extends_documentation_fragment:
  - auth.services.attributes
attributes:
  action_group:
    support: none
options:
  task:
    description:
      - V(look) - find out whether the host is a service.
      - V(apply) - bring the accounts into their declared state.
      - V(read) - read the accounts.
      - V(review) - list the declared accounts with their persons, without secrets.
      - V(leaving) - list the accounts of a person who leaves.
      - V(offboard) - disable these accounts. Mistakes in the entries of other people do not prevent it.
      - V(search) - search for other accounts that may belong to this person, next to the database.
      - V(left_out) - list the services of the inventory that C(--limit) excludes.
      - V(everybody) - read all accounts into a file of the run on the controller.
      - V(options) - list the options of an account of the service, the fields of its mapping among them.
      - V(grants) - print the SQL that creates the database user of the service with the privileges that the inventory
        needs. It connects to nothing and evaluates no password.
      - V(inspect) - read what the database of the host holds, with or without a C(service_type).
    type: str
    choices: [look, apply, read, everybody, review, leaving, offboard, search, left_out, options, grants, inspect]
    required: true
  person:
    description: Name of the person who leaves.
    type: str
  known:
    description: What is known of the person who is searched for, such as RV(person) of O(task=offboard).
    type: dict
  confirmed:
    description: Disable accounts with this name even if people declares it as the account of another person.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Disable the accounts of bob on this service
  auth.services.service_task:
    task: offboard
    person: bob
"""

RETURN = r"""
service:
  description: Whether the host is a service.
  returned: O(task=look)
  type: bool
accounts:
  description: >-
    The result of the module. With O(task=review), the declared accounts. With O(task=search), C(name) and C(state) of
    the accounts that were found, and the reason (C(why)); the most certain come first.
  returned: success
  type: list
  elements: dict
count:
  description: How many accounts were found. Of more than 10,000, it is 10,000.
  returned: O(task=search)
  type: int
person:
  description: "What people says about the person: C(name), C(email), C(real_name), C(services)."
  returned: O(task=leaving) or O(task=offboard)
  type: dict
names:
  description: Names of the person's accounts. With O(task=left_out), names of hosts.
  returned: O(task=leaving), O(task=offboard) or O(task=left_out)
  type: list
  elements: str
listed:
  description: Whether people contains this person.
  returned: O(task=leaving) or O(task=offboard)
  type: bool
still:
  description: Whether people still declares accounts for this person.
  returned: O(task=leaving) or O(task=offboard)
  type: bool
owner:
  description: Who may be meant, if no person has this name. Empty otherwise.
  returned: O(task=leaving) or O(task=offboard)
  type: str
doubts:
  description: What could not be read, so that accounts of the person may have been missed.
  returned: O(task=leaving) or O(task=offboard)
  type: list
  elements: str
options:
  description: Names of options.
  returned: O(task=options)
  type: list
  elements: str
sql:
  description: Lines of SQL.
  returned: O(task=grants)
  type: list
  elements: str
"""
