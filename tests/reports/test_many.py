"""Each report over thousands of generated filings: totals counted another way, equal in every format."""

from __future__ import annotations

import io
import json
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from benchmarks import generator
from compliance.models import Filing, Flag, Revision
from compliance.reports.catalog import REPORTS
from compliance.reports.formats import write_report
from compliance.reports.presenting import show
from registry.models import User
from tests.making_filings import check_everything
from tests.reports.writing import a_report


@pytest.fixture(params=[300, pytest.param(5_000, marks=pytest.mark.full)])
def days(request: Any, db: None) -> tuple[str, str]:
    """Plant and check filings; return the first day and the day after the last one of a period that has them all."""
    # The generator keeps the facts of its files; those of another test are gone from the database.
    generator._FACTS.clear()
    generator.plant(request.param, User.objects.create_user("planter"))
    check_everything()
    today = timezone.localdate()
    return (today - timedelta(days=1)).isoformat(), (today + timedelta(days=1)).isoformat()


def dossiers() -> list[dict[str, Any]]:
    return [json.loads(content) for content in Revision.objects.values_list("content", flat=True)]


def figures(name: str, days: tuple[str, str]) -> dict[str, Any]:
    return a_report(name, *days).summaries()[0].figures


def test_open_flags_are_those_of_the_database(days: tuple[str, str]) -> None:
    flags = Flag.objects.filter(resolved_at=None, level__in=["error", "warning"])
    by_rule = Counter(flags.values_list("rule", flat=True))
    report = a_report("incomplete_filings", *days)
    now, _before = report.summaries()
    assert {group.name: group.count for group in now.breakdowns["by_rule"]} == by_rule
    assert now.figures == {
        "open": flags.count(),
        "errors": flags.filter(level="error").count(),
        "filings": flags.values("filing").distinct().count(),
        "raised": flags.count(),
        "resolved": 0,
    }
    assert figures("changes", days)["raised"] == flags.count()


def test_models_and_corpora_are_those_of_the_dossiers(days: tuple[str, str]) -> None:
    with_models = [dossier for dossier in dossiers() if dossier["kind"] != "algorithm"]
    used = [model for dossier in with_models for model in dossier["models"] if model.get("used_by_service")]
    assert figures("base_model_provenance", days)["models"] == len(used)
    own = [
        corpus
        for dossier in with_models
        if dossier["kind"] == "generative"
        for model in dossier["models"]
        if model["developer"].get("uscc") == dossier["applicant"]["uscc"]
        for corpus in model.get("corpora") or ()
    ]
    assert figures("training_data", days)["corpora"] == len(own)
    assert figures("training_data", days)["items"] == sum(corpus.get("items") or 0 for corpus in own)


@pytest.mark.parametrize("name", [name for name, report in REPORTS.items() if not report.required])
def test_every_format_holds_all_rows(name: str, days: tuple[str, str]) -> None:
    report = show(a_report(name, *days), "zh")
    contents = {}
    for format in ("csv", "json", "xlsx"):
        out = io.BytesIO()
        write_report(report, format, out)
        contents[format] = out.getvalue()
    count = report.written.row_count
    sheet = load_workbook(io.BytesIO(contents["xlsx"]), read_only=True).worksheets[1]
    in_workbook = sum(any(cell is not None for cell in row) for row in sheet.iter_rows(min_row=2, values_only=True))
    in_csv = contents["csv"].decode("utf-8-sig").count("\r\n") - 1
    assert [in_csv, len(json.loads(contents["json"])["rows"]), in_workbook] == [count] * 3
    assert Filing.objects.count() >= 300
