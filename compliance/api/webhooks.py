"""Webhooks over the API: of an organization, for its filers, and of a staff member."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from compliance.models import Attempt, Delivery, Webhook, WebhookEvent
from compliance.notices import actions
from compliance.notices.actions import SUBSCRIBABLE
from registry.api.bodies import read_body
from registry.api.endpoint import FILE, REVIEW, Endpoint, operation, page_of
from registry.api.etags import IF_MATCH, etag_of, one_at_a_time, quoted, refuse_other_version
from registry.api.lists import ListEndpoint, Listing
from registry.api.problems import Problem
from registry.api.requests import user_of
from registry.models import Organization, User
from registry.names import ANY_TEXT
from registry.uscc import PATTERN

# A host in another script is written in its ASCII form (IDNA).
URL_FORM = "^https?://[\x21-\x7e]+$"
# Filers have webhooks of their organizations, staff have their own.
WRITE = (FILE, REVIEW)
REFUSALS = {
    "not_a_filer": (403, "/organization", gettext_lazy("You are not a filer of this organization.")),
    "not_staff": (
        403,
        "/organization",
        gettext_lazy("Name an organization for which you file. Only staff can have webhooks without one."),
    ),
    "too_many": (409, "", gettext_lazy("There are 20 webhooks already. Delete one that is not needed any more.")),
    "scheme": (
        409,
        "/url",
        gettext_lazy("Messages are sent over HTTPS only. Use an address that begins with https://."),
    ),
    "private": (409, "/url", gettext_lazy("This address is not public. Use an address that the internet reaches.")),
    "unknown_host": (409, "/url", gettext_lazy("The host of this address is not known. Check its spelling.")),
    "bad_address": (409, "/url", gettext_lazy("This is not an address to which messages can be sent. Check it.")),
}


class WebhookSerializer(serializers.ModelSerializer[Webhook]):
    """A webhook, without its secret."""

    id = serializers.UUIDField(source="uid")
    organization = serializers.CharField(source="organization.uscc", default=None, allow_null=True)
    owner = serializers.CharField(source="owner.username")
    events = serializers.ListField(child=serializers.ChoiceField(SUBSCRIBABLE))

    class Meta:
        model = Webhook
        fields = [
            "id",
            "url",
            "organization",
            "owner",
            "description",
            "events",
            "is_enabled",
            "disabled_reason",
            "failing_since",
            "created_at",
            "changed_at",
        ]

    def to_representation(self, webhook: Webhook) -> dict[str, Any]:
        shown = super().to_representation(webhook)
        return {**shown, "disabled_reason": _(webhook.disabled_reason) if webhook.disabled_reason else ""}


class NewWebhookSerializer(WebhookSerializer):
    """A webhook with its new secret, which is not shown again."""

    secret = serializers.CharField()

    class Meta(WebhookSerializer.Meta):
        fields = [*WebhookSerializer.Meta.fields, "secret"]


class WebhookChangesSerializer(serializers.Serializer[Any]):
    url = serializers.RegexField(URL_FORM, max_length=500, required=False)
    description = serializers.RegexField(ANY_TEXT, max_length=200, required=False, allow_blank=True)
    events = serializers.ListField(
        child=serializers.ChoiceField(SUBSCRIBABLE), min_length=1, max_length=len(SUBSCRIBABLE), required=False
    )
    is_enabled = serializers.BooleanField(required=False)


class WebhookRequestSerializer(serializers.Serializer[Any]):
    """A new webhook. `organization` is the USCC of an organization for which you file; only staff may leave it out."""

    url = serializers.RegexField(URL_FORM, max_length=500)
    description = serializers.RegexField(ANY_TEXT, max_length=200, required=False, allow_blank=True)
    events = serializers.ListField(
        child=serializers.ChoiceField(SUBSCRIBABLE), min_length=1, max_length=len(SUBSCRIBABLE)
    )
    organization = serializers.RegexField(f"^{PATTERN}$", required=False)


class AttemptSerializer(serializers.ModelSerializer[Attempt]):
    """One attempt to deliver a message."""

    class Meta:
        model = Attempt
        fields = ["at", "status", "error", "milliseconds"]


class DeliverySerializer(serializers.ModelSerializer[Delivery]):
    """A message to a webhook, with the attempts to deliver it."""

    id = serializers.UUIDField(source="uid")
    event = serializers.ChoiceField(WebhookEvent.values)
    filing = serializers.UUIDField(source="filing.uid", default=None, allow_null=True)
    log = AttemptSerializer(many=True)

    class Meta:
        model = Delivery
        fields = [
            "id",
            "event",
            "filing",
            "body",
            "created_at",
            "due_at",
            "attempts",
            "delivered_at",
            "given_up_at",
            "log",
        ]


WEBHOOKS, DELIVERIES = Listing(WebhookSerializer), Listing(DeliverySerializer)


@contextmanager
def _refusals_as_problems() -> Iterator[None]:
    try:
        yield
    except actions.WebhookRefused as error:
        status, pointer, text = REFUSALS[error.code]
        raise Problem.at(pointer, status, error.code, _("Webhook refused"), str(text)) from error


def visible_webhooks(user: User) -> QuerySet[Webhook]:
    """Return the webhooks that a user may see: one's own, and those of the organizations for which one files."""
    of_organizations = Q(organization__in=user.filer_organizations)
    return Webhook.objects.filter(Q(owner=user, organization=None) | of_organizations).select_related(
        "organization", "owner"
    )


