"""A rule as its page shows it: what its marks mean, and its examples place by place. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from compliance.dossier.parsing import parse
from compliance.dossier.patching import ABSENT
from compliance.dossier.pointer import Pointer
from compliance.language import Bilingual, Language
from compliance.rules.catalog import (
    ASSESSMENT_DAY,
    OFFICIAL,
    PRACTICE,
    SECONDARY,
    SHALL,
    SHOULD,
    SUBMISSION_DAY,
    TODAY,
    UNCONFIRMED,
)
from compliance.rules.evaluation import evaluate
from compliance.rules.examples import EXAMPLES
from compliance.rules.wording import describe, place

MAX_FINDINGS = 3
FORCES = MappingProxyType(
    {
        SHALL: Bilingual("shall (应)", "应"),
        SHOULD: Bilingual("should (宜)", "宜"),
        PRACTICE: Bilingual("practice", "实践做法"),
    }
)
BASES = MappingProxyType(
    {
        OFFICIAL: Bilingual("read in the official text", "依据官方文本"),
        SECONDARY: Bilingual("read in a restatement", "依据转述文本"),
        UNCONFIRMED: Bilingual("not read in any text", "未经文本核实"),
    }
)
DAYS = MappingProxyType(
    {
        SUBMISSION_DAY: Bilingual("the day of submission; a draft by today", "提交日；草稿按当日"),
        ASSESSMENT_DAY: Bilingual("the day of the assessment, else that of submission", "评估日；未填写的按提交日"),
        TODAY: Bilingual("today, whenever the filing was submitted", "当日，与提交日无关"),
    }
)
_TAKEN_AWAY = Bilingual("(taken away)", "（删除）")
_ADDED = Bilingual("(added)", "（新增）")


@dataclass(frozen=True, slots=True)
class Line:
    """A place of a dossier and what stands there."""

    at: str
    place: str
    value: str


@lru_cache(maxsize=512)
def example_of(code: str, language: Language) -> dict[str, Any]:
    """Return the examples of a rule: what is changed in a complete dossier, what is given, and what is then told."""
    it = EXAMPLES[code]
    parsed = parse(json.dumps(it.failing_document).encode())
    findings = evaluate(parsed.dossier, it.facts, today=it.on).findings
    told = [describe(finding, language) for finding in findings if finding.rule == code]
    return {
        "on": it.on,
        "failing": _lines(it.failing, language),
        "passing": _lines(it.passing, language),
        "given": it.given.in_(language) if it.given else "",
        "passing_given": it.passing_given.in_(language) if it.passing_given else "",
        "told": told[:MAX_FINDINGS],
        "beside": sorted(it.beside),
    }


def _lines(changes: Mapping[str, Any], language: Language) -> list[Line]:
    return [
        Line(at.removesuffix("/-"), place(Pointer(at.removesuffix("/-")), language), _value(at, value, language))
        for at, value in changes.items()
    ]


def _value(at: str, value: Any, language: Language) -> str:
    if value is ABSENT:
        return _TAKEN_AWAY.in_(language)
    written = json.dumps(value, ensure_ascii=False, indent=1 if isinstance(value, dict) else None)
    if len(written) > 600:
        written = f"{written[:80]} … ({len(value)})"
    return f"{_ADDED.in_(language)} {written}" if at.endswith("/-") else written
