"""The admin of organizations and their members."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import path
from django.utils.translation import gettext_lazy as _

from registry.admin.exporting import export_list
from registry.admin.permissions import InlineKeptByAdministrators, KeptByAdministrators, is_staff
from registry.models import Membership, Organization

# The document of a mandate is kept by the organization, in its workspace.
_KEPT_BY_THE_ORGANIZATION = ["mandate_file", "mandate_filename"]


class MembershipInline(InlineKeptByAdministrators):
    model = Membership
    exclude = _KEPT_BY_THE_ORGANIZATION
    autocomplete_fields = ["user"]


def _refuse_a_known_name(form: Any) -> dict[str, Any]:
    given: dict[str, Any] = form.cleaned_data
    known = Organization.objects.named(given.get("name") or "").filter(uscc__isnull=True)
    if given.get("name") and known.exists():
        raise ValidationError(
            {
                "name": _(
                    "The register already has an organization with this name and without a USCC. Open it and add "
                    "the USCC."
                )
            }
        )
    return given


@admin.register(Organization)
class OrganizationAdmin(KeptByAdministrators):
    """Organizations. All staff can see them, administrators edit them. A USCC cannot be changed once it is set."""

    list_display = ["name", "uscc", "name_en", "member_count_shown", "created_at"]
    list_per_page = 20
    list_before_template = "desk/export_links.html"
    search_fields = ["name", "name_en", "uscc"]
    inlines = [MembershipInline]

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(lambda request, form: export_list(self, request, form))
        return [path("export.<slug:form>", view, name="registry_organization_export"), *super().get_urls()]

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
        """Refuse to add an organization that the register already has under the same name, but without a USCC."""
        form = super().get_form(request, obj, change, **kwargs)
        if obj is None:
            form.clean = _refuse_a_known_name
        return form

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.is_named_by_others = False
        super().save_model(request, obj, form, change)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Membership)
class MembershipAdmin(KeptByAdministrators):
    """The members of organizations and their roles."""

    exclude = _KEPT_BY_THE_ORGANIZATION
    list_display = ["user", "organization", "role", "is_administrator", "mandate", "mandate_from", "mandate_until"]
    list_filter = ["role"]
    list_select_related = ["user", "organization"]
    search_fields = ["user__username", "organization__name", "organization__uscc"]
    autocomplete_fields = ["user", "organization"]
