"""Bills of materials over the API: the models of a filing for other tools, and models and data sets from their files."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponseBase, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from compliance.api import problems
from compliance.api.evidence import EvidenceParser
from compliance.api.filings import body_of, find_filing
from compliance.dossier.stored import Canonical, tree_of
from compliance.exchange.carried import CYCLONEDX, NotReadable
from compliance.exchange.reading import joined, read_file
from compliance.exchange.writing import FORMATS, write_models
from compliance.filings import actions
from registry.api import parameters
from registry.api.endpoint import FILE, Endpoint, operation
from registry.api.etags import IF_MATCH, expected_version, quoted
from registry.api.problems import Problem
from registry.api.requests import user_of

STANDARD = parameters.choice("standard", sorted(FORMATS), "CycloneDX 1.7 or SPDX 3.0.1.", CYCLONEDX)
KEY = parameters.text("key", "Key of the model to which data sets belong. By default, the first one of the dossier.")


def downloaded_models(content: str, sha256: str, standard: str, case_number: str) -> JsonResponse:
    """Return the models of a dossier as a download named after the case; `standard` is `cyclonedx` or `spdx`."""
    name = f"{case_number}.{'cdx' if standard == CYCLONEDX else 'spdx'}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-cache"}
    written = write_models(Canonical(content, sha256), standard, at=timezone.now())
    return JsonResponse(written, headers=headers, json_dumps_params={"ensure_ascii": False, "indent": 1})


class ReadModelsSerializer(serializers.Serializer[Any]):
    """What was taken from a file: the keys of its models, the names of its data sets, and the members that were not carried."""

    format = serializers.CharField()
    version = serializers.CharField()
    models = serializers.ListField(child=serializers.CharField())
    corpora = serializers.ListField(child=serializers.CharField())
    lost = serializers.ListField(child=serializers.CharField())


class BillOfMaterialsView(Endpoint):
    """The models of a filing in the formats of other tools."""

    parser_classes = [EvidenceParser]
    PARAMETERS = [STANDARD]

    @operation(
        "bill_of_materials_read", "Evidence", {(200, "application/json"): {"type": "object"}}, parameters=[STANDARD]
    )
    def get(self, request: Request, id: UUID) -> HttpResponseBase:
        """
        Return the models of the dossier with their lineage, data and licenses as a CycloneDX bill of materials or an SPDX document.

        Training compute, annotation, samples of corpora, the assessment, labeling and documents are not carried.
        """
        dossier = find_filing(request, id).dossier_for(user_of(request))
        standard = self.query["standard"]
        written = write_models(Canonical(dossier.content, dossier.sha256), standard, at=timezone.now())
        return JsonResponse(written, json_dumps_params={"ensure_ascii": False})

    @operation(
        "bill_of_materials_import",
        "Evidence",
        {200: ReadModelsSerializer},
        parameters=[KEY],
        headers=[IF_MATCH],
        body={"application/json": {"type": "object"}},
        refuses=(409, 412),
        scope=FILE,
    )
    def post(self, request: Request, id: UUID) -> Response:
        """
        Take models and data sets from a CycloneDX bill of materials, an SPDX document or a Croissant description into a draft.

        Values that are already in the dossier are not changed.
        """
        filing = find_filing(request, id)
        dossier = filing.dossier_for(user_of(request))
        try:
            read = read_file(body_of(request))
        except NotReadable as error:
            message = error.message(problems.reader_language())
            raise Problem.at("", 409, "not_readable", _("File cannot be used"), message) from error
        document = joined(tree_of(dossier.content), read, key=self.query["key"] or None)
        parsed = problems.parsed_or_problem(Canonical.of(document).text.encode())
        with problems.refusals_as_problems():
            expected = expected_version(request.headers) or frozenset({dossier.sha256})
            actions.edit_dossier(filing, parsed, by=user_of(request), expected_version=expected)
        answer = {
            "format": read.format,
            "version": read.version,
            "models": [model["key"] for model in read.models],
            "corpora": read.names_of_corpora,
            "lost": read.lost[:1_000],
        }
        return Response(answer, headers={"ETag": quoted(parsed.canonical.sha256)})
