"""The admin pages of the register: organizations, people, tokens."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from registry.models import ApiToken, Membership, Organization, StaffStanding, Standing, User

admin.site.unregister(Group)


def is_administrator(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and request.user.holds(Standing.ADMINISTRATOR)


def is_staff(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and request.user.holds(*Standing)


class _AdministratorsAlone:
    """The permissions of Django's admin, all of them an administrator's."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return is_administrator(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_administrator(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_administrator(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_administrator(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_administrator(request)


class KeptByAdministrators(_AdministratorsAlone, ModelAdmin):
    """Pages that only administrators see and change."""


class InlineKeptByAdministrators(_AdministratorsAlone, TabularInline):
    """Lists inside such a page."""

    extra = 0


class MembershipInline(InlineKeptByAdministrators):
    model = Membership
    autocomplete_fields = ["user"]


class StandingInline(InlineKeptByAdministrators):
    model = StaffStanding


class TokenInline(InlineKeptByAdministrators):
    """Tokens can be seen by their beginning and taken away; `create_token` makes them."""

    model = ApiToken
    fields = readonly_fields = ["beginning", "created_at"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def _refuse_a_known_name(form: Any) -> dict[str, Any]:
    given: dict[str, Any] = form.cleaned_data
    known = Organization.objects.named(given.get("name") or "").filter(uscc__isnull=True)
    if given.get("name") and known.exists():
        raise ValidationError(
            {"name": _("The register knows an organization of this name without a code. Open it and add the code.")}
        )
    return given


@admin.register(Organization)
class OrganizationAdmin(KeptByAdministrators):
    """Organizations, seen by all staff, entered by administrators; a code once entered stays."""

    list_display = ["name", "uscc", "name_en", "member_count_shown", "created_at"]
    search_fields = ["name", "name_en", "uscc"]
    inlines = [MembershipInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Organization]:
        return super().get_queryset(request).annotate(member_count=Count("memberships"))

    @admin.display(description=_("members"), ordering="member_count")
    def member_count_shown(self, organization: Any) -> int:
        return int(organization.member_count)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return is_staff(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_staff(request)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["uscc"] if obj and obj.uscc else []

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """A new organization that the register knows by its name already is opened and given its code, not entered twice."""
        form = super().get_form(request, obj, change, **kwargs)
        if obj is None:
            form.clean = _refuse_a_known_name
        return form

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.is_named_by_others = False
        super().save_model(request, obj, form, change)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(User)
class PersonAdmin(UserAdmin, KeptByAdministrators):
    """People and their staff standings."""

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ["username", "first_name", "email", "is_staff", "is_active", "last_login"]
    list_filter = ["is_staff", "is_active", "staff_standings__standing"]
    search_fields = ["username", "first_name", "last_name", "email"]
    inlines = [StandingInline, TokenInline]
    filter_horizontal = []
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        (_("Person"), {"fields": ["first_name", "last_name", "email"]}),
        (_("Account"), {"fields": ["is_active", "is_staff", "last_login", "date_joined"]}),
    ]
    readonly_fields = ["last_login", "date_joined"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Membership)
class MembershipAdmin(KeptByAdministrators):
    """Who stands for which organization."""

    list_display = ["user", "organization", "standing", "mandate", "mandate_from", "mandate_until"]
    list_filter = ["standing"]
    list_select_related = ["user", "organization"]
    search_fields = ["user__username", "organization__name", "organization__uscc"]
    autocomplete_fields = ["user", "organization"]
