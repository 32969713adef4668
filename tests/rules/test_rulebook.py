"""The declarations of the rules match the rulebook, which is the specification."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
import yaml

from compliance.rules.catalog import CATALOG, Catalog, Rule
from compliance.rules.families import ALL_FAMILIES
from compliance.rules.instruments import INSTRUMENTS
from registry.reference.licenses import LICENSES

RULEBOOK = yaml.safe_load((Path(__file__).parent.parent / "rulebook.yaml").read_text())
WRITTEN = {rule["id"]: rule for rule in RULEBOOK["rules"]}

assert ALL_FAMILIES


def test_every_rule_of_the_rulebook_is_implemented():
    assert sorted(rule.code for rule in CATALOG) == sorted(WRITTEN)
    assert len(CATALOG) == 119


@pytest.mark.parametrize("rule", list(CATALOG), ids=lambda rule: rule.code)
def test_a_rule_matches_the_rulebook(rule: Rule):
    written = WRITTEN[rule.code]
    declared = {
        "level": rule.level,
        "force": rule.force,
        "basis": rule.basis,
        "kinds": sorted(rule.kinds),
        "actions": sorted(rule.actions),
        "cites": list(rule.cites),
        "since": rule.since,
        "until": rule.until,
    }
    assert declared == {
        "level": written["level"],
        "force": written["force"],
        "basis": written["basis"],
        "kinds": sorted(written["kinds"]),
        "actions": sorted(written.get("actions", ["initial", "change"])),
        "cites": _citations(written["cites"]),
        "since": written.get("from") or _earliest(_citations(written["cites"])),
        "until": written.get("to"),
    }


def test_the_instruments_match_the_rulebook():
    written = {code: (line["en"], line.get("from"), line.get("to")) for code, line in RULEBOOK["instruments"].items()}
    assert {code: (it.title.en, it.since, it.until) for code, it in INSTRUMENTS.items()} == written


@pytest.mark.parametrize("rule", list(CATALOG), ids=lambda rule: rule.code)
def test_a_rule_has_its_texts_in_both_languages(rule: Rule):
    for text in (rule.title, rule.duty, rule.why, rule.fix, *rule.messages.values()):
        assert re.search("[a-z]{2}", text.en)
        assert re.search("[一-鿿]", text.zh)


def test_the_shipped_licenses_are_those_of_the_reference():
    written = yaml.safe_load((Path(__file__).parent.parent / "licenses.yaml").read_text())["licenses"]
    assert {
        license.name: {
            "terms": sorted(license.terms),
            "prefix": license.prefix,
            "users": license.users,
            "outputs": license.reaches_outputs,
            "laxer": sorted(license.laxer),
            "confirmed": license.is_confirmed,
        }
        for license in LICENSES.values()
    } == {
        name: {
            "terms": sorted(duties["terms"]),
            "prefix": duties.get("prefix", ""),
            "users": duties.get("users"),
            "outputs": duties.get("outputs", False),
            "laxer": sorted(duties.get("laxer", [])),
            "confirmed": duties.get("confirmed", True),
        }
        for name, duties in written.items()
    }


def test_a_code_cannot_be_used_twice():
    catalog = Catalog()
    rule = next(iter(CATALOG))
    catalog.add(rule)
    with pytest.raises(ValueError, match=rule.code):
        catalog.add(rule)


def _citations(written: str) -> list[str]:
    """`ALG 16, 24` is two articles of one instrument."""
    found: list[str] = []
    for part in written.split(", "):
        head = part.split(" ")[0]
        found.append(part if head in INSTRUMENTS else f"{found[-1].split(' ')[0]} {part}")
    return found


def _earliest(citations: list[str]) -> date | None:
    days = [INSTRUMENTS[citation.split(" ")[0]].since for citation in citations]
    return None if None in days else min(day for day in days if day)


@pytest.mark.parametrize("rule", list(CATALOG), ids=lambda rule: rule.code)
def test_a_rule_is_judged_on_the_day_of_the_rulebook(rule: Rule):
    by_assessment = rule.family in ("AS", "KW", "TB", "RF", "COR", "ANN")
    by_today = rule.family == "DDL" or rule.code == "SRV-06"
    assert rule.judged_on == ("assessment_day" if by_assessment else "today" if by_today else "submission_day")
