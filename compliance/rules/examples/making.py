"""The parts of examples: changes to a complete dossier, a date, and facts known to the registry."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from compliance.attachments.contents import Bank, Contents
from compliance.dossier.patching import ABSENT, changed
from compliance.language import Bilingual
from compliance.rules.context import A_FILE_ON_ITS_OWN, Facts

COMPLETE = Path(__file__).parent.parent / "complete"
Changes = Mapping[str, Any]
IN_2024, IN_2026 = date(2024, 6, 20), date(2026, 11, 20)


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """
    Changes to a complete dossier that violate a rule, and others that just comply with it, as of a date.

    `facts` apply to both cases unless there are `passing_facts`. `beside` are rules that require the same under another
    article and are therefore violated too. `given` and `passing_given` describe the facts in words.
    """

    base: str
    failing: Changes
    passing: Changes = field(default_factory=dict)
    on: date = IN_2026
    facts: Facts = A_FILE_ON_ITS_OWN
    passing_facts: Facts | None = None
    beside: frozenset[str] = frozenset()
    given: Bilingual | None = None
    passing_given: Bilingual | None = None

    @property
    def failing_document(self) -> Any:
        return changed(complete(self.base), self.failing)

    @property
    def passing_document(self) -> Any:
        return changed(complete(self.base), self.passing)


@cache
def complete(name: str) -> Any:
    """Return the complete dossier of that name; it is cached and must not be modified."""
    return json.loads((COMPLETE / f"{name}.json").read_bytes())


def algorithm(failing: Changes, passing: Changes | None = None, **more: Any) -> Example:
    return Example(base="algorithm-complete", failing=failing, passing=passing or {}, **more)


def generative(failing: Changes, passing: Changes | None = None, **more: Any) -> Example:
    return Example(base="generative-complete", failing=failing, passing=passing or {}, **more)


def generative_in_2024(failing: Changes, passing: Changes | None = None) -> Example:
    return Example(base="generative-complete-2024", failing=failing, passing=passing or {}, on=IN_2024)


def registration(failing: Changes, passing: Changes | None = None, **more: Any) -> Example:
    return Example(base="registration-complete", failing=failing, passing=passing or {}, **more)


def without(base: str, kind: str) -> Changes:
    """Return changes that remove the document of a kind from a complete dossier."""
    kinds = [entry["kind"] for entry in complete(base)["documents"]]
    return {f"/documents/{kinds.index(kind)}": ABSENT}


def sha256(kind: str) -> str:
    found = next(entry for entry in complete("generative-complete")["documents"] if entry["kind"] == kind)
    return str(found["sha256"])


def having_read(kind: str, contents: Contents) -> Facts:
    return Facts(contents={sha256(kind): contents})


def base_model(**fields: Any) -> dict[str, Any]:
    base = {
        "key": "base",
        "name": "Llama 2 13B",
        "version": "2",
        "developer": {"name": "Meta", "country": "US"},
        "license": "LicenseRef-Llama-2",
    }
    return {**base, **fields}


TERMS_MET = ["agreement_copy", "changes_marked", "notice_file", "use_policy_passed_on"]
# An obviously fictitious base model with a fictitious number.
FILED_MODEL: dict[str, Any] = {
    "name": "示例基础模型",
    "version": "1.0",
    "developer": {"name": "示例模型实验室（演示）", "country": "CN"},
    "license": "Apache-2.0",
    "filing_number": "Beijing-ShiLiJiChuMoXing-202401010001",
}


def derived(*, terms: list[str] | None = None, relation: str = "finetune", **fields: Any) -> Changes:
    """Return changes that make the applicant's model a derivative of a base model."""
    return {
        "/models/0/development": "derived",
        "/models/0/derived_from": [{"key": "base", "relation": relation, "modified": True}],
        "/models/0/license_terms_met": TERMS_MET if terms is None else terms,
        "/models/-": base_model(**fields),
    }


SHOWN = {
    "/service/launched_on": "2026-03-02",
    "/service/display": {
        "number_shown_at": "https://sample.example/number",
        "public_record_link": "https://beian.cac.gov.cn/1",
    },
    "/service/algorithm_filing_number": "网信算备440305000000201260003号",
}
FILED = Facts(status="filed", submitted_on=date(2026, 3, 2), first_submitted_on=date(2026, 3, 2))
KNOWN_DAY = date(2026, 3, 2)
CORPUS, ASSESSMENT = "/models/0/corpora/0", "/assessment"
QUESTIONS = Contents(
    banks=MappingProxyType(
        {
            name: Bank(
                total=5_000, by_class=dict.fromkeys(complete("generative-complete")["assessment"][name][counts], 100)
            )
            for name, counts in (
                ("questions", "per_risk"),
                ("refusal_questions", "per_risk"),
                ("non_refusal_questions", "per_aspect"),
            )
        }
    )
)


def with_questions(**of_main: int) -> Facts:
    """Return facts with test questions that were read, with these figures for the tests of generated content."""
    main = QUESTIONS.banks["questions"]
    figures = {"total": main.total, "answered": 0, "passed": 0, **of_main}
    banks = {**QUESTIONS.banks, "questions": Bank(by_class=main.by_class, **figures)}
    return having_read("test_questions", Contents(is_table=True, banks=banks))


def with_keywords(**fields: Any) -> Facts:
    declared = complete("generative-complete")["assessment"]["keywords"]
    bank = Bank(total=declared["total"], by_class=declared["per_risk"])
    return having_read("keyword_list", Contents(is_table=True, banks={"keywords": bank}, **fields))
