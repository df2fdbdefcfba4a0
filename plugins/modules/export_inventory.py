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
  - The last step of the playbook C(auth.services.export). It takes what the first step left in the variables of the
    services (C(service_actual), C(service_failure), C(service_account_options)) and writes files on the controller,
    whichever host the task runs for.
  - With these files on top of the inventory, the playbook C(auth.services.apply) changes nothing.
  - Accounts with one e-mail address are one person where each application says that the address is confirmed, or has it
    as the name of a mailbox; else only if the names agree, too. Accounts with one name are one person where no more
    than one address is known among them. Everything that rests on less than a proof stands in C(doubtful.md).
  - Text that is not plainly harmless is marked C(!unsafe) in the files, so that Ansible takes it for data.
  - Nothing is written when the accounts of any service of the inventory are missing. A service without its rules would
    let everybody in.
  - The files hold personal data, so nobody else can read them (mode 0600).
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
      - Folder on the controller. It is made if it is not there.
      - If it is relative, it is below the working directory of C(ansible-playbook).
      - It is refused when somebody else could exchange what is in it, as it or a folder or link on the way belongs to
        them, or as others can write to it.
    type: path
    required: true
  overwrite:
    description: Write into a folder that is not empty. Files of other names are left alone.
    type: bool
    default: false
  vault_password:
    description:
      - Password of the vault that stored passwords are put in, C(host_vars/<host>/vault_hashes.yml). They are read
        where C(export_password_hashes) is true.
      - By default that of the variable C(export_vault_password), which the module reads by itself, so that it does not
        get to callbacks with the arguments of the task.
      - Without it nothing is written if there are any. They are never written in clear text.
      - A vault that holds the same already is left as it is.
    type: raw
notes:
  - C(export_bots) of a host are names of accounts that are nobody's, or shell patterns such as V(bot-*). These accounts
    go to C(service_accounts).
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
  description: The folder, absolute.
  returned: success
  type: str
  sample: /home/admin/export
lines:
  description: What was found, in a few lines.
  returned: success
  type: list
  elements: str
"""
