"""The public register: the official numbers, for everybody to search."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from registry.models import NumberKind, NumberStatus, OfficialNumber
from registry.reference.regions import PROVINCES

ON_A_PAGE = 50
QUERY_LENGTH = 100


def register(request: HttpRequest) -> HttpResponse:
    """Show the official numbers, found by words, kind, status and province; what is asked for wrongly is left out."""
    asked = {
        "q": request.GET.get("q", "")[:QUERY_LENGTH],
        "kind": _known(request, "kind", NumberKind.values),
        "status": _known(request, "status", NumberStatus.values),
        "province": _known(request, "province", list(PROVINCES)),
    }
    rows = OfficialNumber.objects.select_related("organization").found_by(asked["q"])
    fields = {"kind": asked["kind"], "status": asked["status"], "jurisdiction": asked["province"]}
    rows = rows.filter(**{name: value for name, value in fields.items() if value})
    page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    is_chinese = (get_language() or "").startswith("zh")
    provinces = [(code, names[is_chinese]) for code, names in PROVINCES.items()]
    for row in page.object_list:
        row.province = dict(provinces).get(row.jurisdiction, row.place)
    return render(
        request,
        "site/register.html",
        {
            "page": page,
            "asked": asked,
            "kinds": NumberKind.choices,
            "statuses": NumberStatus.choices,
            "provinces": provinces,
            "carried": _carried(asked),
        },
    )


def _known(request: HttpRequest, name: str, choices: list[Any]) -> str:
    asked = request.GET.get(name, "")
    return asked if asked in choices else ""


def _carried(asked: dict[str, str]) -> str:
    """The query of this page, to go on with on the next."""
    from_query = [(name, value) for name, value in asked.items() if value]
    return urlencode(from_query)
