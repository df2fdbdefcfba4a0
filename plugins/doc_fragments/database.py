# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """How to reach the database of a service: argument spec in module_utils/database.py."""

    DOCUMENTATION = r"""
options:
  login_host:
    description:
      - Host of the database server.
      - The default is the value in O(config_file), or V(localhost).
    type: str
  login_port:
    description:
      - Port of the database server.
      - The default is the value in O(config_file), or V(3306) for MySQL and MariaDB and V(5432) for PostgreSQL.
    type: int
  login_user:
    description:
      - User to log in to the database server as.
      - On PostgreSQL, a user is refused who is a superuser, can become one, can create roles, or can access files of
        the server, because triggers, operators and functions of the application would run with these rights.
      - On MySQL and MariaDB these run with the rights of the user who defined them.
    type: str
  login_password:
    description: Password of O(login_user).
    type: str
  login_unix_socket:
    description:
      - Unix socket of the database server, instead of O(login_host) and O(login_port).
      - For PostgreSQL, the folder of the socket; O(login_port) is part of the socket's name.
    type: path
  login_db:
    description:
      - Name of the database; for SQLite, the path of its file on the managed host.
      - A module that runs as root accesses a SQLite file with the rights of the file's owner, or of the folder's owner
        if root owns the file. It does not follow symbolic links that belong to anybody else.
      - The module reads views in place of the application's tables (MySQL and MariaDB require the privilege SHOW VIEW
        for that). It does not write to views; a task that would have to fails and names the view.
    type: str
    required: true
  login_schema:
    description: For PostgreSQL, the schema that holds the application's tables.
    type: str
  config_file:
    description:
      - For MySQL and MariaDB, a file in the format of C(my.cnf) on the managed host. By default, no file is read.
      - Its group C([client]) provides C(host), C(port), C(socket), C(user), C(password), C(ssl-ca), C(ssl-cert) and
        C(ssl-key) where no option does, and, if neither O(ssl_mode) nor O(ca_cert) is set, also C(ssl-mode), C(ssl) and
        C(ssl-verify-server-cert).
      - It is read as the server's own client reads it, including the files that it includes. A file that everybody can
        write is refused, and so are TLS options that the module does not support, such as C(ssl-crl).
    type: path
  ca_cert:
    description: Certificate of the authority that signed the server's certificate, a file on the managed host.
    type: path
  client_cert:
    description: Certificate that proves who the client is, a file on the managed host. Goes with O(client_key).
    type: path
  client_key:
    description: Key of O(client_cert), a file on the managed host. It has no passphrase.
    type: path
  ssl_mode:
    description:
      - V(disabled) uses no TLS.
      - V(preferred) uses TLS when the server offers it, and verifies nothing.
      - Over TCP, a server that is not verified never receives the password itself, only answers from which it can be
        guessed. For this reason a MySQL user with C(caching_sha2_password) or C(sha256_password) needs O(ca_cert) or
        O(login_unix_socket). On PostgreSQL this holds if the client library is of release 16 or later.
      - The module warns if a connection to another host is not encrypted or not verified, unless V(disabled) or
        V(required) is set.
      - V(required) fails without TLS, and verifies nothing.
      - V(verify_ca) fails unless the server's certificate is signed by O(ca_cert).
      - V(verify_identity) also fails unless the certificate is for O(login_host).
      - The default is V(verify_identity) if O(ca_cert) is set, V(disabled) for a socket, and V(preferred) otherwise.
      - PostgreSQL never uses TLS over a socket.
    type: str
    choices: [disabled, preferred, required, verify_ca, verify_identity]
  connect_timeout:
    description:
      - Seconds to wait for the connection, for each address of the host; with MySQL and MariaDB, for each answer of the
        server until the connection is established.
      - For SQLite, seconds to wait for another writer.
      - Once connected, a statement may take 600 seconds, including waiting for locks. An answer may take 2 GiB of
        memory, 1 GiB with PostgreSQL; a row of SQLite 64 MiB (from Python 3.11 on).
    type: int
    default: 30
  table_prefix:
    description:
      - Prefix of the application's tables.
      - "Case matters, even where the database ignores it in table names (SQLite, and MySQL and MariaDB with
        C(lower_case_table_names)): some applications, such as WordPress, also store the prefix in rows."
    type: str
  charset:
    description:
      - For MySQL and MariaDB, the character set that the application sets for its own connection (C(SET NAMES)), such
        as V(utf8mb4), V(latin1) or V(binary). In WordPress it is C(DB_CHARSET) in C(wp-config.php), in FreeRADIUS
        C(default-character-set) in C(my.cnf).
      - The server converts text between this character set and that of a column. If an application sends UTF-8 but sets
        V(latin1), its columns hold bytes of UTF-8 that the server regards as latin1; with this option the module reads
        and writes them as the application does.
      - The default is V(binary) for MediaWiki, which always uses it, and V(utf8mb4) for all others.
      - If a column of WordPress has a character set other than UTF-8 and this option is not set, text that is not ASCII
        is refused, and an account with such text can only be disabled or removed. ASCII text always works.
    type: str
requirements:
  - Python 3.9 or later on the managed host.
  - SQLAlchemy 1.4 or later (C(python3-sqlalchemy) in Debian, Ubuntu and RHEL).
  - PyMySQL 1.0 or later for MySQL and MariaDB (C(python3-pymysql)).
  - psycopg, or psycopg2 (C(python3-psycopg2)), for PostgreSQL.
"""
