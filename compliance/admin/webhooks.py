"""The webhooks of staff on the desk: added, changed, tested, and their deliveries with each attempt."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin, TabularInline
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from compliance.admin.pages import user_of
from compliance.api.webhooks import REFUSALS, visible_webhooks
from compliance.models import Delivery, Webhook, WebhookEvent
from compliance.notices import actions
from compliance.notices.actions import SUBSCRIBABLE, WebhookRefused
from registry.admin.permissions import is_staff

MOST_DELIVERIES = 50


class WebhookForm(forms.ModelForm):
    """The address and the events of a webhook."""

    events = forms.MultipleChoiceField(
        label=capfirst(gettext_lazy("events")),
        choices=[choice for choice in WebhookEvent.choices if choice[0] in SUBSCRIBABLE],
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )

    class Meta:
        model = Webhook
        fields = ["url", "description", "events", "is_enabled"]

    def clean_url(self) -> str:
        """Refuse an address to which no message is sent."""
        try:
            actions.refuse_unless_public(self.cleaned_data["url"])
        except WebhookRefused as error:
            raise forms.ValidationError(REFUSALS[error.code][2]) from error
        return str(self.cleaned_data["url"])


class DeliveryInline(TabularInline):
    """The last messages, with what came of each attempt."""

    model = Delivery
    extra = 0
    can_delete = False
    fields = readonly_fields = ["created_at", "event", "filing", "attempts", "came_of_it", "delivered_at", "due_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Delivery]:
        """Only the last ones: an old webhook may have thousands."""
        rows = super().get_queryset(request)
        webhook = request.resolver_match.kwargs.get("object_id") if request.resolver_match else None
        last = rows.filter(webhook=webhook).order_by("-id").values_list("pk", flat=True)[:MOST_DELIVERIES]
        return rows.filter(pk__in=list(last)).select_related("filing").prefetch_related("log")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_staff(request)

    @admin.display(description=gettext_lazy("attempts"))
    def came_of_it(self, delivery: Delivery) -> str:
        return " · ".join(str(attempt.status or attempt.error) for attempt in delivery.log.all()) or "–"


@admin.register(Webhook)
class WebhookAdmin(ModelAdmin):
    """The webhooks of a staff member. Those of organizations are managed over the API by their filers."""

    form = WebhookForm
    list_display = ["url", "description", "events_shown", "is_enabled", "failing_since", "created_at"]
    inlines = [DeliveryInline]
    actions = ["send_test", "replace_secret"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Webhook]:
        return visible_webhooks(user_of(request))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return is_staff(request)

    has_add_permission = has_module_permission

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_staff(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_staff(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_staff(request)

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return self.inlines if obj else []

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        shown = ["url", "description", "events"]
        return [*shown, "is_enabled", "reason", "failing_since"] if obj else shown

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["reason", "failing_since"] if obj else []

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Add or change the webhook by the same actions as the API."""
        given = {name: form.cleaned_data[name] for name in ("url", "description", "events")}
        if change:
            changes = {**given, "is_enabled": form.cleaned_data["is_enabled"]}
            actions.change_webhook(obj, changes, by=user_of(request))
            return
        made = actions.add_webhook(by=user_of(request), organization=None, **given)
        obj.__dict__.update(made.__dict__)

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        return self._secret_page(request, obj)

    def _secret_page(self, request: HttpRequest, webhook: Webhook) -> HttpResponse:
        """Show the secret once: it is needed to check the signatures."""
        context = {**self.admin_site.each_context(request), "title": _("Secret of the webhook"), "webhook": webhook}
        headers = {"Cache-Control": "no-store"}
        return TemplateResponse(request, "compliance/desk/webhook_secret.html", context, headers=headers)

    @admin.display(description=gettext_lazy("events"))
    def events_shown(self, webhook: Webhook) -> str:
        return ", ".join(str(WebhookEvent(event).label) for event in webhook.events)

    @admin.display(description=gettext_lazy("reason"))
    def reason(self, webhook: Webhook) -> str:
        return _(webhook.disabled_reason) if webhook.disabled_reason else "–"

    @admin.action(description=gettext_lazy("Send a test message"))
    def send_test(self, request: HttpRequest, webhooks: QuerySet[Webhook]) -> None:
        for webhook in webhooks:
            actions.send_test(webhook)
        self.message_user(request, _("Test messages are on their way. Open the webhook to see what came of them."))

    @admin.action(description=gettext_lazy("Replace the secret"))
    def replace_secret(self, request: HttpRequest, webhooks: QuerySet[Webhook]) -> HttpResponse | None:
        if webhooks.count() != 1:
            self.message_user(request, _("Choose one webhook."), level="error")
            return None
        return self._secret_page(request, actions.replace_secret(webhooks.get()))
