"""The dossier in the OpenAPI description. Its schema is generated from the types, not from a serializer."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

from drf_spectacular.extensions import OpenApiSerializerExtension

from compliance import demo
from compliance.dossier.json_schema import dossier_json_schema
from registry.api.examples import OF_COMPONENTS

_EXAMPLE = Path(demo.__file__).parent / "dossiers" / "algorithm-complete.json"
OF_COMPONENTS["Dossier"] = json.loads(_EXAMPLE.read_text())


class DossierExtension(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]
    target_class = "compliance.api.serializers.DossierDocument"

    def get_name(self, auto_schema: Any, direction: Any) -> str:
        return "Dossier"

    def map_serializer(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        return copy.deepcopy(dossier_json_schema())
