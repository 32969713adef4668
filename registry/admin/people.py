"""The admin of users, their staff roles and API tokens."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from registry.admin.permissions import InlineKeptByAdministrators, KeptByAdministrators
from registry.models import ApiToken, StaffRole, User

# Addresses, authenticators and sessions are each person's own; the desk shows none of them.
for _model in (Group, EmailAddress, Authenticator, UserSession, SocialAccount, SocialApp, SocialToken):
    admin.site.unregister(_model)


class StaffRoleInline(InlineKeptByAdministrators):
    model = StaffRole


class TokenInline(InlineKeptByAdministrators):
    """The tokens of a user. They are made and revoked on the page of tokens."""

    model = ApiToken
    fields = readonly_fields = ["name", "beginning", "created_at", "expires_at", "last_used_at", "revoked_at"]
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(User)
class PersonAdmin(UserAdmin, KeptByAdministrators):
    """Users and their staff roles."""

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ["username", "first_name", "email", "is_staff", "is_active", "last_login"]
    list_filter = ["is_staff", "is_active", "staff_roles__role"]
    search_fields = ["username", "first_name", "last_name", "email"]
    inlines = [StaffRoleInline, TokenInline]
    filter_horizontal = []
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        (_("Personal information"), {"fields": ["first_name", "last_name", "email"]}),
        (_("Account"), {"fields": ["is_active", "is_staff", "is_service_account", "last_login", "date_joined"]}),
    ]
    readonly_fields = ["last_login", "date_joined"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
