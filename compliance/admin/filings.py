"""The admin of filings: the list with its queues, and the page of each case."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import path

from compliance.admin.case.page import context_of
from compliance.admin.case.views import addresses
from compliance.admin.filing_pages import act_on_many, export, list_page, save_view
from compliance.admin.pages import PageAdmin, only_readers, user_of
from compliance.models import Filing

RELATED = ("applicant", "official_number", "target", "assignee")


@admin.register(Filing)
class FilingAdmin(PageAdmin):
    change_form_template = "compliance/desk/filing.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Filing]:
        submitted = Filing.objects.visible_to(user_of(request)).filter(first_submitted_at__isnull=False)
        return submitted.select_related(*RELATED)

    def get_urls(self) -> list[Any]:
        guarded = {
            name: self.admin_site.admin_view(only_readers(view))
            for name, view in {"many": act_on_many, "view": save_view, "export": export}.items()
        }
        own = [
            path("many/", guarded["many"], name="compliance_filing_many"),
            path("view/", guarded["view"], name="compliance_filing_view"),
            path("export.<slug:form>", guarded["export"], name="compliance_filing_export"),
        ]
        return [*own, *addresses(), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the list with its queues, instead of the list that Django makes."""
        response: HttpResponse = only_readers(list_page)(request)
        return response

    def page(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """Return the context of the page, with the actions that the user may perform."""
        return context_of(row, request)
