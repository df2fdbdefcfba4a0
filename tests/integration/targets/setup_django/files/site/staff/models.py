# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What larger projects have: keys that are UUIDs (openwisp-users), groups of their own and a row of settings for each user
(NetBox), addresses that are lowered when they are saved and looked up, and a token for each account (pretix)."""

import uuid

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, Permission, PermissionsMixin
from django.db import models
from django.utils.crypto import get_random_string


def token():
    return get_random_string(length=32)


class Group(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    name = models.CharField(max_length=150, unique=True)
    permissions = models.ManyToManyField(Permission, related_name="staff_groups")


class EmployeeManager(BaseUserManager):
    def create_user(self, email, password=None, **fields):
        employee = self.model(email=email, **fields)
        employee.set_password(password)
        employee.save()
        return employee

    def create_superuser(self, email, password=None, **fields):
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, email):
        return self.get(email=email.lower())


class Employee(AbstractBaseUser, PermissionsMixin):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    email = models.EmailField(unique=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    token = models.CharField(max_length=32, default=token)
    groups = models.ManyToManyField(Group, related_name="employees")

    objects = EmployeeManager()
    USERNAME_FIELD = "email"

    def save(self, *args, **kwargs):
        self.email = self.email.lower()
        super().save(*args, **kwargs)
        Settings.objects.get_or_create(user=self)

    def get_all_permissions(self, obj=None):
        return {f"{one.content_type.app_label}.{one.codename}"
                for one in Permission.objects.filter(staff_groups__employees=self) | self.user_permissions.all()}


class Settings(models.Model):
    """The page "whoami" of the site fails without it."""

    user = models.OneToOneField(Employee, models.CASCADE, related_name="settings")
    data = models.JSONField(default=dict)
