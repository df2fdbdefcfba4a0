#!/usr/bin/python
# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: export_inventory
short_description: Write the accounts of services as an inventory of people and rules
version_added: 0.1.0
description:
  - The last step of the playbook C(auth.services.export). It takes what the first step stored in the variables of the
    services (C(service_actual), C(service_failure), C(service_account_options)) and writes files on the controller,
    whichever host the task runs for.
  - With these files added to the inventory, the playbook C(auth.services.apply) changes nothing.
  - Accounts with the same e-mail address become one person if each application regards the address as confirmed, or has
    it as the name of a mailbox. Otherwise their names must agree, too.
  - Accounts with the same name become one person if they have no more than one known address between them.
  - The file C(doubtful.md) lists everything that is not proven.
  - Text that is not plainly harmless is marked C(!unsafe) in the files, so that Ansible treats it as data.
  - Nothing is written if the accounts of any service in the inventory were not read, because a service without rules
    would give everybody access.
  - The files contain personal data, so only their owner can read them (mode 0600).
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
      - Folder on the controller. It is created if it is missing.
      - A relative path is below the working directory of C(ansible-playbook).
      - "It is refused if another user could replace its content: if it, or a folder or link on the way to it, belongs
        to another user, or if others can write to it."
    type: path
    required: true
  overwrite:
    description: Write into a folder that is not empty. Files with other names are left alone.
    type: bool
    default: false
  vault_password:
    description:
      - Password of the vaults for stored passwords, C(host_vars/<host>/vault_hashes.yml). Stored passwords are read if
        C(export_password_hashes) is true.
      - The default is the variable C(export_vault_password). The module reads it by itself, so that callbacks do not
        get it with the arguments of the task.
      - It is required if there are stored passwords. They are never written in clear text.
      - A vault with the same content is not changed.
    type: raw
notes:
  - C(export_bots) of a host lists accounts that belong to nobody, as names or shell patterns such as V(bot-*). These
    accounts go to C(service_accounts).
seealso:
  - plugin: auth.services.accounts_for
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Write the inventory
  auth.services.export_inventory:
    folder: export
  run_once: true
"""

RETURN = r"""
folder:
  description: Absolute path of the folder.
  returned: success
  type: str
  sample: /home/admin/export
lines:
  description: What was found, in a few lines.
  returned: success
  type: list
  elements: str
"""
