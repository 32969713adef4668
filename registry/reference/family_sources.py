"""Read the YAML files of the table of known base models, and compile them into the one JSON file that the product loads."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from registry.reference.family_files import FamilyFile

FOLDER = Path(__file__).parent / "models"
COMPILED = Path(__file__).parent / "known_models.json"
SCHEMA = "base-models/2"
_LARGEST_FILE = 2_000_000


class FamilyFileRefused(Exception):
    """A file is no family file; `faults` are pairs of a place in the file and what is wrong there."""

    def __init__(self, faults: list[tuple[str, str]]) -> None:
        self.faults = faults
        super().__init__("; ".join(f"{at}: {what}" for at, what in faults))


def read_family(text: str) -> FamilyFile:
    """Return the family that the text of a file describes. Raises FamilyFileRefused."""
    if len(text) > _LARGEST_FILE:
        raise FamilyFileRefused([("", f"larger than {_LARGEST_FILE:,} characters")])
    try:
        document = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise FamilyFileRefused([("", " ".join(str(error).split()))]) from error
    try:
        return FamilyFile.model_validate(document)
    except ValidationError as error:
        raise FamilyFileRefused(
            [("/" + "/".join(map(str, each["loc"])), each["msg"]) for each in error.errors()]
        ) from error


def shipped_families() -> list[FamilyFile]:
    """Return the families of the table shipped with the product, by the names of their files."""
    return [read_family(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.yaml"))]


def compiled(families: Iterable[FamilyFile]) -> str:
    """Return the table as JSON, a model a line, without what has its default."""
    return _written([document_of(family) for family in families])


def document_of(family: FamilyFile) -> dict[str, Any]:
    """Return a family as the compiled table holds it."""
    return family.model_dump(mode="json", exclude_defaults=True)


def _written(families: list[dict[str, Any]]) -> str:
    lines = [f'{{"schema": "{SCHEMA}", "families": [']
    for place, family in enumerate(families):
        models = family.pop("models")
        lines.append(json.dumps(family, ensure_ascii=False)[:-1] + ', "models": [')
        lines += [json.dumps(model, ensure_ascii=False) + ("," if model is not models[-1] else "") for model in models]
        lines.append("]}" + ("," if place + 1 < len(families) else ""))
    return "\n".join([*lines, "]}", ""])
