"""Lists of the desk as files, as they are filtered."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import label_for_field, lookup_field
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from registry.exporting import FORMS, MOST_IN_A_WORKBOOK, exported


def export_list(desk: Any, request: HttpRequest, form: str) -> HttpResponseBase:
    """
    Return a list of the admin as a file: the rows that its filters leave, in its order, with the columns that it shows.

    `desk` is the ModelAdmin of the list. Raises Http404 for an unknown form, PermissionDenied.
    """
    if form not in FORMS:
        raise Http404
    if not desk.has_view_permission(request):
        raise PermissionDenied
    try:
        shown = desk.get_changelist_instance(request)
    except IncorrectLookupParameters:
        return redirect("../")
    columns = [name for name in desk.get_list_display(request) if name != "action_checkbox"]
    headings = [label_for_field(name, desk.model, desk) for name in columns]
    rows = ([_shown(name, row, desk) for name in columns] for row in shown.queryset.iterator(chunk_size=1_000))
    count = shown.queryset.order_by()[: MOST_IN_A_WORKBOOK + 1].values("pk").count() if form == "xlsx" else 0
    return exported(request, desk.opts.model_name, form, headings, rows, count)


def _shown(name: str, row: Any, desk: Any) -> Any:
    """Return what the list shows in a column: of a label, its text; of a choice, its name."""
    field, _attribute, value = lookup_field(name, row, desk)
    if isinstance(value, tuple) and len(value) == 2:
        return value[1]
    if field is not None and getattr(field, "choices", None):
        return getattr(row, f"get_{field.name}_display")()
    return value
