"""Documents: the attachments of a filing, identified by the hash of their bytes and never changed."""

from __future__ import annotations

from django.conf import settings
from django.core.files.storage import storages
from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from compliance.attachments.contents import Contents
from compliance.attachments.reader import READER
from compliance.filings.models import Filing


def document_storage() -> object:
    return storages["default"]


class DocumentFactsQuerySet(models.QuerySet["DocumentFacts"]):
    def to_count(self) -> DocumentFactsQuerySet:
        """Filter to those not counted by the current reader."""
        return self.filter(reader__lt=READER)


class DocumentFacts(models.Model):
    """
    What was counted in a file, once for all filings that hold it: the contents as `compliance.attachments` read them, and the
    version of the reader. A file without contents, or counted by an older reader, still has to be counted.
    """

    sha256 = models.CharField(_("SHA-256"), max_length=64, unique=True)
    contents = models.JSONField(_("contents"), null=True)
    # False for most documents: they contain nothing that a rule reads, so a sweep does not load their contents.
    says_anything = models.BooleanField(default=False)
    reader = models.PositiveSmallIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    counted_at = models.DateTimeField(_("counted at"), null=True)

    objects = DocumentFactsQuerySet.as_manager()

    class Meta:
        verbose_name = _("document facts")
        verbose_name_plural = _("document facts")
        indexes = [models.Index(fields=["reader"], name="facts_by_reader")]

    def __str__(self) -> str:
        return self.sha256[:12]

    @property
    def known_contents(self) -> Contents | None:
        return None if self.contents is None else Contents.of(self.contents)


class Document(models.Model):
    """An attachment of one filing; equal files of several filings are stored once."""

    uid = models.UUIDField(_("id"), default=uuid7, unique=True, editable=False)
    filing = models.ForeignKey(Filing, models.PROTECT, related_name="documents", verbose_name=_("filing"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    size = models.BigIntegerField(_("size in bytes"))
    media_type = models.CharField(_("media type"), max_length=100)
    filename = models.CharField(_("file name"), max_length=255)
    stored_as = models.FileField(_("stored as"), max_length=200, storage=document_storage)
    facts = models.ForeignKey(
        DocumentFacts, models.PROTECT, null=True, related_name="documents", verbose_name=_("facts")
    )
    uploaded_at = models.DateTimeField(_("uploaded at"))
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("uploaded by")
    )

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["filing", "sha256"], name="a_filing_holds_a_document_once")]

    def __str__(self) -> str:
        return self.filename


class PartialUpload(models.Model):
    """
    A document that arrives in parts. `offset` is the number of bytes that have arrived. When all are there, it names its
    document, so that a client whose last answer was lost learns that it is done.
    """

    uid = models.UUIDField(_("id"), default=uuid7, unique=True, editable=False)
    filing = models.ForeignKey(Filing, models.CASCADE, related_name="partial_uploads", verbose_name=_("filing"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("uploaded by"))
    filename = models.CharField(_("file name"), max_length=255)
    size = models.BigIntegerField(_("size in bytes"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    entry = models.PositiveIntegerField(null=True)
    offset = models.BigIntegerField(default=0)
    document = models.ForeignKey(Document, models.PROTECT, null=True, related_name="+", verbose_name=_("document"))
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    class Meta:
        verbose_name = _("upload in parts")
        verbose_name_plural = _("uploads in parts")

    def __str__(self) -> str:
        return f"{self.filename} {self.offset}/{self.size}"


class UploadedPart(models.Model):
    """A part of an upload: the bytes from `offset` on, as a file."""

    upload = models.ForeignKey(PartialUpload, models.CASCADE, related_name="parts")
    offset = models.BigIntegerField()
    kept_as = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["upload", "offset"], name="a_part_arrives_once")]

    def __str__(self) -> str:
        return self.kept_as
