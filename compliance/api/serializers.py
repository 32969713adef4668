"""Serializers of filings, flags, rules and events."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from compliance.api.problems import reader_language
from compliance.api.requests import REASON_LIMIT
from compliance.api.summaries import day, moment
from compliance.filings.workflow import VERBS
from compliance.models import Event, Filing, Flag
from compliance.rules.wording import describe
from registry.api.endpoint import row_of
from registry.names import ANY_TEXT, SOME_TEXT


class ApplicantSerializer(serializers.Serializer[Any]):
    uscc = serializers.CharField()
    name = serializers.CharField()


class ServiceNameSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(source="service_name")


class FlagCountsSerializer(serializers.Serializer[Any]):
    error = serializers.IntegerField(source="error_count")
    warning = serializers.IntegerField(source="warning_count")
    info = serializers.IntegerField(source="info_count")
    waived = serializers.IntegerField(
        source="waived_count", help_text="Waived flags. They are not counted in any level."
    )


class CheckStateSerializer(serializers.Serializer[Any]):
    as_of = serializers.DateField(source="checked_as_of", allow_null=True, help_text="Date of the last check.")
    checked_at = serializers.DateTimeField(allow_null=True)
    due = serializers.BooleanField(source="is_due", help_text="Whether a check is due.")
    next_look_on = serializers.DateField(
        allow_null=True, help_text="Date on which the outcome may change without an edit."
    )


class FilingSerializer(serializers.ModelSerializer[Filing]):
    """A filing without its dossier."""

    id = serializers.UUIDField(source="uid")
    applicant = ApplicantSerializer()
    service = ServiceNameSerializer(source="*")
    flags = FlagCountsSerializer(source="*")
    check = CheckStateSerializer(source="*")
    official_number = serializers.CharField(source="official_number.number", default=None, allow_null=True)
    amends_filing = serializers.UUIDField(
        source="target.uid", default=None, allow_null=True, help_text="The filing that a change or cancellation amends."
    )
    reference = serializers.SerializerMethodField()
    jurisdiction = serializers.SerializerMethodField()

    class Meta:
        model = Filing
        fields = [
            "id",
            "case_number",
            "kind",
            "action",
            "status",
            "reference",
            "jurisdiction",
            "applicant",
            "service",
            "opened_at",
            "changed_at",
            "first_submitted_at",
            "submitted_at",
            "accepted_at",
            "returned_at",
            "decided_at",
            "official_number",
            "amends_filing",
            "flags",
            "check",
        ]

    def get_reference(self, filing: Filing) -> str | None:
        return filing.reference or None

    def get_jurisdiction(self, filing: Filing) -> str | None:
        return filing.jurisdiction or None


class FindingSerializer(serializers.Serializer[Any]):
    """A finding, in the language of the request."""

    rule = serializers.CharField()
    level = serializers.ChoiceField(["error", "warning", "info"])
    variant = serializers.CharField()
    at = serializers.CharField(help_text="JSON Pointer into the dossier.")
    title = serializers.CharField()
    message = serializers.CharField()
    cites = serializers.ListField(child=serializers.CharField())
    fix = serializers.CharField()


class WaiverSerializer(serializers.Serializer[Flag]):
    """The waiver of a flag: its last day, its reason, and who waived it."""

    until = serializers.DateField(source="waived_until")
    reason = serializers.CharField(source="waiver_reason")
    by = serializers.CharField(source="waived_by.username")
    at = serializers.DateTimeField(source="waived_at")


class FlagSerializer(FindingSerializer):
    """A flag of a filing: a finding that is open, waived or resolved."""

    raised_at = serializers.DateTimeField()
    resolved_at = serializers.DateTimeField(allow_null=True)
    waiver = WaiverSerializer(
        allow_null=True, help_text="Null unless the flag is waived. A waived flag does not block acceptance."
    )

    def to_representation(self, flag: Flag) -> dict[str, Any]:
        return flag_json(flag)


def flag_json(flag: Flag) -> dict[str, Any]:
    """Return the JSON of a flag, in the language of the request."""
    return {
        **describe(flag.finding, reader_language()),
        "raised_at": moment(flag.raised_at),
        "resolved_at": moment(flag.resolved_at),
        "waiver": _waiver(flag) if flag.is_waived else None,
    }


def _waiver(flag: Flag) -> dict[str, Any]:
    assert flag.waived_by
    return {
        "until": day(flag.waived_until),
        "reason": flag.waiver_reason,
        "by": flag.waived_by.username,
        "at": moment(flag.waived_at),
    }


class ComparedSerializer(serializers.Serializer[Any]):
    """Changes from the date of the check to another date."""

    compare_to = serializers.DateField()
    new = FindingSerializer(many=True, help_text="Findings on that date only.")
    gone = FindingSerializer(many=True, help_text="Findings on the date of the check only.")
    changed = FindingSerializer(many=True, help_text="Findings on both dates whose level or values differ.")


class CheckSerializer(serializers.Serializer[Any]):
    as_of = serializers.DateField()
    next_look_on = serializers.DateField(allow_null=True)
    malformed = serializers.ListField(
        child=serializers.DictField(), help_text="Always empty: a malformed dossier is refused (400)."
    )
    findings = FindingSerializer(many=True)
    compared = ComparedSerializer(allow_null=True)


class FlagsSerializer(CheckStateSerializer):
    """A page of flags, with the state of the check that raised them."""

    is_page = True

    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = row_of(FlagSerializer)(many=True)


def _text(form: str = ANY_TEXT, length: int = REASON_LIMIT, **options: Any) -> serializers.CharField:
    return serializers.RegexField(form, max_length=length, **options)


class ReasonSerializer(serializers.Serializer[Any]):
    reason = _text(required=False, allow_blank=True)


class RequiredReasonSerializer(serializers.Serializer[Any]):
    reason = _text(SOME_TEXT)


class FlagIdentitySerializer(RequiredReasonSerializer):
    """The identity of an open flag, and the reason to record."""

    rule = _text()
    at = _text(required=False, allow_blank=True, help_text="JSON Pointer. Empty for the whole dossier.")
    variant = _text()


class WaivingSerializer(FlagIdentitySerializer):
    """The identity of an open flag, the reason, and the last day of the waiver."""

    until = serializers.DateField()


class DecisionSerializer(ReasonSerializer):
    """A decision that the authority made outside this registry."""

    number = _text(SOME_TEXT)
    day = serializers.DateField()
    document = serializers.RegexField(
        "^[0-9a-f]{64}$", required=False, help_text="SHA-256 of a document of the filing."
    )


class EventSerializer(serializers.ModelSerializer[Event]):
    """An event in the history of a filing."""

    filing = serializers.UUIDField(source="filing.uid")
    event = serializers.SerializerMethodField(help_text="Label of the verb, in the language of the request.")

    class Meta:
        model = Event
        fields = [
            "filing",
            "number",
            "verb",
            "event",
            "from_status",
            "to_status",
            "at",
            "actor",
            "reason",
            "data",
            "previous_hash",
            "hash",
        ]

    def get_event(self, event: Event) -> str:
        return VERBS[event.verb].in_(reader_language())


class DossierDocument(serializers.Serializer[Any]):
    """Placeholder for the dossier in the OpenAPI description. Its schema is generated from the types."""
