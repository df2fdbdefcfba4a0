# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Runs within the site, as django_site says: what Django says of its tables, and an account whose values nobody may show.
from django.apps import apps
from django.contrib.auth import get_user_model

result = {}
for model in apps.get_models(include_auto_created=True):
    fields = [field for field in model._meta.local_fields if field.column]
    result[model._meta.db_table] = {
        "columns": [field.column for field in fields],
        "required": [field.column for field in fields if not field.null],
        "key": [model._meta.pk.column],
        "unique": sorted([field.column] for field in fields if field.unique and not field.primary_key),
        "together": sorted([model._meta.get_field(name).column for name in names] for names in model._meta.unique_together),
        "references": sorted([field.column, field.related_model._meta.db_table, field.target_field.column] for field in fields if field.remote_field),
    }
get_user_model().objects.create_user("margaret.hamilton", "hamilton@secret.example", "geheim-4711", first_name="Margaretgeheim", last_name="Hamiltongeheim")
