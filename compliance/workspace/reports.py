"""The reports of an organization: read and downloaded for any period, and sent by subscription."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from compliance.models import Subscription
from compliance.reports import subscribing
from compliance.reports.asking import SINCE_LAST, AskForm, in_the_readers
from compliance.reports.catalog import REPORTS, Readers, Report
from compliance.reports.columns import workspace_link
from compliance.reports.downloads import download
from compliance.reports.formats import TooManyRows, formats_of
from compliance.reports.formats.page import context_of
from compliance.reports.periods import Every, Period, period_around
from compliance.reports.presenting import ShownReport, show
from compliance.reports.readers import sight_within
from compliance.reports.scopes import APPLICANT, KIND, Scope
from compliance.reports.subscription_form import SubscriptionForm, initial_of
from compliance.reports.subscription_lines import VERBS, has_links, lines_of, sendings_of
from compliance.reports.written import write_unstored
from compliance.templating.rendering import TemplateRefused
from compliance.typesetting.pdf import NotSet
from compliance.workspace.visits import Visit, for_members


def reports_of_organizations() -> list[Report]:
    """Return the reports that members may read, the scorecard first."""
    listed = [report for report in REPORTS.values() if report.readers == Readers.STAFF_AND_ORGANIZATIONS]
    return sorted(listed, key=lambda report: report.name != "scorecard")


def _ask_form(visit: Visit, data: Any = None) -> AskForm:
    """Return the form of a report on the own organization."""
    if data is not None:
        data = data.copy()
        data[APPLICANT] = visit.organization.uscc
    form = AskForm(data, reports=reports_of_organizations())
    # What a weekly run of the desk has covered means nothing here.
    form.fields["period"].choices = [each for each in form.fields["period"].choices if each[0] != SINCE_LAST]
    del form.fields["province"]
    return form


@for_members
def reports(visit: Visit) -> HttpResponseBase:
    """List the reports and the subscriptions of the organization; with a report and a period, show it."""
    asked = visit.request.GET if "report" in visit.request.GET else None
    form = _ask_form(visit, asked)
    shown = _shown(visit, form) if asked is not None and form.is_valid() else None
    subscriptions = Subscription.objects.kept().filter(organization=visit.organization).select_related("owner")
    context = {
        "room": "reports",
        "form": form,
        "lines": [] if shown else lines_of(subscriptions),
        "descriptions": [
            (in_the_readers(report.title), in_the_readers(report.description)) for report in reports_of_organizations()
        ],
    }
    if shown is not None:
        query = visit.request.GET.urlencode()
        formats = [(each.name, in_the_readers(each.title)) for each in formats_of(shown.report)]
        context |= {"formats": formats, "query": query, **context_of(shown)}
    status = 422 if asked is not None and shown is None else 200
    return visit.page("reports.html", context, status=status)


@for_members
def report_file(visit: Visit, format: str) -> HttpResponseBase:
    """Download the report that the address asks for."""
    form = _ask_form(visit, visit.request.GET)
    if not form.is_valid():
        return redirect(
            f"{reverse('workspace:reports', args=[visit.organization.uid])}?{visit.request.GET.urlencode()}"
        )
    shown = _shown(visit, form)
    if format not in shown.report.formats:
        raise Http404
    try:
        return download(shown, format)
    except (TooManyRows, TemplateRefused) as error:
        messages.error(visit.request, in_the_readers(error.text))
    except NotSet:
        messages.error(visit.request, _("The report could not be written in this format. Choose another one."))
    return redirect("workspace:reports", visit.organization.uid)


def _shown(visit: Visit, form: AskForm) -> ShownReport:
    period = form.period_asked or period_around(Every.WEEK, timezone.now())
    parameters = {APPLICANT: visit.organization.uscc or ""}
    if kind := form.cleaned_data.get(KIND):
        parameters[KIND] = kind
    return _write(visit, REPORTS[form.cleaned_data["report"]], period, parameters)


def _write(visit: Visit, report: Report, period: Period, parameters: dict[str, str]) -> ShownReport:
    scope = Scope(period, parameters, sight_within(visit.user, visit.organization))
    return show(write_unstored(report, scope), visit.language, partial(workspace_link, organization=visit.organization))


@for_members
def new_subscription(visit: Visit) -> HttpResponseBase:
    """Make a subscription to a report on the organization."""
    form = _subscription_form(visit)
    made = form.done(lambda wishes: subscribing.subscribe(wishes, by=visit.user, organization=visit.organization))
    if made is None:
        return _form_page(visit, form, None)
    messages.success(visit.request, _("The report will be sent from now on."))
    return redirect("workspace:subscription", visit.organization.uid, made.uid)


@for_members
def subscription(visit: Visit, uid: UUID) -> HttpResponseBase:
    """Show a subscription: what comes next, and what was sent."""
    found = _find(visit, uid)
    context = {
        "room": "reports",
        "line": lines_of([found])[0],
        "sendings": sendings_of(found),
        "is_own": found.owner_id == visit.user.pk,
        "has_links": has_links(found),
    }
    return visit.page("subscription.html", context)


@for_members
def edit_subscription(visit: Visit, uid: UUID) -> HttpResponseBase:
    """Change a subscription of one's own."""
    found = _find_own(visit, uid)
    form = _subscription_form(visit, found)
    if form.done(lambda wishes: subscribing.change_subscription(found, wishes, by=visit.user)) is None:
        return _form_page(visit, form, found)
    messages.success(visit.request, _("Saved."))
    return redirect("workspace:subscription", visit.organization.uid, found.uid)


@for_members
def preview_subscription(visit: Visit, uid: UUID) -> HttpResponseBase:
    """Show the report of the last period without sending it."""
    found = _find(visit, uid)
    shown = _write(visit, REPORTS[found.report], subscribing.last_period(found), found.parameters)
    return visit.page("report_preview.html", {"room": "reports", "subscription": found, **context_of(shown)})


@for_members
def act_on_subscription(visit: Visit, uid: UUID, verb: str) -> HttpResponseBase:
    """Pause, resume, send now, end, or revoke the links of a subscription of one's own."""
    found = _find_own(visit, uid)
    if visit.request.method != "POST":
        return redirect("workspace:subscription", visit.organization.uid, uid)
    if verb not in VERBS:
        raise Http404
    do, message = VERBS[verb]
    do(found)
    messages.success(visit.request, message)
    if verb == "end":
        return redirect("workspace:reports", visit.organization.uid)
    return redirect("workspace:subscription", visit.organization.uid, uid)


def _subscription_form(visit: Visit, found: Subscription | None = None) -> SubscriptionForm:
    initial = initial_of(found) if found else {"recipients": visit.user.username, "report": "scorecard"}
    return SubscriptionForm(
        visit.request.POST if visit.request.method == "POST" else None,
        initial=initial,
        reports=reports_of_organizations(),
        of_organization=True,
    )


def _form_page(visit: Visit, form: SubscriptionForm, found: Subscription | None) -> HttpResponseBase:
    context = {"room": "reports", "form": form, "subscription": found}
    return visit.page("subscription_form.html", context, status=422 if form.is_bound else 200)


def _find(visit: Visit, uid: UUID) -> Subscription:
    found = Subscription.objects.kept().filter(organization=visit.organization, uid=uid).select_related("owner").first()
    if found is None:
        raise Http404
    return found


def _find_own(visit: Visit, uid: UUID) -> Subscription:
    found = _find(visit, uid)
    if found.owner_id != visit.user.pk:
        raise Http404
    return found
