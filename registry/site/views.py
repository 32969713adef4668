"""The public register: anyone can search the official numbers."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from registry.models import NumberKind, NumberStatus, OfficialNumber
from registry.paging import BoundedPaginator
from registry.reference.regions import PROVINCES

ON_A_PAGE = 50
QUERY_LENGTH = 100


def register(request: HttpRequest) -> HttpResponse:
    """List the official numbers, filtered by text, kind, status and province. Invalid filters are ignored."""
    query = {
        "q": request.GET.get("q", "")[:QUERY_LENGTH],
        "kind": _known(request, "kind", NumberKind.values),
        "status": _known(request, "status", NumberStatus.values),
        "province": _known(request, "province", list(PROVINCES)),
    }
    rows = OfficialNumber.objects.select_related("organization").found_by(query["q"])
    fields = {"kind": query["kind"], "status": query["status"], "jurisdiction": query["province"]}
    rows = rows.filter(**{name: value for name, value in fields.items() if value})
    page = BoundedPaginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    is_chinese = (get_language() or "").startswith("zh")
    provinces = [(code, names[is_chinese]) for code, names in PROVINCES.items()]
    for row in page.object_list:
        row.province = dict(provinces).get(row.jurisdiction, row.place)
    return render(
        request,
        "site/register.html",
        {
            "page": page,
            "asked": query,
            "kinds": NumberKind.choices,
            "statuses": NumberStatus.choices,
            "provinces": provinces,
            "carried": _carried(query),
        },
    )


def _known(request: HttpRequest, name: str, choices: list[Any]) -> str:
    value = request.GET.get(name, "")
    return value if value in choices else ""


def _carried(query: dict[str, str]) -> str:
    """Return the filters as a query string, for the links to other pages."""
    return urlencode([(name, value) for name, value in query.items() if value])
