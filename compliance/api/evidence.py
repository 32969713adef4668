"""Evidence of a model's origin over the API: filing it, and reading it with its verdict beside the declaration."""

from __future__ import annotations

from typing import IO, Any
from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, OpenApiTypes, extend_schema
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from compliance import actions
from compliance.api import problems
from compliance.api.evidence_serializers import EvidenceListSerializer, EvidenceSerializer
from compliance.api.filings import found
from compliance.api.serializers import ProblemSerializer
from compliance.dossier.schema import Dossier
from compliance.dossier.stored import load
from compliance.evidence import Filed, evidence_of_model, filed_evidence, may_see_evidence
from compliance.models import Filing
from compliance.provenance.faults import Unusable
from compliance.provenance.reading import MOST_BYTES, PARTS, read_json
from compliance.provenance.validating import faults_in
from registry.api.problems import BodyTooLarge, Problem
from registry.api.requests import bad_query, refuse_unknown, user_of
from registry.api.views import found_model
from registry.models import User

# Files that are text; all others are JSON.
TEXTS = ("README.md", "mergekit_config.yml")
PART = OpenApiParameter(
    "part",
    str,
    enum=list(PARTS),
    description="Which file the body is; without it the body is a JSON object of files.",
)


class EvidenceParser(BaseParser):
    """Hand the body on as bytes, whatever its type."""

    media_type = "*/*"

    def parse(self, stream: IO[bytes], media_type: str | None = None, parser_context: Any = None) -> bytes:
        body = stream.read(MOST_BYTES + 1)
        if len(body) > MOST_BYTES:
            raise BodyTooLarge(MOST_BYTES)
        return body


class FilingEvidenceView(APIView):
    """The evidence of one model of a filing."""

    parser_classes = [EvidenceParser]

    @extend_schema(operation_id="evidence_read", responses=EvidenceSerializer)
    def get(self, request: Request, id: UUID, key: str) -> Response:
        """Read what was filed of a model, and the verdict beside its declaration."""
        refuse_unknown(request, set())
        filing = found(request, id)
        return Response(EvidenceSerializer(_of_model(filing, _dossier(filing, user_of(request)), key)).data)

    @extend_schema(
        operation_id="evidence_file",
        parameters=[PART],
        request={"application/json": {"type": "object"}, "text/markdown": OpenApiTypes.STR},
        responses={201: EvidenceSerializer, **dict.fromkeys((400, 403, 404, 409, 413), ProblemSerializer)},
    )
    def post(self, request: Request, id: UUID, key: str) -> Response:
        """
        File evidence: a JSON object of files by their names, or one file with `?part=`. A file that was filed before is
        replaced; what is malformed is refused whole. Headers only, never weights.
        """
        refuse_unknown(request, {"part"})
        filing = found(request, id)
        evidence = _evidence(request)
        with problems.refusals_as_problems():
            filing = actions.file_evidence(filing, key, evidence, by=user_of(request))
        told = _of_model(filing, _dossier(filing, user_of(request)), key)
        return Response(EvidenceSerializer(told).data, status=201)


class ModelEvidenceView(APIView):
    """The evidence of an AI model, from all filings."""

    @extend_schema(operation_id="models_evidence", responses=EvidenceListSerializer)
    def get(self, request: Request, id: UUID) -> Response:
        """Read the evidence that filings hold of a model; it is there for staff and for the model's developer."""
        refuse_unknown(request, set())
        user, model = user_of(request), found_model(request, id)
        if not may_see_evidence(model, user):
            raise Http404
        return Response({"results": EvidenceSerializer(evidence_of_model(model, user), many=True).data})


def _dossier(filing: Filing, user: User) -> Dossier:
    return load(filing.dossier_for(user).content)


def _of_model(filing: Filing, dossier: Dossier, key: str) -> Filed:
    told = filed_evidence(filing, dossier, keys={key})
    if not told:
        raise Http404
    return told[0]


def _evidence(request: Request) -> dict[str, Any]:
    body = request.data if isinstance(request.data, bytes) else b""
    part = request.query_params.get("part")
    if part is not None and part not in PARTS:
        raise bad_query("part", _("Name one of: %(parts)s.") % {"parts": ", ".join(PARTS)})
    try:
        evidence = _read(body, part)
    except Unusable as fault:
        raise _refused([(part or "", fault)]) from fault
    if faults := faults_in(evidence):
        raise _refused(faults)
    return dict(evidence)


def _read(body: bytes, part: str | None) -> Any:
    """The body as evidence: all of it, an object with `evidence`, or one file."""
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
        _("This is no evidence"),
        _("Nothing was stored. Faults: %(count)s. Mend what the errors point at and send it again.")
        % {"count": len(errors)},
        errors=errors,
    )


def _pointer(*steps: str) -> str:
    written = [
        step if step.startswith("/") else "/" + step.replace("~", "~0").replace("/", "~1") for step in steps if step
    ]
    return "".join(written)
