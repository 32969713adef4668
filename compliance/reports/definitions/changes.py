"""The report on changes: what happened to filings in the period, and the flags raised, resolved and waived."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Q
from django.utils import timezone

from compliance.filings import workflow
from compliance.language import Bilingual
from compliance.models import Event
from compliance.reports import columns
from compliance.reports.candidates import with_changes
from compliance.reports.catalog import Breakdown, Chart, Column, ColumnType, Figure, report
from compliance.reports.flags_then import LEVELS, contents_then, known_flags
from compliance.reports.history import CaseThen, cases_then, keys_of, within
from compliance.reports.periods import Period
from compliance.reports.scopes import Row, Scope

RAISED, RESOLVED, NUMBER = "flag_raised", "flag_resolved", "number_issued"
_NOT_REPORTED = frozenset({workflow.OPEN, workflow.EDIT, workflow.UPLOAD, workflow.FILE_EVIDENCE})
WHAT = {
    RAISED: Bilingual("flag raised", "发现问题"),
    RESOLVED: Bilingual("flag resolved", "问题已解决"),
    NUMBER: Bilingual("number issued", "取得编号"),
    **{verb: label for verb, label in workflow.VERBS.items() if verb not in _NOT_REPORTED},
}
_WITHDRAWN = frozenset(
    {workflow.WITHDRAW.verb, workflow.CANCEL.verb, workflow.REVOKE.verb, workflow.SUSPEND.verb, workflow.REJECT.verb}
)


def _is(*what: str) -> Any:
    return lambda row: row["what"] in what


def _day(row: Row) -> str:
    return str(row["on"])


def _is_flag(row: Row) -> bool:
    return row["what"] in (RAISED, RESOLVED)


@report(
    "changes",
    title=Bilingual("Changes", "变动情况"),
    description=Bilingual(
        "What happened in the period: filings submitted, returned and decided, numbers issued and withdrawn, flags raised, "
        "resolved and waived.",
        "本期变动：申报的提交、退回和办结，编号的取得和失效，问题的发现、解决和豁免。",
    ),
    sentence=Bilingual(
        "{submitted:filing was|filings were} submitted, {returned} returned, {numbers:number|numbers} issued, "
        "{ended:filing|filings} withdrawn, rejected or put out of force. {raised:flag was|flags were} raised, {resolved} "
        "resolved, {waived} waived.",
        "本期提交 {submitted} 次，退回 {returned} 次，取得编号 {numbers} 个，撤回、不予备案或者失效 {ended} 次；"
        "发现问题 {raised} 个，解决 {resolved} 个，豁免 {waived} 个。",
    ),
    columns=(
        Column("what", Bilingual("what", "事项"), labels=WHAT),
        Column("at_time", Bilingual("time", "时间"), ColumnType.MOMENT),
        Column("by", Bilingual("performed by", "操作人")),
        *columns.CASE,
        columns.STATUS,
        Column("number", Bilingual("official number", "编号")),
        columns.RULE,
        Column("title", Bilingual("finding", "问题"), text=lambda row, language: _title(row["rule"], language)),
        columns.LEVEL,
        Column("at", Bilingual("place", "位置")),
        Column("reason", Bilingual("reason", "理由")),
    ),
    paper=("at_time", "what", "case_number", "service", "rule", "title", "number", "by"),
    figures=(
        Figure("submitted", Bilingual("Submitted", "提交"), _is(workflow.SUBMIT.verb)),
        Figure("returned", Bilingual("Returned", "退回"), _is(workflow.RETURN.verb)),
        Figure("numbers", Bilingual("Numbers issued", "取得编号"), _is(NUMBER)),
        Figure("ended", Bilingual("Withdrawn or out of force", "撤回或者失效"), _is(*_WITHDRAWN)),
        Figure("raised", Bilingual("Flags raised", "发现问题"), _is(RAISED), is_bad=True),
        Figure("resolved", Bilingual("Flags resolved", "解决问题"), _is(RESOLVED), is_bad=False),
        Figure("waived", Bilingual("Flags waived", "豁免问题"), _is(workflow.WAIVE)),
    ),
    breakdowns=(
        Breakdown("by_what", Bilingual("By kind of change", "按事项"), "what", labels=WHAT),
        Breakdown("by_day", Bilingual("By day", "按日"), _day, chart=Chart.COLUMNS),
        Breakdown(
            "by_rule",
            Bilingual("Flags by rule", "问题按规则"),
            "rule",
            _is_flag,
            part=_is(RESOLVED),
            part_title=Bilingual("resolved", "已解决"),
            labels=columns.rule_with_title,
        ),
    ),
)
def changes(scope: Scope) -> Iterator[Row]:
    """Yield a row for each event and each flag raised or resolved in the period, filing by filing in order of time."""
    for cases in cases_then(scope, among=with_changes(scope.period)):
        by_key = {case.key: case for case in cases}
        found: dict[int, list[Row]] = {case.key: [] for case in cases}
        for key, row in (*_events(cases, scope.period), *_flags(cases, scope)):
            if key in by_key:
                found[key].append({**by_key[key].row, **row})
        for rows in found.values():
            yield from sorted(rows, key=lambda row: (row["at_time"], row["what"], row["rule"], row["at"]))


def _events(cases: list[CaseThen], period: Period) -> Iterator[tuple[int, Row]]:
    events = Event.objects.filter(within(keys_of(cases)), at__gte=period.begins_at, at__lt=period.ends_at).exclude(
        verb__in=_NOT_REPORTED
    )
    for event in events.order_by("filing", "number"):
        data = event.data
        row = {
            **_base(event.verb, event.at),
            "by": event.actor,
            "reason": event.reason,
            "rule": data.get("rule", ""),
            "at": data.get("at", ""),
            "number": data.get("number", ""),
        }
        yield event.filing_id, row
        if event.verb in (workflow.DECIDE.verb, workflow.RECORD_DECISION.verb) and "day" in data:
            yield event.filing_id, {**row, "what": NUMBER}


def _flags(cases: list[CaseThen], scope: Scope) -> Iterator[tuple[int, Row]]:
    period, by_key = scope.period, {case.key: case for case in cases}
    begins, then = period.begins_at, contents_then(cases, scope)
    # What was found in a draft is known to others since its first submission.
    flags = known_flags(cases, scope).filter(
        Q(raised_at__gte=begins) | Q(resolved_at__gte=begins) | Q(filing__first_submitted_at__gte=begins)
    )
    columns_read = ("pk", "filing_id", "rule", "level", "at", "raised_at", "resolved_at")
    for pk, key, rule, today, at, raised_at, resolved_at in flags.order_by("pk").values_list(*columns_read):
        case, level = by_key.get(key), then[pk][0] if pk in then else today
        if case is None or level not in LEVELS:
            continue
        known_at = max(raised_at, case.first_submitted_at)
        flag = {"by": "", "reason": "", "rule": rule, "level": level, "at": at, "number": ""}
        if period.contains(known_at) and (resolved_at is None or resolved_at > known_at):
            yield key, {**_base(RAISED, known_at), **flag}
        if period.contains(resolved_at) and resolved_at > case.first_submitted_at:
            yield key, {**_base(RESOLVED, resolved_at), **flag}


def _base(what: str, at: Any) -> Row:
    return {"what": what, "at_time": at.isoformat(), "on": timezone.localtime(at).date().isoformat(), "level": ""}


def _title(rule: str, language: Any) -> str:
    return columns.rule_title(rule).in_(language) if rule else ""
