"""The list of filings at the desk: queues, filters, order and pages, all in the query string."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any

from django import forms
from django.core.paginator import Page
from django.db.models import F, Q
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from compliance.casework.clocks import remaining
from compliance.casework.looking import with_news
from compliance.casework.queues import QUEUES, Queue, counts_of_queues, in_queue
from compliance.checking.case_facts import working_calendar
from compliance.checking.flag_counts import bring_counts_up_to_date
from compliance.filings.querysets import FilingQuerySet
from compliance.language import language_of
from compliance.models import Action, Filing, Kind, Status
from registry.models import User
from registry.paging import BoundedPaginator
from registry.reference.regions import PROVINCES

PER_PAGE = 50
# A queue with more filings is shown as “99+”.
MOST_COUNTED = 100
# What is not shown in a list, and large.
_LEFT_OUT = ("search_text", "search_grams", "reference", "service_key", "reference_key", "opened_sha256")
ORDERS: Mapping[str, tuple[Any, ...]] = MappingProxyType(
    {
        "case": ("id",),
        "-case": ("-id",),
        "due": (F("due_on").asc(nulls_last=True), F("submitted_at").asc(nulls_last=True), "id"),
        "-due": (F("due_on").desc(nulls_last=True), "-id"),
        "submitted": ("submitted_at", "id"),
        "-submitted": ("-submitted_at", "-id"),
        "changed": ("changed_at", "id"),
        "-changed": ("-changed_at", "-id"),
        "errors": ("error_count", "id"),
        "-errors": ("-error_count", "-id"),
    }
)
_FLAGGED = {
    "error": Q(error_count__gt=0),
    "warning": Q(warning_count__gt=0),
    "none": Q(error_count=0, warning_count=0, info_count=0),
}


def _choices(values: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    return [("", _("all")), *values]


class ListForm(forms.Form):
    """The query string of the list. Unknown values are faults, which the page names."""

    q = forms.CharField(max_length=200, required=False, label=_("Search"))
    queue = forms.ChoiceField(choices=[("", ""), *((name, name) for name in QUEUES)], required=False)
    status = forms.ChoiceField(choices=_choices(Status.choices[1:]), required=False, label=_("Status"))
    kind = forms.ChoiceField(choices=_choices(Kind.choices), required=False, label=_("Kind"))
    action = forms.ChoiceField(choices=_choices(Action.choices), required=False, label=_("Action"))
    province = forms.ChoiceField(required=False, label=_("Province"))
    flagged = forms.ChoiceField(
        choices=_choices([("error", _("with errors")), ("warning", _("with warnings")), ("none", _("without flags"))]),
        required=False,
        label=_("Flags"),
    )
    assignee = forms.CharField(max_length=150, required=False, label=_("Assignee"))
    check = forms.ChoiceField(choices=_choices([("due", _("due"))]), required=False, label=_("Check"))
    sort = forms.ChoiceField(choices=[("", ""), *((name, name) for name in ORDERS)], required=False)

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        chinese = language_of(get_language()) == "zh"
        names = [(code, names[chinese]) for code, names in PROVINCES.items()]
        self.fields["province"].choices = _choices(names)  # type: ignore[attr-defined]

    @property
    def filters(self) -> list[forms.BoundField]:
        """The filters that are shown as drop-downs."""
        return [self[name] for name in ("status", "kind", "action", "province", "flagged", "check")]


@dataclass
class FilingList:
    """The filings of a query string that a user sees."""

    user: User
    query: QueryDict

    @cached_property
    def form(self) -> ListForm:
        return ListForm(self.query)

    @cached_property
    def queue(self) -> Queue | None:
        return QUEUES.get(self._given.get("queue", ""))

    @cached_property
    def _given(self) -> dict[str, str]:
        """The values of the query string; without effect if one of them is invalid."""
        return {name: value for name, value in self.form.cleaned_data.items() if value} if self.form.is_valid() else {}

    @cached_property
    def visible(self) -> FilingQuerySet:
        return Filing.objects.visible_to(self.user).filter(first_submitted_at__isnull=False)

    @cached_property
    def filings(self) -> FilingQuerySet:
        """Return the filings in their order. None if the query string is invalid."""
        if not self.form.is_valid():
            return Filing.objects.none()
        rows = self._filtered(self.visible)
        if self.queue:
            rows = in_queue(rows, self.queue, self.user)
        if "q" in self._given:
            rows = rows.found_by(self._given["q"])
        return rows.order_by(*self._order).select_related("applicant", "assignee")

    def _filtered(self, rows: FilingQuerySet) -> FilingQuerySet:
        given = self._given
        same = {name: given[name] for name in ("status", "kind", "action", "province") if name in given}
        rows = rows.filter(**same)
        if "flagged" in given:
            rows = rows.filter(_FLAGGED[given["flagged"]])
        if "check" in given:
            rows = rows.due()
        if "assignee" in given:
            rows = rows.filter(assignee__username=given["assignee"])
        return rows

    @cached_property
    def _order(self) -> tuple[Any, ...]:
        if "sort" in self._given:
            return ORDERS[self._given["sort"]]
        return self.queue.order if self.queue else ORDERS["-case"]

    def page(self, number: object) -> Page[Any]:
        """Return a page of rows, with what has changed since the user looked, and the counts and deadlines of today."""
        rows = with_news(self.filings, self.user).defer(*(f"applicant__{name}" for name in _LEFT_OUT[:2]), *_LEFT_OUT)
        page = BoundedPaginator(rows, PER_PAGE).get_page(number)
        page.object_list = shown(list(page.object_list))
        return page

    def tabs(self) -> list[dict[str, Any]]:
        """Return the queues with their counts, and the list of all filings."""
        language = language_of(get_language())
        counts = counts_of_queues(self.visible, self.user, most=MOST_COUNTED)
        chosen = self.queue.name if self.queue else ""
        queues = [
            {
                "name": queue.name,
                "title": queue.title.in_(language),
                "hint": queue.hint.in_(language),
                "count": f"{MOST_COUNTED - 1}+" if counts[queue.name] >= MOST_COUNTED else counts[queue.name],
                "is_chosen": queue.name == chosen,
                "url": f"?queue={queue.name}",
            }
            for queue in QUEUES.values()
        ]
        return [*queues, {"name": "", "title": _("All"), "hint": "", "count": "", "is_chosen": not chosen, "url": "?"}]

    def headings(self) -> list[dict[str, Any]]:
        """Return the headings of the columns; those that can be sorted by have an address."""
        sort = self._given.get("sort", "")
        columns = [
            ("case", _("case number")),
            ("", _("service and applicant")),
            ("", _("kind")),
            ("", _("status")),
            ("due", _("deadline")),
            ("", _("assignee")),
            ("errors", _("flags")),
            ("submitted", _("submitted")),
        ]
        return [
            {
                "title": title,
                "url": self.url(sort=f"-{name}" if sort == name else name, page=None) if name else "",
                "direction": {name: "ascending", f"-{name}": "descending"}.get(sort) if name else None,
            }
            for name, title in columns
        ]

    def url(self, **changes: str | None) -> str:
        """Return the query string with changes."""
        query = self.query.copy()
        for name, value in changes.items():
            query.pop(name, None)
            if value is not None:
                query[name] = value
        return f"?{query.urlencode()}"


def shown(filings: list[Filing]) -> list[Filing]:
    """Return filings with the counts of today and with `remaining`, how far their deadlines are away."""
    today, calendar = timezone.localdate(), working_calendar()
    for filing in bring_counts_up_to_date(filings):
        filing.remaining = remaining(filing, today=today, calendar=calendar)  # type: ignore[attr-defined]
        filing.days_returned = _days_returned(filing, today)  # type: ignore[attr-defined]
    return filings


def _days_returned(filing: Filing, today: Any) -> int | None:
    """Return for how many days a filing has been with the applicant."""
    if filing.status != Status.RETURNED or filing.returned_at is None:
        return None
    return int((today - timezone.localdate(filing.returned_at)).days)
