"""The JSON Schema (2020-12) of the dossier, generated from its types."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from compliance.dossier import assessments, labels, lineage, parties, schema, training
from compliance.dossier.parsing import SCHEMA

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_MODULES = (assessments, labels, lineage, parties, schema, training)


@cache
def dossier_json_schema() -> dict[str, Any]:
    """
    Return the schema of an accepted dossier, without references; each field has a title in both languages.

    The committed file, the API's response and the component of the API's OpenAPI schema are identical.
    """
    generated = SCHEMA.json_schema(schema_generator=GenerateJsonSchema, mode="validation")
    definitions = generated.pop("$defs")
    return {"$schema": DIALECT, **_without_references(_titled(generated, "Dossier"), definitions)}


def _without_references(node: Any, definitions: dict[str, Any]) -> Any:
    if isinstance(node, list):
        return [_without_references(child, definitions) for child in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        name = node["$ref"].rsplit("/", 1)[-1]
        rest = {key: value for key, value in node.items() if key != "$ref"}
        # Without the name of the class: generated clients would take it for the name of two different types.
        titled = {key: value for key, value in _titled(definitions[name], name).items() if key != "title"}
        return _without_references({**titled, **rest}, definitions)
    return {key: _without_references(child, definitions) for key, child in node.items()}


def _titled(node: dict[str, Any], class_name: str) -> dict[str, Any]:
    """Replace the generated titles by the labels of the fields, and drop the defaults, which are all null."""
    labels_by_field = _labels(class_name)
    properties = {
        field: {**{k: v for k, v in child.items() if k not in ("title", "default")}, "title": labels_by_field[field]}
        for field, child in node.get("properties", {}).items()
    }
    return {**node, "title": class_name, **({"properties": properties} if properties else {})}


def _labels(class_name: str) -> dict[str, str]:
    kind = next(getattr(module, class_name) for module in _MODULES if hasattr(module, class_name))
    return {
        field.name: f"{field.metadata['en']} · {field.metadata['zh']}"
        if field.metadata["en"] != field.metadata["zh"]
        else field.metadata["en"]
        for field in fields(kind)
    }
