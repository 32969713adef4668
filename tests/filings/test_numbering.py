"""The series of official numbers: each number is issued once, whatever lists and filers contain."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.utils import timezone

from compliance.dossier.stored import load
from compliance.filings.numbering import issue_number
from registry.models import Listing, NumberKind, OfficialNumber, Source, SourceKind
from registry.numbers.forms import has_the_form_of, is_official_number
from tests.making_filings import a_filing, document_of

DAY = date(2026, 11, 20)
LISTED = "Guangdong-YangLi-202605010041"


def a_number(number: str, *, is_listed: bool, is_held: bool) -> OfficialNumber:
    entered = OfficialNumber.objects.create(
        number=number,
        key=number.casefold(),
        kind=NumberKind.GENERATIVE,
        status="filed",
        is_held_by_filing=is_held,
    )
    if is_listed:
        source, _ = Source.objects.get_or_create(
            kind=SourceKind.PUBLISHED_LIST, key="a list", defaults={"label": "a list", "stated_at": timezone.now()}
        )
        Listing.objects.create(number=entered, source=source, content={})
    return entered


def issued(filer) -> str:
    filing = a_filing(filer, "generative")
    return issue_number(filing, load(json.dumps(document_of(filing))), on=DAY)


def test_a_series_continues_from_the_published_lists(filer):
    a_number(LISTED, is_listed=True, is_held=False)
    assert issued(filer) == "Guangdong-YangLiDaMoXing-202611200042"


def test_a_listed_number_that_a_filing_took_over_still_counts(filer):
    a_number(LISTED, is_listed=True, is_held=True)
    assert issued(filer) == "Guangdong-YangLiDaMoXing-202611200042"


def test_a_number_recorded_by_a_filer_does_not_advance_the_series(filer):
    a_number("Guangdong-YangLi-202605019999", is_listed=False, is_held=True)
    assert issued(filer) == "Guangdong-YangLiDaMoXing-202611200001"


@pytest.mark.parametrize(
    ("kind", "number", "fits"),
    [
        ("algorithm", "网信算备440305000000201260003号", True),
        ("generative", "网信算备440305000000201260003号", False),
        ("generative", "Beijing-ChatGLM-20230821", True),
        ("registration", "Beijing-ChatGLM-20230821", False),
        ("registration", "Beijing-ChatGLM-20230821S0001", True),
        ("generative", f"Beijing-{'x' * 100}-202308210001", False),
    ],
)
def test_a_number_must_have_the_format_of_its_kind_and_fit_the_column(kind, number, fits):
    assert has_the_form_of(kind, number) is fits
    assert is_official_number(number) is (len(number) <= 100)
