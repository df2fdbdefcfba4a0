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
  - Evaluates the variables of a service, an inventory host, and runs the module for its type with what they say.
  - A variable that is defined and cannot be evaluated is an error that names it and the host. The error quotes nothing
    of its value. Only those are evaluated that are needed, so reading takes nobody's password.
  - The role P(auth.services.service#role) is made of it. It says what the variables are.
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
      - V(look) tells whether the host is a service.
      - V(apply) brings the accounts into their declared state.
      - V(read) reads the accounts.
      - V(review) tells whose the declared accounts are, without secrets.
      - V(leaving) tells which accounts here are those of the person who leaves.
      - V(offboard) disables these. Nothing that is wrong with somebody else's entry keeps it from that.
      - V(left_out) tells which services of the inventory C(--limit) leaves out.
    type: str
    choices: [look, apply, read, review, leaving, offboard, left_out]
    required: true
  person:
    description: Name of the person who leaves.
    type: str
  confirmed:
    description: The name is right, although people declares it as the account of somebody else.
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
  description: What the module returns. With O(task=review), the declared accounts.
  returned: success
  type: list
  elements: dict
person:
  description: What is known of the person.
  returned: O(task=leaving) or O(task=offboard)
  type: dict
names:
  description: Names of the person's accounts. With O(task=left_out), names of hosts.
  returned: O(task=leaving), O(task=offboard) or O(task=left_out)
  type: list
  elements: str
listed:
  description: Whether people has such a person.
  returned: O(task=leaving) or O(task=offboard)
  type: bool
still:
  description: Whether people says that the person is to have accounts.
  returned: O(task=leaving) or O(task=offboard)
  type: bool
owner:
  description: Whose account or other name it is, when no person has it as a name. Empty otherwise.
  returned: O(task=leaving) or O(task=offboard)
  type: str
doubts:
  description: What could not be read, so that accounts of the person may be missing.
  returned: O(task=leaving) or O(task=offboard)
  type: list
  elements: str
"""
