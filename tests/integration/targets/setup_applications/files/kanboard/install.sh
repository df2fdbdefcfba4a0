#!/usr/bin/env bash
# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Kanboard of Debian sid. It creates its tables, an administrator "admin" with the password "admin", and a group.
set -euo pipefail

cp -a "$PACKAGE/usr/share/kanboard" "$FOLDER/web"
cp -a "$PACKAGE/usr/share/php" "$FOLDER/php"
rm "$FOLDER/web/config.php"
# Of Composer only the class loader is used, for plugins; the rest of it has a dozen dependencies
{ grep -rl /usr/share/php/ "$FOLDER/web" "$FOLDER/php" --include='*.php' || true; } | xargs sed -i "s#/usr/share/php/#$FOLDER/php/#g"
sed -i 's#Composer/autoload.php#Composer/Autoload/ClassLoader.php#' "$FOLDER/web/vendor/autoload.php"

cat > "$FOLDER/web/config.php" <<PHP
<?php
define('DATA_DIR', '$FOLDER');
define('DB_FILENAME', '$DATABASE');
define('PLUGINS_DIR', '$FOLDER/plugins');
define('CACHE_DIR', '$FOLDER/cache');
define('FILES_DIR', '$FOLDER/files');
define('SESSION_HANDLER', 'db');
define('DB_DRIVER', 'sqlite');
define('MAIL_CONFIGURATION', false);
define('ENABLE_HSTS', false);
// Wrong passwords are not an attack here
define('BRUTEFORCE_CAPTCHA', 1000);
define('BRUTEFORCE_LOCKDOWN', 1000);
PHP
mkdir -p "$FOLDER"/{plugins,cache,files}
cd "$FOLDER/web"
php -d "include_path=$FOLDER/php" cli db:migrate
