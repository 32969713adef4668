"""Query parameters: each is declared once, and both the description of the API and the check of a request come from it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from registry.api.problems import Problem

Advice = Callable[[], str]
UUID_FORM = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# A longer text is no name, number or code.
TEXT_LIMIT = 200
CURSOR_LIMIT = 1_000


class Unreadable(Exception):
    """The value of a parameter does not follow its declaration; the message tells how to mend it."""


@dataclass(frozen=True)
class Parameter:
    """A query parameter: its JSON Schema, and the function that reads its text. `read` raises ValueError or KeyError."""

    name: str
    schema: Mapping[str, Any]
    read: Callable[[str], Any]
    # How to mend a value, in the language of the request.
    advice: Advice
    description: str = ""
    default: Any = None
    # The most values of a parameter that may be given several times; 0 for a parameter with a single value.
    most: int = 0
    required: bool = False

    def described(self) -> OpenApiParameter:
        """Return the parameter for the OpenAPI description."""
        schema = dict(self.schema)
        if self.most:
            schema = {"type": "array", "items": schema, "minItems": 1, "maxItems": self.most}
        return OpenApiParameter(self.name, schema, description=self.description, required=self.required)

    def value(self, given: Sequence[str]) -> Any:
        """Return the value of the texts in the query. Raises Unreadable."""
        if len(given) > max(self.most, 1):
            raise Unreadable(_("Given %(count)s times; at most %(most)s is possible.") % self._counts(given))
        try:
            values = [self.read(text) for text in given]
        except (ValueError, KeyError) as error:
            raise Unreadable(self.advice()) from error
        return values if self.most else values[0]

    def _counts(self, given: Sequence[str]) -> dict[str, int]:
        return {"count": len(given), "most": max(self.most, 1)}


def one_of(name: str, description: str, group: Sequence[Parameter]) -> OpenApiParameter:
    """Describe parameters of which exactly one must be given, as an object whose members are the parameters."""
    schema = {
        "type": "object",
        "properties": {p.name: {**p.schema, "description": p.description} for p in group},
        "additionalProperties": False,
        "minProperties": 1,
        "maxProperties": 1,
    }
    return OpenApiParameter(name, schema, description=description, required=True, style="form", explode=True)


def bad_query(name: str, message: str) -> Problem:
    """Return a Problem (400) for an invalid query parameter."""
    code = f"bad_{name}" if re.fullmatch("[A-Za-z0-9_-]{1,40}", name) else "bad_parameter"
    return Problem.at("", 400, code, _("Bad request"), f"{name[:100]}: {message}")


class Query:
    """The declared parameters of an operation, by name, with the value of each that is not given."""

    def __init__(self, declared: Sequence[Parameter]) -> None:
        self.declared = {parameter.name: parameter for parameter in declared}
        self.required = [parameter for parameter in declared if parameter.required]
        self.defaults = {name: [] if one.most else one.default for name, one in self.declared.items()}

    def read(self, request: Request) -> dict[str, Any]:
        """
        Return the value of each declared parameter. Raises a Problem (400) for a value that does not follow its declaration,
        and for an unknown parameter: ignoring a misspelled filter would return too many rows.
        """
        values = {**self.defaults}
        for name, given in request.query_params.lists():
            if name not in self.declared:
                raise bad_query(name, _unknown(self.declared))
            values[name] = _value(self.declared[name], given)
        for parameter in self.required:
            if not values[parameter.name]:
                raise bad_query(parameter.name, parameter.advice())
        return values


def _value(parameter: Parameter, given: Sequence[str]) -> Any:
    try:
        return parameter.value(given)
    except Unreadable as error:
        raise bad_query(parameter.name, str(error)) from error


def _unknown(known: Collection[str]) -> str:
    if not known:
        return _("Unknown parameter. This address takes no parameters.")
    return _("Unknown filter. Available filters: %(names)s.") % {"names": ", ".join(sorted(known))}


def text(name: str, description: str, *, most: int = 0, length: int = TEXT_LIMIT) -> Parameter:
    """Any text up to a length. An empty one counts as not given."""

    def read(given: str) -> str:
        if len(given) > length or "\0" in given:
            raise ValueError(given)
        return given

    # NUL is refused: no name, number or code contains it, and PostgreSQL cannot store it.
    schema = {"type": "string", "maxLength": length, "pattern": "^[^\\u0000]*$"}

    def advice() -> str:
        return _("Use at most %(limit)s characters.") % {"limit": length}

    return Parameter(name, schema, read, advice, description, default="", most=most)


def choice(name: str, codes: Collection[str], description: str = "", default: str | None = None) -> Parameter:
    """One of some codes."""

    def read(given: str) -> str:
        if given not in codes:
            raise ValueError(given)
        return given

    def advice() -> str:
        return _("Choose one of: %(choices)s.") % {"choices": ", ".join(codes)}

    return Parameter(name, {"type": "string", "enum": list(codes)}, read, advice, description, default)


def pattern(name: str, form: str, advice: Advice, description: str = "") -> Parameter:
    """A text of a fixed form."""

    def read(given: str) -> str:
        if not re.fullmatch(form, given, re.ASCII):
            raise ValueError(given)
        return given

    return Parameter(name, {"type": "string", "pattern": f"^({form})$"}, read, advice, description)


def several(parameter: Parameter, most: int, *, required: bool = True) -> Parameter:
    """A parameter that can be repeated."""
    return replace(parameter, most=most, required=required)


def province(name: str = "province", description: str = "Two-digit code of the province.") -> Parameter:
    """The code of a province."""

    def advice() -> str:
        return _("Use the two-digit code of a province, such as 44.")

    return pattern(name, "[0-9]{2}", advice, description)


def country(name: str, description: str) -> Parameter:
    """A country code."""

    def advice() -> str:
        return _("Use a country code of two capital letters (ISO 3166-1), such as US.")

    return pattern(name, "[A-Z]{2}", advice, description)


def uscc(name: str, description: str) -> Parameter:
    """A unified social credit code."""

    def advice() -> str:
        return _("Use a unified social credit code: 18 digits and capital letters.")

    return pattern(name, "[0-9A-Z]{18}", advice, description)


def uuid(name: str, description: str = "", *, most: int = 0, required: bool = False) -> Parameter:
    """An id."""

    def read(given: str) -> UUID:
        if not re.fullmatch(UUID_FORM, given):
            raise ValueError(given)
        return UUID(given)

    def advice() -> str:
        return _("Use an id as returned by the API, such as 01a207c9-eecd-7c77-9eb0-e7d353627d5f.")

    return Parameter(
        name, {"type": "string", "format": "uuid"}, read, advice, description, most=most, required=required
    )


def number(name: str, description: str, *, least: int, most: int, default: int | None = None) -> Parameter:
    """A whole number within bounds."""

    def read(given: str) -> int:
        if not re.fullmatch("[0-9]{1,18}", given, re.ASCII) or not least <= int(given) <= most:
            raise ValueError(given)
        return int(given)

    def advice() -> str:
        return _("Use a number from %(least)s to %(most)s.") % {"least": least, "most": most}

    return Parameter(name, {"type": "integer", "minimum": least, "maximum": most}, read, advice, description, default)


def yes_or_no(name: str, description: str) -> Parameter:
    """`true` or `false`, which is the default."""

    def read(given: str) -> bool:
        return {"true": True, "false": False}[given]

    def advice() -> str:
        return _("Choose one of: %(choices)s.") % {"choices": "true, false"}

    return Parameter(name, {"type": "boolean", "default": False}, read, advice, description, default=False)


def day_in(given: str) -> date | None:
    """Parse YYYY-MM-DD. Returns None if it is not a valid date."""
    try:
        return date.fromisoformat(given) if _DAY.fullmatch(given) else None
    except ValueError:
        return None


def day(name: str, description: str, *, required: bool = False) -> Parameter:
    """A date."""

    def read(given: str) -> date:
        value = day_in(given)
        if value is None:
            raise ValueError(given)
        return value

    def advice() -> str:
        return _("Use a valid date in the format YYYY-MM-DD.")

    return Parameter(name, {"type": "string", "format": "date"}, read, advice, description, required=required)


def moment(name: str, description: str) -> Parameter:
    """A time with its zone."""

    def read(given: str) -> datetime:
        # A plus sign in a query that was not encoded arrives as a space.
        value = parse_datetime(re.sub(" (?=[0-9]{2}:?[0-9]{2}$)", "+", given).upper())
        if value is None or value.tzinfo is None:
            raise ValueError(given)
        try:
            return value.astimezone(timezone.get_default_timezone())
        except OverflowError as error:
            raise ValueError(given) from error

    def advice() -> str:
        return _("Use a time with its zone (RFC 3339), such as 2026-11-29T08:00:00+08:00.")

    return Parameter(name, {"type": "string", "format": "date-time"}, read, advice, description)


CURSOR = pattern(
    "cursor",
    f"[A-Za-z0-9_=-]{{0,{CURSOR_LIMIT}}}",
    lambda: _("Follow the `next` link of a page, or start without a cursor."),
    "The cursor in the `next` or `previous` link of a page.",
)
