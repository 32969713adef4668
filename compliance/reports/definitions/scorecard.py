"""The scorecard of one organization: how each of its filings stands at the end of the period."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from compliance.checking.case_facts import day_of, working_calendar
from compliance.filings.workflow import ENDED, IN_FORCE, STATUSES, UNDECIDED
from compliance.language import Bilingual
from compliance.reports import columns
from compliance.reports.catalog import Breakdown, Column, ColumnType, Figure, every_row, report
from compliance.reports.deadlines_then import OVERDUE, RUNNING, DeadlineThen, deadlines_then
from compliance.reports.definitions.statutory_deadlines import APPLICANT as BINDS_THE_APPLICANT
from compliance.reports.definitions.statutory_deadlines import CLOCKS, row_of
from compliance.reports.flags_then import FlagThen, open_flags_then
from compliance.reports.history import CaseThen, cases_then
from compliance.reports.scopes import APPLICANT, KIND, Row, Scope
from compliance.rules.reading import own_corpora, used_models


def _has_errors(row: Row) -> bool:
    return bool(row["errors"])


def _is_complete(row: Row) -> bool:
    return not row["errors"]


def _is_in_force(row: Row) -> bool:
    return row["status"] in IN_FORCE


def _is_under_way(row: Row) -> bool:
    return row["status"] in UNDECIDED


def _is_overdue(row: Row) -> bool:
    return bool(row["is_overdue"])


@report(
    "scorecard",
    title=Bilingual("Scorecard of an organization", "单位合规记分卡"),
    description=Bilingual(
        "How the filings of one organization stand at the end of the period: status, open flags, the next deadline, models and "
        "corpora.",
        "期末一家单位各项申报的情况：状态、未解决问题、最近期限、模型和语料。",
    ),
    sentence=Bilingual(
        "{filings:filing has|filings have} not ended: {in_force} in force and {under_way} under way. Open are "
        "{errors:error|errors} and {warnings:warning|warnings}; {overdue:filing is|filings are} past a deadline; {complete} % "
        "are without errors.",
        "未终止的申报 {filings} 项：有效 {in_force} 项，在办 {under_way} 项；未解决错误 {errors} 个、警告 {warnings} 个，"
        "逾期 {overdue} 项；无错误的占 {complete}%。",
    ),
    columns=(
        *columns.CASE,
        columns.STATUS,
        Column("first_submitted_on", Bilingual("first submitted on", "首次提交日期"), ColumnType.DAY),
        Column("errors", Bilingual("open errors", "未解决错误"), ColumnType.NUMBER),
        Column("warnings", Bilingual("open warnings", "未解决警告"), ColumnType.NUMBER),
        Column("rules", Bilingual("rules", "涉及规则"), text=lambda row, language: ", ".join(row["rules"])),
        Column("clock", Bilingual("next deadline", "最近期限"), labels=CLOCKS),
        Column("due_on", Bilingual("due on", "届满日"), ColumnType.DAY),
        Column("is_overdue", Bilingual("overdue", "已逾期"), labels=columns.yes_or_no),
        Column("models", Bilingual("models in use", "在用模型"), text=lambda row, language: ", ".join(row["models"])),
        Column("corpora", Bilingual("corpora", "语料数"), ColumnType.NUMBER),
    ),
    paper=("case_number", "service", "kind", "status", "errors", "warnings", "clock", "due_on"),
    figures=(
        Figure("filings", Bilingual("Filings", "申报")),
        Figure("in_force", Bilingual("In force", "有效"), _is_in_force),
        Figure("under_way", Bilingual("Under way", "在办"), _is_under_way),
        Figure("errors", Bilingual("Open errors", "未解决错误"), sum_of="errors", is_bad=True),
        Figure("warnings", Bilingual("Open warnings", "未解决警告"), sum_of="warnings", is_bad=True),
        Figure("overdue", Bilingual("Past a deadline", "已逾期"), _is_overdue, is_bad=True),
        Figure(
            "complete",
            Bilingual("Without errors, %", "无错误占比（%）"),
            _is_complete,
            share_of=every_row,
            is_bad=False,
        ),
    ),
    breakdowns=(
        Breakdown("by_status", Bilingual("By status", "按状态"), "status", labels=STATUSES),
        Breakdown(
            "by_service", Bilingual("Filings with errors by service", "有错误的申报按服务"), "service", _has_errors
        ),
        Breakdown(
            "by_rule",
            Bilingual("Filings by rule", "申报按规则"),
            lambda row: row["rules"],
            labels=columns.rule_with_title,
        ),
    ),
    parameters=(APPLICANT, KIND),
    required=(APPLICANT,),
    formats=("html", "pdf", "xlsx", "csv", "json", "docx"),
)
def scorecard(scope: Scope) -> Iterator[Row]:
    """Yield a row for each filing of an organization that had not ended at the end of the period."""
    calendar = working_calendar()
    for cases in cases_then(scope):
        running = [case for case in cases if case.status not in ENDED]
        if not running:
            continue
        flags = open_flags_then(running, scope)
        deadlines: dict[int, list[DeadlineThen]] = defaultdict(list)
        for case, deadline in deadlines_then(running, scope, calendar):
            if row_of(case, deadline, scope)["binds"] == BINDS_THE_APPLICANT:
                deadlines[case.key].append(deadline)
        for case in running:
            yield _row(case, flags.get(case.key, []), deadlines[case.key], scope)


def _row(case: CaseThen, flags: list[FlagThen], deadlines: list[DeadlineThen], scope: Scope) -> Row:
    dossier, day = case.dossier, scope.period.last_day
    unmet = [deadline for deadline in deadlines if deadline.state(day) in (RUNNING, OVERDUE)]
    following = min(unmet, key=lambda deadline: deadline.due_on or date.max, default=None)
    return {
        **case.row,
        "first_submitted_on": str(day_of(case.first_submitted_at)),
        "errors": sum(flag.level == "error" for flag in flags),
        "warnings": sum(flag.level == "warning" for flag in flags),
        "rules": sorted({flag.rule for flag in flags}),
        "clock": following.clock if following else "",
        "due_on": following.due_on.isoformat() if following and following.due_on else None,
        "is_overdue": following is not None and following.state(day) == OVERDUE,
        "models": [model.name or "–" for _, model in used_models(dossier)],
        "corpora": sum(1 for _ in own_corpora(dossier)),
    }
