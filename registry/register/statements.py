"""What a source states, as plain values, before it becomes rows. Whoever reads a filing, a list or the catalog makes these."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Columns = dict[str, Any]
# By these relations the weights of the parent do not reach the child; all others, and none given, pass them.
RELATIONS_WITHOUT_WEIGHTS = frozenset({"architecture_only", "distillation"})


@dataclass(frozen=True, slots=True)
class Party:
    """An organization as a source names it: by code, by name, or both."""

    name: str = ""
    uscc: str = ""
    country: str = ""

    @property
    def is_named(self) -> bool:
        return bool(self.name or self.uscc)


@dataclass(frozen=True, slots=True)
class NamedModel:
    """An AI model as somebody names it: by its developer, its name and its version."""

    developer: Party
    name: str
    version: str = ""


@dataclass(frozen=True, slots=True)
class Parent:
    """One entry of what a model derives from; `key` names another model of the same source."""

    key: str
    relation: str = ""
    modified: bool | None = None
    evidence: str = ""


@dataclass(slots=True)
class ModelDetails:
    """An AI model with all that is stated of it; `columns` are those of ModelStatement."""

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
    """A service with what is stated of it; `columns` are those of ServiceStatement."""

    name: str
    columns: Columns = field(default_factory=dict)


@dataclass(slots=True)
class Statement:
    """What a source states for one declarant: the organization whose statement it is, and which offers the services."""

    declarant: Party
    organization: Columns = field(default_factory=dict)
    services: list[ServiceDetails] = field(default_factory=list)
    models: list[ModelDetails] = field(default_factory=list)
