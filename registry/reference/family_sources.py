"""Read the YAML files of the table of known base models, and compile them into the one file that the product reads."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from registry.reference.family_files import FamilyFile

FOLDER = Path(__file__).parent / "models"
SCHEMA = "base-models/3"
_LARGEST_FILE = 2_000_000


@dataclass(frozen=True, slots=True)
class FileFault:
    """One fault of a file: its place, a code (`too_large`, `not_yaml`, or the type of a Pydantic error), and what was found."""

    at: str
    code: str
    detail: str


class FamilyFileRefused(Exception):
    """A file is no family file, for the given faults."""

    def __init__(self, *faults: FileFault) -> None:
        self.faults = faults
        super().__init__("; ".join(f"{fault.at}: {fault.detail}" for fault in faults))


def read_family(text: str) -> FamilyFile:
    """Return the family that the text of a file describes. Raises FamilyFileRefused."""
    if len(text) > _LARGEST_FILE:
        raise FamilyFileRefused(FileFault("", "too_large", f"{_LARGEST_FILE:,}"))
    try:
        document = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise FamilyFileRefused(FileFault("", "not_yaml", " ".join(str(error).split()))) from error
    try:
        return FamilyFile.model_validate(document)
    except ValidationError as error:
        found = ((each, "/" + "/".join(map(str, each["loc"]))) for each in error.errors())
        raise FamilyFileRefused(*(FileFault(at, each["type"], each["msg"]) for each, at in found)) from error


def shipped_families() -> list[FamilyFile]:
    """Return the families of the table shipped with the product, by the names of their files."""
    return [read_family(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.yaml"))]


def compiled(families: Iterable[FamilyFile]) -> str:
    """Return the table as JSON Lines, sorted: the families by name, the models by id; without what has its default."""
    lines = [{"schema": SCHEMA}, *(line for family in families for line in _lines_of(document_of(family)))]
    return b"".join(sorted(f"{json.dumps(line, ensure_ascii=False)}\n".encode() for line in lines)).decode()


def _lines_of(document: dict[str, Any]) -> list[dict[str, Any]]:
    models = document.pop("models")
    return [document, *({"id": model.pop("id"), "family": document["family"], **model} for model in models)]


def document_of(family: FamilyFile) -> dict[str, Any]:
    """Return a family as the compiled table holds it."""
    return family.model_dump(mode="json", exclude_defaults=True)
