"""
The OpenAPI description of the API, completed: what follows from the form of an operation is added to what the operation
declares, so that it is true for all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema

from registry.api.examples import OF_COMPONENTS, example_of
from registry.api.shared_responses import ANSWER_HEADERS, COMPONENTS, REFUSALS, RETRYING, TAGS

JSON = "application/json"
_METHODS = ("get", "post", "put", "patch", "delete")
Node = dict[str, Any]


class Description(AutoSchema):
    """Describes serializers as they answer: every field is there, unless the serializer says that it omits empty ones."""

    def _get_format_parameters(self) -> list[Node]:
        """Operations that answer in several formats declare the parameter themselves."""
        return []

    def _map_serializer(self, serializer: Any, direction: Any, bypass_extensions: bool = False) -> Any:
        schema = super()._map_serializer(serializer, direction, bypass_extensions)
        if direction == "response" and isinstance(schema, dict) and "properties" in schema:
            if getattr(serializer, "omits_empty_fields", False):
                schema.pop("required", None)
            else:
                schema["required"] = sorted(set(schema["properties"]) - set(getattr(serializer, "may_omit", ())))
        return schema


class JsonFieldExtension(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    """A JSON field holds any value."""

    target_class = "rest_framework.serializers.JSONField"

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> Node:
        return {}


def complete(result: Node, generator: Any, request: Any, public: bool) -> Node:
    """Complete the description: shared responses and headers, closed bodies, path parameters, scopes and examples."""
    components = result.setdefault("components", {})
    for kind, named in COMPONENTS.items():
        components.setdefault(kind, {}).update(named)
    for path, method, operation in _operations(result):
        _complete_operation(operation, path, method, components)
    _close_bodies(result)
    _add_examples(result)
    result["tags"] = [{"name": name, "description": text} for name, text in TAGS.items()]
    return result


def _operations(result: Node) -> Iterator[tuple[str, str, Node]]:
    for path, item in result["paths"].items():
        for method in _METHODS:
            if method in item:
                yield path, method, item[method]


def _complete_operation(operation: Node, path: str, method: str, components: Node) -> None:
    scope, is_public = operation.pop("x-scope", None), operation.pop("x-public", False)
    operation["security"] = [{}, {"token": []}] if is_public else [{"token": [scope]}]
    parameters = operation.setdefault("parameters", [])
    for parameter in parameters:
        _complete_path_parameter(parameter)
    parameters.append({"$ref": "#/components/parameters/RequestId"})
    parameters.append({"$ref": "#/components/parameters/AcceptLanguage"})
    if method == "post" and not is_public:
        operation["description"] = f"{operation.get('description', '')}\n\n{RETRYING}".strip()
    declared = operation.get("responses", {})
    answers = {status: answer for status, answer in declared.items() if status.startswith("2")}
    for answer in answers.values():
        answer.setdefault("headers", {}).update(ANSWER_HEADERS)
    refusals = {int(status) for status in declared if not status.startswith("2")}
    refusals |= _implied(operation, path, method, is_public=is_public)
    shared = {str(code): {"$ref": f"#/components/responses/{REFUSALS[code].name}"} for code in sorted(refusals)}
    operation["responses"] = {**answers, **shared}


def _implied(operation: Node, path: str, method: str, *, is_public: bool) -> set[int]:
    """Return the refusals that follow from the form of an operation."""
    implied = {400, 401, 429, 500}
    if not is_public:
        implied |= {403, *((409, 422) if method == "post" else ())}
    if "{" in path or any(parameter.get("name") == "cursor" for parameter in operation["parameters"]):
        implied |= {404}
    if "requestBody" in operation:
        implied |= {413, 415}
    if any(parameter.get("schema", {}).get("type") == "array" for parameter in operation["parameters"]):
        implied |= {414}
    if any(name in str(operation["parameters"]) for name in ("'model'", "'barred'")):
        implied |= {404}
    return implied


def _complete_path_parameter(parameter: Node) -> None:
    if parameter.get("in") != "path":
        return
    if parameter["name"] == "sha256":
        parameter["schema"] = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
    elif parameter["name"] == "code":
        parameter["schema"] = {"type": "string", "pattern": "^[A-Z]+-[0-9]+$"}
    elif parameter["name"] == "key":
        parameter["schema"] = {"type": "string", "minLength": 1, "pattern": "^[^\\u0000]+$"}
        parameter["description"] = "Key of the model in the dossier."


def _close_bodies(result: Node) -> None:
    """No body may have other members than those described: the server refuses them."""
    components = result["components"].get("schemas", {})
    for _, _, operation in _operations(result):
        body = operation.get("requestBody", {})
        for media in body.get("content", {}).values():
            _close(media.get("schema", {}), components)
            if media.get("schema", {}).get("type") == "string":
                # A file is never left out, and never empty.
                body["required"] = True
                media["schema"].setdefault("minLength", 1)


def _close(schema: Node, components: Node) -> None:
    if "$ref" in schema:
        schema = components[schema["$ref"].rsplit("/", 1)[-1]]
    if not schema or "additionalProperties" in schema:
        return
    if schema.get("properties"):
        schema["additionalProperties"] = False
    for child in (*schema.get("properties", {}).values(), schema.get("items", {}), *schema.get("allOf", ())):
        _close(child, components)


def _add_examples(result: Node) -> None:
    components = result["components"]["schemas"]
    result["components"]["examples"] = {name: {"value": value} for name, value in OF_COMPONENTS.items()}
    for _, _, operation in _operations(result):
        for part in (operation.get("requestBody", {}), *operation["responses"].values()):
            for media in part.get("content", {}).values():
                _add_example(media, components)


def _add_example(media: Node, components: Node) -> None:
    component = media["schema"].get("$ref", "").rsplit("/", 1)[-1]
    if component in OF_COMPONENTS:
        media["examples"] = {component: {"$ref": f"#/components/examples/{component}"}}
    elif "example" not in media:
        media["example"] = example_of(media["schema"], components)
