"""Serializers of evidence: the files, and the verdict with its parts in the language of the request."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from compliance.api.problems import reader_language
from compliance.evidence.verdicts import FiledEvidence
from compliance.provenance.answers import answer
from compliance.provenance.findings import MEANINGS
from compliance.provenance.wording import CAVEAT, as_text, in_parts

Fields = serializers.Serializer[Any]


class EvidenceFileSerializer(Fields):
    part = serializers.CharField()
    sha256 = serializers.CharField(help_text="SHA-256 of the stored JSON, without whitespace.")
    size = serializers.IntegerField()
    filed_at = serializers.DateTimeField()


class MeaningSerializer(Fields):
    code = serializers.CharField()
    meaning = serializers.CharField()


class VerdictSerializer(Fields):
    """The verdict. `parts` contains three separate answers that are never combined into one score."""

    findings = serializers.ListField(child=serializers.CharField())
    meanings = MeaningSerializer(many=True)
    structure = serializers.CharField()
    families_with_identical_structure = serializers.ListField(child=serializers.CharField())
    families_with_same_layer_block = serializers.ListField(child=serializers.CharField())
    renamed = serializers.ListField(child=serializers.CharField())
    parts = serializers.DictField(child=serializers.ListField(child=serializers.CharField()))
    caveat = serializers.CharField()
    text = serializers.CharField()


class EvidenceSerializer(serializers.Serializer[FiledEvidence]):
    """The evidence of one model of one filing."""

    filing = serializers.UUIDField(source="filing.uid")
    model = serializers.CharField(source="model_key")
    declaration = serializers.DictField()
    files = EvidenceFileSerializer(many=True)
    seed = serializers.SerializerMethodField(
        help_text="Seed of the weight sketch. Available once the file hashes are filed."
    )
    sketch_is_bound = serializers.BooleanField(source="is_sketch_bound", allow_null=True)
    verdict = serializers.SerializerMethodField()

    def get_seed(self, filed: FiledEvidence) -> str | None:
        """Return the seed to staff and to the applicant only: anyone who knows it beforehand can forge a sketch."""
        user = self.context["user"]
        return filed.seed if user.roles or filed.filing.applicant_id in user.own_organizations else None

    @extend_schema_field(VerdictSerializer)
    def get_verdict(self, filed: FiledEvidence) -> Any:
        language, verdict = reader_language(), filed.verdict
        meanings = [{"code": code, "meaning": MEANINGS[code].in_(language)} for code in verdict.codes]
        parts = {
            **answer(verdict),
            "meanings": meanings,
            "parts": in_parts(verdict, language),
            "caveat": CAVEAT.in_(language),
            "text": as_text(verdict, language),
        }
        return VerdictSerializer(parts).data
