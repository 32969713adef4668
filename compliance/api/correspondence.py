"""What the authority and the applicant write to each other about a filing: messages, and the letters of the authority."""

from __future__ import annotations

import logging
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from compliance.api.filings import body_of, find_filing
from compliance.api.problems import refusals_as_problems
from compliance.api.requests import REASON_LIMIT, parse_texts
from compliance.casework.commenting import comment_on
from compliance.letters.printing import as_pdf
from compliance.models import Audience, Comment, Letter
from compliance.typesetting.pdf import NotSet
from registry.api.endpoint import FILE, REVIEW, Endpoint, operation, page_of, refuse_without_scope
from registry.api.lists import ListEndpoint, Listing
from registry.api.problems import Problem
from registry.api.requests import user_of
from registry.names import SOME_TEXT

logger = logging.getLogger(__name__)
_BINARY = {"type": "string", "format": "binary"}


class MessageSerializer(serializers.ModelSerializer[Comment]):
    """A message about a filing, which staff and the applicant can read."""

    by = serializers.CharField(source="by.username", help_text="Username of the writer.")

    class Meta:
        model = Comment
        fields = ["at", "by", "text"]


class NewMessageSerializer(serializers.Serializer[Any]):
    """A message to write."""

    text = serializers.RegexField(SOME_TEXT, max_length=REASON_LIMIT)


class PointSerializer(serializers.Serializer[Any]):
    """A point of a correction notice. One that a reviewer added has a text alone."""

    rule = serializers.CharField(allow_blank=True)
    at = serializers.CharField(allow_blank=True, help_text="JSON Pointer into the dossier.")
    variant = serializers.CharField(allow_blank=True)
    place = serializers.CharField(allow_blank=True)
    text = serializers.CharField()
    law = serializers.CharField(allow_blank=True)


class LetterSerializer(serializers.ModelSerializer[Letter]):
    """A letter of the authority: a correction notice, a rejection or a decision."""

    points = PointSerializer(many=True)

    class Meta:
        model = Letter
        fields = ["number", "kind", "title", "language", "opening", "points", "closing", "due_on", "at"]


MESSAGES = Listing(MessageSerializer, sorts={"at": "id"})
LETTERS = Listing(LetterSerializer, sorts={"at": "id"})


class MessagesView(ListEndpoint):
    """The messages about a filing."""

    @operation("messages_list", "Filings", {200: page_of(MessageSerializer)}, parameters=MESSAGES.parameters)
    def get(self, request: Request, id: UUID) -> HttpResponseBase:
        """List the messages between the authority and the applicant, latest first. Comments among staff are not listed."""
        messages = find_filing(request, id).comments.filter(audience=Audience.APPLICANT)
        return self.listed(messages.select_related("by"), MESSAGES)

    @operation(
        "messages_write",
        "Filings",
        {201: MessageSerializer},
        body=NewMessageSerializer,
        refuses=(409,),
        scope=(FILE, REVIEW),
    )
    def post(self, request: Request, id: UUID) -> Response:
        """Write a message: as a filer to whoever works on the filing, as a reviewer to the applicant."""
        filing, by = find_filing(request, id), user_of(request)
        # A token writes for the side that its scope is for.
        refuse_without_scope(request, (FILE,) if filing.applicant_id in by.filer_organizations else (REVIEW,))
        text = parse_texts(body_of(request), "text")["text"]
        with refusals_as_problems():
            written = comment_on(filing, text, by=by, audience=Audience.APPLICANT)
        return Response(MessageSerializer(written).data, status=201)


class LettersView(ListEndpoint):
    """The letters about a filing."""

    @operation("letters_list", "Filings", {200: page_of(LetterSerializer)}, parameters=LETTERS.parameters)
    def get(self, request: Request, id: UUID) -> HttpResponseBase:
        """List the letters of the authority about a filing, latest first: correction notices, rejections, decisions."""
        return self.listed(find_filing(request, id).letters.all(), LETTERS)


class LetterView(Endpoint):
    """A letter on paper."""

    @operation("letters_download", "Filings", {(200, "application/pdf"): _BINARY}, refuses=(503,))
    def get(self, request: Request, id: UUID, number: str) -> HttpResponse:
        """Download a letter as PDF/A-2b. The same letter gives the same bytes."""
        letter = find_filing(request, id).letters.filter(number=number).first()
        if letter is None:
            raise Http404
        headers = {"Content-Disposition": f'attachment; filename="{letter.number}.pdf"'}
        return HttpResponse(_pdf_of(letter), content_type="application/pdf", headers=headers)


def _pdf_of(letter: Letter) -> bytes:
    try:
        return as_pdf(letter)
    except NotSet as error:
        logger.exception("The letter %s could not be set.", letter)
        message = _("The PDF could not be made. Try again in a minute; the list of letters has the whole text.")
        raise Problem(503, "not_set", _("PDF not made"), message, headers={"Retry-After": "60"}) from error
