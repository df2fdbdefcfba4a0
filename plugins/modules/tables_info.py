#!/usr/bin/python
# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: tables_info
short_description: Read the tables of any database, and find accounts and references in them
version_added: 0.1.0
description:
  - Reads what a database declares (tables, columns, keys, references) and infers what it does not declare, which
    columns refer to which table, where the accounts are, and which of their columns holds what.
  - Returns names, types, numbers and formats. It returns no password, no stored password, and no e-mail address or name
    of a person.
  - It only reads, in one transaction that is rolled back.
author:
  - The auth.services developers (@auth-services)
extends_documentation_fragment:
  - auth.services.database
  - auth.services.attributes
  - auth.services.attributes.info_module
options:
  login_engine:
    description: The database server that the application uses.
    type: str
    choices: [mysql, postgresql, sqlite]
    default: mysql
  login_schema:
    description:
      - For PostgreSQL, the schema that holds the application's tables. Others are not read, unless O(schemas) names
        them.
      - By default, all schemas are read that O(login_user) may use, and that are not the server's own.
    type: str
  table_prefix:
    description: Only tables whose name begins with this are read. Case matters.
    type: str
  schemas:
    description:
      - For PostgreSQL, only schemas that match one of these shell patterns are read.
      - The tables of one schema are returned with their own name. It is O(login_schema), or the first of the
        C(search_path) that is read. The name of each other table has its schema in front, as in V(sales.customer).
    type: list
    elements: str
    default: []
  tables:
    description: Only tables are read whose name, without O(table_prefix), matches one of these shell patterns.
    type: list
    elements: str
    default: []
  evidence:
    description:
      - What is looked at beside declared references.
      - V(names) is names, types and keys, and the comparisons of columns in views, triggers and routines. They are
        always looked at.
      - V(rows) also looks at some rows. The server counts whether values exist in another table, for 1,000 rows of each
        column. Up to 200 stored passwords of a column are read for their format. From columns of few values, 10,000
        rows are counted by value. Each question may take 5 seconds, all of them 60.
      - V(statements) also looks at which columns the statements compare that the server has counted
        (C(performance_schema) of MySQL and MariaDB, C(pg_stat_statements) of PostgreSQL). Their text is not returned.
    type: list
    elements: str
    choices: [names, rows, statements]
    default: [names]
notes:
  - On MySQL and MariaDB, tables are visible on which O(login_user) has a privilege, views with SELECT and SHOW VIEW,
    triggers with TRIGGER, and routines to their owner.
  - With O(evidence=statements), MySQL and MariaDB require SELECT on
    C(performance_schema.events_statements_summary_by_digest), PostgreSQL the role C(pg_read_all_stats).
"""

EXAMPLES = r"""
- name: Look at a database that nobody knows
  auth.services.tables_info:
    login_engine: postgresql
    login_host: db1.example.org
    login_db: shop
    login_user: reader
    login_password: "{{ vault_shop_reader }}"
    evidence: [names, rows]
  register: found

- name: Say where the accounts are, and which tables refer to them
  ansible.builtin.debug:
    msg:
      - "{{ found.account }}"
      - "{{ found.references | selectattr('to.table', 'equalto', found.account.table) | map(attribute='from') }}"

- name: Read the tables of one application among many
  auth.services.tables_info:
    login_unix_socket: /run/mysqld/mysqld.sock
    login_db: intranet
    login_user: reader
    table_prefix: shop_
"""

RETURN = r"""
engine:
  description: V(mysql), V(postgresql) or V(sqlite).
  returned: success
  type: str
  sample: postgresql
version:
  description: Version of the server, or of the SQLite library, as it reports it.
  returned: success
  type: str
  sample: "15.8 (Debian 15.8-0+deb12u1)"
schema:
  description: Schema of PostgreSQL whose tables have no schema in front of their name. Empty for other engines.
  returned: success
  type: str
  sample: public
