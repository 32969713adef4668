"""The shape of the dossier as people fill it in: its parts, lists and fields, derived from the types of the dossier."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from enum import StrEnum
from functools import cache
from types import MappingProxyType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from compliance.dossier.fields import (
    Amount,
    Count,
    Country,
    Day,
    IcpNumber,
    OneOf,
    Province,
    PublicSecurityNumber,
    Rate,
    Region,
    RequiredText,
    Sha256,
    Text,
    Uscc,
    YesNo,
)
from compliance.dossier.naming import DOSSIER, types_of
from compliance.dossier.pointer import Pointer
from compliance.dossier.schema import Dossier
from compliance.language import Bilingual


class Entry(StrEnum):
    """What is entered in a field."""

    TEXT = "text"
    COUNT = "count"
    AMOUNT = "amount"
    RATE = "rate"
    DAY = "day"
    YES_NO = "yes_no"
    USCC = "uscc"
    REGION = "region"
    PROVINCE = "province"
    COUNTRY = "country"
    SHA256 = "sha256"
    CODE = "code"
    CODES = "codes"
    TEXTS = "texts"


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """A field: what is entered in it, and the codes of a closed list."""

    name: str
    label: Bilingual
    entry: Entry
    is_required: bool = False
    codes: Mapping[str, Bilingual] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A part with fields and parts of its own, by name."""

    name: str
    label: Bilingual
    children: Mapping[str, Node]


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """A list of equal parts."""

    name: str
    label: Bilingual
    item: Part


Node = Field | Part | Rows

_ENTRIES = (
    (Text, Entry.TEXT),
    (RequiredText, Entry.TEXT),
    (Count, Entry.COUNT),
    (Amount, Entry.AMOUNT),
    (Rate, Entry.RATE),
    (Day, Entry.DAY),
    (YesNo, Entry.YES_NO),
    (Uscc, Entry.USCC),
    (IcpNumber, Entry.TEXT),
    (PublicSecurityNumber, Entry.TEXT),
    (Region, Entry.REGION),
    (Province, Entry.PROVINCE),
    (Country, Entry.COUNTRY),
    (Sha256, Entry.SHA256),
)


@cache
def dossier_shape() -> Part:
    return _part("", DOSSIER, Dossier)


def _part(name: str, label: Bilingual, kind: Any) -> Part:
    types = types_of(kind)
    children = {
        each.name: _node(each.name, Bilingual(each.metadata["en"], each.metadata["zh"]), types[each.name])
        for each in fields(kind)
    }
    return Part(name, label, MappingProxyType(children))


def _node(name: str, label: Bilingual, annotated: Any) -> Node:
    kind = _inside(annotated)
    if is_dataclass(kind):
        return _part(name, label, kind)
    if get_origin(kind) is list:
        return _list(name, label, get_args(kind)[0])
    if get_origin(kind) is dict:
        return _counts(name, label, get_args(kind)[0])
    if codes := codes_of(kind):
        return Field(name, label, Entry.CODE, annotated is kind, codes)
    return Field(name, label, _entry(kind), annotated is kind)


def _inside(annotated: Any) -> Any:
    """Return the type without `| None`, and a list without its limit."""
    kind = annotated
    if get_origin(kind) in (Union, UnionType):
        kind = next(argument for argument in get_args(kind) if argument is not type(None))
    return get_args(kind)[0] if get_origin(kind) is Annotated and get_origin(get_args(kind)[0]) is list else kind


def _list(name: str, label: Bilingual, item: Any) -> Node:
    if is_dataclass(item):
        return Rows(name, label, _part(name, label, item))
    if codes := codes_of(item):
        return Field(name, label, Entry.CODES, codes=codes)
    return Field(name, label, Entry.TEXTS)


def _counts(name: str, label: Bilingual, key: Any) -> Part:
    """A map from codes to counts is a part with a count for each code."""
    counts = {code: Field(code, label_of_code(code, both), Entry.COUNT) for code, both in codes_of(key).items()}
    return Part(name, label, MappingProxyType(counts))


def label_of_code(code: str, label: Bilingual) -> Bilingual:
    """Return the label of a code of a closed list; that of a risk begins with its number in the standard."""
    return (
        label
        if code == label.en or code.replace("_", "").isalpha()
        else Bilingual(f"{code} {label.en}", f"{code} {label.zh}")
    )


def codes_of(kind: Any) -> Mapping[str, Any]:
    """Return the codes of a closed list with their labels; nothing for another type."""
    notes = kind.__metadata__ if get_origin(kind) is Annotated else ()
    return next((note.codes for note in notes if isinstance(note, OneOf)), {})


def _entry(kind: Any) -> Entry:
    return next(entry for known, entry in _ENTRIES if kind == known)


def fields_of(node: Node, at: Pointer) -> Iterator[tuple[Pointer, Field]]:
    """Yield the fields of a part with their places; those of a list once, for any entry."""
    if isinstance(node, Field):
        yield at, node
    elif isinstance(node, Rows):
        yield from fields_of(node.item, at / "-")
    else:
        for name, child in node.children.items():
            yield from fields_of(child, at / name)
