"""
Hooks of schemathesis: what a JSON Schema cannot say of a request, so that the requests that it makes are as the description
means them, and real ids, so that they get beyond “not found”.
"""

from __future__ import annotations

import json
import os
from typing import Any

import schemathesis
from hypothesis import strategies as st

from registry import uscc

IDS: dict[str, list[str]] = json.loads(os.environ.get("CONTRACT_IDS", "{}"))

_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def _with_check_digit(characters: tuple[str, ...]) -> str:
    start = "".join(characters)
    return next(code for code in (start + last for last in _CHARACTERS) if uscc.check_digit_fits(code))


_any, _digit = st.sampled_from(_CHARACTERS), st.sampled_from("0123456789")
schemathesis.openapi.format("uscc", st.tuples(_any, _any, *[_digit] * 6, *[_any] * 9).map(_with_check_digit))


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Any) -> None:
    """Ask for what exists in most requests, and send dossiers whose parts refer to each other."""
    _ask_for_what_exists(case)
    if case.meta and case.meta.generation.mode.is_positive and isinstance(case.body, dict) and "applicant" in case.body:
        case.body = _sayable(case.body)


def _sayable(dossier: Any) -> Any:
    """
    Return a dossier without what no JSON Schema forbids: parents that are no model of the dossier, two models with the same
    key, a count written as 12.0, and a rate with more than four decimals (`multipleOf` fails for fractions in binary).
    """
    for number, model in enumerate(dossier.get("models") or []):
        model.pop("derived_from", None)
        if number and model.get("key"):
            model["key"] = f"{number}{model['key']}"
    return _with_plain_numbers(dossier)


def _with_plain_numbers(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _with_plain_numbers(child) for name, child in value.items()}
    if isinstance(value, list):
        return [_with_plain_numbers(child) for child in value]
    if not isinstance(value, float):
        return value
    return int(value) if value.is_integer() else round(value, 4)


def _ask_for_what_exists(case: Any) -> None:
    ids = IDS.get(case.operation.path.removeprefix("/api/v1/").split("/", 1)[0], [])
    given = case.path_parameters.get("id") if case.path_parameters else None
    if given and ids:
        place = sum(map(ord, str(given))) % (len(ids) + 1)
        case.path_parameters = {**case.path_parameters, "id": [*ids, given][place]}
