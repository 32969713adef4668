"""The dossier in the OpenAPI description. Its schema is generated from the types, not from a serializer."""

from __future__ import annotations

import copy
from typing import Any

from drf_spectacular.extensions import OpenApiSerializerExtension

from compliance.dossier.json_schema import dossier_json_schema


class DossierExtension(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]
    target_class = "compliance.api.serializers.DossierDocument"

    def get_name(self, auto_schema: Any, direction: Any) -> str:
        return "Dossier"

    def map_serializer(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        return copy.deepcopy(dossier_json_schema())
