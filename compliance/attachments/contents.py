"""The contents of an attachment: plain values, stored once per document and read by the rules."""

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
    Counts of a list of keywords or questions: distinct, non-empty rows in total and by class. A row of an unknown class counts
    only in the total. `answered` counts the rows with an outcome under 是否合格, `passed` those with a positive outcome.
    """

    total: int = 0
    by_class: Mapping[str, int] = field(default_factory=dict)
    answered: int = 0
    passed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownClass:
    """A class that is not a known risk or aspect, with its first occurrence and the number of its rows."""

    sheet: str
    row: int
    value: str
    rows: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """Why a file cannot be read: a code of `faults.py` and the values of its message."""

    code: str
    values: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """A possible password, key or test account: its kind, its place, and its first characters."""

    kind: str
    place: str
    shown: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """
    The contents of one document as the rules use them; `banks` are named as in the assessment. `is_table` means that it was
    read as a workbook or a text table, `is_nameless` that its only sheet has no name.
    """

    is_table: bool = False
    is_nameless: bool = False
    banks: Mapping[str, Bank] = field(default_factory=dict)
    unknown_classes: tuple[UnknownClass, ...] = ()
    unreadable: Unreadable | None = None
    credentials: tuple[Credential, ...] = ()

    def plain(self) -> dict[str, object]:
        """Return plain data for storage, without characters that databases cannot store."""
        stored: dict[str, object] = _printable(msgspec.to_builtins(self))
        return stored

    @classmethod
    def of(cls, stored: object) -> Contents:
        """Build contents from the result of `plain`."""
        return msgspec.convert(stored, cls)

    @classmethod
    def of_json(cls, stored: str) -> Contents:
        """Build contents from the result of `plain` as JSON text."""
        return _decoder().decode(stored)


# The contents of most documents.
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
