"""The bulletin against the sample rows of the published lists, cell by cell."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from compliance import demo
from compliance.reports.presenting import show
from registry.numbers.published.importing import import_list
from tests.reports.writing import a_report

LISTS = Path(demo.__file__).parent / "lists"
# The columns of the bulletin, as the lists head them.
GENERATIVE = ("序号", "属地", "模型名称", "备案单位", "备案编号", "备案时间")
ALGORITHM = ("序号", "算法名称", "算法类别", "主体名称", "应用产品", "主要用途", "备案编号", "备注")
SYNTHESIS = tuple("角色" if name == "算法类别" else name for name in ALGORITHM)
# What the lists write for an empty cell.
EMPTY = {"--": ""}


def published(name: str) -> list[dict[str, str]]:
    with (LISTS / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def cells(rows: list[dict[str, str]], columns: tuple[str, ...]) -> list[list[str]]:
    return sorted([EMPTY.get(row[name], row[name]) for name in columns] for row in rows)


@pytest.fixture
def bulletin(db: None) -> dict[str, list[list[Any]]]:
    """The tables of the bulletin over all years, after the published lists were imported."""
    for path in sorted(LISTS.glob("*.csv")):
        import_list(path, path.name)
    report = show(a_report("register_bulletin", "2020-01-01", "2026-12-01"), "zh")
    return {table.name: sorted(list(row) for row in table.rows()) for table in report.tables()}


def test_each_published_row_stands_in_the_bulletin_as_it_was_published(bulletin: dict[str, list[list[Any]]]) -> None:
    by_kind: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in published("genai_filing_sample.csv"):
        by_kind[row["类型"]].append(row)
    assert bulletin["generative"] == cells(by_kind["备案"], GENERATIVE)
    assert bulletin["registration"] == cells(by_kind["登记"], GENERATIVE)
    assert bulletin["algorithm"] == cells(published("algorithm_filing_sample.csv"), ALGORITHM)
    assert bulletin["deep_synthesis"] == cells(published("deep_synthesis_sample.csv"), SYNTHESIS)


def test_a_bulletin_of_a_month_has_the_rows_of_that_month(db: None) -> None:
    import_list(LISTS / "genai_filing_sample.csv", "genai_filing_sample.csv")
    report = show(a_report("register_bulletin", "2023-09-01", "2023-10-01"), "zh")
    assert [row[2] for table in report.tables() for row in table.rows()] == ["通义千问大模型"]
    assert report.sentences[0] == "本期取得或者公告编号 1 个：已备案服务 1 个，已登记服务 0 个，算法 0 个。"


def test_the_headings_of_the_tables_are_those_of_the_lists(bulletin: dict[str, list[list[Any]]], db: None) -> None:
    report = show(a_report("register_bulletin", "2020-01-01", "2026-12-01"), "zh")
    headings = {table.name: tuple(table.headings) for table in report.tables()}
    assert headings["generative"] == GENERATIVE
    assert headings["algorithm"] == ALGORITHM
    assert headings["deep_synthesis"] == SYNTHESIS
