"""The generated JSON Schema accepts valid documents, and the API serves it."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from openapi_spec_validator import validate

from compliance.dossier.json_schema import dossier_json_schema
from tests.building import EXAMPLES, a_document

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def openapi(client) -> dict:
    return json.loads(client.get("/api/v1/schema/?format=json").content)


def test_the_committed_schema_is_the_generated_one():
    assert json.loads((ROOT / "docs" / "dossier.schema.json").read_text()) == dossier_json_schema()


def test_the_api_serves_the_same_schema(client):
    assert client.get("/api/v1/schema/dossier/").json() == dossier_json_schema()


def test_the_apis_description_is_valid_and_holds_the_same_dossier(openapi):
    validate(openapi)
    assert openapi["components"]["schemas"]["Dossier"] == dossier_json_schema()


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.json")), ids=lambda path: path.stem)
def test_the_schema_takes_what_the_parser_takes(path):
    validator = jsonschema.Draft202012Validator(dossier_json_schema())
    assert validator.is_valid(json.loads(path.read_bytes())) == (path.stem != "malformed")


@pytest.mark.parametrize(
    ("pointer", "value"), [("/kind", "x"), ("/applicant/uscc", "x"), ("/service/public", 1), ("/colour", 1)]
)
def test_the_schema_refuses_what_the_parser_refuses(pointer, value):
    validator = jsonschema.Draft202012Validator(dossier_json_schema())
    assert not validator.is_valid(a_document("algorithm", {pointer: value}))
