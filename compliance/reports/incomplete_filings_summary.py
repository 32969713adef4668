"""The report on incomplete filings as its readers see it: its columns, its labels, and its summary."""

from __future__ import annotations

from collections import Counter
from typing import Any

from compliance.language import Bilingual, Language
from compliance.reports.presenting import province_in
from compliance.rules.catalog import CATALOG

OPEN, RAISED, RESOLVED = "open", "raised", "resolved"
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
COLUMNS = {
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


def labels_of(row: dict[str, Any], language: Language) -> dict[str, Any]:
    """Return the texts of a row: its change, its level and the title of its rule."""
    return {
        "change_label": CHANGES[row["change"]].in_(language),
        "level_label": LEVELS[row["level"]].in_(language),
        "title": CATALOG[row["rule"]].title.in_(language),
    }


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
