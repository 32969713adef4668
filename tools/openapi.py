"""
The OpenAPI description as a file, and what a client of the last release would miss in it.

`python -m tools.openapi` compares the description with that of the last release (docs/openapi.released.yaml): a removed
operation, field or value, and a new required parameter or member, fail.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django
import yaml

ROOT = Path(__file__).resolve().parent.parent
CURRENT, RELEASED = ROOT / "docs" / "openapi.yaml", ROOT / "docs" / "openapi.released.yaml"
_METHODS = ("get", "post", "put", "patch", "delete")
Node = dict[str, Any]


def description() -> str:
    """Return the description as YAML, in English."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from drf_spectacular.generators import SchemaGenerator
    from drf_spectacular.renderers import OpenApiYamlRenderer

    schema = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return OpenApiYamlRenderer().render(schema, renderer_context={}).decode()  # type: ignore[no-untyped-call]


def breaks(before: Node, now: Node) -> Iterator[str]:
    """Yield what a client of `before` would miss in `now`."""
    for path, item in before["paths"].items():
        for method in _METHODS:
            if method not in item:
                continue
            place = f"{method.upper()} {path}"
            if method not in now["paths"].get(path, {}):
                yield f"{place}: the operation is gone"
                continue
            yield from _of_operation(item[method], now["paths"][path][method], before, now, place)


def _of_operation(old: Node, new: Node, before: Node, now: Node, place: str) -> Iterator[str]:
    had = {_name(p, before): _resolved(p, before) for p in old.get("parameters", ())}
    has = {_name(p, now): _resolved(p, now) for p in new.get("parameters", ())}
    for name in sorted(had.keys() - has.keys()):
        yield f"{place}: the parameter {name} is gone"
    for name in sorted(has.keys() - had.keys()):
        if has[name].get("required"):
            yield f"{place}: the parameter {name} is new and required"
    for name in sorted(had.keys() & has.keys()):
        yield from _taken(had[name].get("schema", {}), has[name].get("schema", {}), before, now, f"{place} {name}")
    yield from _bodies(old.get("requestBody", {}), new.get("requestBody", {}), before, now, place)
    for status, answer in old.get("responses", {}).items():
        if status.startswith("2"):
            if status not in new["responses"]:
                yield f"{place}: the answer {status} is gone"
            else:
                yield from _answers(answer, new["responses"][status], before, now, f"{place} {status}")


def _bodies(old: Node, new: Node, before: Node, now: Node, place: str) -> Iterator[str]:
    for media, content in old.get("content", {}).items():
        if media not in new.get("content", {}):
            yield f"{place}: no body of {media} is taken any more"
        else:
            yield from _taken(content["schema"], new["content"][media]["schema"], before, now, f"{place} body")


def _answers(old: Node, new: Node, before: Node, now: Node, place: str) -> Iterator[str]:
    for media, content in old.get("content", {}).items():
        if media not in new.get("content", {}):
            yield f"{place}: no answer as {media} any more"
        else:
            yield from _given(content["schema"], new["content"][media]["schema"], before, now, place)


def _taken(old: Node, new: Node, before: Node, now: Node, place: str) -> Iterator[str]:
    """What is taken: values and members must stay possible, and no member may become required."""
    old, new = _resolved(old, before), _resolved(new, now)
    if gone := set(old.get("enum", ())) - set(new.get("enum", old.get("enum", ()))):
        yield f"{place}: the values {sorted(map(str, gone))} are refused"
    if required := set(new.get("required", ())) - set(old.get("required", ())):
        yield f"{place}: the members {sorted(required)} are required"
    yield from _members(old, new, before, now, place, _taken)


def _given(old: Node, new: Node, before: Node, now: Node, place: str) -> Iterator[str]:
    """What is given: members must stay."""
    yield from _members(_resolved(old, before), _resolved(new, now), before, now, place, _given)


def _members(old: Node, new: Node, before: Node, now: Node, place: str, compare: Any) -> Iterator[str]:
    if "items" in old:
        yield from compare(old["items"], new.get("items", {}), before, now, f"{place}[]")
    for name, child in old.get("properties", {}).items():
        if name not in new.get("properties", {}):
            yield f"{place}: the member {name} is gone"
        else:
            yield from compare(child, new["properties"][name], before, now, f"{place}.{name}")


def _resolved(node: Node, root: Node) -> Node:
    while "$ref" in node:
        target: Any = root
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        node = target
    return node


def _name(parameter: Node, root: Node) -> str:
    found = _resolved(parameter, root)
    return f"{found['in']} {found['name']}"


def main() -> int:
    """Return 1 if the description breaks a client of the last release."""
    before, now = (yaml.safe_load(path.read_text()) for path in (RELEASED, CURRENT))
    found = list(breaks(before, now))
    for line in found:
        print(line, file=sys.stderr)
    if found:
        print("The API breaks its clients. Keep what is gone, or release a new version of the API.", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
