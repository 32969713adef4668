"""Import of model cards over the API."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, OpenApiTypes, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from compliance.api import problems
from compliance.api.etags import expected_version, quoted
from compliance.api.evidence import EvidenceParser
from compliance.api.filings import IF_MATCH, find_filing
from compliance.api.serializers import ProblemSerializer
from compliance.dossier.faults import Malformed
from compliance.dossier.parsing import Parsed
from compliance.evidence.model_cards import parsed_with_card
from compliance.filings import actions
from compliance.provenance.cards import Card, read_card
from compliance.provenance.drafting import Drafted, NoName, NoSuchModel
from registry.api.problems import Problem
from registry.api.requests import refuse_unknown, user_of

KEY = OpenApiParameter(
    "key",
    str,
    description="Key of the model in the dossier that the card describes. By default, the model is found by the name in the card.",
)
FILE = OpenApiParameter("filename", str, description="Name of the file. It names the model if the card does not.")
ANSWER = inline_serializer(
    "ModelCard",
    {
        "model": serializers.CharField(),
        "kept": serializers.ListField(child=serializers.CharField()),
        "card": serializers.DictField(),
    },
)


class ModelCardView(APIView):
    """Import of a model card into a dossier."""

    parser_classes = [EvidenceParser]

    @extend_schema(
        operation_id="model_card_import",
        parameters=[KEY, FILE, IF_MATCH],
        request={"text/markdown": OpenApiTypes.STR},
        responses={200: ANSWER, **dict.fromkeys((400, 403, 404, 409, 412, 413), ProblemSerializer)},
    )
    def post(self, request: Request, id: UUID) -> Response:
        """
        Import a model card of the Hugging Face Hub into `models[]` of a draft: name, license, base models and datasets.

        Values that are already in the dossier are not changed. `kept` lists the fields where the card differs from them.
        """
        refuse_unknown(request, {"key", "filename"})
        filing = find_filing(request, id)
        card = read_card(
            request.data if isinstance(request.data, bytes) else b"", request.query_params.get("filename", "")
        )
        dossier = filing.dossier_for(user_of(request))
        drafted, parsed = _extended(dossier.content.encode(), card, request.query_params.get("key"))
        with problems.refusals_as_problems():
            expected = expected_version(request.headers)
            if expected is None:
                expected = frozenset({dossier.sha256})
            actions.edit_dossier(filing, parsed, by=user_of(request), expected_version=expected)
        card_json = card.as_json(request.query_params.get("filename", ""), problems.reader_language())
        answer = {"model": drafted.key, "kept": list(drafted.kept), "card": card_json}
        return Response(answer, headers={"ETag": quoted(parsed.canonical.sha256)})


def _extended(text: bytes, card: Card, key: str | None) -> tuple[Drafted, Parsed]:
    try:
        return parsed_with_card(text, card, key)
    except Malformed as error:
        raise problems.malformed(error) from error
    except NoSuchModel as error:
        raise problems.no_such_model(error.key, error.keys) from error
    except NoName as error:
        message = _(
            "The model card does not name a model. Use ?key= to specify which model of the dossier it describes."
        )
        raise Problem.at("", 400, "no_name", _("Missing model name"), message) from error
