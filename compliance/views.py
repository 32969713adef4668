"""The public pages: what this is, and the rules by which it judges."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from compliance.dossier.codes import KINDS
from compliance.models import Level
from compliance.rules.catalog import ALGORITHM, CATALOG, GENERATIVE, REGISTRATION, Rule
from compliance.rules.instruments import spelled_out
from compliance.words import Language, language_of


def home(request: HttpRequest) -> HttpResponse:
    """Say what the registry does, in one page."""
    language = language_of(get_language())
    purposes = {
        ALGORITHM: _("an algorithm of a service with the capacity to shape opinion or mobilize the public"),
        GENERATIVE: _("a public generative service on a model of one's own, or on a changed one"),
        REGISTRATION: _("a public generative service that calls a filed model unmodified"),
    }
    kinds = [
        {"label": KINDS[kind].in_(language), "purpose": purpose, "rules": _rules_for(kind)}
        for kind, purpose in purposes.items()
    ]
    return render(request, "site/home.html", {"rule_count": len(CATALOG), "kinds": kinds})


def rules(request: HttpRequest) -> HttpResponse:
    """Show the catalog, family by family."""
    language = language_of(get_language())
    families = [
        {"code": family, "rules": [_shown(rule, language) for rule in members]}
        for family, members in groupby(CATALOG, key=lambda rule: rule.code.partition("-")[0])
    ]
    return render(request, "site/rules.html", {"rule_count": len(CATALOG), "families": families})


def health(request: HttpRequest) -> JsonResponse:
    """Answer when the web server and its database do."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})


def _rules_for(kind: str) -> int:
    return sum(kind in rule.kinds for rule in CATALOG)


def _shown(rule: Rule, language: Language) -> dict[str, Any]:
    return {
        "code": rule.code,
        "title": rule.title.in_(language),
        "level": rule.level,
        "level_label": Level(rule.level).label,
        "duty": rule.duty.in_(language),
        "why": rule.why.in_(language),
        "fix": rule.fix.in_(language),
        "citations": [spelled_out(citation, language) for citation in rule.cites],
        "since": rule.since,
        "until": rule.until,
        "kinds": [KINDS[kind].in_(language) for kind in KINDS if kind in rule.kinds],
    }
