"""Bulk imports over the API: ask for one, follow it, and read what came of each dossier."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpResponseBase
from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from compliance.api import problems
from compliance.api.digests import checked
from compliance.api.streams import StreamParser, chunks_of
from compliance.documents.uploads import Incoming, TooLarge, received
from compliance.dossier.faults import Malformed
from compliance.filings.refusals import Refused
from compliance.imports.actions import ImportRefused, ask_for_import
from compliance.imports.files import LARGEST_FILE, FileRefused
from compliance.imports.running import WrongDigest, counts_of, counts_of_all
from compliance.models import ImportOutcome, ImportResult, ImportRun, ImportState
from registry.api import parameters
from registry.api.endpoint import FILE, Endpoint, operation, page_of
from registry.api.etags import etag_of, quoted
from registry.api.lists import ListEndpoint, Listing
from registry.api.problems import Problem
from registry.api.requests import user_of
from registry.models import User

ZIP, _ZIP_BEGINS = "application/zip", b"PK\x03\x04"
REFUSALS = {
    "not_a_filer": (403, gettext_lazy("You are not a filer of any organization. Ask an administrator to add you.")),
    "empty": (400, gettext_lazy("The file is empty. Send a dossier a line, or a zip archive of dossiers.")),
    "too_many": (409, gettext_lazy("Ten of your imports are under way. Wait until one of them has ended.")),
    "too_large": (413, gettext_lazy("The file is larger than 512 MB. Divide it.")),
}
# Why a file or a member of it is refused.
FILES = {
    "not_a_zip": gettext_lazy("The file is not a zip archive. Make it again."),
    "encrypted": gettext_lazy("“%(name)s” is encrypted. Make the archive without a password."),
    "unsafe_name": gettext_lazy("The name “%(name)s” leads out of the archive. Make the archive from a plain folder."),
    "link": gettext_lazy("“%(name)s” is a link. Put the file itself into the archive."),
    "too_many": gettext_lazy("The file has more than %(limit)s entries. Divide it."),
    "too_large_inside": gettext_lazy(
        "Unpacked, the archive or a file in it is larger than %(limit)s bytes. Divide it."
    ),
    "bomb": gettext_lazy(
        "“%(name)s” grows more than a hundredfold when it is unpacked. Such archives are not accepted."
    ),
    "damaged": gettext_lazy("“%(name)s” is damaged. Make the archive again."),
    "lost": gettext_lazy("The file was lost before it could be read. Send it again."),
    "no_dossiers": gettext_lazy(
        "The file contains no dossier. Send a dossier a line, or an archive with files *.json."
    ),
}
_LANGUAGES = ("en", "zh-hans")


def describe(error: Exception) -> list[dict[str, Any]]:
    """Return the errors of a dossier that was refused, each with its message in both languages."""
    by_language = {}
    for language in _LANGUAGES:
        with override(language):
            by_language[language] = _errors(error)
    first = by_language[_LANGUAGES[0]]
    return [
        {**each, "message": {language: by_language[language][place]["message"] for language in _LANGUAGES}}
        for place, each in enumerate(first)
    ]


def _errors(error: Exception) -> list[dict[str, str]]:
    if isinstance(error, FileRefused):
        return [{"pointer": "", "code": error.code, "message": str(FILES[error.code]) % error.values}]
    if isinstance(error, WrongDigest):
        message = _("The content of “%(name)s” in the archive has another SHA-256. Put the document itself into it.")
        return [
            {
                "pointer": f"/documents/{error.index}/sha256",
                "code": "wrong_digest",
                "message": message % {"name": error.filename},
            }
        ]
    if not isinstance(error, Malformed | Refused):
        message = _("An internal error occurred and was logged. Send the dossier again, or ask an administrator.")
        return [{"pointer": "", "code": "error", "message": message}]
    problem = problems.malformed(error) if isinstance(error, Malformed) else problems.problem_of(error)
    return problem.errors or [{"pointer": "", "code": problem.code, "message": problem.text}]


class ImportCountsSerializer(serializers.Serializer[Any]):
    opened = serializers.IntegerField()
    known = serializers.IntegerField()
    refused = serializers.IntegerField()


class ImportSerializer(serializers.Serializer[ImportRun]):
    """A bulk import: how far it is, and how many dossiers have each result."""

    id = serializers.UUIDField()
    state = serializers.ChoiceField(ImportState.values)
    dry_run = serializers.BooleanField()
    submit = serializers.BooleanField()
    sha256 = serializers.CharField()
    size = serializers.IntegerField()
    total = serializers.IntegerField(help_text="Number of dossiers; 0 until the file is read.")
    done = serializers.IntegerField()
    percent = serializers.IntegerField()
    counts = ImportCountsSerializer()
    refusal = serializers.CharField(help_text="Why the file was refused as a whole; empty otherwise.")
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)

    def to_representation(self, run: ImportRun) -> dict[str, Any]:
        counts = self.context.get("counts") or counts_of(run)
        done = sum(counts.values())
        is_over = run.finished_at is not None
        shown = {
            "id": run.uid,
            "percent": 100 if is_over else done * 100 // run.total if run.total else 0,
            "done": done,
            "counts": counts,
            "refusal": str(FILES[run.refusal]) % run.refusal_values if run.refusal else "",
        }
        names = ("state", "dry_run", "submit", "sha256", "size", "total", "created_at", "finished_at")
        return super().to_representation({**shown, **{name: getattr(run, name) for name in names}})


class ImportErrorSerializer(serializers.Serializer[Any]):
    pointer = serializers.CharField()
    code = serializers.CharField()
    message = serializers.CharField()


class ImportResultSerializer(serializers.ModelSerializer[ImportResult]):
    """What came of one dossier."""

    outcome = serializers.ChoiceField(ImportOutcome.values)
    filing = serializers.UUIDField(source="filing.uid", default=None, allow_null=True)
    case_number = serializers.CharField(source="filing.case_number", default=None, allow_null=True)
    status = serializers.CharField(source="filing.status", default=None, allow_null=True)
    missing = serializers.ListField(
        child=serializers.CharField(), help_text="Documents that the archive does not have."
    )
    errors = ImportErrorSerializer(many=True)

    class Meta:
        model = ImportResult
        fields = ["index", "name", "outcome", "filing", "case_number", "status", "uploaded", "missing", "errors"]

    def to_representation(self, result: ImportResult) -> dict[str, Any]:
        shown = super().to_representation(result)
        language = "zh-hans" if (get_language() or "").startswith("zh") else "en"
        return {**shown, "errors": [{**each, "message": each["message"][language]} for each in result.errors]}


def _with_counts(runs: Any, user: Any) -> list[dict[str, Any]]:
    """Return imports as JSON, with the counts of all of them in one query."""
    counts = counts_of_all(runs)
    return [dict(ImportSerializer(run, context={"counts": counts[run.pk]}).data) for run in runs]


IMPORTS = Listing(ImportSerializer, rows_as_json=_with_counts)
RESULTS = Listing(ImportResultSerializer, sorts={"index": "index"}, is_ascending=True, page_size=100)
OPTIONS = [
    parameters.yes_or_no("dry_run", "Only tell what would come of it; nothing is stored."),
    parameters.yes_or_no("submit", "Submit each filing that is opened."),
]


class ImportsView(ListEndpoint):
    """The bulk imports of the user."""

    parser_classes = [StreamParser]
    _received: Incoming | None = None

    @operation("imports_list", "Imports", {200: page_of(ImportSerializer)}, parameters=IMPORTS.parameters)
    def get(self, request: Request) -> HttpResponseBase:
        """List your imports, newest first."""
        return self.listed(_own(user_of(request)), IMPORTS)

    @operation(
        "imports_ask",
        "Imports",
        {202: ImportSerializer},
        parameters=OPTIONS,
        body={"application/octet-stream": {"type": "string", "format": "binary"}},
        refuses=(409,),
        scope=FILE,
    )
    def post(self, request: Request) -> Response:
        """
        Import dossiers: a file with a dossier a line, or a zip archive of dossiers (*.json) with the documents that they name.

        The import runs in the background; its address tells how far it is. Each dossier is imported as a whole or not at all.
        `Content-Type` may also be `application/x-ndjson` or `application/zip`; what the file is, is seen from its content.
        """
        file = self.received(request)
        with file.content as content:
            is_archive = request.content_type.lower().startswith(ZIP) or content.read(4) == _ZIP_BEGINS
            content.seek(0)
            try:
                run = ask_for_import(
                    content,
                    by=user_of(request),
                    is_archive=is_archive,
                    size=file.size,
                    sha256=file.sha256,
                    **{name: self.query[name] for name in ("dry_run", "submit")},
                )
            except ImportRefused as error:
                raise _refused(error.code) from error
        headers = {"Location": f"/api/v1/imports/{run.uid}/", "Retry-After": "2"}
        return Response(ImportSerializer(run).data, status=202, headers=headers)

    def received(self, request: Request) -> Incoming:
        """Receive the file, once."""
        if self._received is None:
            try:
                self._received = checked(request, received(chunks_of(request), "import", limit=LARGEST_FILE))
            except TooLarge as error:
                raise _refused("too_large") from error
        return self._received

    def digest_of_body(self, request: Request) -> str:
        return self.received(request).sha256


def _refused(code: str) -> Problem:
    status, text = REFUSALS[code]
    return Problem(status, code, _("Import refused"), str(text))


def _own(user: User) -> QuerySet[ImportRun]:
    return ImportRun.objects.filter(by=user)


def _find(request: Request, uid: UUID) -> ImportRun:
    run = _own(user_of(request)).filter(uid=uid).first()
    if run is None:
        raise Http404
    return run


class ImportView(Endpoint):
    """One bulk import."""

    @operation("imports_read", "Imports", {200: ImportSerializer})
    def get(self, request: Request, id: UUID) -> Response:
        """Return an import: how far it is, and how many dossiers have each result."""
        run = _find(request, id)
        shown = ImportSerializer(run).data
        again = {} if run.finished_at else {"Retry-After": "2"}
        return Response(shown, headers={"ETag": quoted(etag_of(shown)), "Cache-Control": "private, no-cache", **again})


class ImportResultsView(ListEndpoint):
    """The results of a bulk import."""

    FILTERS = [parameters.choice("outcome", ImportOutcome.values, "Only results of this kind."), *RESULTS.parameters]

    @operation("import_results_list", "Imports", {200: page_of(ImportResultSerializer)}, parameters=FILTERS)
    def get(self, request: Request, id: UUID) -> HttpResponseBase:
        """List what came of each dossier, in the order of the file."""
        rows = _find(request, id).results.select_related("filing")
        if outcome := self.query["outcome"]:
            rows = rows.filter(outcome=outcome)
        return self.listed(rows, RESULTS)
