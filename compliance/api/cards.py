"""Import of model cards over the API."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from compliance.api import problems
from compliance.api.evidence import EvidenceParser
from compliance.api.filings import body_of, find_filing
from compliance.dossier.faults import Malformed
from compliance.dossier.parsing import Parsed
from compliance.evidence.model_cards import parsed_with_card
from compliance.filings import actions
from compliance.provenance.cards import Card, read_card
from compliance.provenance.drafting import Drafted, NoName, NoSuchModel
from registry.api import parameters
from registry.api.endpoint import FILE, Endpoint, operation
from registry.api.etags import IF_MATCH, expected_version, quoted
from registry.api.problems import Problem
from registry.api.requests import user_of

KEY = parameters.text(
    "key",
    "Key of the model in the dossier that the card describes. By default, the model is found by the name in the card.",
)
FILE_NAME = parameters.text("filename", "Name of the file. It names the model if the card does not.")


class ImportedCardSerializer(serializers.Serializer[Any]):
    """What was taken from a model card: `kept` lists the fields of the dossier that differ from it and were kept."""

    model = serializers.CharField()
    kept = serializers.ListField(child=serializers.CharField())
    card = serializers.DictField()


class ModelCardView(Endpoint):
    """Import of a model card into a dossier."""

    parser_classes = [EvidenceParser]

    @operation(
        "model_card_import",
        "Evidence",
        {200: ImportedCardSerializer},
        parameters=[KEY, FILE_NAME],
        headers=[IF_MATCH],
        body={"text/markdown": {"type": "string"}},
        refuses=(409, 412),
        scope=FILE,
    )
    def post(self, request: Request, id: UUID) -> Response:
        """
        Import a model card of the Hugging Face Hub into `models[]` of a draft: name, license, base models and datasets.

        Values that are already in the dossier are not changed. `kept` lists the fields where the card differs from them.
        """
        filing, filename = find_filing(request, id), self.query["filename"]
        card = read_card(body_of(request), filename)
        dossier = filing.dossier_for(user_of(request))
        drafted, parsed = _extended(dossier.content.encode(), card, self.query["key"] or None)
        with problems.refusals_as_problems():
            expected = expected_version(request.headers)
            if expected is None:
                expected = frozenset({dossier.sha256})
            actions.edit_dossier(filing, parsed, by=user_of(request), expected_version=expected)
        card_json = card.as_json(filename, problems.reader_language())
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
