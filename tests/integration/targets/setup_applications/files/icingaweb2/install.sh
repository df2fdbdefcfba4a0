#!/usr/bin/env bash
# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Icinga Web 2 of Debian 12, with the administrator that its documentation creates by hand, and a group that may see users.
set -euo pipefail

cp -a "$PACKAGE/usr/share/icingaweb2" "$FOLDER/web"
cp -a "$PACKAGE/usr/share/icinga-php" "$FOLDER/icinga-php"
cp -a "$PACKAGE/usr/share/php" "$FOLDER/php"
sed -i "s#/usr/share/php/#$FOLDER/php/#" "$FOLDER/web/public/index.php"
mkdir -p "$FOLDER"/{etc/modules,etc/enabledModules,var,sessions}
cd "$FOLDER/etc"
printf '%s\n' '[global]' 'config_backend = "db"' 'config_resource = "db"' '[logging]' 'log = "none"' > config.ini
printf '%s\n' '[db]' 'type = "db"' 'db = "pgsql"' 'host = "127.0.0.1"' "port = \"$PORT\"" "dbname = \"$DATABASE\"" \
    "username = \"$USER_NAME\"" "password = \"$PASSWORD\"" 'charset = "utf8"' > resources.ini
printf '%s\n' '[db]' 'backend = "db"' 'resource = "db"' | tee authentication.ini > groups.ini
printf '%s\n' '[Administrators]' 'users = "admin"' 'permissions = "*"' \
    '[Operators]' 'groups = "Operators"' 'permissions = "config/access-control/users"' > roles.ini
{
    cat "$FOLDER/web/schema/pgsql.schema.sql"
    echo "INSERT INTO icingaweb_user (name, active, password_hash) VALUES ('admin', 1, '$(php -r 'echo password_hash("admin", PASSWORD_DEFAULT);')');"
    echo "INSERT INTO icingaweb_group (name) VALUES ('Operators');"
} | psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 "host=127.0.0.1 port=$PORT dbname=$DATABASE user=$USER_NAME password=$PASSWORD"
