"""Subscriptions to reports over the API: of staff, and of members for their organization."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponseBase
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from compliance.api.problems import reader_language
from compliance.checking.case_facts import working_calendar
from compliance.dossier.codes import KINDS
from compliance.models import Sending, Subscription
from compliance.reports import subscribing
from compliance.reports.catalog import REPORTS
from compliance.reports.formats import FORMATS
from compliance.reports.schedules import LAST_WORKING_DAY, Frequency
from compliance.reports.scopes import APPLICANT, KIND, PROVINCE
from compliance.reports.subscribing import SubscriptionRefused, Wishes
from compliance.reports.subscription_lines import next_at
from registry.api.bodies import read_body
from registry.api.endpoint import FILE, REVIEW, Endpoint, operation, page_of
from registry.api.lists import ListEndpoint, Listing
from registry.api.problems import Problem
from registry.api.requests import user_of
from registry.models import Organization, User
from registry.names import ANY_TEXT
from registry.reference.regions import PROVINCES
from registry.uscc import PATTERN

WRITE = (FILE, REVIEW)


class SubscriptionSerializer(serializers.ModelSerializer[Subscription]):
    """A report that is sent regularly. `next_at` is when the next one is due; null while it is paused."""

    id = serializers.UUIDField(source="uid")
    report = serializers.ChoiceField(sorted(REPORTS))
    organization = serializers.CharField(source="organization.uscc", default=None, allow_null=True)
    owner = serializers.CharField(source="owner.username")
    parameters = serializers.DictField(child=serializers.CharField())
    formats = serializers.ListField(child=serializers.ChoiceField(list(FORMATS)))
    frequency = serializers.ChoiceField([str(each) for each in Frequency])
    recipients = serializers.SerializerMethodField()
    next_at = serializers.SerializerMethodField()

    class Meta:
        model = Subscription
        fields = [
            "id",
            "report",
            "organization",
            "owner",
            "parameters",
            "language",
            "formats",
            "frequency",
            "working_day",
            "hour",
            "time_zone",
            "recipients",
            "only_if_changed",
            "is_paused",
            "next_at",
            "created_at",
            "changed_at",
        ]

    def get_recipients(self, row: Subscription) -> list[str]:
        return sorted(user.username for user in row.recipients.all())

    def get_next_at(self, row: Subscription) -> str | None:
        found = next_at(row, working_calendar())
        return found.isoformat() if found else None


class SubscriptionRequestSerializer(serializers.Serializer[Any]):
    """
    A subscription. `organization` is the USCC of an organization of which you are a member; only staff may leave it out.
    `recipients` are user names or e-mail addresses of people who may read the report; without any, it is sent to you.
    """

    report = serializers.ChoiceField(sorted(REPORTS))
    organization = serializers.RegexField(f"^{PATTERN}$", required=False)
    frequency = serializers.ChoiceField([str(each) for each in Frequency])
    formats = serializers.ListField(
        child=serializers.ChoiceField(list(FORMATS)), min_length=1, max_length=len(FORMATS), required=False
    )
    language = serializers.ChoiceField(["zh", "en"], required=False)
    working_day = serializers.IntegerField(min_value=1, max_value=LAST_WORKING_DAY, required=False)
    hour = serializers.IntegerField(min_value=0, max_value=23, required=False)
    time_zone = serializers.RegexField(ANY_TEXT, max_length=64, required=False, allow_blank=True)
    recipients = serializers.ListField(
        child=serializers.RegexField(ANY_TEXT, max_length=254, allow_blank=True),
        max_length=subscribing.MOST_RECIPIENTS,
        required=False,
    )
    only_if_changed = serializers.BooleanField(required=False)
    province = serializers.ChoiceField(list(PROVINCES), required=False)
    applicant = serializers.RegexField(f"^{PATTERN}$", required=False)
    kind = serializers.ChoiceField(list(KINDS), required=False)


class PauseSerializer(serializers.Serializer[Any]):
    is_paused = serializers.BooleanField(required=False)


class SendingSerializer(serializers.ModelSerializer[Sending]):
    """A sent report: its period and its run."""

    run = serializers.UUIDField(source="run.uid")

    class Meta:
        model = Sending
        fields = ["run", "begins_at", "ends_at", "state", "is_extra", "created_at"]


LISTING = Listing(SubscriptionSerializer)


def _visible(user: User) -> QuerySet[Subscription]:
    """Return one's own subscriptions, and those of the own organizations."""
    rows = Subscription.objects.kept().filter(Q(owner=user) | Q(organization__in=user.own_organizations))
    rows = rows.filter(report__in=list(REPORTS))
    return rows.select_related("organization", "owner").prefetch_related("recipients")


