#!/usr/bin/env bash
# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Tiny Tiny RSS of Debian 12. Its schema comes with the administrator "admin", whose password is "password".
set -euo pipefail

cp -a "$PACKAGE/usr/share/tt-rss/www" "$FOLDER/web"
cd "$FOLDER/web"
rm config.php feed-icons lib/gettext lib/phpqrcode vendor/Psr
cp -a "$PACKAGE/usr/share/php/php-php-gettext" lib/gettext
cp -a "$PACKAGE/usr/share/phpqrcode" lib/phpqrcode
cp -a "$PACKAGE/usr/share/php/Psr" vendor/Psr
mkdir -p feed-icons "$FOLDER/locks" "$FOLDER"/cache/{images,upload,export,js,feeds,simplepie,starred-images}
sed -e "s#^\s*include_once.*database.php.*#\$dbtype = 'pgsql'; \$dbserver = '127.0.0.1'; \$dbport = '$PORT'; \$dbuser = '$USER_NAME'; \$dbpass = '$PASSWORD'; \$dbname = '$DATABASE';#" \
    -e "s#%SELF_URL_PATH#$URL/#" \
    -e "s#'/var/lib/tt-rss'#'$FOLDER/locks'#" \
    -e "s#'/var/cache/tt-rss'#'$FOLDER/cache'#" \
    "$PACKAGE/etc/tt-rss/config.php" > config.php
psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 "host=127.0.0.1 port=$PORT dbname=$DATABASE user=$USER_NAME password=$PASSWORD" \
    --file="$PACKAGE/usr/share/tt-rss/schema/ttrss_schema_pgsql.sql"
