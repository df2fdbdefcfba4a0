# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Runs within the site, as django_site says: all tables, two groups, and a superuser.
from django.conf import settings
from django.core.management import call_command

apps = ["notes", *settings.OWN["apps"]]
call_command("makemigrations", *apps, verbosity=0)
call_command("migrate", verbosity=0)
editors = Group.objects.create(name="Editors")  # noqa: F821
editors.permissions.set(Permission.objects.filter(codename="change_note"))  # noqa: F821
Group.objects.create(name="Readers")  # noqa: F821
admin = settings.OWN["admin"]
if "username" in [field.name for field in User._meta.fields]:  # noqa: F821
    User.objects.create_superuser(admin["name"], "admin@example.org", admin["password"])  # noqa: F821
else:
    User.objects.create_superuser(admin["name"], admin["password"])  # noqa: F821