def find_webhook(request: Request, uid: UUID) -> Webhook:
    """Return a webhook that the user may see. Raises Http404."""
    webhook = visible_webhooks(user_of(request)).filter(uid=uid).first()
    if webhook is None:
        raise Http404
    return webhook


class WebhooksView(ListEndpoint):
    """The webhooks of the user."""

    @operation("webhooks_list", "Webhooks", {200: page_of(WebhookSerializer)}, parameters=WEBHOOKS.parameters)
    def get(self, request: Request) -> HttpResponseBase:
        """List your webhooks and those of the organizations for which you file."""
        return self.listed(visible_webhooks(user_of(request)), WEBHOOKS)

    @operation(
        "webhooks_create",
        "Webhooks",
        {201: NewWebhookSerializer},
        body=WebhookRequestSerializer,
        refuses=(409,),
        scope=WRITE,
    )
    def post(self, request: Request) -> Response:
        """Add a webhook. The answer contains the secret with which its messages are signed; it is not shown again."""
        body, user = read_body(request, WebhookRequestSerializer), user_of(request)
        uscc = body.pop("organization", None)
        organization = Organization.objects.filter(uscc=uscc).first() if uscc else None
        with _refusals_as_problems():
            if uscc and organization is None:
                raise actions.WebhookRefused("not_a_filer")
            webhook = actions.add_webhook(by=user, organization=organization, **body)
        return _answer(webhook, NewWebhookSerializer, 201)


def _answer(webhook: Webhook, serializer: type[WebhookSerializer], status: int = 200) -> Response:
    location = {"Location": f"/api/v1/webhooks/{webhook.uid}/"} if status == 201 else {}
    headers = {"ETag": quoted(etag_of(WebhookSerializer(webhook).data)), "Cache-Control": "no-store", **location}
    return Response(serializer(webhook).data, status=status, headers=headers)


class WebhookView(Endpoint):
    """One webhook."""

    @operation("webhooks_read", "Webhooks", {200: WebhookSerializer})
    def get(self, request: Request, id: UUID) -> Response:
        """Return a webhook, without its secret."""
        return _answer(find_webhook(request, id), WebhookSerializer)

    @operation(
        "webhooks_change",
        "Webhooks",
        {200: WebhookSerializer},
        body=WebhookChangesSerializer,
        headers=[IF_MATCH],
        refuses=(409, 412),
        scope=WRITE,
    )
    def patch(self, request: Request, id: UUID) -> Response:
        """Change the address, the description or the events of a webhook, or enable it again."""
        changes = read_body(request, WebhookChangesSerializer)
        with one_at_a_time(f"webhook {id}"), _refusals_as_problems():
            webhook = find_webhook(request, id)
            refuse_other_version(request, WebhookSerializer(webhook).data)
            webhook = actions.change_webhook(webhook, changes, by=user_of(request))
        return _answer(webhook, WebhookSerializer)

    @operation("webhooks_delete", "Webhooks", {204: None}, headers=[IF_MATCH], refuses=(412,), scope=WRITE)
    def delete(self, request: Request, id: UUID) -> Response:
        """Delete a webhook with its messages."""
        with one_at_a_time(f"webhook {id}"):
            webhook = find_webhook(request, id)
            refuse_other_version(request, WebhookSerializer(webhook).data)
            webhook.delete()
        return Response(status=204)


class WebhookSecretView(Endpoint):
    """Replacing the secret of a webhook."""

    @operation("webhooks_replace_secret", "Webhooks", {201: NewWebhookSerializer}, scope=WRITE)
    def post(self, request: Request, id: UUID) -> Response:
        """Replace the secret. For a day, messages are signed with both, so that the receiver can be changed meanwhile."""
        return _answer(actions.replace_secret(find_webhook(request, id)), NewWebhookSerializer, 201)


class WebhookTestView(Endpoint):
    """Sending a test message."""

    @operation("webhooks_test", "Webhooks", {202: DeliverySerializer}, scope=WRITE)
    def post(self, request: Request, id: UUID) -> Response:
        """Send a message of the type `webhook.test`. The list of deliveries shows what came of it."""
        return Response(DeliverySerializer(actions.send_test(find_webhook(request, id))).data, status=202)


class DeliveriesView(ListEndpoint):
    """The messages to a webhook."""

    @operation(
        "webhook_deliveries_list", "Webhooks", {200: page_of(DeliverySerializer)}, parameters=DELIVERIES.parameters
    )
    def get(self, request: Request, id: UUID) -> HttpResponseBase:
        """List the messages to a webhook, newest first, with the attempts to deliver them."""
        rows = find_webhook(request, id).deliveries.select_related("filing").prefetch_related("log")
        return self.listed(rows, DELIVERIES)


class ReplayView(Endpoint):
    """Delivering a message again."""

    @operation("webhook_deliveries_replay", "Webhooks", {202: DeliverySerializer}, scope=WRITE)
    def post(self, request: Request, id: UUID, delivery: UUID) -> Response:
        """Deliver a message again, with the id that it had."""
        found = Delivery.objects.filter(webhook=find_webhook(request, id), uid=delivery).first()
        if found is None:
            raise Http404
        return Response(DeliverySerializer(actions.send_again(found)).data, status=202)
