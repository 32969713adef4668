"""A filing checked as of another date, and optionally compared with a second date."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from compliance.admin.pages import user_of
from compliance.checking.case_facts import cases_of
from compliance.dossier.naming import DOSSIER
from compliance.language import Language, language_of
from compliance.models import Filing, Level
from compliance.rules.catalog import CATALOG
from compliance.rules.comparing import as_of, compared
from compliance.rules.instruments import spelled_out
from compliance.rules.problems import Finding
from compliance.rules.wording import describe, place
from registry.api.parameters import day_in


def judged_as_of(filing: Filing, request: HttpRequest) -> dict[str, Any]:
    """Return the context of the page for the dates in the query. An invalid date is reported and replaced by today."""
    language = language_of(get_language())
    query = {name: request.GET.get(name, "").strip() for name in ("day", "compare_to")}
    days = {name: day_in(text) for name, text in query.items()}
    (case,) = cases_of([filing], as_submitted=filing.applicant_id not in user_of(request).own_organizations)
    day = days["day"] or timezone.localdate()
    findings = as_of(case.dossier, case.facts, today=day).findings
    other = days["compare_to"]
    return {
        "filing": filing,
        "title": filing.case_number,
        "day": day,
        "compare_to": other,
        "invalid": [text for name, text in query.items() if text and days[name] is None],
        "levels": [_level(level, findings, language) for level in Level],
        "finding_count": len(findings),
        "changes": _changes(compared(case.dossier, case.facts, day, other), language) if other else [],
    }


def _level(level: Any, findings: list[Finding], language: Language) -> dict[str, Any]:
    return {
        "level": level,
        "label": level.label,
        "flags": [_finding(finding, language) for finding in findings if finding.level == level],
    }


def _changes(comparison: Any, language: Language) -> list[dict[str, Any]]:
    parts = (
        (_("New"), comparison.new),
        (_("No longer required"), comparison.gone),
        (_("Changed"), comparison.changed),
    )
    return [
        {"label": label, "flags": [{**_finding(finding, language), "level": finding.level} for finding in findings]}
        for label, findings in parts
        if findings
    ]


def _finding(finding: Finding, language: Language) -> dict[str, Any]:
    citations = [spelled_out(citation, language) for citation in CATALOG[finding.rule].cites]
    where = place(finding.at, language) if finding.at else DOSSIER.in_(language)
    return {**describe(finding, language), "place": where, "citations": citations}
