"""Messages of findings. Codes and values are stored; the text is composed here, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from compliance.dossier import codes
from compliance.dossier.naming import DOSSIER, name_of
from compliance.dossier.pointer import Pointer
from compliance.dossier.risks import RISKS
from compliance.language import Bilingual, Language, listed
from compliance.rules.catalog import CATALOG, Rule
from compliance.rules.problems import (
    INCOMPLETE,
    MISMATCH,
    MISSING,
    NOT_TRUE,
    TOO_HIGH,
    TOO_LONG,
    TOO_LOW,
    UNKNOWN,
    Finding,
)
from registry.reference.regions import PROVINCES

# The messages of variants for which a rule has no message of its own.
_DEFAULT = MappingProxyType(
    {
        MISSING: Bilingual("Not given: {field}.", "未填写{field}。"),
        NOT_TRUE: Bilingual("{field}: declared as false, but must be true.", "{field}：填为否，应为是。"),
        TOO_LONG: Bilingual(
            "{field}: {found} characters; at most {asked} are allowed.",
            "{field}：{found} 个字符，不得超过 {asked} 个。",
        ),
        UNKNOWN: Bilingual("{field}: {found} is unknown.", "{field}：{found} 未知。"),
        TOO_LOW: Bilingual("{field}: {found}; must be at least {asked}.", "{field}：{found}，应不低于 {asked}。"),
        TOO_HIGH: Bilingual("{field}: {found}; must be at most {asked}.", "{field}：{found}，应不高于 {asked}。"),
        INCOMPLETE: Bilingual("{field}: missing {lacking}.", "{field}：缺少{lacking}。"),
        MISMATCH: Bilingual("{field}: {found}; must be {asked}.", "{field}：为 {found}，应为 {asked}。"),
    }
)
# The same for a figure that was counted in a file, next to the declared one.
_COUNTED = MappingProxyType(
    {
        TOO_LOW: Bilingual(
            "{field}: the file contains {found} (declared: {declared}); must be at least {asked}.",
            "{field}：文件中为 {found}（申报：{declared}），应不低于 {asked}。",
        )
    }
)
_SINCE = Bilingual(" In force since {since}.", "该要求自 {since} 起施行。")

_ENTRIES = {
    **{risk: Bilingual(f"{risk} {name.en}", f"{risk} {name.zh}") for risk, name in RISKS.items()},
    **codes.FILTERS,
    **codes.SIGNATORIES,
}
# Requirements other than figures: periods, and the formats of official numbers.
_REQUIREMENTS = {
    "seven_days": Bilingual("7 days", " 7 日"),
    "one_month": Bilingual("one month", "一个月"),
    "algorithm_form": Bilingual("网信算备 + 21 digits + 号", "网信算备 + 21 位数字 + 号"),
    "filing_form": Bilingual("Province-Name-YYYYMMDDNNNN", "Province-Name-YYYYMMDDNNNN"),
    "registration_form": Bilingual("Province-Name-YYYYMMDDSNNNN", "Province-Name-YYYYMMDDSNNNN"),
}
# What was put right in a pasted number.
_PUT_RIGHT = {
    "number_prefix": Bilingual("a word before the number left out", "略去编号前的文字"),
    "number_remark": Bilingual("a remark in brackets left out", "略去括号内的备注"),
    "number_blanks": Bilingual("blanks left out", "略去空格"),
    "number_suffix": Bilingual("the missing 号 added", "补上缺少的“号”"),
    "number_case": Bilingual("capital letters restored", "恢复大写字母"),
}
_PROVINCES = {code: Bilingual(f"{code} {names[0]}", f"{code} {names[1]}") for code, names in PROVINCES.items()}

# The labels of values that are codes, by the name of the value.
_CODED: Mapping[str, Mapping[str, Bilingual]] = MappingProxyType(
    {
        "system": codes.GOVERNANCE,
        "systems": codes.GOVERNANCE,
        "access": codes.ACCESS,
        "domain": codes.DOMAINS,
        "document": codes.DOCUMENT_KINDS,
        "modality": codes.LABEL_MODALITIES,
        "source_type": codes.SOURCE_TYPES,
        "proof": codes.PROOFS,
        "term": codes.LICENSE_TERMS,
        "lacking": _ENTRIES,
        "asked": _REQUIREMENTS,
        "corrections": _PUT_RIGHT,
        "jurisdiction": _PROVINCES,
        "province": _PROVINCES,
    }
)


def describe(finding: Finding, language: Language) -> dict[str, Any]:
    """Return a finding in the form used by the API, the commands and the pages."""
    rule = CATALOG[finding.rule]
    return {
        "rule": finding.rule,
        "level": str(finding.level),
        "variant": finding.variant,
        "at": str(finding.at),
        "title": rule.title.in_(language),
        "message": message(finding, language),
        "cites": list(rule.cites),
        "fix": rule.fix.in_(language),
    }


def message(finding: Finding, language: Language) -> str:
    """Return the message of a finding: what was found, what is required, and since when."""
    rule = CATALOG[finding.rule]
    values = {name: _shown(name, value, language) for name, value in finding.values.items()}
    where = place(finding.at, language) if finding.at else DOSSIER.in_(language)
    template = _template(rule, finding)
    # Only a field name is capitalized; text written by the filer is not changed.
    where = _sentence(where) if template.in_(language).startswith("{field}") else where
    return template.filled(language, {"field": where, **values}) + _since(rule, language)


@lru_cache(maxsize=4_096)
def place(at: Pointer, language: Language) -> str:
    """Return the name of a place below its section: `/applicant/contact/phone` is contact › telephone."""
    steps = at.steps
    names = [name_of(_down_to(steps, end)).in_(language) for end in range(min(2, len(steps)), len(steps) + 1)]
    return " › ".join(_without_lists(names))


def _down_to(steps: list[str], end: int) -> Pointer:
    at = Pointer("")
    for step in steps[:end]:
        at = at / step
    return at


def _without_lists(names: list[str]) -> list[str]:
    """Drop names that the next one repeats, such as `risks` before `risks 2`."""
    return [
        name
        for name, below in zip(names, [*names[1:], ""], strict=True)
        if not below.startswith((f"{name} ", f"{name},", f"{name}："))
    ]


def _template(rule: Rule, finding: Finding) -> Bilingual:
    kind = finding.variant.partition(":")[0]
    messages = _COUNTED if "declared" in finding.values and kind in _COUNTED else _DEFAULT
    return rule.messages.get(kind) or messages[kind]


def _since(rule: Rule, language: Language) -> str:
    return _SINCE.filled(language, {"since": rule.since.isoformat()}) if rule.since else ""


def _shown(name: str, value: Any, language: Language) -> str:
    labels = _CODED.get(name, {})
    if isinstance(value, list):
        return listed([_shown(name, item, language) for item in value], language)
    if isinstance(value, str) and value in labels:
        return labels[value].in_(language)
    return value.isoformat() if isinstance(value, date) else str(value)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
