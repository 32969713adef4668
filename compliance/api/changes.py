"""The changes of filings in their order: what a client has to know since its last look, without gaps."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from compliance.models import Change, ChangeType, Filing
from compliance.notices.messages import data_of
from compliance.notices.ordering import give_positions
from registry.api import parameters
from registry.api.endpoint import Endpoint, operation
from registry.api.requests import user_of

AT_ONCE = 200


class ChangeSerializer(serializers.Serializer[Any]):
    """A change of a filing. `data` is the same as in the message of a webhook."""

    position = serializers.IntegerField()
    type = serializers.ChoiceField([ChangeType.FILING, ChangeType.FLAGS])
    at = serializers.DateTimeField()
    filing = serializers.UUIDField(source="filing.uid")
    case_number = serializers.CharField(source="filing.case_number")
    data = serializers.SerializerMethodField()

    def get_data(self, change: Change) -> dict[str, Any]:
        return data_of(change)


class ChangeFeedSerializer(serializers.Serializer[Any]):
    """Changes in their order. `last` is what to send as `after` the next time; `more` tells whether to ask at once."""

    results = ChangeSerializer(many=True)
    last = serializers.CharField()
    more = serializers.BooleanField()


class ChangesView(Endpoint):
    """The changes of filings."""

    PARAMETERS = [
        parameters.number(
            "after",
            "The `last` of the answer before. 0 by default: from the beginning.",
            least=0,
            most=2**53,
            default=0,
        ),
        parameters.number("page_size", "Changes of an answer; 200 by default.", least=1, most=1_000, default=AT_ONCE),
    ]

    @operation("filings_changes", "Filings", {200: ChangeFeedSerializer}, parameters=PARAMETERS)
    def get(self, request: Request) -> Response:
        """
        Return what has changed since your last look: events of the filings that you may see, and flags raised or resolved.

        Nothing is left out, whatever is being changed meanwhile: a change gets its position after it is committed.
        """
        give_positions()
        after, size = self.query["after"], self.query["page_size"]
        visible = Filing.objects.visible_to(user_of(request)).values("pk")
        rows = Change.objects.filter(position__gt=after, filing__in=visible).filter(~Q(filing=None))
        rows = rows.select_related("event", "filing__applicant", "filing__official_number").order_by("position")
        found = list(rows.defer("filing__search_text", "filing__search_grams")[: size + 1])
        shown = found[:size]
        last = shown[-1].position if shown else after
        answer = {"results": shown, "last": str(last), "more": len(found) > size}
        return Response(ChangeFeedSerializer(answer).data)
