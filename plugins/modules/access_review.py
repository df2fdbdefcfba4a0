#!/usr/bin/python
# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: access_review
short_description: Write what an audit found as a page, as JSON and as CSV
version_added: 0.1.0
description:
  - The last step of the playbook C(auth.services.audit). It takes what the first step stored in the variables of the
    services (C(service_actual), C(service_result), C(audit_declared), C(audit_error)) and writes three files on the
    controller, whichever host the task runs for. C(service_actual) names the file that has the accounts.
  - The files contain no passwords and no hashes, but personal data, so only their owner can read them (mode 0600).
author:
  - The auth.services developers (@auth-services)
extends_documentation_fragment:
  - auth.services.attributes
attributes:
  action_group:
    support: none
  diff_mode:
    support: none
options:
  hosts:
    description: Services to review. Hosts without C(service_type) are ignored.
    type: list
    elements: str
    required: true
  folder:
    description:
      - Folder on the controller for C(access-review.html), C(access-review.json) and C(access-review.csv). It is
        created if it is missing.
      - A relative path is below the working directory of C(ansible-playbook).
    type: path
    required: true
"""

EXAMPLES = r"""
- name: Write the access review
  auth.services.access_review:
    hosts: "{{ ansible_play_hosts_all }}"
    folder: access-review
  check_mode: false
  run_once: true
"""

RETURN = r"""
page:
  description: Path of the page.
  returned: always
  type: str
  sample: /home/admin/access-review/access-review.html
problem:
  description: What differs from the inventory or could not be audited, in one sentence, or empty.
  returned: always
  type: str
  sample: 2 accounts differ from the inventory (wiki.example.org)
lines:
  description: The review in a few lines.
  returned: always
  type: list
  elements: str
summary:
  description: Counts.
  returned: always
  type: dict
  sample: {services: 3, people: 40, accounts: 97, enabled: 90, drift: 2, unlisted: 1, protected: 4, errors: 0}
"""
