"""The list page of filings: queues, filters, saved views, actions on many filings, exports."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from compliance.admin.filing_list import FilingList
from compliance.admin.pages import post_only, user_of
from compliance.api.problems import problem_of
from compliance.casework.assigning import assign_filing, assign_next, reviewers
from compliance.filings.refusals import Refused
from compliance.filings.reviewing import check_again
from compliance.language import language_of
from compliance.models import Filing, SavedView
from registry.exporting import FORMS, MOST_IN_A_WORKBOOK, exported
from registry.models import Role, User
from registry.reference.regions import PROVINCES

AT_ONCE = 200
MOST_VIEWS = 30


def list_page(request: HttpRequest) -> HttpResponse:
    """Show the filings of the query string."""
    user, query = user_of(request), request.GET
    listed = FilingList(user, query)
    page = listed.page(query.get("page"))
    context = {
        **admin.site.each_context(request),
        "title": _("Filings"),
        "list": listed,
        "page": page,
        "tabs": listed.tabs(),
        "headings": listed.headings(),
        "views": user.saved_views.all(),
        "export_query": listed.url(page=None),
        "pages": {number: listed.url(page=str(number)) for number in _numbers(page)},
        "reviewers": reviewers() if _may_assign(user) else [],
        "may_act": _may_assign(user),
        "opts": Filing._meta,
    }
    return TemplateResponse(request, "compliance/desk/filings.html", context)


def _numbers(page: Any) -> list[int]:
    """Return the numbers of the pages around a page."""
    around = range(max(page.number - 3, 1), min(page.number + 3, page.paginator.num_pages) + 1)
    return list(around) if page.paginator.num_pages > 1 else []


def _may_assign(user: User) -> bool:
    return user.has_role(Role.REVIEWER, Role.REGISTRAR)


def act_on_many(request: HttpRequest) -> HttpResponse:
    """Assign the chosen filings, or check them again, each by itself; name those for which it was refused."""
    post_only(request)
    user, back = user_of(request), f"{reverse('admin:compliance_filing_changelist')}?{request.POST.get('query', '')}"
    keys = [int(key) for key in request.POST.getlist("filing") if key.isdecimal() and len(key) < 19][:AT_ONCE]
    act = _action(request.POST, user)
    if act is None or not _may_assign(user):
        raise PermissionDenied
    if request.POST.get("verb") == "assign" and not request.POST.get("to"):
        messages.error(request, _("Choose the person to whom the filings are to be assigned."))
        return redirect(back)
    filings = list(Filing.objects.visible_to(user).filter(pk__in=keys).order_by("pk"))
    if not filings:
        messages.error(request, _("Choose at least one filing."))
        return redirect(back)
    refused = [line for filing in filings if (line := _refusal(act, filing))]
    done = len(filings) - len(refused)
    if done:
        messages.success(request, ngettext("Done for %(n)s filing.", "Done for %(n)s filings.", done) % {"n": done})
    for line in refused[:20]:
        messages.error(request, line)
    return redirect(back)


def _action(form: QueryDict, user: User) -> Callable[[Filing], object] | None:
    """Return what the form asks to be done with each filing; None if it is unknown."""
    verb = form.get("verb", "")
    if verb == "take":
        return lambda filing: assign_filing(filing, user, by=user)
    if verb == "next":
        return lambda filing: assign_next(filing, by=user)
    if verb == "check":
        return lambda filing: check_again(filing, by=user)
    to = next((person for person in reviewers() if person.username == form.get("to")), None)
    is_known = verb == "assign" and (to or not form.get("to"))
    return (lambda filing: assign_filing(filing, to, by=user)) if is_known else None


def _refusal(act: Callable[[Filing], object], filing: Filing) -> str | None:
    """Do it, or return why it was refused."""
    try:
        act(filing)
    except Refused as refusal:
        return f"{filing.case_number}: {problem_of(refusal).text}"
    return None


def save_view(request: HttpRequest) -> HttpResponse:
    """Save the list at hand under a name, or forget a saved one."""
    post_only(request)
    user, form = user_of(request), request.POST
    query, name = form.get("query", "")[:2_000], form.get("name", "").strip()[:60]
    back = f"{reverse('admin:compliance_filing_changelist')}?{query}"
    if form.get("forget", "").isdecimal():
        user.saved_views.filter(pk=int(form["forget"][:18])).delete()
    elif not name:
        messages.error(request, _("Enter a name for this view."))
    elif user.saved_views.count() >= MOST_VIEWS and not user.saved_views.filter(name=name).exists():
        messages.error(request, _("You have saved %(most)s views. Remove one first.") % {"most": MOST_VIEWS})
    else:
        SavedView.objects.update_or_create(user=user, name=name, defaults={"query": query})
        messages.success(request, _("The view “%(name)s” is saved.") % {"name": name})
    return redirect(back)


def export(request: HttpRequest, form: str) -> HttpResponseBase:
    """Return all filings of the query string as CSV or XLSX."""
    if form not in FORMS:
        raise Http404
    filings = FilingList(user_of(request), request.GET).filings
    count = filings.order_by()[: MOST_IN_A_WORKBOOK + 1].values("pk").count() if form == "xlsx" else 0
    headings = [str(title) for title, _value in COLUMNS.values()]
    return exported(request, "filings", form, headings, _rows(filings), count)


def _rows(filings: Any) -> Iterator[Iterable[Any]]:
    rows = filings.select_related("applicant", "assignee", "official_number").defer("search_text", "search_grams")
    for filing in rows.iterator(chunk_size=1_000):
        yield [value(filing) for _title, value in COLUMNS.values()]


def _province(filing: Filing) -> str:
    names = PROVINCES.get(filing.province)
    return names[language_of(get_language()) == "zh"] if names else filing.province


class _Columns:
    """The columns of an export, with titles in the language of the reader."""

    def values(self) -> list[tuple[str, Callable[[Filing], Any]]]:
        return [
            (_("case number"), lambda filing: filing.case_number),
            (_("id"), lambda filing: str(filing.uid)),
            (_("service"), lambda filing: filing.service_name),
            (_("applicant"), lambda filing: filing.applicant.name),
            (_("USCC"), lambda filing: filing.applicant.uscc),
            (_("kind"), lambda filing: filing.get_kind_display()),
            (_("action"), lambda filing: filing.get_action_display()),
            (_("status"), lambda filing: filing.get_status_display()),
            (_("province"), _province),
            (_("clock"), lambda filing: filing.get_clock_display()),
            (_("due on"), lambda filing: filing.due_on),
            (_("assignee"), lambda filing: filing.assignee and filing.assignee.username),
            (_("errors"), lambda filing: filing.error_count),
            (_("warnings"), lambda filing: filing.warning_count),
            (_("first submitted"), lambda filing: filing.first_submitted_at),
            (_("submitted at"), lambda filing: filing.submitted_at),
            (_("accepted at"), lambda filing: filing.accepted_at),
            (_("returned at"), lambda filing: filing.returned_at),
            (_("decided at"), lambda filing: filing.decided_at),
            (_("official number"), lambda filing: filing.official_number and filing.official_number.number),
        ]


COLUMNS = _Columns()
