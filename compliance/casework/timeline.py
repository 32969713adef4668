"""The timeline of a case: events, comments and assignments in one, the latest first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from compliance.casework.commenting import comments_of
from compliance.dossier.pointer import Pointer
from compliance.filings.workflow import VERBS
from compliance.language import Language
from compliance.models import Assignment, Audience, Comment, Event, Filing
from compliance.rules.wording import place

# Earlier entries are shown on demand.
MOST_ENTRIES = 30


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: its kind (event, comment, message, assignment), what happened, who did it, and details."""

    at: datetime
    kind: str
    title: str
    actor: str
    text: str = ""
    chips: list[str] = field(default_factory=list)
    letter: str = ""
    places: list[str] = field(default_factory=list)


def timeline_of(filing: Filing, language: Language, *, for_staff: bool) -> list[Entry]:
    """Return the entries, the latest first; what staff writes for staff only `for_staff`."""
    letters = dict(filing.letters.values_list("event_id", "number"))
    events = (_event(event, letters.get(event.pk, ""), language) for event in filing.events.order_by("number"))
    comments = (_comment(comment) for comment in comments_of(filing, for_staff=for_staff))
    of_staff = filing.assignments.select_related("by", "assignee") if for_staff else ()
    assignments = (_assignment(row) for row in of_staff)
    return sorted(_all(events, comments, assignments), key=lambda entry: entry.at, reverse=True)


def _all(*sources: Iterable[Entry]) -> Iterator[Entry]:
    for source in sources:
        yield from source


def _event(event: Event, letter: str, language: Language) -> Entry:
    return Entry(
        event.at,
        "event",
        VERBS[event.verb].in_(language),
        event.actor,
        event.reason,
        list(_chips(event.data)),
        letter,
        [_flag_line(flag, language) for flag in _flags_in(event.data)],
    )


def _chips(data: dict[str, Any]) -> Iterator[str]:
    if "revision" in data:
        yield _("revision %(number)s") % {"number": data["revision"]}
    yield from (str(data[name]) for name in ("number", "filename", "by_filing", "target") if name in data)


def _flags_in(data: dict[str, Any]) -> list[dict[str, Any]]:
    return [data] if "rule" in data else list(data.get("gaps", ()))


def _flag_line(flag: dict[str, Any], language: Language) -> str:
    where = place(Pointer(flag["at"]), language) if flag["at"] else ""
    return f"{flag['rule']} {where}".strip()


def _comment(comment: Comment) -> Entry:
    is_message = comment.audience == Audience.APPLICANT
    title = _("Message, also to the applicant") if is_message else _("Comment")
    return Entry(comment.at, "message" if is_message else "comment", title, comment.by.username, comment.text)


def _assignment(row: Assignment) -> Entry:
    title = _("assigned to %(name)s") % {"name": row.assignee.username} if row.assignee else _("assignment ended")
    return Entry(row.at, "assignment", title, row.by.username, row.note)
