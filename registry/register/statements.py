"""Statements of a source as plain values, before they are written. Made from filings, published lists and the catalog."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Columns = dict[str, Any]
# Relations by which the child does not inherit the weights of the parent. By all others, and by default, it does.
RELATIONS_WITHOUT_WEIGHTS = frozenset({"architecture_only", "distillation", "draft_model"})


@dataclass(frozen=True, slots=True)
class Party:
    """An organization as a source names it: by USCC, by name, or both."""

    name: str = ""
    uscc: str = ""
    country: str = ""

    @property
    def is_named(self) -> bool:
        return bool(self.name or self.uscc)


@dataclass(frozen=True, slots=True)
class NamedModel:
    """An AI model as identified in a statement: by its developer, name and version."""

    developer: Party
    name: str
    version: str = ""


@dataclass(frozen=True, slots=True)
class Parent:
    """A parent of a model. `key` refers to another model of the same source."""

    key: str
    relation: str = ""
    modified: bool | None = None
    evidence: str = ""


@dataclass(slots=True)
class ModelDetails:
    """An AI model with everything that a source declares about it. `columns` are those of ModelStatement."""

    key: str
    name: str
    version: str = ""
    developer: Party = field(default_factory=Party)
    columns: Columns = field(default_factory=dict)
    parents: list[Parent] = field(default_factory=list)
    compute: list[Columns] = field(default_factory=list)
    corpora: list[Columns] = field(default_factory=list)

    @property
    def speaks_of_lineage(self) -> bool:
        return bool(self.parents) or self.columns.get("development") == "from_scratch"


@dataclass(slots=True)
class ServiceDetails:
    """A service with everything that a source declares about it. `columns` are those of ServiceStatement."""

    name: str
    columns: Columns = field(default_factory=dict)


@dataclass(slots=True)
class Statement:
    """The statement of one declarant: the organization that makes it and offers the services."""

    declarant: Party
    organization: Columns = field(default_factory=dict)
    services: list[ServiceDetails] = field(default_factory=list)
    models: list[ModelDetails] = field(default_factory=list)
