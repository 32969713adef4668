"""
The known base models: who made them, under which license, on what they stand, and how they are built.

They come from the files in `models/`, one a family, each with its sources, compiled into `known_models.jsonl` by `make docs`: a
line a family by name, a line a model by id. A line is read when its model is asked for, since most processes ask for few. Licenses are SPDX ids or LicenseRef-…; a blank license means that its text was not read, or that there are no weights to license.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from registry.reference.sorted_lines import SortedLines

_FOLDER = Path(__file__).parent
Value = TypeVar("Value", covariant=True)


@dataclass(frozen=True, slots=True)
class Family:
    """A family of models: its developer (in Chinese, and the company above it, if known), and what its models have in common."""

    name: str
    developer: str
    country: str
    release: str
    developer_zh: str = ""
    parent: str = ""
    license: str = ""
    modalities: tuple[str, ...] = ()
    open_weights: bool = True
    aliases: tuple[str, ...] = ()
    sources: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BaseModel:
    """
    One known model. `hub` are its ids on Hugging Face and ModelScope; `billions` its number of parameters as stated; `parents`
    pairs of a model id and a relation; `unconfirmed` the fields that no source confirms.
    """

    id: str
    name: str
    family: str
    developer: str
    country: str
    license: str
    release: str
    structure: dict[str, Any]
    sources: list[str]
    note: str
    parents: list[tuple[str, str]] = field(default_factory=list)
    tokenizer: dict[str, Any] = field(default_factory=dict)
    hub: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    released_on: date | None = None
    billions: float | None = None
    active_billions: float | None = None
    modalities: tuple[str, ...] = ("text",)
    open_weights: bool = True
    unconfirmed: tuple[str, ...] = ()

    @property
    def size(self) -> str:
        """The number of parameters in billions, as text."""
        return f"{self.billions:g}" if self.billions else ""

    @property
    def active_size(self) -> str:
        return f"{self.active_billions:g}" if self.active_billions else ""


@cache
def naming_schemes() -> dict[str, Any]:
    """Return the naming schemes of tensors: patterns and example shapes, within and outside layers."""
    schemes: dict[str, Any] = json.loads((_FOLDER / "naming_schemes.json").read_text(encoding="utf-8"))
    return schemes


class CompiledLines(Mapping[str, Value]):
    """What the lines of a compiled table hold, by name, each read when it is asked for. Raises KeyError for an unknown name."""

    def __init__(self, lines: SortedLines, key: str, read: Callable[[dict[str, Any]], Value]) -> None:
        self._lines, self._start, self._read = lines, f'{{"{key}": ', read
        self._values: dict[str, Value] = {}

    def __getitem__(self, name: str) -> Value:
        if name not in self._values:
            line = self._lines.first(f"{self._start}{json.dumps(name, ensure_ascii=False)}".encode())
            if line is None:
                raise KeyError(name)
            return self._keep(name, line)
        return self._values[name]

    def _keep(self, name: str, line: bytes) -> Value:
        self._values[name] = self._read(json.loads(line))
        return self._values[name]

    def everything(self) -> list[Value]:
        """Return what all lines hold, read one after another."""
        return [self._values.get(name) or self._keep(name, line) for name, line in self._named_lines()]

    def beginning(self, text: str) -> Iterator[str]:
        """Yield the names that begin with a text."""
        return (name for name, _ in self._named_lines(f'"{text}'))

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self._named_lines())

    def _named_lines(self, start: str = "") -> Iterator[tuple[str, bytes]]:
        lines = self._lines.starting(f"{self._start}{start}".encode())
        return ((line.split(b'"', 4)[3].decode(), line) for line in lines)

    def __len__(self) -> int:
        return sum(1 for _ in self)


class Table:
    """A compiled table: its schema, its families by name, its models by id, each in the order of the lines."""

    def __init__(self, lines: SortedLines) -> None:
        self.families = CompiledLines(lines, "family", family_of)
        self.models = CompiledLines(lines, "id", lambda entry: model_of(entry, self.families[entry["family"]]))
        self.schema = str(json.loads(next(lines.starting(b'{"schema": ')))["schema"])


@cache
def table() -> Table:
    """Return the table shipped with the product."""
    return Table(SortedLines(_FOLDER / "known_models.jsonl"))


def families() -> Mapping[str, Family]:
    """Return the families of the table by name."""
    return table().families


def base_models() -> list[BaseModel]:
    """Return the models of the table by id."""
    return table().models.everything()


def base_model(id: str) -> BaseModel:
    """Return the model with an id. Raises KeyError."""
    return table().models[id]


def families_with(ids: Iterable[str]) -> set[str]:
    """Return the families of the models with some ids; ids that the table does not have are passed over."""
    models = table().models
    return {models[id].family for id in ids if id in models}


def family_of(document: Mapping[str, Any]) -> Family:
    """Return the family that a document of the compiled table describes."""
    developer = document["developer"]
    return Family(
        name=document["family"],
        developer=developer["name"],
        country=developer["country"],
        release=document["release"],
        developer_zh=developer.get("name_zh", ""),
        parent=developer.get("parent", ""),
        license=document.get("license", ""),
        modalities=tuple(document["modalities"]),
        open_weights=document.get("open_weights", True),
        aliases=tuple(document.get("aliases", ())),
        sources=document["sources"],
    )


def models_of(document: Mapping[str, Any]) -> Iterator[BaseModel]:
    """Yield the models of a family."""
    family = family_of(document)
    return (model_of(entry, family) for entry in document["models"])


def model_of(entry: Mapping[str, Any], family: Family) -> BaseModel:
    """Return a model of a family; what its entry leaves out, it has from the family."""
    released = entry.get("released")
    return BaseModel(
        id=entry["id"],
        name=entry["name"],
        family=family.name,
        developer=family.developer,
        country=family.country,
        license=_license(entry.get("license", _inherited(entry, family))),
        release=family.release,
        structure=entry.get("structure", {}),
        sources=[family.sources[key] for key in entry["sources"]],
        note=entry.get("note", ""),
        parents=[(base["model"], base["relation"]) for base in entry.get("bases", ())],
        tokenizer=entry.get("tokenizer", {}),
        hub=tuple(entry.get("hub", ())),
        aliases=tuple(entry.get("aliases", ())),
        released_on=date.fromisoformat(released) if released else None,
        billions=entry.get("billions"),
        active_billions=entry.get("active_billions"),
        modalities=tuple(entry.get("modalities", family.modalities)),
        open_weights=entry.get("open_weights", family.open_weights),
        unconfirmed=tuple(entry.get("unconfirmed", ())),
    )


def _inherited(entry: Mapping[str, Any], family: Family) -> str:
    """Return the license of a family for one of its models: what is not published has none."""
    return family.license if entry.get("open_weights", family.open_weights) else ""


def _license(id: str) -> str:
    """Return a license; a model whose license nobody confirms has none, whatever its family has (SPDX: NOASSERTION)."""
    return "" if id == "NOASSERTION" else id
