#!/usr/bin/env bash
# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# pgAdmin 4 of PyPI, for several users. It creates its tables and an administrator. Its configuration lies in its own folder.
set -euo pipefail

mkdir -p "$FOLDER/web"
cat > "$FOLDER/web/config_local.py" <<PYTHON
SERVER_MODE = True
DATA_DIR = '$FOLDER'
SQLITE_PATH = '$DATABASE'
LOG_FILE = '$FOLDER/log'
SESSION_DB_PATH = '$FOLDER/sessions'
STORAGE_DIR = '$FOLDER/storage'
DEFAULT_SERVER = '127.0.0.1'
DEFAULT_SERVER_PORT = ${URL##*:}
MASTER_PASSWORD_REQUIRED = False
UPGRADE_CHECK_ENABLED = False
# Wrong passwords are not an attack here
MAX_LOGIN_ATTEMPTS = 0
CHECK_EMAIL_DELIVERABILITY = False
ALLOW_SPECIAL_EMAIL_DOMAINS = ['example.org']
PYTHON
export PYTHONPATH=$FOLDER/web
PGADMIN_SETUP_EMAIL=admin@example.org PGADMIN_SETUP_PASSWORD=AdminPass-12345 "$VENV/bin/python" "$VENV"/lib/python3*/site-packages/pgadmin4/setup.py setup-db
# The pepper of its passwords, for the option of the module
"$VENV/bin/python" -c "import sqlite3, sys
print(sqlite3.connect(sys.argv[1]).execute('SELECT value FROM keys WHERE name = ?', ['SECURITY_PASSWORD_SALT']).fetchone()[0], end='')" \
    "$DATABASE" > "$FOLDER/pepper"
cat > "$FOLDER/web/serve.py" <<PYTHON
import runpy

runpy.run_path('$(echo "$VENV"/lib/python3*/site-packages/pgadmin4/pgAdmin4.py)', run_name='__main__')
PYTHON
