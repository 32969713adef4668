"""The first page of the desk: what waits for the signed-in person, deadlines, figures, and the health of the jobs."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from compliance.admin.filing_list import MOST_COUNTED, shown
from compliance.admin.permissions import can_see_filings
from compliance.casework.looking import with_news
from compliance.casework.queues import QUEUES, counts_of_queues, in_queue
from compliance.filings import workflow
from compliance.filings.querysets import FilingQuerySet
from compliance.language import Language, language_of
from compliance.models import Filing, Kind
from compliance.rules.catalog import CATALOG
from compliance.statistics.desk_figures import AGES, Figures, figures_of, weeks_until
from compliance.watch.lateness import lateness
from registry.models import Role, User
from registry.reference.regions import PROVINCES

LISTED = 8
# Colors of the theme are read by its chart component; green is the same in both themes.
CHART_OPTIONS = {
    "responsive": True,
    "maintainAspectRatio": False,
    "animation": False,
    "maxBarThickness": 18,
    "borderRadius": 3,
    "plugins": {"legend": {"display": True, "align": "end", "labels": {"boxWidth": 10, "boxHeight": 10}}},
    "scales": {
        "x": {"grid": {"display": False}},
        "y": {"beginAtZero": True, "ticks": {"precision": 0}, "border": {"display": False}},
    },
}
_TONES = {"overdue": "error", "due_soon": "warning"}


def fill(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add the context of the index page. django-unfold calls this (DASHBOARD_CALLBACK)."""
    user = request.user
    if can_see_filings(request) and isinstance(user, User):
        language = language_of(get_language())
        visible = Filing.objects.visible_to(user).filter(first_submitted_at__isnull=False)
        figures = figures_of(_provinces(user))
        context |= {
            "cards": _cards(visible, user, language),
            "lists": _lists(visible, user, language),
            "charts": _charts(figures),
            "chart_options": json.dumps(CHART_OPTIONS),
            "faults": _faults(figures, language),
            "provinces": _by_province(figures, language),
            "health": _health(figures),
            "figures_at": figures.at,
        }
    return context


def _provinces(user: User) -> list[str] | None:
    """Return the provinces whose figures somebody sees; None for all."""
    return None if user.has_role(Role.REGISTRAR, Role.AUDITOR) else user.reviewed_provinces


def _cards(visible: FilingQuerySet, user: User, language: Language) -> list[dict[str, Any]]:
    """Return how many filings wait in each queue, first those that matter to the role."""
    counts = counts_of_queues(visible, user, most=MOST_COUNTED)
    url = reverse("admin:compliance_filing_changelist")
    return [
        {
            "title": QUEUES[name].title.in_(language),
            "hint": QUEUES[name].hint.in_(language),
            "figure": f"{MOST_COUNTED - 1}+" if counts[name] >= MOST_COUNTED else counts[name],
            "url": f"{url}?queue={name}",
            "tone": _TONES.get(name, "plain") if counts[name] else "plain",
        }
        for name in _queues_of(user)
    ]


def _queues_of(user: User) -> list[str]:
    if user.has_role(Role.REVIEWER):
        return ["mine", "overdue", "due_soon", "answered", "unassigned", "returned"]
    if user.has_role(Role.REGISTRAR):
        return ["to_decide", "overdue", "due_soon", "mine", "unassigned", "returned"]
    return ["overdue", "due_soon", "to_decide", "unassigned", "answered", "returned"]


def _lists(visible: FilingQuerySet, user: User, language: Language) -> list[dict[str, Any]]:
    """Return the first filings of what waits for the user, of the deadlines, and of those with the applicants."""
    queues = {
        "first": _first_queue(visible, user),
        "deadlines": None,
        "returned": "returned",
    }
    found = []
    for name, queue in queues.items():
        rows = _deadlines(visible) if queue is None else _of_queue(visible, queue, user)
        title = _("Next statutory deadlines") if queue is None else QUEUES[queue].title.in_(language)
        found.append({"name": name, "title": title, "queue": queue or "overdue", "rows": rows})
    return found


def _first_queue(visible: FilingQuerySet, user: User) -> str:
    """Return the queue of which the first page shows the filings: the first of the role that has any."""
    own = ["to_decide", "mine"] if not user.has_role(Role.REVIEWER) else ["mine", "answered", "unassigned"]
    found = (name for name in own if in_queue(visible, QUEUES[name], user).exists())
    return next(found, "unassigned")


