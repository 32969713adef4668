"""The form by which people ask for a report: which one, of which period, of what."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from compliance.language import Bilingual, language_of
from compliance.reports.catalog import REPORTS, Report
from compliance.reports.periods import FIRST_DAY, LAST_DAY, Every, Period, days_between, period_around
from compliance.reports.scopes import APPLICANT, KIND, PARAMETERS, PROVINCE, ParameterRefused, checked_parameters

SINCE_LAST, DAYS = "since_last", "days"
_PERIODS = [
    (SINCE_LAST, _("since the last weekly run, to now")),
    (Every.DAY, _("yesterday")),
    (Every.WEEK, _("last week")),
    (Every.MONTH, _("last month")),
    (Every.QUARTER, _("last quarter")),
    (Every.YEAR, _("last year")),
    (DAYS, _("between two days")),
]


def in_the_readers(text: Bilingual) -> str:
    """Return a text in the language of the request at hand."""
    return text.in_(language_of(get_language()))


class AskForm(forms.Form):
    """A report on demand. `period_asked` and `parameters` are what it asks for, once it is valid."""

    report = forms.ChoiceField(label=_("Report"))
    period = forms.ChoiceField(label=_("Period"), choices=_PERIODS, initial=Every.MONTH)
    first_day = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    last_day = forms.DateField(label=_("Through"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    province = forms.ChoiceField(label=_("Province"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    applicant = forms.CharField(label=_("Applicant (USCC)"), required=False, max_length=18)

    def __init__(self, *args: Any, reports: list[Report] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        listed = list(REPORTS.values()) if reports is None else reports
        self.fields["report"].choices = [(report.name, in_the_readers(report.title)) for report in listed]
        for name in (PROVINCE, KIND):
            choices = [(code, in_the_readers(label)) for code, label in PARAMETERS[name].choices.items()]
            self.fields[name].choices = [("", _("all")), *choices]

    def clean(self) -> dict[str, Any]:
        """Raise ValidationError for an impossible period or a parameter that the report does not have."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("period") == DAYS:
            self._clean_days(cleaned)
        if report := REPORTS.get(cleaned.get("report", "")):
            given = {name: cleaned.get(name) or "" for name in (PROVINCE, APPLICANT, KIND)}
            try:
                asked = {name: value for name, value in given.items() if name in report.parameters}
                cleaned["parameters"] = checked_parameters(asked, required=report.required)
            except ParameterRefused as error:
                self.add_error(error.name, in_the_readers(error.text))
        return cleaned

    def _clean_days(self, cleaned: dict[str, Any]) -> None:
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        if not (first and last):
            self.add_error("first_day", _("Give the first and the last day of the period."))
        elif last < first:
            self.add_error("last_day", _("The last day must not be before the first day. Correct one of the two."))
        elif first < FIRST_DAY or last >= LAST_DAY:
            self.add_error(
                "first_day", _("Give days between %(first)s and %(last)s.") % {"first": FIRST_DAY, "last": LAST_DAY}
            )

    @property
    def period_asked(self) -> Period | None:
        """The period; None for the one since the last weekly run."""
        asked = self.cleaned_data["period"]
        if asked == SINCE_LAST:
            return None
        if asked == DAYS:
            return days_between(self.cleaned_data["first_day"], self.cleaned_data["last_day"] + timedelta(days=1))
        return period_around(Every(asked), timezone.now()).previous()
