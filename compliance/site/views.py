"""The public pages: the home page and the catalog of rules."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from compliance.dossier.codes import ACTIONS, KINDS
from compliance.language import Language, language_of
from compliance.models import Level, Watch
from compliance.rules.catalog import ALGORITHM, CATALOG, GENERATIVE, REGISTRATION, Rule
from compliance.rules.examples import EXAMPLES
from compliance.rules.explanation import BASES, DAYS, FORCES, example_of
from compliance.rules.instruments import spelled_out
from compliance.watch.heartbeats import pulses
from compliance.watch.lateness import lateness
from compliance.watch.services import OK, states


def home(request: HttpRequest) -> HttpResponse:
    """Show what the registry does."""
    language = language_of(get_language())
    purposes = {
        ALGORITHM: _("an algorithm of a service with the capacity to shape opinion or mobilize the public"),
        GENERATIVE: _("a public generative service that uses its own model or a modified one"),
        REGISTRATION: _("a public generative service that calls a filed model unmodified"),
    }
    kinds = [
        {"label": KINDS[kind].in_(language), "purpose": purpose, "rules": _rule_count(kind)}
        for kind, purpose in purposes.items()
    ]
    return render(request, "site/home.html", {"rule_count": len(CATALOG), "kinds": kinds})


def rules(request: HttpRequest) -> HttpResponse:
    """Show the catalog, family by family."""
    language = language_of(get_language())
    families = [
        {"code": family, "rules": [_shown(rule, language) for rule in members]}
        for family, members in groupby(CATALOG.in_order(), key=lambda rule: rule.family)
    ]
    return render(request, "site/rules.html", {"rule_count": len(CATALOG), "families": families})


def rule(request: HttpRequest, code: str) -> HttpResponse:
    """Show one rule with its legal basis, its dates, and an example that violates it and one that complies."""
    found = _rule(code)
    language = language_of(get_language())
    context = {
        "rule": _shown(found, language),
        "example": example_of(found.code, language),
        "today": timezone.localdate(),
    }
    return render(request, "site/rule.html", context)


def example(request: HttpRequest, code: str, which: str) -> JsonResponse:
    """Return the complete dossier of an example as JSON; `which` is `failing` or `passing`."""
    found = EXAMPLES[_rule(code).code]
    if which not in ("failing", "passing"):
        raise Http404
    document = found.failing_document if which == "failing" else found.passing_document
    disposition = f'attachment; filename="{code}-{which}.json"'
    return JsonResponse(
        document,
        headers={"Content-Disposition": disposition},
        json_dumps_params={"ensure_ascii": False, "indent": 2},
    )


def _rule(code: str) -> Rule:
    try:
        return CATALOG[code]
    except KeyError as error:
        raise Http404 from error


def health(request: HttpRequest) -> JsonResponse:
    """Respond 200 if the web server and its database work."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})


def live(request: HttpRequest) -> JsonResponse:
    """Respond 200 if the process answers; asks nothing else, so that a restart is not ordered for what it cannot mend."""
    return JsonResponse({"status": "ok"})


def ready(request: HttpRequest) -> JsonResponse:
    """
    Respond 200 if all services can be reached, the jobs run and nothing is late, else 503; say of each service whether it works, of
    each part when it was last alive, and what waits.
    """
    services = states()
    if services["database"] != OK:
        return JsonResponse({"status": "unreachable", "services": services}, status=503)
    watch = Watch.objects.filter(pk=1).first()
    parts = pulses(since=watch.started_at if watch else None)
    late = lateness()
    is_ready = (
        all(state == OK for state in services.values())
        and not late.is_late
        and not any(pulse.is_silent for pulse in parts)
    )
    content = {
        "status": "ok" if is_ready else "late",
        "services": services,
        "parts": {pulse.part: {"seen_at": pulse.at, "is_silent": pulse.is_silent} for pulse in parts},
        "late": {
            "checks_since": late.checks_since,
            "reports_since": late.reports_since,
            "mails_since": late.mails_since,
            "subscriptions": len(late.subscriptions),
            "subscriptions_since": late.subscriptions[0][1] if late.subscriptions else None,
        },
    }
    return JsonResponse(content, status=200 if is_ready else 503)


def _rule_count(kind: str) -> int:
    return sum(kind in rule.kinds for rule in CATALOG)


def _shown(rule: Rule, language: Language) -> dict[str, Any]:
    return {
        "code": rule.code,
        "family": rule.family,
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
        "actions": [ACTIONS[action].in_(language) for action in ACTIONS if action in rule.actions],
        "force": FORCES[rule.force].in_(language),
        "basis": BASES[rule.basis].in_(language),
        "judged_on": DAYS[rule.judged_on].in_(language),
    }
