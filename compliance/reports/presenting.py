"""Presenting a report run: the rows that a user may see, with labels, as a summary and as CSV."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.conf import settings

from compliance.dossier.codes import KINDS
from compliance.language import Bilingual, Language
from compliance.models import ReportRun
from compliance.reports.incomplete_filings import OPEN, RAISED, RESOLVED
from compliance.rules.catalog import CATALOG
from registry.models import Role, User
from registry.reference.regions import PROVINCES

CHANGES = {
    RAISED: Bilingual("raised in the period", "本期新发现"),
    OPEN: Bilingual("open since before the period", "此前遗留"),
    RESOLVED: Bilingual("resolved in the period", "本期已解决"),
}
LEVELS = {"error": Bilingual("error", "错误"), "warning": Bilingual("warning", "警告")}
AGES = (
    (7, Bilingual("up to a week", "一周以内")),
    (30, Bilingual("up to 30 days", "30 日以内")),
    (90, Bilingual("up to 90 days", "90 日以内")),
    (None, Bilingual("more than 90 days", "超过 90 日")),
)
_COLUMNS = {
    "change": Bilingual("change", "变化"),
    "case_number": Bilingual("case number", "案号"),
    "filing": Bilingual("filing id", "申报标识"),
    "link": Bilingual("link", "链接"),
    "kind": Bilingual("kind", "备案类型"),
    "service": Bilingual("service", "服务名称"),
    "applicant": Bilingual("applicant", "备案主体"),
    "uscc": Bilingual("USCC", "统一社会信用代码"),
    "province": Bilingual("province", "省份"),
    "rule": Bilingual("rule", "规则"),
    "title": Bilingual("finding", "问题"),
    "level": Bilingual("level", "级别"),
    "at": Bilingual("place", "位置"),
    "raised_at": Bilingual("raised at", "发现时间"),
    "resolved_at": Bilingual("resolved at", "解决时间"),
    "age_days": Bilingual("age in days", "持续天数"),
}
MOST_ON_A_PAGE = 500


def rows_for(run: ReportRun, user: User) -> list[dict[str, Any]]:
    """Return the rows that a user may see: all for registrars and auditors, those of their provinces for reviewers."""
    rows = json.loads(run.content)
    if user.has_role(Role.REGISTRAR, Role.AUDITOR):
        return rows
    return [row for row in rows if row["province"] in user.reviewed_provinces]


def describe(rows: Iterable[dict[str, Any]], language: Language) -> list[dict[str, Any]]:
    """Return the rows with labels for their codes, rule titles, and links to the filings."""
    return [
        {
            **row,
            "change_label": CHANGES[row["change"]].in_(language),
            "kind_label": KINDS[row["kind"]].in_(language),
            "level_label": LEVELS[row["level"]].in_(language),
            "province_label": province_in(row["province"], language),
            "title": CATALOG[row["rule"]].title.in_(language),
            "link": f"{settings.BASE_URL}/admin/compliance/filing/{row['filing_key']}/change/",
        }
        for row in rows
    ]


def summary_of(rows: list[dict[str, Any]], language: Language) -> dict[str, Any]:
    """Return the summary of a report: totals, and the open rows by rule, applicant, province and age."""
    open_rows = [row for row in rows if row["change"] != RESOLVED]
    counts = Counter(row["change"] for row in rows)
    return {
        "open": len(open_rows),
        "filings": len({row["filing"] for row in open_rows}),
        "raised": counts[RAISED],
        "resolved": counts[RESOLVED],
        "by_rule": _ranked(Counter((row["rule"], CATALOG[row["rule"]].title.in_(language)) for row in open_rows)),
        "by_applicant": _ranked(Counter((row["applicant"], row["uscc"]) for row in open_rows)),
        "by_province": _ranked(Counter((row["province"], province_in(row["province"], language)) for row in open_rows)),
        "by_age": _by_age(open_rows, language),
    }


def _ranked(counts: Counter[tuple[str, str]]) -> list[dict[str, Any]]:
    """Return the groups by descending count; `share` is a percentage of the largest count."""
    largest = max(counts.values(), default=1)
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [
        {"name": name, "label": label, "count": count, "share": round(100 * count / largest)}
        for (name, label), count in ordered
    ]


def _by_age(rows: list[dict[str, Any]], language: Language) -> list[dict[str, Any]]:
    counts = Counter(_age_group(row["age_days"]) for row in rows)
    largest = max(counts.values(), default=1)
    return [
        {"label": label.in_(language), "count": counts[i], "share": round(100 * counts[i] / largest)}
        for i, (_, label) in enumerate(AGES)
    ]


def _age_group(days: int) -> int:
    """Return the index in AGES of the group that an age belongs to."""
    return next(i for i, (most, _) in enumerate(AGES) if most is None or days <= most)


def province_in(code: str, language: Language) -> str:
    return PROVINCES.get(code, (code, code))[language == "zh"]


def as_csv(rows: list[dict[str, Any]], language: Language) -> str:
    """Write the rows of a report as CSV."""
    labels = {"change": "change_label", "kind": "kind_label", "level": "level_label", "province": "province_label"}
    cells = ([row[labels.get(name, name)] for name in _COLUMNS] for row in describe(rows, language))
    return csv_of([heading.in_(language) for heading in _COLUMNS.values()], cells)


def csv_of(headings: Iterable[str], rows: Iterable[Iterable[Any]]) -> str:
    """Write a table as CSV with a byte-order mark, by which Excel recognizes UTF-8."""
    output = io.StringIO()
    writer = csv.writer(output)
    writer.writerow(headings)
    writer.writerows([harmless(value) for value in row] for row in rows)
    return "\ufeff" + output.getvalue()


def harmless(value: Any) -> Any:
    """Escape a value so that text written by a filer cannot become a formula in a spreadsheet."""
    return f"'{value}" if isinstance(value, str) and value[:1] in tuple("=+-@\t\r") else value
