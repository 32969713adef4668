"""The scalar types of the dossier: their validation, and their JSON Schema.

Each is a plain Python type with annotations. Pydantic applies them to an incoming dossier (strict); msgspec ignores them
when it loads a stored one (trusted).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, NoReturn

import pycountry
from pydantic import AfterValidator, Field, GetJsonSchemaHandler, PlainValidator, WithJsonSchema
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from compliance.dossier.texts import tidy
from registry import uscc
from registry.names import ANY_TEXT, SOME_TEXT

TEXT_LIMIT = 20_000
COUNT_LIMIT = 2**53

_DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]{1,4})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
COUNTRIES = frozenset(country.alpha_2 for country in pycountry.countries)


def refuse(code: str, **values: object) -> NoReturn:
    """Reject a value with a fault code of faults.py and the values for its message."""
    raise PydanticCustomError(code, code, values or None)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        refuse("not_a_text")
    # The tidied text is what is stored, so its length counts; normalization may make a text longer.
    if (length := len(tidy(value))) > TEXT_LIMIT:
        refuse("text_too_long", found=length, limit=TEXT_LIMIT)
    return value


def _required_text(value: Any) -> str:
    if value is None or not _text(value).strip():
        refuse("required")
    return str(value)


def _decimal(value: Any) -> Decimal:
    """Parse a decimal given as an integer, a Decimal of the literal, or a text; no exponent, at most four decimals."""
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        refuse("not_a_decimal")
    if not _DECIMAL.fullmatch(str(value)):
        refuse("not_a_plain_decimal", found=str(value)[:40])
    return Decimal(str(value))


def _rate(value: Any) -> Decimal:
    rate = _decimal(value)
    if not 0 <= rate <= 1 or str(value).startswith("-"):
        refuse("rate_out_of_range", found=str(value)[:40])
    return rate


def _amount(value: Any) -> Decimal:
    amount = _decimal(value)
    if not 0 <= amount <= COUNT_LIMIT or str(value).startswith("-"):
        refuse("amount_out_of_range", found=str(value)[:40])
    return amount


def _count(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        refuse("not_a_count")
    if not 0 <= value <= COUNT_LIMIT:
        refuse("count_out_of_range", found=str(value)[:40])
    return value


def _day(value: Any) -> date:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        refuse("not_a_day")
    try:
        return date.fromisoformat(value)
    except ValueError:
        refuse("impossible_day", found=value)


def _yes_or_no(value: Any) -> bool:
    if not isinstance(value, bool):
        refuse("not_yes_or_no")
    return value


def _uscc(value: Any) -> str:
    """Validate a unified social credit code (GB 32100-2015), whose first two characters may be letters."""
    if value is None:
        refuse("required")
    if not isinstance(value, str):
        refuse("not_a_text")
    if not uscc.has_the_form(value):
        refuse("uscc_malformed")
    if not uscc.check_digit_fits(value):
        refuse("uscc_check_digit")
    return value


def _matching(pattern: str, code: str) -> PlainValidator:
    compiled = re.compile(pattern)

    def match(value: Any) -> str:
        if not isinstance(value, str):
            refuse("not_a_text")
        if not compiled.fullmatch(value):
            refuse(code)
        return value

    return PlainValidator(match)


def _known_country(value: str) -> str:
    if value not in COUNTRIES:
        refuse("unknown_country", found=value)
    return value


@dataclass(frozen=True, eq=False)
class OneOf:
    """Annotation of a text that must be one of the codes of an enumeration."""

    codes: Mapping[str, object]

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self._member)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "string", "enum": list(self.codes)}

    def _member(self, value: Any) -> str:
        if value is None:
            refuse("required")
        if not isinstance(value, str):
            refuse("not_a_code")
        if value not in self.codes:
            refuse("unknown_code", found=value[:40], codes=", ".join(self.codes))
        return value


# Up to 9 * 10^15; a number close to 2^53 is beyond what a short pattern says.
_DECIMAL_PATTERN = r"^(0|[1-9][0-9]{0,14}|[1-8][0-9]{15})(\.[0-9]{1,4})?$"
_RATE_PATTERN = r"^(0(\.[0-9]{1,4})?|1(\.0{1,4})?)$"

# No text holds NUL (see texts.is_storable).
Text = Annotated[
    str,
    PlainValidator(_text),
    WithJsonSchema({"type": "string", "maxLength": TEXT_LIMIT, "pattern": ANY_TEXT}),
]
RequiredText = Annotated[
    str,
    PlainValidator(_required_text),
    WithJsonSchema({"type": "string", "maxLength": TEXT_LIMIT, "pattern": SOME_TEXT}),
]
Rate = Annotated[
    Decimal,
    PlainValidator(_rate),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": _RATE_PATTERN},
                {"type": "number", "minimum": 0, "maximum": 1},
            ]
        }
    ),
]
Amount = Annotated[
    Decimal,
    PlainValidator(_amount),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": _DECIMAL_PATTERN},
                {"type": "number", "minimum": 0, "maximum": COUNT_LIMIT},
            ]
        }
    ),
]
Count = Annotated[
    int,
    PlainValidator(_count),
    WithJsonSchema({"type": "integer", "minimum": 0, "maximum": COUNT_LIMIT}),
]
Day = Annotated[date, PlainValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
YesNo = Annotated[bool, PlainValidator(_yes_or_no), WithJsonSchema({"type": "boolean"})]
Uscc = Annotated[
    str,
    PlainValidator(_uscc),
    # The check digit is not in the pattern: no regular expression of a reasonable length computes it.
    WithJsonSchema({"type": "string", "format": "uscc", "pattern": f"^{uscc.PATTERN}$"}),
]
Region = Annotated[
    str,
    _matching(r"[0-9]{6}", "not_a_region"),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]{6}$"}),
]
Province = Annotated[
    str,
    _matching(r"[0-9]{2}", "not_a_jurisdiction"),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]{2}$"}),
]
Sha256 = Annotated[
    str,
    _matching(r"[0-9a-f]{64}", "not_a_sha256"),
    WithJsonSchema({"type": "string", "pattern": "^[0-9a-f]{64}$"}),
]
Country = Annotated[
    str,
    _matching(r"[A-Z]{2}", "not_a_country"),
    AfterValidator(_known_country),
    WithJsonSchema({"type": "string", "enum": sorted(COUNTRIES)}),
]
# 京ICP备12345678号, with -1 for a site and -1A for an app, or the number of the license: 京ICP证030173号, 粤B2-20090059.
_PROVINCE = "[京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新]"
# Licenses for several provinces carry none, and name each class of service: A1.A2.B1.B2-20070004, 合字B2-20090001.
_LICENSE = f"({_PROVINCE}|合字)?([AB][12]\\.)*[AB][12]-[0-9]{{8}}(-[0-9]{{1,5}})?"
_ICP = f"({_PROVINCE}(ICP备[0-9]{{6,12}}号(-[0-9]{{1,5}}[A-Z]?)?|ICP证[0-9]{{6,12}}号(-[0-9]{{1,5}})?)|{_LICENSE})"
_PUBLIC_SECURITY = f"{_PROVINCE}公网安备[0-9]{{14}}号"
IcpNumber = Annotated[
    str,
    _matching(_ICP, "not_an_icp_number"),
    WithJsonSchema({"type": "string", "pattern": f"^{_ICP}$"}),
]
PublicSecurityNumber = Annotated[
    str,
    _matching(_PUBLIC_SECURITY, "not_a_public_security_number"),
    WithJsonSchema({"type": "string", "pattern": f"^{_PUBLIC_SECURITY}$"}),
]
AtMost500 = Field(max_length=500)
