"""Presenting a report run: the rows that a user may see, with labels, as a page and as CSV."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.conf import settings

from compliance.dossier.codes import KINDS
from compliance.language import Language
from compliance.models import ReportRun
from compliance.reports.catalog import Report, Row
from registry.models import Role, User
from registry.reference.regions import PROVINCES
from registry.tables import csv_rows

MOST_ON_A_PAGE = 500


def rows_for(run: ReportRun, user: User) -> list[Row]:
    """Return the rows that a user may see: all for registrars and auditors, those of their provinces for reviewers."""
    rows = json.loads(run.content)
    if user.has_role(Role.REGISTRAR, Role.AUDITOR):
        return rows
    return [row for row in rows if row["province"] in user.reviewed_provinces]


def describe(report: Report, rows: Iterable[Row], language: Language) -> list[Row]:
    """Return the rows with their labels, links to the filings, and `cells`: the texts of the columns in order."""
    described = ({**row, **_shared_labels(row, language), **report.labels(row, language)} for row in rows)
    return [{**row, "cells": [_cell(row, name) for name in report.columns]} for row in described]


def _shared_labels(row: Row, language: Language) -> Row:
    labels = {"province_label": province_in(row["province"], language)}
    if "kind" in row:
        labels["kind_label"] = KINDS[row["kind"]].in_(language)
    if "filing_key" in row:
        labels["link"] = f"{settings.BASE_URL}/admin/compliance/filing/{row['filing_key']}/change/"
    return labels


def _cell(row: Row, column: str) -> Any:
    label = f"{column}_label"
    return row[label] if label in row else row[column]


def province_in(code: str, language: Language) -> str:
    return PROVINCES.get(code, (code, code))[language == "zh"]


def as_csv(report: Report, rows: Iterable[Row], language: Language) -> str:
    """Write the rows of a report as CSV."""
    return csv_of(headings_of(report, language), (row["cells"] for row in describe(report, rows, language)))


def headings_of(report: Report, language: Language) -> list[str]:
    return [heading.in_(language) for heading in report.columns.values()]


def csv_of(headings: Iterable[str], rows: Iterable[Iterable[Any]]) -> str:
    """Write a table as CSV with a byte-order mark, by which Excel recognizes UTF-8."""
    return "\ufeff" + csv_rows([list(headings), *rows])
