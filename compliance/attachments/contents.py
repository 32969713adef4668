"""What was counted in an attachment: plain values, stored once per document and read by the rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import msgspec

KEYWORDS, QUESTIONS = "keywords", "questions"
REFUSAL_QUESTIONS, NON_REFUSAL_QUESTIONS = "refusal_questions", "non_refusal_questions"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bank:
    """
    A list of keywords or questions: its distinct, non-empty rows in all and by class; a row of an unknown class counts
    in the total. `answered` are the rows with an outcome under 是否合格, `passed` those where it is a yes.
    """

    total: int = 0
    by_class: Mapping[str, int] = field(default_factory=dict)
    answered: int = 0
    passed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownClass:
    """A class that is no known risk (or aspect), where it stands first, and in how many rows."""

    sheet: str
    row: int
    value: str
    rows: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """Why a file cannot be read in the stated form: a code of `faults.py`, and the values of its message."""

    code: str
    values: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """What looks like a password, a key or a test account: its kind, its place, and its beginning."""

    kind: str
    place: str
    shown: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """
    Everything that the rules know of one document; `banks` are named as in the assessment. `is_table` says that it was read
    as a workbook or a table of text, `is_nameless` that its one sheet has no name.
    """

    is_table: bool = False
    is_nameless: bool = False
    banks: Mapping[str, Bank] = field(default_factory=dict)
    unknown_classes: tuple[UnknownClass, ...] = ()
    unreadable: Unreadable | None = None
    credentials: tuple[Credential, ...] = ()

    def plain(self) -> dict[str, object]:
        """Return plain data as it is stored, without the characters that no database takes."""
        stored: dict[str, object] = _printable(msgspec.to_builtins(self))
        return stored

    @classmethod
    def of(cls, stored: object) -> Contents:
        """Read what `plain` wrote."""
        return msgspec.convert(stored, cls)

    @classmethod
    def of_json(cls, stored: str) -> Contents:
        """Read the same as JSON text."""
        return _decoder().decode(stored)


# What most documents hold.
NOTHING = Contents()


@cache
def _decoder() -> msgspec.json.Decoder[Contents]:
    return msgspec.json.Decoder(Contents)


def _printable(node: Any) -> Any:
    if isinstance(node, str):
        return "".join(character for character in node if character.isprintable())
    if isinstance(node, dict):
        return {_printable(key): _printable(value) for key, value in node.items()}
    return [_printable(item) for item in node] if isinstance(node, list | tuple) else node
