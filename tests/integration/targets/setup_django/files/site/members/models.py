# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from django.contrib.auth.models import AbstractUser
from django.db import models


class Member(AbstractUser):
    """Django's own fields and some more, which the database has no defaults for."""

    level = models.IntegerField(default=1)
    language = models.CharField(max_length=5, default="en")
    nickname = models.CharField(max_length=30, null=True, blank=True)

    class Meta:
        db_table = "people"
