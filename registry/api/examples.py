"""Examples for the OpenAPI description, made from a schema and from values that stand for a name or a format."""

from __future__ import annotations

import re
from typing import Any

Node = dict[str, Any]
_ID = "01a207c9-eecd-7c77-9eb0-e7d353627d5f"
_FORMATS = {
    "uuid": _ID,
    "date": "2026-11-29",
    "date-time": "2026-11-29T09:30:00+08:00",
    "uri": "https://registry.example/api/v1/filings/?cursor=WzAsbnVsbCw1MV0%3D",
    "binary": "(bytes)",
}
# Examples of members with this name, where the schema allows them.
_NAMES: dict[str, Any] = {
    "case_number": "F2026-000001",
    "uscc": "91440300708461136T",
    "organization": "91440300708461136T",
    "applicant": "91440300708461136T",
    "time_zone": "Asia/Shanghai",
    "reference": "assistant-2026",
    "jurisdiction": "44",
    "country": "CN",
    "name": "示例晨星助手（演示）",
    "reason": "The mechanism is described only in part.",
    "rule": "ALG-03",
    "at": "/algorithm/mechanism",
    "url": "https://example.com/hook",
    "developer_country": "CN",
    "next": None,
    "previous": None,
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "document": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "number": "网信算备440305000000000000001号",
    "changes": {"developer_country": "CN"},
}
# Whole examples of components, added by those who know them.
OF_COMPONENTS: dict[str, Any] = {}


def example_of(schema: Node, components: Node, name: str = "") -> Any:
    """Return a value that follows a schema."""
    if "$ref" in schema:
        component = schema["$ref"].rsplit("/", 1)[-1]
        return example_of(components[component], components, name)
    if "example" in schema:
        return schema["example"]
    for parts in ("allOf", "oneOf", "anyOf"):
        if schema.get(parts):
            return example_of(schema[parts][0], components, name)
    if schema.get("enum"):
        return schema["enum"][0]
    kind = schema.get("type")
    kinds = kind if isinstance(kind, list) else [kind]
    if name in _NAMES and _may_be(_NAMES[name], schema, kinds):
        return _NAMES[name]
    return _of_type(schema, kinds[0], components)


def _may_be(value: Any, schema: Node, kinds: list[str | None]) -> bool:
    """Whether an example for a name follows a schema, which says more of it than its name."""
    if value is None:
        return "null" in kinds
    if isinstance(value, dict):
        return "object" in kinds and value.keys() <= schema.get("properties", {}).keys()
    fits = re.search(schema.get("pattern", ""), value) and len(value) <= schema.get("maxLength", len(value))
    return "string" in kinds and "format" not in schema and bool(fits)


def _of_type(schema: Node, kind: str | None, components: Node) -> Any:
    if kind == "object":
        members = schema.get("properties", {})
        return {name: example_of(child, components, name) for name, child in members.items()}
    if kind == "array":
        return [example_of(schema.get("items", {}), components)]
    if kind == "string":
        text = str(_FORMATS.get(schema.get("format", ""), "text"))
        return text[: schema.get("maxLength", len(text))]
    return {"integer": max(1, schema.get("minimum", 1)), "number": 0.5, "boolean": True}.get(kind or "")
