#!/usr/bin/python
# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: inspect_report
short_description: Write what was found in the database of a host
version_added: 0.1.0
description:
  - The last step of the playbook C(auth.services.inspect). It takes what the first step stored in the variable
    C(service_inspected) of the host, and writes files on the controller into a folder of that host.
  - "C(report.html) is a page that loads nothing: what the database is, what is doubtful, a picture of the tables around
    accounts, and all tables. C(mapping.yml) is a draft of the host's variables, C(models.py) has SQLAlchemy models of
    all tables, C(grants.sql) creates the database user, and C(README.md) is a summary."
  - The files contain names of tables and columns, and no value of a row. Only their owner can read them (mode 0600).
author:
  - The auth.services developers (@auth-services)
extends_documentation_fragment:
  - auth.services.attributes
attributes:
  action_group:
    support: none
options:
  folder:
    description:
      - Folder on the controller. The files are written to a folder in it with the name of the host. Missing folders are
        created.
      - It is refused if another user could replace its content, as by M(auth.services.export_inventory).
    type: path
    required: true
seealso:
  - module: auth.services.tables_info
"""

EXAMPLES = r"""
- name: Read the database
  auth.services.service_task:
    task: inspect
  register: service_inspected

- name: Write what was found
  auth.services.inspect_report:
    folder: inspect
"""

RETURN = r"""
folder:
  description: Absolute path of the folder of the host.
  returned: success
  type: str
  sample: /home/admin/inspect/forum.example.org
page:
  description: Absolute path of the report.
  returned: success
  type: str
  sample: /home/admin/inspect/forum.example.org/report.html
lines:
  description: What was found, in a few lines.
  returned: success
  type: list
  elements: str
  sample: ["forum.example.org: Accounts are in table users (score 0.97)"]
"""
