"""Serializers of the register. Each value comes with its source."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from registry.models import (
    AIModel,
    Correction,
    ModelStatement,
    OfficialNumber,
    Organization,
    Service,
    ServiceStatement,
    Source,
    TrainingDataDeclaration,
)
from registry.register.precedence import CORRECTABLE


class SourceSerializer(serializers.ModelSerializer[Source]):
    """The source of a statement."""

    id = serializers.UUIDField(source="uid")

    class Meta:
        model = Source
        fields = ["id", "kind", "label", "is_public", "stated_at"]


class NamedSerializer(serializers.Serializer[Any]):
    """An organization, abbreviated."""

    id = serializers.UUIDField(source="uid")
    name = serializers.CharField()
    uscc = serializers.CharField(allow_null=True)


class NumberInShortSerializer(serializers.Serializer[Any]):
    number = serializers.CharField()
    kind = serializers.CharField()
    status = serializers.CharField()
    issued_on = serializers.DateField(allow_null=True)


class _WithRegistrationStatus:
    """Adds the registration status that the user may see."""

    def get_registration_status(self, row: Any) -> str:
        return str(row.status_for(self.context.get("user")))  # type: ignore[attr-defined]


class AIModelSerializer(_WithRegistrationStatus, serializers.ModelSerializer[AIModel]):
    """An AI model, abbreviated."""

    id = serializers.UUIDField(source="uid")
    developer = NamedSerializer(allow_null=True)
    registration_status = serializers.SerializerMethodField()
    official_numbers = NumberInShortSerializer(source="all_numbers", many=True)

    class Meta:
        model = AIModel
        fields = ["id", "name", "version", "developer", "country", "registration_status", "official_numbers"]


class ModelStatementSerializer(serializers.ModelSerializer[ModelStatement]):
    """The statement of one source about an AI model. Empty fields are omitted."""

    omits_empty_fields = True

    source = SourceSerializer()

    class Meta:
        model = ModelStatement
        exclude = ["id", "model", "named_model", "rank"]

    def to_representation(self, statement: ModelStatement) -> dict[str, Any]:
        values = super().to_representation(statement)
        return {name: value for name, value in values.items() if value not in (None, "", [], {})}


class ShownValueSerializer(serializers.Serializer[Any]):
    """A value in force, and its source."""

    value = serializers.JSONField()
    source = SourceSerializer()


class AIModelDetailSerializer(AIModelSerializer):
    """An AI model with the values in force and the statements about it."""

    shown = serializers.DictField(child=ShownValueSerializer())
    statements = ModelStatementSerializer(many=True)
    statement_count = serializers.IntegerField(
        help_text="Number of statements that you may see, also those not listed."
    )

    class Meta(AIModelSerializer.Meta):
        fields = [*AIModelSerializer.Meta.fields, "shown", "statements", "statement_count"]


class ServiceSerializer(_WithRegistrationStatus, serializers.ModelSerializer[Service]):
    """A service, abbreviated."""

    id = serializers.UUIDField(source="uid")
    organization = NamedSerializer()
    registration_status = serializers.SerializerMethodField()
    official_numbers = NumberInShortSerializer(many=True)

    class Meta:
        model = Service
        fields = ["id", "name", "organization", "registration_status", "official_numbers"]


class ServiceStatementSerializer(serializers.ModelSerializer[ServiceStatement]):
    """The statement of one source about a service. Empty fields are omitted."""

    omits_empty_fields = True

    source = SourceSerializer()

    class Meta:
        model = ServiceStatement
        exclude = ["id", "service"]

    def to_representation(self, statement: ServiceStatement) -> dict[str, Any]:
        values = super().to_representation(statement)
        return {name: value for name, value in values.items() if value not in (None, "", [], {})}


class ServiceDetailSerializer(ServiceSerializer):
    """A service with the statements about it, latest first."""

    statements = ServiceStatementSerializer(many=True)

    class Meta(ServiceSerializer.Meta):
        fields = [*ServiceSerializer.Meta.fields, "statements"]


class OrganizationSerializer(serializers.ModelSerializer[Organization]):
    """An organization."""

    id = serializers.UUIDField(source="uid")

    class Meta:
        model = Organization
        fields = ["id", "uscc", "name", "name_en", "country"]


class TrainingDataDeclarationSerializer(serializers.ModelSerializer[TrainingDataDeclaration]):
    """The declaration of one source about a corpus on which a model was trained."""

    id = serializers.UUIDField(source="uid")
    model = serializers.UUIDField(source="statement.model.uid")
    model_name = serializers.CharField(source="statement.model.name")
    source = SourceSerializer()

    class Meta:
        model = TrainingDataDeclaration
        exclude = ["uid", "statement", "position"]


class OfficialNumberSerializer(serializers.ModelSerializer[OfficialNumber]):
    """An official number. Official numbers are public."""

    id = serializers.UUIDField(source="uid")
    organization = NamedSerializer(allow_null=True)
    check_digit_fits = serializers.BooleanField(
        allow_null=True,
        help_text="Whether the last digit matches the check digit inferred from the published numbers. For information only.",
    )
    services = serializers.SlugRelatedField("name", many=True, read_only=True)
    ai_models = serializers.SlugRelatedField("name", many=True, read_only=True)

    class Meta:
        model = OfficialNumber
        fields = [
            "id",
            "number",
            "kind",
            "status",
            "issued_on",
            "title",
            "holder",
            "organization",
            "jurisdiction",
            "place",
            "algorithm_type",
            "role",
            "products",
            "purpose",
            "remark",
            "is_held_by_filing",
            "check_digit_fits",
            "services",
            "ai_models",
        ]


class OfficialNumberDetailSerializer(OfficialNumberSerializer):
    """An official number with the rows of the published lists that contain it, as published."""

    listings = serializers.ListField(child=serializers.DictField())

    class Meta(OfficialNumberSerializer.Meta):
        fields = [*OfficialNumberSerializer.Meta.fields, "listings"]


class CorrectionSerializer(serializers.ModelSerializer[Correction]):
    """A correction or merge by a registrar."""

    id = serializers.UUIDField(source="uid")
    model = serializers.UUIDField(source="model.uid")
    into = serializers.UUIDField(source="into.uid", default=None, allow_null=True)
    by = serializers.CharField(source="by.username")
    undone_by = serializers.CharField(source="undone_by.username", default=None, allow_null=True)

    class Meta:
        model = Correction
        fields = [
            "id",
            "kind",
            "model",
            "into",
            "changes",
            "reason",
            "by",
            "at",
            "undone_at",
            "undone_by",
            "undone_reason",
        ]


class ChangesSerializer(serializers.ModelSerializer[ModelStatement]):
    """The fields to correct. All are optional, and unknown fields are refused."""

    modalities = serializers.ListField(
        child=serializers.ChoiceField(["text", "image", "audio", "video"]), required=False
    )
    development = serializers.ChoiceField(["from_scratch", "derived"], required=False)
    developer_country = serializers.RegexField("^[A-Z]{2}$", required=False)
    released_on = serializers.DateField(required=False)
    parameters = serializers.IntegerField(min_value=0, max_value=2**53, required=False)
    context_length = serializers.IntegerField(min_value=0, max_value=2**53, required=False)

    class Meta:
        model = ModelStatement
        fields = list(CORRECTABLE)


class CorrectionRequestSerializer(serializers.Serializer[Any]):
    changes = ChangesSerializer()
    reason = serializers.CharField()


class MergeRequestSerializer(serializers.Serializer[Any]):
    into = serializers.UUIDField()
    reason = serializers.CharField()


class UndoRequestSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField()


class EdgeSerializer(serializers.Serializer[Any]):
    child = serializers.UUIDField()
    parent = serializers.UUIDField()
    relation = serializers.CharField()
    modified = serializers.BooleanField(allow_null=True)
    passes_weights = serializers.BooleanField()
    source = SourceSerializer()


class NodeSerializer(AIModelSerializer):
    depth = serializers.IntegerField(help_text="Number of steps from the requested model. Negative for ancestors.")
    is_root = serializers.BooleanField()

    class Meta(AIModelSerializer.Meta):
        fields = [*AIModelSerializer.Meta.fields, "depth", "is_root"]


class LineageSerializer(serializers.Serializer[Any]):
    """The lineage of a model, limited to what the user may see."""

    model = serializers.UUIDField()
    direction = serializers.CharField()
    through = serializers.CharField()
    nodes = NodeSerializer(many=True)
    edges = EdgeSerializer(many=True)
    hidden = serializers.IntegerField(
        allow_null=True, help_text="Number of models hidden from you. Null unless you are staff."
    )
    is_cut = serializers.BooleanField(help_text="Whether the lineage has more edges than a response can contain.")
