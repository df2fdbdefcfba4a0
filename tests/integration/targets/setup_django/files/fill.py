# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Runs within the site, as django_site says: all tables, two groups, and a superuser.
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group as DjangoGroup
from django.contrib.auth.models import Permission
from django.core.management import call_command

User = get_user_model()
apps = ["notes", *settings.OWN["apps"]]
call_command("makemigrations", *apps, verbosity=0)
call_command("migrate", verbosity=0)
Group = User._meta.get_field("groups").related_model
if Group is not DjangoGroup:
    DjangoGroup.objects.create(name="Editors")  # nobody is in it
editors = Group.objects.create(name="Editors")
editors.permissions.set(Permission.objects.filter(codename="change_note"))
Group.objects.create(name="Readers")
admin = settings.OWN["admin"]
if "username" in [field.name for field in User._meta.fields]:
    User.objects.create_superuser(admin["name"], "admin@example.org", admin["password"])
else:
    User.objects.create_superuser(admin["name"], admin["password"])
