#!/usr/bin/env bash
# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Cacti of Debian 12. Its schema comes with the administrator "admin", whose password is "admin" and need not be changed here.
set -euo pipefail

cp -a "$PACKAGE/usr/share/cacti/site" "$FOLDER/web"
cp -a "$PACKAGE/usr/share/cacti/resource" "$FOLDER/resource"
cp -a "$PACKAGE/usr/share/php" "$FOLDER/php"
cd "$FOLDER/web"
rm -f log cache resource rra include/config.php include/phptwig include/vendor/phpmailer include/vendor/phpseclib
mkdir -p log rra cache/{mibcache,realtime,spikekill,boost}
mv ../resource resource
ln -s "$FOLDER/php/Twig" include/phptwig
ln -s "$FOLDER/php/libphp-phpmailer" include/vendor/phpmailer
ln -s "$FOLDER/php/phpseclib" include/vendor/phpseclib
# shellcheck disable=SC2016 # PHP's variable
echo '<?php $secret = "only-for-the-tests";' > "$FOLDER/csrf-secret.php"
cat > include/config.php <<PHP
<?php
\$database_type = 'mysql';
\$database_default = '$DATABASE';
\$database_hostname = '127.0.0.1';
\$database_username = '$USER_NAME';
\$database_password = '$PASSWORD';
\$database_port = '$PORT';
\$database_persist = false;
\$poller_id = 1;
\$url_path = '/';
\$cacti_session_name = 'Cacti';
\$cacti_db_session = true;
\$path_csrf_secret = '$FOLDER/csrf-secret.php';
PHP
{
    cat "$PACKAGE/usr/share/doc/cacti/cacti.sql"
    # What the pages of the installer leave
    echo "UPDATE version SET cacti = '$(cat include/cacti_version)';"
    echo "REPLACE INTO settings VALUES ('path_cactilog', '$FOLDER/web/log/cacti.log');"
    echo "UPDATE user_auth SET must_change_password = '' WHERE username = 'admin';"
    echo "INSERT INTO user_auth_group (name) VALUES ('Operators');"
    # Realm 1 is "Edit Users" (user_auth_realms of include/global_arrays.php), 8 the console
    echo "INSERT INTO user_auth_group_realm SELECT id, 1 FROM user_auth_group UNION SELECT id, 8 FROM user_auth_group;"
} | mariadb --no-defaults --skip-ssl --host=127.0.0.1 --port="$PORT" --user="$USER_NAME" --password="$PASSWORD" "$DATABASE"