tables:
  description: The tables and views, by name.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Name of the table.
      type: str
      sample: customer
    schema:
      description: Its schema, if that is not RV(schema).
      type: str
      sample: ""
    is_view:
      description: Whether it is a view or a materialized view.
      type: bool
      sample: false
    comment:
      description: Comment on the table.
      type: str
      sample: ""
    rows:
      description: About how many rows it has, as the server estimates it. SQLite counts up to 100,000. Null if nobody
        knows.
      type: int
      sample: 1200
    rolls_back:
      description: Whether its storage engine can take back what was written.
      type: bool
      sample: true
    columns:
      description: Its columns, in their order.
      type: list
      elements: dict
      contains:
        name:
          description: Name of the column.
          type: str
          sample: email
        type:
          description: Type as the server names it. For a domain, the type that it is based on.
          type: str
          sample: character varying(254)
        nullable:
          description: Whether it can be NULL.
          type: bool
          sample: false
        default:
          description: Default value as the server writes it, null for none, V(auto) if the server numbers the rows.
          type: str
          sample: auto
        generated:
          description: Whether the server computes it.
          type: bool
          sample: false
        comment:
          description: Comment on the column.
          type: str
          sample: ""
        values:
          description: Values of an enumeration.
          type: list
          elements: str
          sample: []
    primary_key:
      description: Columns of the primary key.
      type: list
      elements: str
      sample: [id]
    unique:
      description: Columns of each other key that is unique for all rows.
      type: list
      elements: list
      sample: [[email]]
    indexes:
      description: Columns of each other index.
      type: list
      elements: list
      sample: [[created]]
    foreign_keys:
      description: Declared references, with C(columns), C(table) and C(to_columns).
      type: list
      elements: dict
      sample: [{columns: [country_id], table: country, to_columns: [id]}]
joins:
  description: Columns that views, triggers and routines compare, and statements with O(evidence=statements), with
    C(table), C(column), C(to_table), C(to_column) and C(where).
  returned: success
  type: list
  elements: dict
  sample: [{table: customer, column: id, to_table: invoice, to_column: customer_id, where: view open_invoices}]
references:
  description: Declared and inferred references.
  returned: success
  type: list
  elements: dict
  contains:
    from:
      description: The C(table) that refers, and its C(columns).
      type: dict
      sample: {table: invoice, columns: [customer_id]}
    to:
      description: The C(table) referred to, and its C(columns).
      type: dict
      sample: {table: customer, columns: [id]}
    score:
      description: From 0 to 1. Declared references have 1.
      type: float
      sample: 0.96
    declared:
      description: Whether it is declared.
      type: bool
      sample: false
    evidence:
      description: Reasons, in words.
      type: list
      elements: str
      sample: ["customer_id: called after table customer and its key"]
account:
  description:
    - The table of accounts and what its columns are, with a C(score), whether that is C(sure), and the C(evidence).
      Null if none was found.
    - "Keys that are columns: C(key), C(login), C(password), C(salt), C(email), C(full_name) (a list), C(created),
      C(last_login), and C(active) with C(column), C(kind), C(enabled) and C(disabled). A column of another table is
      written C(table.column)."
    - C(formats) are the formats of stored passwords, with O(evidence=rows).
  returned: success
  type: dict
  sample: {table: customer, key: id, login: email, password: pw, formats: [bcrypt], score: 0.97, sure: true}
alternatives:
  description: Other tables that may hold accounts, the best first, with C(table) and C(score).
  returned: success
  type: list
  elements: dict
  sample: []
membership:
  description: Table that says which account is in which group, with the columns C(account) and C(group); or null.
  returned: success
  type: dict
  sample: {table: customer_group_member, account: customer_id, group: group_id}
group:
  description: Table of groups and the column of their name; or null.
  returned: success
  type: dict
  sample: {table: customer_group, name: title}
role:
  description: Column of the account with its role, and the table that it refers to, if any; or null.
  returned: success
  type: dict
  sample: {column: role, to: null}
on_disable:
  description: Tables of sessions and tokens to be emptied when an account is disabled, and their column of the account.
  returned: success
  type: list
  elements: dict
  sample: [{table: session, column: customer_id}]
doubts:
  description: What a human must decide, the most important first.
  returned: success
  type: list
  elements: str
  sample: []
application:
  description: Known applications whose tables these are.
  returned: success
  type: list
  elements: dict
  sample: []
counts:
  description: How many C(accounts) there are, and how many are C(enabled) and C(disabled) if RV(account) has a column
    for it. Empty if they cannot be counted within 5 seconds.
  returned: success
  type: dict
  sample: {accounts: 1200, enabled: 1150, disabled: 50}
privileges:
  description: What O(login_user) may do with the tables as a whole; of more than a thousand, with those of accounts,
    groups, memberships, sessions and tokens. Privileges on single columns are not listed. Empty for SQLite.
  returned: success
  type: list
  elements: dict
  contains:
    table:
      description: Name of the table.
      type: str
      sample: customer
    privileges:
      description: Of SELECT, INSERT, UPDATE and DELETE, those that it has.
      type: list
      elements: str
      sample: [SELECT]
tls:
  description: Whether the connection uses TLS. Null for SQLite and for a Unix socket, which no network carries.
  returned: success
  type: bool
  sample: true
"""

from ansible_collections.auth.services.plugins.module_utils.tables_module import run_tables_module


def main() -> None:
    run_tables_module()


if __name__ == "__main__":
    main()
