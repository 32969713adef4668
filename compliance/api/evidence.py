"""Evidence of the origin of models over the API: filing it, and reading it with the declaration and the verdict."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from compliance.api import problems
from compliance.api.evidence_serializers import EvidenceSerializer
from compliance.api.filings import body_of, find_filing
from compliance.api.requests import BytesParser
from compliance.dossier.pointer import ROOT
from compliance.evidence.actions import file_evidence
from compliance.evidence.verdicts import can_see_evidence, dossier_of, evidence_of_model, filed_evidence
from compliance.models import Filing
from compliance.provenance.faults import Unusable
from compliance.provenance.reading import MOST_BYTES, PARTS, read_json
from compliance.provenance.validating import faults_in
from registry.api import parameters
from registry.api.endpoint import FILE, Endpoint, listing_of, operation
from registry.api.problems import Problem
from registry.api.requests import user_of
from registry.api.views import find_model
from registry.models import User

# Files that are text; all others are JSON.
TEXTS = ("README.md", "mergekit_config.yml")
PART = parameters.choice(
    "part", list(PARTS), "The file that the body contains. By default, the body is a JSON object of files."
)


class EvidenceParser(BytesParser):
    """Pass the body on as bytes, whatever its media type."""

    media_type = "*/*"
    limit = MOST_BYTES


class FilingEvidenceView(Endpoint):
    """The evidence of one model of a filing."""

    parser_classes = [EvidenceParser]

    @operation("evidence_read", "Evidence", {200: EvidenceSerializer})
    def get(self, request: Request, id: UUID, key: str) -> Response:
        """Return the evidence filed for a model, with the declaration and the verdict."""
        filing = find_filing(request, id)
        return Response(_evidence_json(filing, key, user_of(request)))

    @operation(
        "evidence_file",
        "Evidence",
        {201: EvidenceSerializer},
        parameters=[PART],
        body={"application/json": {"type": "object"}, "text/markdown": {"type": "string"}},
        refuses=(409,),
        scope=FILE,
    )
    def post(self, request: Request, id: UUID, key: str) -> Response:
        """
        File evidence: a JSON object of files by name, or one file with `?part=`. A file that was filed before is
        replaced. If any file is malformed, the whole request is refused. Send headers only, never weights.
        """
        filing = find_filing(request, id)
        evidence = evidence_in(body_of(request), self.query["part"])
        with problems.refusals_as_problems():
            filing = file_evidence(filing, key, evidence, by=user_of(request))
        return Response(_evidence_json(filing, key, user_of(request)), status=201)


class ModelEvidenceView(Endpoint):
    """The evidence of an AI model from all filings."""

    @operation("models_evidence", "Evidence", {200: listing_of(EvidenceSerializer)})
    def get(self, request: Request, id: UUID) -> Response:
        """Return the evidence of a model from all filings. Only staff and the developer of the model can read it."""
        user, model = user_of(request), find_model(request, id)
        if not can_see_evidence(model, user):
            raise Http404
        serializer = EvidenceSerializer(evidence_of_model(model, user), many=True, context={"user": user})
        return Response({"results": serializer.data})


def _evidence_json(filing: Filing, key: str, user: User) -> Any:
    """Return the evidence of one model with its verdict. Raises Http404 if none was filed."""
    for filed in filed_evidence(filing, dossier_of(filing, user), keys={key}):
        return EvidenceSerializer(filed, context={"user": user}).data
    raise Http404


def evidence_in(body: bytes, part: str | None) -> dict[str, Any]:
    try:
        evidence = _read(body, part)
    except Unusable as fault:
        raise _refused([(part or "", fault)]) from fault
    if faults := faults_in(evidence):
        raise _refused(faults)
    return dict(evidence)


def _read(body: bytes, part: str | None) -> Any:
    """Parse the body: an object of files, an object with the key `evidence`, or one file."""
    if part in TEXTS:
        return {part: body.decode("utf-8", "replace")}
    document = read_json(body)
    if part:
        return {part: document}
    return document["evidence"] if isinstance(document, dict) and "evidence" in document else document


def _refused(faults: list[tuple[str, Unusable]]) -> Problem:
    language = problems.reader_language()
    errors = [
        {"pointer": _pointer(part, fault.at), "code": fault.code, "message": fault.message(language)}
        for part, fault in faults
    ]
    return Problem(
        400,
        "malformed_evidence",
        _("Malformed evidence"),
        _(
            "Nothing was stored. Number of errors: %(count)s. Correct the places listed under `errors` "
            "and send the evidence again."
        )
        % {"count": len(errors)},
        errors=errors,
    )


def _pointer(part: str, at: str) -> str:
    whole = ROOT / part if part else ROOT
    return f"{whole}{at}" if at.startswith("/") else str(whole / at if at else whole)
