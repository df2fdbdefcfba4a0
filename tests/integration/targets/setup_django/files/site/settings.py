# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A site with what every Django project has; its own are in site.json."""

import json
import pathlib

from django.contrib.auth.hashers import PBKDF2PasswordHasher

BASE_DIR = pathlib.Path(__file__).parent
OWN = json.loads((BASE_DIR / "site.json").read_text())

if OWN["database"]["ENGINE"].endswith("mysql"):
    import pymysql

    pymysql.version_info = (2, 2, 1, "final", 0)  # Django asks for mysqlclient 1.4.3 or newer
    pymysql.install_as_MySQLdb()

SECRET_KEY = "only-for-the-tests"
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1", "testserver"]
ROOT_URLCONF = "urls"
AUTH_USER_MODEL = OWN["user"]
USE_TZ = True
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "notes",
    *OWN["apps"],
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
DATABASES = {"default": OWN["database"]}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STATIC_URL = "static/"


class Quick(PBKDF2PasswordHasher):
    """With fewer iterations, as Django's manual says how (https://docs.djangoproject.com/en/5.2/topics/auth/passwords/)."""

    iterations = 50_000


PASSWORD_HASHERS = [
    "settings.Quick",
    "django.contrib.auth.hashers.PBKDF2SHA1PasswordHasher",
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.BCryptSHA256PasswordHasher",
    "django.contrib.auth.hashers.BCryptPasswordHasher",
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.MD5PasswordHasher",
]
