"""Evidence of a model's origin: the files filed for a model, and a short summary of what they show."""

from __future__ import annotations

import json
import zlib
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from compliance.filings.models import Filing
from compliance.provenance.claims import Summary
from registry.names import key_of


class EvidenceFileQuerySet(models.QuerySet["EvidenceFile"]):
    def current(self) -> EvidenceFileQuerySet:
        """Exclude replaced files."""
        return self.filter(replaced_at__isnull=True)


class EvidenceFile(models.Model):
    """
    One file of one model of a filing. When the same side (applicant or staff) files it again, the old file is marked as
    replaced and kept; neither side replaces files of the other.
    """

    uid = models.UUIDField(_("id"), default=uuid7, unique=True, editable=False)
    filing = models.ForeignKey(Filing, models.PROTECT, related_name="evidence", verbose_name=_("filing"))
    model_key = models.TextField(_("model"))
    # Keys of a dossier may be too long for an index.
    model_hash = models.CharField(max_length=64, editable=False)
    part = models.CharField(_("file"), max_length=40)
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    size = models.BigIntegerField(_("size in bytes"))
    content = models.BinaryField()
    filed_at = models.DateTimeField(_("filed at"))
    filed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("filed by"))
    is_staffs = models.BooleanField(_("filed by staff"), default=False)
    replaced_at = models.DateTimeField(_("replaced at"), null=True)

    objects = EvidenceFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("model evidence")
        verbose_name_plural = _("model evidence")
        ordering = ["part"]
        constraints = [
            models.UniqueConstraint(
                fields=["filing", "model_hash", "part", "is_staffs"],
                condition=models.Q(replaced_at__isnull=True),
                name="a_model_has_each_file_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.model_key}: {self.part}"

    def set_document(self, model_key: str, document: Any) -> None:
        """Set the document, compressed; `sha256` and `size` are those of its JSON."""
        text = json_of(document)
        self.model_key, self.model_hash = model_key, key_of(model_key)
        self.sha256, self.size, self.content = sha256(text).hexdigest(), len(text), _packed(document)

    @property
    def document(self) -> Any:
        return _unpacked(self.content)


class EvidenceSummary(models.Model):
    """A short summary of the evidence of one model of a filing, independent of the declaration; read by the rules."""

    filing = models.ForeignKey(Filing, models.CASCADE, related_name="evidence_summaries", verbose_name=_("filing"))
    model_key = models.TextField(_("model"))
    model_hash = models.CharField(max_length=64, editable=False)
    content = models.JSONField(_("content"))

    class Meta:
        verbose_name = _("evidence summary")
        verbose_name_plural = _("evidence summaries")
        constraints = [models.UniqueConstraint(fields=["filing", "model_hash"], name="a_model_has_one_summary")]

    def __str__(self) -> str:
        return self.model_key

    @property
    def summary(self) -> Summary:
        return Summary.of_json(self.content)


class ReferenceSketch(models.Model):
    """
    The weight sketch of a public model, for comparison. Its file hashes are committed to first; then the seed is issued,
    and the sketch is taken with that seed.
    """

    name = models.TextField(_("model"))
    seed = models.CharField(_("seed"), max_length=200)
    file_hashes = models.JSONField(_("SHA-256 of the weight files"), default=dict)
    content = models.BinaryField(null=True)
    committed_at = models.DateTimeField(_("committed at"))
    added_at = models.DateTimeField(_("added at"), null=True)
    source = models.TextField(_("source"), blank=True)

    class Meta:
        verbose_name = _("reference sketch")
        verbose_name_plural = _("reference sketches")
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(fields=["name", "seed"], name="a_sketch_by_model_and_seed")]

    def __str__(self) -> str:
        return self.name

    def set_document(self, document: Any) -> None:
        self.content = _packed(document)

    @property
    def document(self) -> Any:
        return None if self.content is None else _unpacked(self.content)


class SketchRequest(models.Model):
    """
    A filer's commitment to the hashes of all weight files, and the random seed issued in return for the sketch.
    """

    filing = models.ForeignKey(Filing, models.CASCADE, related_name="sketch_requests", verbose_name=_("filing"))
    model_key = models.TextField(_("model"))
    model_hash = models.CharField(max_length=64, editable=False)
    file_hashes = models.JSONField(_("SHA-256 of the weight files"))
    seed = models.CharField(_("seed"), max_length=200)
    committed_at = models.DateTimeField(_("committed at"))
    committed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("commitment to weight files")
        verbose_name_plural = _("commitments to weight files")
        constraints = [models.UniqueConstraint(fields=["filing", "model_hash"], name="a_model_is_committed_to_once")]

    def __str__(self) -> str:
        return self.model_key


def _packed(document: Any) -> bytes:
    return zlib.compress(json_of(document), 6)


def _unpacked(content: bytes) -> Any:
    return json.loads(zlib.decompress(content))


def json_of(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
