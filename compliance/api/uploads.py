"""Uploading a document in parts over the API: begin, send parts, and go on where a connection broke."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from compliance.api import problems
from compliance.api.document_serializers import DocumentSerializer
from compliance.api.filings import find_filing
from compliance.api.streams import StreamParser, chunks_of
from compliance.documents import parts
from compliance.documents.uploads import LARGEST
from compliance.models import PartialUpload
from registry.api.bodies import read_body
from registry.api.endpoint import FILE, Endpoint, operation
from registry.api.problems import Problem
from registry.api.requests import user_of
from registry.names import SOME_TEXT

OFFSET = OpenApiParameter(
    "Upload-Offset",
    {"type": "integer", "minimum": 0},
    OpenApiParameter.HEADER,
    description="Where the part begins: the number of bytes that have arrived.",
    required=True,
)
REFUSALS = {
    "wrong_offset": (409, gettext_lazy("%(offset)s bytes have arrived. Send the bytes from there on.")),
    "too_much": (409, gettext_lazy("The part goes beyond the size of the document. %(offset)s bytes have arrived.")),
    "digest_mismatch": (
        422,
        gettext_lazy(
            "What arrived does not have the SHA-256 that you told. Send the document again from the beginning."
        ),
    ),
    "deleted": (409, gettext_lazy("The upload was deleted meanwhile. Begin another one.")),
    "too_many": (409, gettext_lazy("You have 100 uploads under way. Finish or delete some of them.")),
}


class UploadRequestSerializer(serializers.Serializer[Any]):
    """A document that is going to be sent in parts."""

    filename = serializers.RegexField(SOME_TEXT, max_length=255)
    size = serializers.IntegerField(min_value=1, max_value=LARGEST)
    sha256 = serializers.RegexField("^[0-9a-f]{64}$")
    entry = serializers.IntegerField(min_value=0, max_value=999_999, required=False)


class UploadSerializer(serializers.ModelSerializer[PartialUpload]):
    """An upload in parts: `offset` bytes of `size` have arrived."""

    id = serializers.UUIDField(source="uid")
    url = serializers.SerializerMethodField()
    document = serializers.CharField(
        source="document.sha256", default=None, allow_null=True, help_text="SHA-256 of the finished document."
    )

    class Meta:
        model = PartialUpload
        fields = ["id", "filename", "size", "sha256", "entry", "offset", "document", "created_at", "url"]

    def get_url(self, upload: PartialUpload) -> str:
        return f"/api/v1/filings/{upload.filing.uid}/uploads/{upload.uid}/"


@contextmanager
def _refusals_as_problems() -> Iterator[None]:
    try:
        with problems.refusals_as_problems():
            yield
    except parts.PartRefused as error:
        status, text = REFUSALS[error.code]
        message = str(text) % {"offset": error.offset}
        headers = {"Upload-Offset": str(error.offset)}
        raise Problem(status, error.code, _("Upload refused"), message, headers=headers) from error


class UploadsView(Endpoint):
    """Beginning an upload in parts."""

    @operation(
        "uploads_begin", "Documents", {201: UploadSerializer}, body=UploadRequestSerializer, refuses=(409,), scope=FILE
    )
    def post(self, request: Request, id: UUID) -> Response:
        """Begin to upload a document in parts. It must be complete within a week."""
        filing, body = find_filing(request, id), read_body(request, UploadRequestSerializer)
        with _refusals_as_problems():
            upload = parts.begin_upload(filing, by=user_of(request), **body)
        shown = UploadSerializer(upload).data
        return Response(shown, status=201, headers={"Location": shown["url"], "Upload-Offset": "0"})


class UploadView(Endpoint):
    """An upload in parts."""

    parser_classes = [StreamParser]

    @operation("uploads_read", "Documents", {200: UploadSerializer})
    def get(self, request: Request, id: UUID, upload: UUID) -> Response:
        """Tell how much has arrived, so that a client can go on after a broken connection."""
        return _answer(_find(request, id, upload))

    @operation(
        "uploads_add",
        "Documents",
        {200: UploadSerializer, 201: DocumentSerializer},
        headers=[OFFSET],
        body={"application/octet-stream": {"type": "string", "format": "binary"}},
        refuses=(409, 412, 422),
        scope=FILE,
    )
    def patch(self, request: Request, id: UUID, upload: UUID) -> Response:
        """Send the next part. The last one makes the document (201), after its SHA-256 was compared."""
        found = _find(request, id, upload)
        with _refusals_as_problems():
            if found.document is None:
                found = parts.add_part(found, chunks_of(request), offset=_offset(request))
            if found.offset < found.size:
                return _answer(found)
            document = parts.finish_upload(found, by=user_of(request))
        shown = DocumentSerializer(document).data
        return Response(shown, status=201, headers={"Location": shown["url"], "Upload-Offset": str(found.size)})

    @operation("uploads_delete", "Documents", {204: None}, scope=FILE)
    def delete(self, request: Request, id: UUID, upload: UUID) -> Response:
        """Give up an upload."""
        parts.forget_upload(_find(request, id, upload))
        return Response(status=204)


def _answer(upload: PartialUpload) -> Response:
    headers = {"Upload-Offset": str(upload.offset), "Cache-Control": "no-store"}
    return Response(UploadSerializer(upload).data, headers=headers)


def _offset(request: Request) -> int:
    given = request.headers.get("Upload-Offset", "")
    if not re.fullmatch("[0-9]{1,18}", given, re.ASCII):
        message = _("Send the number of bytes that have arrived.")
        raise Problem.at("", 400, "bad_offset", _("Bad request"), f"Upload-Offset: {message}")
    return int(given)


def _find(request: Request, filing: UUID, uid: UUID) -> PartialUpload:
    rows = PartialUpload.objects.filter(filing=find_filing(request, filing), by=user_of(request), uid=uid)
    upload = rows.select_related("filing").first()
    if upload is None:
        raise Http404
    return upload
