"""`write_report`: any report, period and format as a file; bad input is refused whole, with what to give instead."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from compliance.reports.catalog import REPORTS
from tests.building import USCC
from tests.reports.conftest import TwoMonths

PERIOD = ["--from", "2026-11-01", "--to", "2026-12-01"]


def listed() -> list[dict[str, Any]]:
    out = io.StringIO()
    call_command("write_report", "--list", "--format", "json", stdout=out)
    found: list[dict[str, Any]] = json.loads(out.getvalue())
    return found


def test_the_list_names_each_report_with_its_formats_and_parameters() -> None:
    found = {each["name"]: each for each in listed()}
    assert list(found) == list(REPORTS)
    assert found["register_bulletin"]["formats"] == ["html", "pdf", "xlsx", "csv", "json", "docx"]
    assert [(each["name"], each["required"]) for each in found["scorecard"]["parameters"]] == [
        ("applicant", True),
        ("kind", False),
    ]


@pytest.mark.parametrize("name", REPORTS)
def test_each_report_is_written_in_each_of_its_formats(name: str, two_months: TwoMonths, tmp_path: Path) -> None:
    more = ["--parameter", f"applicant={USCC}"] if REPORTS[name].required else []
    for format in REPORTS[name].formats:
        path = tmp_path / f"report.{format}"
        call_command("write_report", name, *PERIOD, "--language", "zh", *more, "-o", str(path))
        assert path.stat().st_size > 100
    document = json.loads((tmp_path / "report.json").read_text())
    assert (document["report"], document["language"], document["rules_day"]) == (name, "zh", "2026-11-30")
    assert document["period"] == {"begins_at": "2026-11-01T00:00:00+08:00", "ends_at": "2026-12-01T00:00:00+08:00"}


def test_parameters_narrow_the_report(two_months: TwoMonths, tmp_path: Path) -> None:
    path = tmp_path / "changes.json"
    call_command("write_report", "changes", *PERIOD, "--parameter", "kind=generative", "-o", str(path))
    document = json.loads(path.read_text())
    assert (document["parameters"], [row["what"] for row in document["rows"]]) == ({"kind": "generative"}, ["suspend"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nothing", *PERIOD], "There is no report 'nothing'. Choose one of: incomplete_filings"),
        ([*PERIOD], "There is no report None"),
        (["changes"], "Give the period: --from the first day"),
        (["changes", "--from", "2026-11-01", "--to", "2026-11-01"], "A period from 2026-11-01 to 2026-11-01 is empty"),
        (["changes", "--from", "1/3/2026", "--to", "2026-11-01"], "use the format YYYY-MM-DD"),
        (["changes", *PERIOD, "--format", "docx"], "Choose one of: html, pdf, xlsx, csv, json"),
        (["changes", *PERIOD, "--parameter", "kind"], "give one of province, applicant, kind as name=value"),
        (["changes", *PERIOD, "--parameter", "kind=poem"], "“poem” is not a value of kind"),
        (["reviewer_workload", *PERIOD, "--parameter", f"applicant={USCC}"], "give one of province, kind"),
        (["scorecard", *PERIOD], "This report needs: applicant"),
        (["--list", "--format", "pdf"], "--list has the formats text and json"),
    ],
)
def test_bad_input_is_refused_with_what_to_give_instead(
    arguments: list[str], message: str, db: None, tmp_path: Path
) -> None:
    path = tmp_path / "report"
    with pytest.raises(CommandError, match=message.replace("(", r"\(").replace(".", r"\.")):
        call_command("write_report", *arguments, "-o", str(path))
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_written_is_named_and_the_old_one_stays(two_months: TwoMonths, tmp_path: Path) -> None:
    folder = tmp_path / "missing"
    with pytest.raises(CommandError, match=r"could not be written: No such file or directory"):
        call_command("write_report", "changes", *PERIOD, "-o", str(folder / "report.csv"))
    full = tmp_path / "full.csv"
    full.write_text("kept")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("compliance.management.commands.write_report.write_report", _full_disk)
        with pytest.raises(CommandError, match="No space left on device"):
            call_command("write_report", "changes", *PERIOD, "-o", str(full))
    assert [path.name for path in tmp_path.iterdir()] == ["full.csv"]
    assert full.read_text() == "kept"


def _full_disk(*_: Any) -> None:
    raise OSError(28, "No space left on device")
