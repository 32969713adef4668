"""The admin of the working calendar. Every change marks all running filings as due, since it may move deadlines."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import transaction
from django.http import HttpRequest

from compliance.checking.due_marks import recheck_everything
from compliance.models import CalendarDay, ConfirmedYear
from registry.admin.permissions import KeptByAdministrators


class _MovesDeadlines(KeptByAdministrators):
    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        transaction.on_commit(recheck_everything)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        super().delete_model(request, obj)
        transaction.on_commit(recheck_everything)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        super().delete_queryset(request, queryset)
        transaction.on_commit(recheck_everything)


@admin.register(CalendarDay)
class CalendarDayAdmin(_MovesDeadlines):
    list_display = ["day", "is_worked", "source"]
    list_filter = ["is_worked"]
    date_hierarchy = "day"


@admin.register(ConfirmedYear)
class ConfirmedYearAdmin(_MovesDeadlines):
    list_display = ["year", "source"]
