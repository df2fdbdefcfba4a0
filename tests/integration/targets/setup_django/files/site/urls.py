# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The admin site, a login page that is not only for staff, a password reset, and who one is."""

from django.contrib import admin
from django.contrib.auth import views
from django.http import JsonResponse
from django.urls import path


def whoami(request):
    user = request.user
    known = user.is_authenticated
    if hasattr(type(user), "settings"):
        _needed = user.settings.data
    return JsonResponse({
        "name": user.get_username(),
        "id": user.pk,
        "groups": sorted(group.name for group in user.groups.all()) if known else [],
        "permissions": sorted(user.get_all_permissions()) if known else [],
        "staff": user.is_staff,
        "superuser": user.is_superuser,
    })


urlpatterns = [
    path("admin/", admin.site.urls),
    path("login/", views.LoginView.as_view(template_name="notes/form.html")),
    path("reset/<uidb64>/<token>/", views.PasswordResetConfirmView.as_view(
        template_name="notes/form.html", success_url="/whoami/")),
    path("whoami/", whoami),
]
