"""Upload and download of documents over the API, streamed."""

from __future__ import annotations

import json
import re
from urllib.parse import unquote
from uuid import UUID

from django.http import FileResponse, Http404, HttpResponseBase
from django.utils.translation import gettext as _
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from compliance.api import problems
from compliance.api.digests import CONTENT_DIGEST, checked, digest_header
from compliance.api.document_serializers import DocumentSerializer
from compliance.api.filings import find_filing
from compliance.api.ranges import IF_RANGE, RANGE, part_of, requested_range
from compliance.api.streams import StreamParser, chunks_of
from compliance.documents.actions import upload_document
from compliance.documents.uploads import LARGEST, HashingUploadHandler, Incoming, TooLarge, incoming, received
from compliance.filings.refusals import DocumentRefused
from compliance.models import Document, Filing
from registry.api import parameters
from registry.api.endpoint import FILE, Endpoint, listing_of, operation
from registry.api.etags import IF_MATCH, expected_version, quoted
from registry.api.problems import Problem
from registry.api.requests import user_of
from registry.models import User

ENTRY = parameters.number(
    "entry",
    "Index of the entry in documents[] to fill in, for a draft or returned filing.",
    least=0,
    most=999_999,
)
FILE_NAME = parameters.text("filename", "File name, if the request body is the file.", length=255)
_BINARY = {"type": "string", "format": "binary"}
_FORM = {"type": "object", "properties": {"file": _BINARY}, "required": ["file"]}
_DISPOSITION_NAME = re.compile(r"filename\*=UTF-8''(?P<coded>[^;]+)|filename=\"?(?P<plain>[^\";]+)", re.IGNORECASE)


class DocumentsView(Endpoint):
    """The documents of a filing."""

    parser_classes = [MultiPartParser, StreamParser]
    _received: Incoming | None = None

    @operation("documents_list", "Documents", {200: listing_of(DocumentSerializer)})
    def get(self, request: Request, id: UUID) -> Response:
        """List the documents of a filing. Only the applicant sees those that no submitted revision lists."""
        filing = find_filing(request, id)
        documents = filing.documents.select_related("filing", "facts")
        if filing.applicant_id not in user_of(request).own_organizations:
            documents = documents.filter(sha256__in=hashes_in_revisions(filing))
        return Response({"results": DocumentSerializer(documents, many=True).data})

    @operation(
        "documents_upload",
        "Documents",
        {201: DocumentSerializer, 200: DocumentSerializer},
        parameters=[ENTRY, FILE_NAME],
        headers=[IF_MATCH, CONTENT_DIGEST],
        body={"multipart/form-data": _FORM, "application/octet-stream": _BINARY},
        refuses=(409, 412),
        scope=FILE,
    )
    def post(self, request: Request, id: UUID) -> Response:
        """Upload a document as the form field `file` or as the request body. The same bytes again return 200."""
        filing = find_filing(request, id)
        file = self.received(request)
        with problems.refusals_as_problems():
            document, is_new = upload_document(
                filing,
                file,
                entry=self.query["entry"],
                by=user_of(request),
                expected_version=expected_version(request.headers),
            )
        url = f"/api/v1/filings/{filing.uid}/documents/{document.sha256}/"
        return Response(
            DocumentSerializer(document).data,
            status=201 if is_new else 200,
            headers={"Location": url, "ETag": quoted(document.sha256)},
        )

    def received(self, request: Request) -> Incoming:
        """Receive the file, once."""
        if self._received is None:
            with problems.refusals_as_problems():
                self._received = _file(request, self.query["filename"])
        return self._received

    def digest_of_body(self, request: Request) -> str:
        """A form has other bytes each time; what counts is its file."""
        file = self.received(request)
        return f"{file.sha256} {file.filename}"


class DocumentView(Endpoint):
    """The content of a document."""

    @operation(
        "documents_download",
        "Documents",
        {(200, "*/*"): _BINARY, (206, "*/*"): _BINARY},
        headers=[RANGE, IF_RANGE],
        refuses=(416,),
    )
    def get(self, request: Request, id: UUID, sha256: str) -> HttpResponseBase:
        """Download a document, or a range of it. Its SHA-256 is part of its URL and is its ETag."""
        answer = download(find_filing(request, id), sha256, by=user_of(request))
        size = int(answer.headers["Content-Length"])
        answer.headers["Accept-Ranges"], answer.headers["Content-Digest"] = "bytes", digest_header(sha256)
        requested = requested_range(request, size, answer.headers["ETag"])
        if requested is None or request.method == "HEAD":
            return answer
        kept = ("Content-Type", "Content-Disposition", "ETag", "Cache-Control", "Accept-Ranges")
        return part_of(answer.file_to_stream, *requested, size, {name: answer.headers[name] for name in kept})


def hashes_in_revisions(filing: Filing) -> set[str]:
    """Return the hashes listed in the submitted revisions: the documents that others than the applicant may see."""
    hashes: set[str] = set()
    for content in filing.revisions.values_list("content", flat=True):
        hashes |= {entry["sha256"] for entry in json.loads(content).get("documents") or () if entry.get("sha256")}
    return hashes


def download(filing: Filing, sha256: str, *, by: User) -> FileResponse:
    """
    Stream a document of a filing as an attachment, so that no browser executes its content. A document that is not in a
    submitted revision is available only to members of the applicant; for other users, Http404 is raised.
    """
    if filing.applicant_id not in by.own_organizations and sha256 not in hashes_in_revisions(filing):
        raise Http404
    document = Document.objects.filter(filing=filing, sha256=sha256).first()
    if document is None or not document.stored_as.storage.exists(document.stored_as.name):
        raise Http404
    return FileResponse(
        document.stored_as.open("rb"),
        as_attachment=True,
        filename=document.filename,
        content_type=document.media_type,
        headers={"ETag": quoted(document.sha256), "Cache-Control": "private, no-cache"},
    )


def _file(request: Request, filename: str) -> Incoming:
    try:
        if request.content_type.startswith("multipart/form-data"):
            return _file_of_form(request)
        return checked(request, received(chunks_of(request), _filename(request, filename), limit=LARGEST))
    except TooLarge as error:
        raise DocumentRefused("too_large", limit=error.limit) from error


def _file_of_form(request: Request) -> Incoming:
    handler = HashingUploadHandler(request._request, LARGEST)
    request._request.upload_handlers = [handler]
    file = request.data.get("file")
    if handler.is_over_limit:
        raise TooLarge(LARGEST)
    if not hasattr(file, "sha256"):
        message = _("Send the document as the form field “file” or as the request body.")
        raise Problem.at("", 400, "no_file", _("Missing file"), message)
    return incoming(file, file.sha256, file.size, file.name)


def _filename(request: Request, given: str) -> str:
    """Return the name of a file sent as the body: from the query, Content-Disposition, or "document"."""
    match = _DISPOSITION_NAME.search(request.headers.get("Content-Disposition", ""))
    from_header = unquote(match["coded"]) if match and match["coded"] else match["plain"] if match else ""
    name = given or from_header or "document"
    return re.split(r"[/\\]", name)[-1][:255] or "document"
