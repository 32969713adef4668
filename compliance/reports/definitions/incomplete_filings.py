"""The report on incomplete filings: flags open at the end of the period, and flags raised or resolved in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import msgspec
from django.db.models import Q, TextField
from django.db.models.functions import Cast

from compliance.dossier.pointer import Pointer
from compliance.language import Bilingual, Language
from compliance.models import Audience, Comment
from compliance.reports import columns
from compliance.reports.candidates import with_open_flags
from compliance.reports.catalog import Breakdown, Column, ColumnType, Figure, report
from compliance.reports.flags_then import LEVELS, contents_then, known_flags
from compliance.reports.history import CaseThen, cases_then, keys_of, waived_then, within
from compliance.reports.periods import Period
from compliance.reports.scopes import Row, Scope
from compliance.rules.catalog import Level
from compliance.rules.problems import Finding
from compliance.rules.wording import message

OPEN, RAISED, RESOLVED = "open", "raised", "resolved"
CHANGES = {
    RAISED: Bilingual("raised in the period", "本期新发现"),
    OPEN: Bilingual("open since before the period", "此前遗留"),
    RESOLVED: Bilingual("resolved in the period", "本期已解决"),
}
AGES = {
    "007": Bilingual("up to a week", "一周以内"),
    "030": Bilingual("up to 30 days", "30 日以内"),
    "090": Bilingual("up to 90 days", "90 日以内"),
    "999": Bilingual("more than 90 days", "超过 90 日"),
}
_VALUES = msgspec.json.Decoder()


def _is_open(row: Row) -> bool:
    return bool(row["change"] != RESOLVED)


def _is_raised(row: Row) -> bool:
    return bool(row["change"] == RAISED)


def _is_resolved(row: Row) -> bool:
    return bool(row["change"] == RESOLVED)


def _is_open_error(row: Row) -> bool:
    return row["change"] != RESOLVED and bool(row["level"] == "error")


def _age_group(row: Row) -> str:
    return next((age for age in AGES if row["age_days"] <= int(age)), "999")


def _by_applicant(row: Row) -> str:
    return f"{row['applicant']} {row['uscc']}"


def _message(row: Row, language: Language) -> str:
    """Return the message of a flag; most filings fail in the same places with the same values."""
    # Rows that were written before this column existed have no values.
    values = row.get("values")
    if values is None:
        return ""
    key = tuple(values.items()) if all(isinstance(value, str | int) for value in values.values()) else None
    if key is None:
        return _message_of(row["rule"], row["level"], row["variant"], row["at"], values, language)
    return _cached_message(row["rule"], row["level"], row["variant"], row["at"], key, language)


def _message_of(rule: str, level: str, variant: str, at: str, values: dict[str, Any], language: Language) -> str:
    try:
        return message(Finding(rule, Level(level), variant, Pointer(at), values), language)
    except KeyError:
        # A flag of an earlier version may lack a value that its message has now.
        return columns.rule_title(rule).in_(language)


@lru_cache(maxsize=20_000)
def _cached_message(
    rule: str, level: str, variant: str, at: str, values: tuple[tuple[str, Any], ...], language: Language
) -> str:
    return _message_of(rule, level, variant, at, dict(values), language)


COLUMNS = (
    Column("change", Bilingual("change", "变化"), labels=CHANGES),
    *columns.CASE,
    columns.STATUS,
    columns.RULE,
    columns.RULE_TITLE,
    Column("message", Bilingual("what is wrong", "具体情况"), text=_message),
    columns.LEVEL,
    Column(
        "at",
        Bilingual("place", "位置"),
        meaning=Bilingual("The place in the dossier, as a JSON Pointer.", "申报材料中的位置（JSON Pointer）。"),
    ),
    Column("raised_at", Bilingual("raised at", "发现时间"), ColumnType.MOMENT),
    Column("resolved_at", Bilingual("resolved at", "解决时间"), ColumnType.MOMENT),
    Column(
        "age_days",
        Bilingual("age in days", "持续天数"),
        ColumnType.NUMBER,
        Bilingual(
            "From the day it was raised, or the first submission if that is later, to the end of the period or its resolution.",
            "自发现之日（晚于首次提交的以首次提交为准）至期末或者解决之日。",
        ),
    ),
    Column(
        "last_message",
        Bilingual("last message", "最近留言"),
        meaning=Bilingual("Between the staff and the applicant.", "审核人员与备案主体之间的最近一条留言。"),
    ),
)


@report(
    "incomplete_filings",
    title=Bilingual("Incomplete filings", "不完整的申报"),
    description=Bilingual(
        "The errors and warnings of each filing that are open at the end of the period, and those raised or resolved in it.",
        "期末各项申报未解决的错误和警告，以及期内新发现和已解决的问题。",
    ),
    sentence=Bilingual(
        "{open:flag is|flags are} open in {filings:filing|filings}, of them {errors:error|errors}. {raised:was|were} "
        "raised and {resolved} resolved in the period.",
        "期末 {filings} 项申报有 {open} 个未解决的问题，其中错误 {errors} 个；本期新发现 {raised} 个，解决 {resolved} 个。",
    ),
    columns=COLUMNS,
    paper=("change", "case_number", "service", "applicant", "province", "rule", "title", "level", "age_days"),
    figures=(
        Figure("open", Bilingual("Open at the end of the period", "期末未解决"), _is_open, is_bad=True),
        Figure("errors", Bilingual("Of these, errors", "其中错误"), _is_open_error, is_bad=True),
        Figure("filings", Bilingual("Affected filings", "涉及申报"), _is_open, of="filing", is_bad=True),
        Figure("raised", Bilingual("Raised in the period", "本期新发现"), _is_raised, is_bad=True),
        Figure("resolved", Bilingual("Resolved in the period", "本期已解决"), _is_resolved, is_bad=False),
    ),
    breakdowns=(
        Breakdown("by_rule", Bilingual("By rule", "按规则"), "rule", _is_open, labels=columns.rule_with_title),
        Breakdown("by_age", Bilingual("By age", "按持续时间"), _age_group, _is_open, labels=AGES),
        Breakdown(
            "by_province", Bilingual("By province", "按省份"), "province", _is_open, labels=columns.province_name
        ),
        Breakdown("by_applicant", Bilingual("By applicant", "按备案主体"), _by_applicant, _is_open),
    ),
    is_weekly=True,
)
def incomplete_filings(scope: Scope) -> Iterator[Row]:
    """
    Yield a row for each error and warning of a submitted filing that was open at the end of the period or was resolved
    in it. A waived flag does not make a filing incomplete. `change` is `raised` (in the period, and still open), `open`
    (raised before it) or `resolved`.
    """
    for cases in cases_then(scope, among=with_open_flags(scope.period)):
        waived, messages = waived_then(cases, scope), _last_messages(cases, scope.period.ends_at)
        by_key = {case.key: case for case in cases}
        for flag in _flags(cases, scope):
            case = by_key.get(flag.filing)
            if case is None or (case.key, flag.rule, flag.at, flag.variant) in waived:
                continue
            # Flags that were resolved before the first submission concern the applicant alone.
            if flag.resolved_at is None or flag.resolved_at > case.first_submitted_at:
                yield {**_row(flag, case, scope.period), "last_message": messages.get(case.key, "")}


@dataclass(slots=True)
class _Flag:
    """A flag as the report reads it."""

    key: int
    filing: int
    rule: str
    level: str
    variant: str
    at: str
    values: dict[str, Any]
    raised_at: datetime
    resolved_at: datetime | None


def _flags(cases: list[CaseThen], scope: Scope) -> Iterator[_Flag]:
    """Yield the errors and warnings of filings that were open in the period. Moments and values are read as text: twice as fast."""
    then = contents_then(cases, scope)
    not_resolved_before = Q(resolved_at__isnull=True) | Q(resolved_at__gte=scope.period.begins_at)
    flags = known_flags(cases, scope).filter(not_resolved_before)
    flags = flags.annotate(
        raised=Cast("raised_at", TextField()),
        resolved=Cast("resolved_at", TextField()),
        values_text=Cast("values", TextField()),
    )
    columns = ("pk", "filing_id", "rule", "level", "variant", "at", "values_text", "raised", "resolved")
    for key, filing, rule, level, variant, at, text, raised, resolved in flags.order_by("filing", "pk").values_list(
        *columns
    ):
        level, values = then[key] if key in then else (level, _VALUES.decode(text))
        if level in LEVELS:
            yield _Flag(key, filing, rule, level, variant, at, values, _moment(raised), resolved and _moment(resolved))


def _moment(text: str) -> datetime:
    """Return a moment as a database writes it in text: in UTC, which SQLite does not say."""
    read = datetime.fromisoformat(text)
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def _last_messages(cases: list[CaseThen], end: datetime) -> dict[int, str]:
    """Return the last message between the staff and the applicant of each filing."""
    comments = Comment.objects.filter(within(keys_of(cases)), audience=Audience.APPLICANT, at__lt=end)
    return dict(comments.order_by("pk").values_list("filing_id", "text"))


def _row(flag: _Flag, case: CaseThen, period: Period) -> Row:
    raised_at = max(flag.raised_at, case.first_submitted_at)
    is_resolved = flag.resolved_at is not None and period.contains(flag.resolved_at)
    until = flag.resolved_at if is_resolved and flag.resolved_at else period.ends_at
    return {
        "change": RESOLVED if is_resolved else RAISED if period.contains(raised_at) else OPEN,
        **case.row,
        "flag": flag.key,
        "rule": flag.rule,
        "level": flag.level,
        "variant": flag.variant,
        "values": flag.values,
        "at": flag.at,
        "raised_at": raised_at.isoformat(),
        "resolved_at": until.isoformat() if is_resolved else None,
        "age_days": (until - raised_at).days,
    }
