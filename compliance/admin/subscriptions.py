"""The subscriptions of staff at the desk: made, changed, paused, sent now, and ended."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from compliance.admin.pages import PageAdmin, post_only, user_of
from compliance.checking.case_facts import working_calendar
from compliance.models import Subscription
from compliance.reports import subscribing
from compliance.reports.asking import in_the_readers
from compliance.reports.catalog import REPORTS
from compliance.reports.runs import request_run
from compliance.reports.subscription_form import SubscriptionForm, initial_of
from compliance.reports.subscription_lines import VERBS, has_links, lines_of, next_at, sendings_of


@admin.register(Subscription)
class SubscriptionAdmin(PageAdmin):
    list_display = ["shown_report", "frequency", "owner", "shown_recipients", "shown_next", "is_paused"]
    list_filter = ["report", "frequency", "is_paused"]
    change_list_template = "compliance/desk/subscriptions.html"
    change_form_template = "compliance/desk/subscription.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Subscription]:
        rows = (
            super()
            .get_queryset(request)
            .filter(organization__isnull=True, ended_at__isnull=True, report__in=list(REPORTS))
        )
        return rows.select_related("owner").prefetch_related("recipients")

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        own = [
            path("new/", view(self.new), name="compliance_subscription_new"),
            path("<int:key>/edit/", view(self.edit), name="compliance_subscription_edit"),
            path("<int:key>/preview/", view(self.preview), name="compliance_subscription_preview"),
            path("<int:key>/do/<slug:verb>/", view(self.act), name="compliance_subscription_act"),
        ]
        return [*own, *super().get_urls()]

    @display(description=gettext_lazy("report"))
    def shown_report(self, row: Subscription) -> str:
        return in_the_readers(REPORTS[row.report].title)

    @display(description=gettext_lazy("recipients"))
    def shown_recipients(self, row: Subscription) -> str:
        return ", ".join(user.username for user in row.recipients.all())

    @display(description=gettext_lazy("next"))
    def shown_next(self, row: Subscription) -> Any:
        return next_at(row, working_calendar()) or "–"

    def page(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """Return the context of the page: the schedule, what comes next, and what was sent."""
        return {
            "line": lines_of([row])[0],
            "title": in_the_readers(REPORTS[row.report].title),
            "sendings": sendings_of(row),
            "is_own": row.owner_id == user_of(request).pk,
            "has_links": has_links(row),
        }

    def new(self, request: HttpRequest) -> HttpResponse:
        """Make a subscription."""
        form = self._form(request)
        made = form.done(lambda wishes: subscribing.subscribe(wishes, by=user_of(request)))
        if made is None:
            return self._form_page(request, form, None)
        messages.success(request, _("The report will be sent from now on."))
        return redirect(_page_of(made))

    def edit(self, request: HttpRequest, key: int) -> HttpResponse:
        """Change a subscription of one's own."""
        subscription = self._own(request, key)
        form = self._form(request, subscription)
        if form.done(lambda wishes: subscribing.change_subscription(subscription, wishes, by=user_of(request))) is None:
            return self._form_page(request, form, subscription)
        messages.success(request, _("Saved."))
        return redirect(_page_of(subscription))

    def preview(self, request: HttpRequest, key: int) -> HttpResponse:
        """Write the report of the last period without sending it, and show it."""
        post_only(request)
        subscription = self._own(request, key)
        period = subscribing.last_period(subscription)
        run = request_run(
            REPORTS[subscription.report],
            by=user_of(request),
            period=period,
            parameters=subscription.parameters,
        )
        return redirect(reverse("admin:compliance_reportrun_change", args=[run.pk]))

    def act(self, request: HttpRequest, key: int, verb: str) -> HttpResponse:
        """Pause, resume, send now, end, or revoke the links of a subscription of one's own."""
        post_only(request)
        if verb not in VERBS:
            raise Http404
        subscription = self._own(request, key)
        do, message = VERBS[verb]
        do(subscription)
        messages.success(request, message)
        is_ended = verb == "end"
        return redirect("admin:compliance_subscription_changelist") if is_ended else redirect(_page_of(subscription))

    def _form(self, request: HttpRequest, subscription: Subscription | None = None) -> SubscriptionForm:
        if not self.has_view_permission(request):
            raise PermissionDenied
        user = user_of(request)
        initial = initial_of(subscription) if subscription else {"recipients": user.username}
        return SubscriptionForm(
            request.POST if request.method == "POST" else None, initial=initial, reports=list(REPORTS.values())
        )

    def _form_page(
        self, request: HttpRequest, form: SubscriptionForm, subscription: Subscription | None
    ) -> HttpResponse:
        context = {**admin.site.each_context(request), "form": form, "subscription": subscription, "opts": self.opts}
        status = 422 if form.is_bound else 200
        return TemplateResponse(request, "compliance/desk/subscription_form.html", context, status=status)

    def _own(self, request: HttpRequest, key: int) -> Subscription:
        if not self.has_view_permission(request):
            raise PermissionDenied
        subscription = self.get_queryset(request).filter(pk=key, owner=user_of(request)).first()
        if subscription is None:
            raise Http404
        return subscription


def _page_of(subscription: Subscription) -> str:
    return reverse("admin:compliance_subscription_change", args=[subscription.pk])
