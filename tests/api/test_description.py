"""The description of the API: each operation has what a reader needs, and each example follows its schema."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from launch.paths import ROOT

DOCUMENT: dict[str, Any] = yaml.safe_load((ROOT / "docs" / "openapi.yaml").read_text())


def operations() -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in DOCUMENT["paths"].items():
        for method, operation in item.items():
            yield f"{method.upper()} {path}", operation


def media() -> Iterator[tuple[str, dict[str, Any]]]:
    for name, operation in operations():
        yield from ((f"{name} body", media) for media in operation.get("requestBody", {}).get("content", {}).values())
        for status, answer in operation["responses"].items():
            yield from ((f"{name} {status}", media) for media in answer.get("content", {}).values())
    for name, answer in DOCUMENT["components"]["responses"].items():
        yield from ((name, media) for media in answer["content"].values())


def example_in(content: dict[str, Any]) -> Any:
    if "examples" not in content:
        return content["example"]
    (named,) = content["examples"].values()
    return DOCUMENT["components"]["examples"][named["$ref"].rsplit("/", 1)[-1]]["value"]


def test_every_example_follows_its_schema():
    wrong = []
    for name, content in media():
        schema = {**content["schema"], "components": DOCUMENT["components"]}
        wrong += [
            (name, fault.json_path, fault.message)
            for fault in Draft202012Validator(schema).iter_errors(example_in(content))
        ]
    assert wrong == []


def test_every_operation_has_a_summary_a_tag_and_its_refusals():
    tags = {tag["name"] for tag in DOCUMENT["tags"]}
    for name, operation in operations():
        assert operation["summary"], name
        assert set(operation["tags"]) <= tags, name
        assert {"400", "401", "429", "500"} <= operation["responses"].keys(), name
        assert (operation["security"] == [{}, {"token": []}]) or "403" in operation["responses"], name


@pytest.mark.parametrize("refusal", sorted(DOCUMENT["components"]["responses"]))
def test_every_refusal_is_described_once_and_used(refusal):
    references = [
        answer for _, operation in operations() for answer in operation["responses"].values() if "$ref" in answer
    ]
    assert {"$ref": f"#/components/responses/{refusal}"} in references
