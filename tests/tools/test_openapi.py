"""The check for changes of the API that break its clients finds each kind of them."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from tools.openapi import breaks

FILING = {"type": "object", "properties": {"id": {"type": "string"}, "flags": {"$ref": "#/components/schemas/Flags"}}}
BEFORE: dict[str, Any] = {
    "paths": {
        "/filings/": {
            "get": {
                "parameters": [{"in": "query", "name": "status", "schema": {"enum": ["draft", "filed"]}}],
                "responses": {"200": {"content": {"application/json": {"schema": FILING}}}},
            },
            "post": {
                "requestBody": {
                    "content": {"application/json": {"schema": {"type": "object", "properties": {"a": {}}}}}
                },
                "responses": {"201": {}},
            },
        }
    },
    "components": {"schemas": {"Flags": {"type": "object", "properties": {"error": {}}}}},
}


def changed(change: Any) -> list[str]:
    now = deepcopy(BEFORE)
    change(now, now["paths"]["/filings/"])
    return list(breaks(BEFORE, now))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda now, item: None, []),
        (lambda now, item: item.pop("post"), ["POST /filings/: the operation is gone"]),
        (lambda now, item: item["get"].update(parameters=[]), ["GET /filings/: the parameter query status is gone"]),
        (
            lambda now, item: item["get"]["parameters"][0]["schema"]["enum"].remove("draft"),
            ["GET /filings/ query status: the values ['draft'] are refused"],
        ),
        (
            lambda now, item: item["get"]["parameters"].append({"in": "query", "name": "x", "required": True}),
            ["GET /filings/: the parameter query x is new and required"],
        ),
        (
            lambda now, item: now["components"]["schemas"]["Flags"]["properties"].pop("error"),
            ["GET /filings/ 200.flags: the member error is gone"],
        ),
        (
            lambda now, item: item["post"]["requestBody"]["content"]["application/json"]["schema"].update(
                required=["a"]
            ),
            ["POST /filings/ body: the members ['a'] are required"],
        ),
        (lambda now, item: item["post"].update(responses={"202": {}}), ["POST /filings/: the answer 201 is gone"]),
    ],
)
def test_each_kind_of_break_is_found(change, expected):
    assert changed(change) == expected
