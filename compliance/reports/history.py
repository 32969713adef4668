"""
Filings as they stood at a moment: the last revision and the last event before it. What was changed, waived or renamed
afterwards does not show.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from compliance.dossier.schema import Dossier
from compliance.dossier.stored import load
from compliance.filings import workflow
from compliance.models import Event, Filing, Revision
from compliance.reports.scopes import APPLICANT, Row, Scope
from registry.reference.regions import PROVINCES

AT_ONCE = 1_000
# Called after each batch: a worker prolongs its lease, and looks at its time limit.
AFTER_BATCH: ContextVar[Callable[[], None] | None] = ContextVar("after_batch", default=None)
# The key of a flag in the history: filing, rule, place and variant.
FlagKey = tuple[int, str, str, str]


class _Applicant(msgspec.Struct):
    uscc: str
    name: str | None = None
    region: str | None = None


class _Service(msgspec.Struct):
    name: str


class _Head(msgspec.Struct):
    """The few fields of a dossier that name a filing; the others are skipped."""

    kind: str
    applicant: _Applicant
    service: _Service
    action: str | None = None
    jurisdiction: str | None = None


_HEADS = msgspec.json.Decoder(_Head)


@dataclass(slots=True)
class CaseThen:
    """A filing as it stood at the end of a period. `content` is its last revision of then, as JSON."""

    key: int
    uid: str
    case_number: str
    kind: str
    action: str
    service: str
    applicant: str
    uscc: str
    province: str
    status: str
    first_submitted_at: datetime
    content: str

    @property
    def dossier(self) -> Dossier:
        return load(self.content)

    @property
    def row(self) -> Row:
        """What every row about a filing says of it."""
        return {
            "case_number": self.case_number,
            "filing": self.uid,
            "filing_key": self.key,
            "kind": self.kind,
            "service": self.service,
            "applicant": self.applicant,
            "uscc": self.uscc,
            "province": self.province,
            "status": self.status,
        }


def cases_then(scope: Scope, *, among: Sequence[int] | None = None) -> Iterator[list[CaseThen]]:
    """
    Yield the filings that were submitted before the end of the period and that the scope covers, in batches, in the order
    of their keys; only those `among` some keys, in order, if they are given. Two queries for each batch.
    """
    filings = _filings(scope)
    for batch in _batches(filings) if among is None else _batches_of(filings, among):
        if after_batch := AFTER_BATCH.get():
            after_batch()
        contents = _contents([row["pk"] for row in batch], scope.period.ends_at)
        cases = (_case(row, contents[row["pk"]]) for row in batch if row["pk"] in contents)
        if covered := [case for case in cases if scope.covers(province=case.province, uscc=case.uscc, kind=case.kind)]:
            yield covered


def _batches(filings: Any) -> Iterator[list[dict[str, Any]]]:
    first = 0
    while batch := list(filings.filter(pk__gt=first)[:AT_ONCE]):
        first = batch[-1]["pk"]
        yield batch


def _batches_of(filings: Any, keys: Sequence[int]) -> Iterator[list[dict[str, Any]]]:
    for first in range(0, len(keys), AT_ONCE):
        if batch := list(filings.filter(pk__in=keys[first : first + AT_ONCE])):
            yield batch


def within(keys: Sequence[int], column: str = "filing") -> Q:
    """Return the condition that a column is one of some keys, which are in order. Keys that lie close together are read as a range."""
    if keys[-1] - keys[0] < 2 * len(keys):
        return Q(**{f"{column}__gte": keys[0], f"{column}__lte": keys[-1]})
    return Q(**{f"{column}__in": keys})


def keys_of(cases: list[CaseThen]) -> list[int]:
    return [case.key for case in cases]


def _filings(scope: Scope) -> Any:
    """Return the filings of a scope as dicts. Its sight and kind are judged later, by what the dossiers said then."""
    end = scope.period.ends_at
    before = Event.objects.filter(filing=OuterRef("pk"), at__lt=end).order_by("-number")
    filings = Filing.objects.filter(first_submitted_at__lt=end).order_by("pk")
    if uscc := scope.parameters.get(APPLICANT):
        filings = filings.filter(applicant__uscc=uscc)
    if not scope.sight.is_everything and not scope.sight.provinces:
        filings = filings.filter(applicant__uscc__in=scope.sight.organizations)
    status = Coalesce(Subquery(before.values("to_status")[:1]), F("status"))
    columns = ("pk", "uid", "case_number", "first_submitted_at")
    return filings.annotate(status_then=status).values(*columns, "status_then")


def _contents(keys: list[int], end: datetime) -> dict[int, str]:
    """Return the last revision of each filing before a moment."""
    last = Revision.objects.filter(filing=OuterRef("filing"), at__lt=end).order_by("-number").values("number")[:1]
    revisions = Revision.objects.filter(within(keys), number=Subquery(last))
    return dict(revisions.values_list("filing_id", "content"))


def _case(row: dict[str, Any], content: str) -> CaseThen:
    head = _HEADS.decode(content)
    region = head.applicant.region or head.applicant.uscc[2:8]
    jurisdiction = head.jurisdiction or ""
    return CaseThen(
        key=row["pk"],
        uid=str(row["uid"]),
        case_number=row["case_number"],
        kind=head.kind,
        action=head.action or "initial",
        service=head.service.name,
        applicant=head.applicant.name or "",
        uscc=head.applicant.uscc,
        province=jurisdiction if jurisdiction in PROVINCES else region[:2],
        status=row["status_then"],
        first_submitted_at=row["first_submitted_at"],
        content=content,
    )


def events_of(cases: list[CaseThen], end: datetime, *, verbs: tuple[str, ...] = ()) -> dict[int, list[dict[str, Any]]]:
    """Return the events of filings before a moment, by key and in their order. One query."""
    keys = {case.key for case in cases}
    rows = Event.objects.filter(within(keys_of(cases)), at__lt=end)
    rows = rows.filter(verb__in=verbs) if verbs else rows
    columns = ("filing_id", "number", "verb", "from_status", "to_status", "at", "actor", "by_id", "reason", "data")
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in rows.order_by("filing", "number").values(*columns):
        if row["filing_id"] in keys:
            found[row["filing_id"]].append(row)
    return found


_WAIVERS = (workflow.WAIVE, workflow.LIFT_WAIVER, workflow.WAIVER_LAPSED)


def waived_then(cases: list[CaseThen], scope: Scope) -> set[FlagKey]:
    """Return the flags that were waived at the end of the period, as the events tell. One query."""
    waived: dict[FlagKey, bool] = {}
    last_day = scope.period.last_day.isoformat()
    for filing, events in events_of(cases, scope.period.ends_at, verbs=_WAIVERS).items():
        for event in events:
            data = event["data"]
            key = (filing, data["rule"], data["at"], data["variant"])
            waived[key] = event["verb"] == workflow.WAIVE and data["until"] >= last_day
    return {key for key, is_waived in waived.items() if is_waived}
