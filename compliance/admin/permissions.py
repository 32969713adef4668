"""What the pages of the desk share: permissions, the read-only base class, and links to filings."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin

from compliance.models import Filing
from registry.admin.exporting import export_list
from registry.models import Role, User
from registry.paging import BoundedPaginator


def can_see_filings(request: HttpRequest) -> bool:
    user = request.user
    return isinstance(user, User) and user.has_role(Role.REVIEWER, Role.REGISTRAR, Role.AUDITOR)


class ReadOnlyAdmin(ModelAdmin):
    """A read-only admin, whose list can be exported. Rows change only through actions."""

    actions = None
    # A row of the theme is 5 kB.
    list_per_page = 20
    list_filter_submit = True
    list_before_template = "desk/export_links.html"
    paginator = BoundedPaginator
    show_full_result_count = False

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(lambda request, form: export_list(self, request, form))
        name = f"{self.opts.app_label}_{self.opts.model_name}_export"
        return [path("export.<slug:form>", view, name=name), *super().get_urls()]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return can_see_filings(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return can_see_filings(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def link_to(filing: Filing) -> SafeString:
    """Return a link to the page of a filing, labeled with its case number."""
    url = reverse("admin:compliance_filing_change", args=[filing.pk])
    return format_html('<a class="desk-link" href="{}">{}</a>', url, filing.case_number)
