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
      - Without it V(localhost), or what O(config_file) says.
    type: str
  login_port:
    description:
      - Port of the database server.
      - Without it V(3306) for MySQL and MariaDB, V(5432) for PostgreSQL, or what O(config_file) says.
    type: int
  login_user:
    description:
      - User to log in to the database server as.
      - A PostgreSQL login that is a superuser, may become one, may create roles or may work on the server's files is
        refused, since triggers, operators and functions of the application would run with its rights. Those of MySQL
        and MariaDB run with the rights of who defined them.
    type: str
  login_password:
    description: Password of O(login_user).
    type: str
  login_unix_socket:
    description:
      - Unix socket of the database server, instead of O(login_host) and O(login_port).
      - For PostgreSQL, the folder that the socket is in; O(login_port) is a part of the socket's name there.
    type: path
  login_db:
    description:
      - Name of the database; for SQLite, the path of its file on the managed host.
      - A module that runs as root works on a SQLite file with the rights of the file's owner, or of the owner of its
        folder when the file is root's. It follows no symbolic link that belongs to anybody else.
      - Views in place of the application's tables are read, for which MySQL and MariaDB want the privilege SHOW VIEW.
        Nothing is written to a view, and a task that would do so says which one it is.
    type: str
    required: true
  login_schema:
    description: For PostgreSQL, the schema that holds the application's tables.
    type: str
  config_file:
    description:
      - For MySQL and MariaDB, a file in the form of C(my.cnf) on the managed host. Its group C([client]) gives what no
        option gives of C(host), C(port), C(socket), C(user), C(password), C(ssl-ca), C(ssl-cert) and C(ssl-key), and
        without O(ssl_mode) and O(ca_cert) also C(ssl-mode), C(ssl) and C(ssl-verify-server-cert).
      - It is read as the client of the server reads it, with the files that it includes. One that everybody can write
        is refused, and so are other options of TLS, such as C(ssl-crl), which cannot be kept to.
      - No file is read unless this names one.
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
      - Through TCP, a server that nothing verifies is not told the password itself, only answers from which it can
        be guessed; an account of MySQL with C(caching_sha2_password) or C(sha256_password) needs O(ca_cert) or
        O(login_unix_socket). PostgreSQL's library keeps to it from release 16 on.
      - The module warns of a connection to another host that is not encrypted or not verified, unless V(disabled) or
        V(required) is given.
      - V(required) fails without TLS, and verifies nothing.
      - V(verify_ca) fails unless the server's certificate is signed by O(ca_cert).
      - V(verify_identity) also fails unless the certificate is for O(login_host).
      - Without it V(verify_identity) when O(ca_cert) is given, V(disabled) through a socket, else V(preferred).
      - PostgreSQL uses no TLS through a socket, whatever this says.
    type: str
    choices: [disabled, preferred, required, verify_ca, verify_identity]
  connect_timeout:
    description:
      - Seconds to wait for the connection, for each address of a host; with MySQL and MariaDB for each answer of
        the server until the connection stands.
      - For SQLite, seconds to wait for another writer.
      - Afterwards a statement may take 600 seconds, with the time that it waits for locks. An answer may take 2 GiB of
        memory, 1 GiB with PostgreSQL; a row of SQLite 64 MiB (from Python 3.11 on).
    type: int
    default: 30
  table_prefix:
    description:
      - What the names of the application's tables begin with.
      - MySQL and MariaDB with C(lower_case_table_names), and SQLite, take the names of tables in any case of letters.
        What rows hold that begins with the prefix, as in WordPress, has it as it is given here.
    type: str
  charset:
    description:
      - For MySQL and MariaDB, the character set that the application says its own connection has (C(SET NAMES)), such
        as V(utf8mb4), V(latin1) or V(binary). In WordPress it is C(DB_CHARSET) of C(wp-config.php), in FreeRADIUS the
        C(default-character-set) of C(my.cnf).
      - The server converts text between it and the character set of a column. An application that sends UTF-8 and says
        V(latin1) has bytes of UTF-8 in its columns, which are latin1 to the server; with this option they are read and
        written as the application does it.
      - Without it, it is V(binary) for MediaWiki, which has no other, and V(utf8mb4) for all else. Where a column of
        WordPress has another character set than those of UTF-8, text that is not ASCII is refused without this option,
        and an account that has such text can only be disabled or removed. All that is ASCII works.
    type: str
requirements:
  - Python 3.9 or later on the managed host.
  - SQLAlchemy 1.4 or later (C(python3-sqlalchemy) in Debian, Ubuntu and RHEL).
  - PyMySQL 1.0 or later for MySQL and MariaDB (C(python3-pymysql)).
  - psycopg, or psycopg2 (C(python3-psycopg2)), for PostgreSQL.
"""
