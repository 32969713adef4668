"""The API itself: its resources, its version, and what changed in it and in the rules."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from typing import Any

from django.conf import settings
from django.urls import get_resolver
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from compliance.rules.catalog import CATALOG
from registry.api.endpoint import Endpoint, operation

PREFIX = "api/v1/"
RELEASES_SHOWN = 5
_RELEASE = re.compile(r"^## (?P<version>\S+) – (?P<day>.+)$")


class ResourcesSerializer(serializers.Serializer[Any]):
    """The addresses from which the others follow, by name."""

    resources = serializers.DictField(child=serializers.URLField())
    description = serializers.URLField(help_text="The OpenAPI description.")
    documentation = serializers.URLField()


class ReleaseSerializer(serializers.Serializer[Any]):
    """What changed in a release, by heading, as lines of Markdown."""

    version = serializers.CharField()
    day = serializers.CharField(help_text="A date, or “unreleased”.")
    changes = serializers.DictField(child=serializers.ListField(child=serializers.CharField()))


class RuleStateSerializer(serializers.Serializer[Any]):
    count = serializers.IntegerField()
    last_change_on = serializers.DateField(help_text="The latest day on which a rule of the catalog begins or ends.")


class MetaSerializer(serializers.Serializer[Any]):
    """The version of the product and of the API, the state of the catalog of rules, and what changed."""

    version = serializers.CharField()
    api_version = serializers.CharField()
    rules = RuleStateSerializer()
    releases = ReleaseSerializer(many=True)


class RootView(Endpoint):
    """The resources of the API."""

    permission_classes = [AllowAny]

    @operation("root", "Meta", {200: ResourcesSerializer}, public=True)
    def get(self, request: Request) -> Response:
        """List the resources of the API."""

        def absolute(path: str) -> str:
            return request.build_absolute_uri(f"/{PREFIX}{path}")

        return Response(
            {
                "resources": {name: absolute(path) for name, path in _resources().items()},
                "description": absolute("schema/"),
                "documentation": absolute("docs/"),
            }
        )


@cache
def _resources() -> dict[str, str]:
    """Return the paths without parameters that answer to GET, from the table of addresses."""
    found = {}
    for resolver in get_resolver().url_patterns:
        if str(resolver.pattern) != PREFIX or not hasattr(resolver, "url_patterns"):
            continue
        for pattern in resolver.url_patterns:
            path, view = str(pattern.pattern), getattr(pattern.callback, "view_class", None)
            if path and "<" not in path and hasattr(view, "get"):
                found[pattern.name] = path
    return dict(sorted(found.items()))


class MetaView(Endpoint):
    """The version, and what changed."""

    permission_classes = [AllowAny]

    @operation("meta", "Meta", {200: MetaSerializer}, public=True)
    def get(self, request: Request) -> Response:
        """Return the version of the product, the state of the catalog of rules, and what changed in the last releases."""
        return Response(
            {
                "version": version(),
                "api_version": settings.SPECTACULAR_SETTINGS["VERSION"],
                "rules": {"count": len(CATALOG), "last_change_on": _last_change_of_rules()},
                "releases": list(_releases()[:RELEASES_SHOWN]),
            }
        )


@cache
def version() -> str:
    """Return the version of the product."""
    return str(tomllib.loads((settings.ROOT / "pyproject.toml").read_text())["project"]["version"])


@cache
def _last_change_of_rules() -> str:
    days = [day for rule in CATALOG for day in (rule.since, rule.until) if day]
    return max(days).isoformat()


@cache
def _releases() -> tuple[dict[str, Any], ...]:
    """Read the releases out of the change log, latest first."""
    releases: list[dict[str, Any]] = []
    lines: list[str] = []
    for line in (settings.ROOT / "CHANGELOG.md").read_text().splitlines():
        if match := _RELEASE.match(line):
            releases.append({**match.groupdict(), "changes": {}})
        elif line.startswith("### ") and releases:
            lines = releases[-1]["changes"].setdefault(line.removeprefix("### "), [])
        elif line.startswith("* ") and releases:
            lines.append(line.removeprefix("* "))
        elif line.startswith("  ") and lines and releases:
            lines[-1] += f" {line.strip()}"
    return tuple(releases)
