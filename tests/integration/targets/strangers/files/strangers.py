# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Runs within the site, as django_site says: what its users do to it. MARK is a file that no payload may create.
import base64
import datetime
import zlib

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db import connection

User = get_user_model()
mark = "MARK"
tag = "#jinja2: variable_start_string:'[[', variable_end_string:']]'"
payloads = [f"{tag}\n[[lookup('pipe','touch {mark}-site-lines')]]", f"{tag}[[lookup('pipe','touch {mark}-site')]]",
            f"{{{{lookup('pipe','touch {mark}-site-plain')}}}}", '=cmd|"/c calc"!A1', "<script>alert(1)</script>"]
for number, payload in enumerate(payloads):
    User.objects.create_user(f"mallory{number}", f"mallory{number}@example.org", "Mallory-Own-1", first_name=payload[:150], last_name=payload[:150])
# Under the name of a newcomer, with a permission of her own that nobody declares, and one who made herself a superuser
nina = User.objects.create_user("nina", "nina@evil.example.org", "Nina-Own-111")
nina.user_permissions.add(Permission.objects.get(codename="change_note"))
User.objects.create_superuser("root2", "root2@example.org", "Root2-Own-11")
# Names that look like that of a leaver
for number, name in enumerate(("b\u0435n", "ben2", "BEN")):
    User.objects.create_user(name, f"like{number}@elsewhere.example.org", "Ben-Other-1")
User.objects.create_user("otherwise", "ben+x@example.org", "Ben-Other-1")
User.objects.create_user("thirdly", "third@example.org", "Ben-Other-1", first_name="Ben", last_name="Liddell")
# A row that no reader understands, and a session that unpacks to 300 MB
User.objects.create_user("broken", "broken@example.org", "Broken-Own-1")
with connection.cursor() as cursor:
    cursor.execute("UPDATE auth_user SET email = X'ff00ff', first_name = 7, date_joined = 'never' WHERE username = 'broken'")
    packed = base64.urlsafe_b64encode(zlib.compress(b"{" + b" " * 300_000_000, 9)).decode().rstrip("=")
    until = (datetime.datetime.now() + datetime.timedelta(days=9)).isoformat(" ")
    cursor.execute("INSERT INTO django_session (session_key, session_data, expire_date) VALUES ('bomb', %s, %s)", [f".{packed}:1:x", until])
result = User.objects.count()
