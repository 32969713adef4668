"""
What people write in a field, and the value of the dossier that it means.

Full-width characters, separated thousands, units (7B, 1.2万, 45 TB), percentages and the usual ways to write a date are
understood. What is not understood stays as it was written, so that the strict parser refuses it at its place: nothing is guessed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache
from gettext import translation
from types import MappingProxyType
from typing import Any

import pycountry

from compliance.forms.shape import Entry, Field, label_of_code
from compliance.language import LANGUAGES, Bilingual
from registry.reference.regions import PROVINCES

_OF_CHINESE = {"千": 3, "万": 4, "百万": 6, "千万": 7, "亿": 8, "十亿": 9, "百亿": 10, "千亿": 11, "万亿": 12}
_OF_ENGLISH = {"k": 3, "m": 6, "b": 9, "t": 12, "thousand": 3, "million": 6, "billion": 9, "trillion": 12}
_OF_BYTES = {"kb": 3, "mb": 6, "gb": 9, "tb": 12, "pb": 15}
_LARGE = {**_OF_CHINESE, **_OF_ENGLISH}
# The powers of ten of units, by the names of the fields in which they are usual. Elsewhere a unit is not understood: “6 m” of a
# period would be months, and 128K of a context length is not 128,000.
_UNITS: Mapping[str, Mapping[str, int]] = MappingProxyType(
    {
        **dict.fromkeys(("parameters", "tokens", "items", "monthly_active_users", "registered_users"), _LARGE),
        **dict.fromkeys(("sampled", "total"), _OF_CHINESE),
        "bytes": {**_OF_BYTES, **_OF_CHINESE},
    }
)
# Full-width characters, as Chinese input methods write them. Other forms, such as superscripts, are not digits.
_FULL_WIDTH = {0x3000: " ", **{code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}}
_WITH_UNIT = re.compile(r"((?:[0-9]{1,3}(?:[, ][0-9]{3})+|[0-9]+)(?:\.[0-9]+)?) ?([^0-9., ]*)")
_PLAIN_DECIMAL = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_SHARE = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?([%‰])")
_DAY = re.compile(r"([0-9]{4})(?:([-/.年]) ?([0-9]{1,2})(?:[-/.月]) ?([0-9]{1,2})日?|([0-9]{2})([0-9]{2}))")
_YES = frozenset({"true", "yes", "是", "y", "√"})
_NO = frozenset({"false", "no", "否", "n", "×"})
_NOT_TYPED = re.compile(r"[​-‏﻿]")


def value_of(written: str, field: Field) -> Any:
    """Return the value that a text in a field means, or the text itself if it means none."""
    if field.entry is Entry.TEXT:
        return written.replace("\r\n", "\n")
    read = _READERS.get(field.entry)
    plain = _NOT_TYPED.sub("", written).translate(_FULL_WIDTH).strip()
    found = _code(plain, field) if read is None else read(plain, field)
    return written if found is None else found


def text_of(value: Any, field: Field) -> str:
    """Return how a value is written in its field. `value_of` gives the value back."""
    if value is None:
        return ""
    if field.entry is Entry.COUNT and isinstance(value, int):
        return f"{value:,}"
    if field.entry is Entry.RATE and _PLAIN_DECIMAL.fullmatch(str(value)):
        return percentage(Decimal(str(value)))
    if field.entry is Entry.YES_NO and isinstance(value, bool):
        return "true" if value else "false"
    if field.entry is Entry.TEXTS:
        return "\n".join(value)
    return str(value)


def takes_large_units(field: Field) -> bool:
    """Whether a unit such as 7B is understood in a field."""
    return field.name in _UNITS and "b" in _UNITS[field.name]


def takes_bytes(field: Field) -> bool:
    """Whether a unit such as TB is understood in a field."""
    return "tb" in _UNITS.get(field.name, {})


def percentage(rate: Decimal) -> str:
    return f"{_plain(rate * 100)}%"


def labels_of(field: Field) -> Mapping[str, Bilingual]:
    """Return the labels of the values between which a field leaves the choice; nothing for what is written freely."""
    if field.entry is Entry.YES_NO:
        return _YES_AND_NO
    if field.entry is Entry.COUNTRY:
        return countries()
    if field.entry is Entry.PROVINCE:
        return {code: Bilingual(*names) for code, names in PROVINCES.items()}
    return {code: label_of_code(code, label) for code, label in field.codes.items()}


_YES_AND_NO = MappingProxyType({"true": Bilingual("yes", "是"), "false": Bilingual("no", "否")})


@cache
def countries() -> Mapping[str, Bilingual]:
    """Return the names of the countries of ISO 3166-1, China first."""
    chinese = translation("iso3166-1", pycountry.LOCALES_DIR, languages=["zh_CN"])
    names = {each.alpha_2: Bilingual(each.name, chinese.gettext(each.name)) for each in pycountry.countries}
    return MappingProxyType({"CN": names["CN"], **dict(sorted(names.items(), key=lambda pair: pair[1].en))})


def _plain(number: Decimal) -> str:
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _number(plain: str, field: Field) -> Decimal | None:
    match = _WITH_UNIT.fullmatch(plain)
    power = {"": 0, **_UNITS.get(field.name, {})}.get(match[2].lower()) if match else None
    if match is None or power is None or len(match[1]) > 40:
        return None
    return Decimal(match[1].replace(",", "").replace(" ", "")).scaleb(power)


def _count(plain: str, field: Field) -> int | None:
    number = _number(plain, field)
    return int(number) if number is not None and number == number.to_integral_value() else None


def _amount(plain: str, field: Field) -> Decimal | None:
    number = _number(plain, field)
    return Decimal(_plain(number)) if number is not None else None


def _rate(plain: str, field: Field) -> str | None:
    match = _SHARE.fullmatch(plain)
    if match is None:
        return plain
    return _plain(Decimal(match[1]) / (100 if match[2] == "%" else 1_000))


def _day(plain: str, field: Field) -> str | None:
    match = _DAY.fullmatch(plain)
    if match is None:
        return None
    month, day = match[3] or match[5], match[4] or match[6]
    return f"{match[1]}-{int(month):02}-{int(day):02}"


def _yes_no(plain: str, field: Field) -> bool | None:
    word = plain.lower()
    return True if word in _YES else False if word in _NO else None


def _code(plain: str, field: Field) -> str | None:
    return _codes_by_name(field).get(_folded(plain))


@cache
def _codes_by_name(field: Field) -> dict[str, str]:
    """Return the codes of a closed list by what people call them: the code itself, and its label in each language."""
    labels = labels_of(field)
    names = {_folded(label.in_(language)): code for code, label in labels.items() for language in LANGUAGES}
    short = {_folded(label.zh[:-1]): code for code, label in labels.items() if label.zh.endswith(("省", "市"))}
    return names | short | {_folded(code): code for code in labels}


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()


_READERS: Mapping[Entry, Callable[[str, Field], Any]] = MappingProxyType(
    {
        Entry.COUNT: _count,
        Entry.AMOUNT: _amount,
        Entry.RATE: _rate,
        Entry.DAY: _day,
        Entry.YES_NO: _yes_no,
        Entry.USCC: lambda plain, field: re.sub(r"[ -]", "", plain).upper(),
        Entry.REGION: lambda plain, field: plain,
        Entry.SHA256: lambda plain, field: plain.lower(),
    }
)
