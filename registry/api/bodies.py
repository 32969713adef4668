"""Small JSON bodies: parsed by a serializer, and refused as a whole with the place of each fault."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import fields
from rest_framework.request import Request
from rest_framework.serializers import Serializer

from registry.api.problems import Problem

# Of a body of unknown fields alone, these are named.
MOST_UNKNOWN = 100


def read_body(request: Request, serializer: type[Serializer[Any]]) -> dict[str, Any]:
    """Parse the body with a serializer. Raises a Problem (400) that names every field that is wrong or unknown."""
    body = _tree_of(request.data or b"{}")
    parsed = serializer(data=body)
    unknown, mistyped = sorted(_unknown(body, parsed, "")), list(_mistyped(body, parsed, ""))
    if not parsed.is_valid() or unknown or mistyped:
        errors = [_error(at, text) for at, text in _faults(parsed.errors, "")]
        errors += [_error(at, text) for at, text in mistyped if at not in {error["pointer"] for error in errors}]
        errors += [_error(at, _("Unknown field. Remove it.")) for at in unknown[:MOST_UNKNOWN]]
        raise Problem(
            400, "bad_body", _("Invalid request body"), _("Correct the fields listed under `errors`."), errors=errors
        )
    return dict(parsed.validated_data)


def _tree_of(text: bytes) -> Any:
    """Parse a body. Raises a Problem (400): it is no JSON, or a member stands twice, or a name cannot be written in the answer."""
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_refuse)
    except _Doubled as error:
        message = _("The field occurs twice. Keep one of the two.")
        raise Problem.at(f"/{error}", 400, "bad_body", _("Invalid request body"), message) from error
    except (ValueError, RecursionError) as error:
        raise Problem.at("", 400, "bad_body", _("Invalid request body"), _("Send a JSON object.")) from error


class _Doubled(Exception):
    """A member of an object stands twice; the text is its name."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        # Half of a surrogate pair cannot be encoded: this raises a ValueError.
        name.encode()
        if name in found:
            raise _Doubled(name)
        found[name] = value
    return found


def _refuse(name: str) -> Any:
    raise ValueError(name)


def _unknown(body: Any, serializer: Serializer[Any], at: str) -> Iterator[str]:
    if not isinstance(body, dict):
        return
    for name, value in body.items():
        child = serializer.fields.get(name)
        if child is None:
            yield f"{at}/{name}"
        elif isinstance(child, Serializer):
            yield from _unknown(value, child, f"{at}/{name}")


def _mistyped(body: Any, serializer: Serializer[Any], at: str) -> Iterator[tuple[str, str]]:
    """Yield the members of another JSON type than described: a serializer would take 0 for “0”, and “yes” for true."""
    if not isinstance(body, dict):
        return
    for name, value in body.items():
        child = serializer.fields.get(name)
        if isinstance(child, Serializer):
            yield from _mistyped(value, child, f"{at}/{name}")
        elif isinstance(child, fields.CharField) and not isinstance(value, str | None):
            yield f"{at}/{name}", _("Send a text in quotes.")
        elif isinstance(child, fields.BooleanField) and not isinstance(value, bool | None):
            yield f"{at}/{name}", _("Send true or false, without quotes.")
        elif isinstance(child, fields.IntegerField) and not _is_whole(value):
            yield f"{at}/{name}", _("Send a whole number without quotes.")


def _is_whole(value: Any) -> bool:
    """Whether a value is an integer as JSON Schema has it, which includes 12.0. Null is for the serializer to judge."""
    if isinstance(value, bool):
        return False
    return value is None or isinstance(value, int) or (isinstance(value, float) and value.is_integer())


def _faults(errors: Any, at: str) -> Iterator[tuple[str, str]]:
    if isinstance(errors, dict):
        for name, nested in errors.items():
            yield from _faults(nested, at if name == "non_field_errors" else f"{at}/{name}")
    else:
        for text in errors:
            yield from _faults(text, at) if isinstance(text, dict) else [(at, str(text))]


def _error(pointer: str, message: str) -> dict[str, str]:
    return {"pointer": pointer, "code": "bad_field", "message": message}