class SubscriptionsView(ListEndpoint):
    """Subscriptions to reports."""

    @operation(
        "report_subscriptions_list", "Reports", {200: page_of(SubscriptionSerializer)}, parameters=LISTING.parameters
    )
    def get(self, request: Request) -> HttpResponseBase:
        """List your subscriptions, and those of your organizations."""
        return self.listed(_visible(user_of(request)), LISTING)

    @operation(
        "report_subscriptions_add",
        "Reports",
        {201: SubscriptionSerializer},
        body=SubscriptionRequestSerializer,
        scope=WRITE,
    )
    def post(self, request: Request) -> Response:
        """Subscribe to a report. The first one is that of the period at hand, once it has ended."""
        user, asked = user_of(request), read_body(request, SubscriptionRequestSerializer)
        organization = _organization(user, asked.get("organization"))
        try:
            made = subscribing.subscribe(_wishes(asked), by=user, organization=organization)
        except SubscriptionRefused as refused:
            raise _as_problem(refused) from refused
        location = {"Location": f"/api/v1/report_subscriptions/{made.uid}/"}
        return Response(SubscriptionSerializer(_visible(user).get(pk=made.pk)).data, status=201, headers=location)


class SubscriptionView(Endpoint):
    """One subscription."""

    @operation("report_subscriptions_read", "Reports", {200: SubscriptionSerializer})
    def get(self, request: Request, id: UUID) -> Response:
        """Return a subscription of yours or of your organization."""
        return Response(SubscriptionSerializer(_find(user_of(request), id)).data)

    @operation(
        "report_subscriptions_pause", "Reports", {200: SubscriptionSerializer}, body=PauseSerializer, scope=WRITE
    )
    def patch(self, request: Request, id: UUID) -> Response:
        """Pause or resume a subscription of yours. What would have been sent during a pause is not sent."""
        user, asked = user_of(request), read_body(request, PauseSerializer)
        found = _find_own(user, id)
        if asked.get("is_paused", found.is_paused) != found.is_paused:
            (subscribing.pause_subscription if asked["is_paused"] else subscribing.resume_subscription)(found)
        return Response(SubscriptionSerializer(_find(user, id)).data)

    @operation(
        "report_subscriptions_change",
        "Reports",
        {200: SubscriptionSerializer},
        body=SubscriptionRequestSerializer,
        refuses=(409,),
        scope=WRITE,
    )
    def put(self, request: Request, id: UUID) -> Response:
        """Change a subscription of yours. What is left out has its default; the organization stays."""
        user, asked = user_of(request), read_body(request, SubscriptionRequestSerializer)
        try:
            subscribing.change_subscription(_find_own(user, id), _wishes(asked), by=user)
        except SubscriptionRefused as refused:
            raise _as_problem(refused) from refused
        return Response(SubscriptionSerializer(_find(user, id)).data)

    @operation("report_subscriptions_end", "Reports", {204: None}, scope=WRITE)
    def delete(self, request: Request, id: UUID) -> Response:
        """End a subscription of yours. What was sent stays."""
        subscribing.end_subscription(_find_own(user_of(request), id))
        return Response(status=204)


class SendNowView(Endpoint):
    """Sending the report of a subscription besides its schedule."""

    @operation("report_subscriptions_send", "Reports", {202: SendingSerializer}, scope=WRITE)
    def post(self, request: Request, id: UUID) -> Response:
        """Send the report of the last ended period now."""
        sending = subscribing.send_now(_find_own(user_of(request), id))
        return Response(SendingSerializer(sending).data, status=202)


def _find(user: User, id: UUID) -> Subscription:
    found = _visible(user).filter(uid=id).first()
    if found is None:
        raise Http404
    return found


def _find_own(user: User, id: UUID) -> Subscription:
    """Return a subscription of the user. Raises Http404, and Problem (403) for one of somebody else in the organization."""
    found = _find(user, id)
    if found.owner_id != user.pk:
        raise Problem(403, "not_the_owner", _("Not allowed"), _("Only its owner can change a subscription."))
    return found


def _organization(user: User, uscc: str | None) -> Organization | None:
    if uscc is None:
        return None
    own = Organization.objects.filter(pk__in=user.own_organizations, uscc=uscc).first()
    if own is None:
        message = _("You are not a member of this organization.")
        raise Problem.at("/organization", 403, "not_a_member", _("Not allowed"), message)
    return own


def _wishes(asked: dict[str, Any]) -> Wishes:
    names = ("language", "working_day", "hour", "time_zone", "only_if_changed")
    return Wishes(
        report=asked["report"],
        frequency=Frequency(asked["frequency"]),
        formats=tuple(asked.get("formats", ("pdf",))),
        parameters={name: asked[name] for name in (PROVINCE, APPLICANT, KIND) if asked.get(name)},
        recipients=tuple(asked.get("recipients", ())),
        **{name: asked[name] for name in names if name in asked},
    )


def _as_problem(refused: SubscriptionRefused) -> Problem:
    message = refused.text.in_(reader_language())
    return Problem.at(f"/{refused.at}", 409, "subscription_refused", _("Not possible"), message)