def _of_queue(visible: FilingQuerySet, name: str, user: User) -> list[Filing]:
    queue = QUEUES[name]
    return _shown(in_queue(visible, queue, user).order_by(*queue.order), user)


def _deadlines(visible: FilingQuerySet) -> list[Filing]:
    running = visible.filter(due_on__isnull=False).exclude(status__in=workflow.ENDED)
    return _shown(running.order_by("due_on", "id"), None)


def _shown(rows: FilingQuerySet, user: User | None) -> list[Filing]:
    rows = with_news(rows, user) if user else rows
    related = rows.select_related("applicant", "assignee").defer(
        "search_text", "search_grams", "applicant__search_text", "applicant__search_grams"
    )
    return shown(list(related[:LISTED]))


def _charts(figures: Figures) -> list[dict[str, Any]]:
    weeks = weeks_until(timezone.localdate())
    received = [figures.received.get(week.isoformat(), 0) for week in weeks]
    decided = [figures.decided.get(week.isoformat(), 0) for week in weeks]
    ages = [f"{first}–{last}" for first, last in zip([0, *(age + 1 for age in AGES)], AGES, strict=False)]
    ages.append(f"> {AGES[-1]}")
    return [
        _chart(
            _("Received and decided by week"),
            [week.strftime("%m-%d") for week in weeks],
            [(_("received"), "var(--color-primary-600)", received), (_("decided"), "#16a34a", decided)],
        ),
        _chart(
            _("Age of filings under way, in days"), ages, [(_("filings"), "var(--color-primary-600)", figures.ages)]
        ),
        _chart(
            _("Filings under way by kind"),
            [str(Kind(kind).label) for kind in Kind.values],
            [(_("filings"), "var(--color-primary-600)", [figures.kinds.get(kind, 0) for kind in Kind.values])],
        ),
    ]


def _chart(title: str, labels: list[str], series: list[tuple[str, str, list[int]]]) -> dict[str, Any]:
    """Return a chart: the data of the component of the theme, and the same as a table."""
    datasets = [{"label": name, "data": values, "backgroundColor": color} for name, color, values in series]
    return {
        "title": title,
        "data": json.dumps({"labels": labels, "datasets": datasets}, ensure_ascii=False),
        "names": [name for name, _color, _values in series],
        "rows": [(label, [values[i] for _name, _color, values in series]) for i, label in enumerate(labels)],
    }


def _faults(figures: Figures, language: Language) -> list[dict[str, Any]]:
    """Return the rules with the most open flags, each with the length of its bar in percent."""
    most = max((count for _rule, _level, count in figures.faults), default=1)
    return [
        {
            "rule": rule,
            "level": level,
            "count": count,
            "title": CATALOG[rule].title.in_(language),
            "share": round(100 * count / most),
        }
        for rule, level, count in figures.faults
    ]


def _by_province(figures: Figures, language: Language) -> list[dict[str, Any]]:
    rows = sorted(figures.provinces.items(), key=lambda pair: -pair[1])[:LISTED]
    most = max((count for _province, count in rows), default=1) or 1
    return [
        {
            "code": code,
            "name": PROVINCES.get(code, (code, code))[language == "zh"],
            "count": count,
            "share": round(100 * count / most),
        }
        for code, count in rows
        if count
    ]


def _health(figures: Figures) -> list[dict[str, str]]:
    """Return what is wrong with the jobs; nothing if all is well."""
    found = []
    if figures.is_stale:
        text = _("No worker has reported for %(minutes)s minutes. Checks, reports and mails wait until one runs again.")
        found.append(text % {"minutes": _minutes_since(figures.at)})
    late = lateness()
    if late.checks_since:
        text = _("Checks are waiting, the oldest for %(minutes)s minutes.")
        found.append(text % {"minutes": _minutes_since(late.checks_since)})
    if late.reports_since:
        text = _("Reports are waiting to be written, the oldest for %(minutes)s minutes.")
        found.append(text % {"minutes": _minutes_since(late.reports_since)})
    if late.mails_since:
        text = _("Mails are waiting to be sent, the oldest for %(minutes)s minutes.")
        found.append(text % {"minutes": _minutes_since(late.mails_since)})
    if late.subscriptions:
        text = _("Late report subscriptions: %(count)s, the first since %(at)s.")
        at = timezone.localtime(late.subscriptions[0][1])
        found.append(text % {"count": len(late.subscriptions), "at": f"{at:%Y-%m-%d %H:%M}"})
    return [{"text": text} for text in found]


def _minutes_since(moment: datetime) -> int:
    return int((timezone.now() - moment).total_seconds() // 60)
