"""The page of each rule, and its examples."""

from __future__ import annotations

import json
from datetime import date

import pytest

from compliance.dossier.parsing import parse
from compliance.rules.catalog import CATALOG
from compliance.rules.evaluation import evaluate
from compliance.rules.examples import EXAMPLES

CODES = [rule.code for rule in CATALOG]


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_rule_has_a_page_in_both_languages(client, code, language):
    rule = CATALOG[code]
    page = client.get(f"/rules/{code}/", headers={"Accept-Language": language})
    text = page.content.decode()
    rule_language = "zh" if language == "zh-hans" else "en"
    assert page.status_code == 200
    for text_of_rule in (rule.title, rule.duty, rule.why, rule.fix):
        assert text_of_rule.in_(rule_language)[:20].replace("'", "&#x27;") in text
    assert f"/rules/{code}/failing.json" in text


def test_a_page_shows_the_legal_basis_the_dates_and_both_examples(client):
    text = client.get("/rules/COR-05/").content.decode()
    for expected in (
        "TC260-003-2024, 9.2 a",
        "since 2024-02-29",
        "until 2025-11-01",
        "ended",
        "3999",
        "4000",
        "2024-06-20",
    ):
        assert expected in text


@pytest.mark.parametrize(("which", "found"), [("failing", {"COR-05"}), ("passing", set())])
def test_the_complete_dossier_of_an_example_can_be_downloaded(client, which, found):
    answer = client.get(f"/rules/COR-05/{which}.json")
    dossier = parse(answer.content).dossier
    assert answer.headers["Content-Disposition"] == f'attachment; filename="COR-05-{which}.json"'
    assert {finding.rule for finding in evaluate(dossier, today=date(2024, 6, 20)).findings} == found


@pytest.mark.parametrize("path", ["COR-99/", "cor-05/", "COR-05/middling.json", "COR-99/failing.json"])
def test_unknown_rules_and_examples_are_not_found(client, path):
    assert client.get(f"/rules/{path}").status_code == 404


def test_the_list_links_to_every_rule_in_the_order_of_the_families(client):
    text = client.get("/rules/").content.decode()
    places = [text.index(f'id="{rule.code}"') for rule in CATALOG.in_order()]
    assert places == sorted(places)
    assert all(f"/rules/{code}/" in text for code in CODES)


def test_a_downloaded_example_is_the_document_that_is_checked(client):
    for code in ("PRO-08", "LAB-08", "RTE-06"):
        assert json.loads(client.get(f"/rules/{code}/failing.json").content) == EXAMPLES[code].failing_document
