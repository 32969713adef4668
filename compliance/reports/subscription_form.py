"""The form of a subscription, for the pages of desk and workspace."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from compliance.language import language_of
from compliance.models import Subscription
from compliance.reports.asking import in_the_readers
from compliance.reports.catalog import Report
from compliance.reports.delivery_models import FREQUENCIES
from compliance.reports.formats import FORMATS
from compliance.reports.schedules import LAST_WORKING_DAY, Frequency
from compliance.reports.scopes import APPLICANT, KIND, PARAMETERS, PROVINCE
from compliance.reports.subscribing import SubscriptionRefused, Wishes

# What most readers need; any other zone of the IANA database can be entered.
COMMON_ZONES = (
    "Asia/Shanghai",
    "Asia/Hong_Kong",
    "Asia/Singapore",
    "Asia/Tokyo",
    "Europe/Berlin",
    "Europe/London",
    "America/New_York",
    "America/Los_Angeles",
    "UTC",
)
_LANGUAGES = [("zh", "中文"), ("en", "English")]


class SubscriptionForm(forms.Form):
    """A subscription as people enter it. `wishes` is what it asks for, once it is valid."""

    report = forms.ChoiceField(label=_("Report"))
    frequency = forms.ChoiceField(label=_("How often"), choices=FREQUENCIES, initial=Frequency.WEEKLY)
    working_day = forms.IntegerField(
        label=_("n-th working day"), min_value=1, max_value=LAST_WORKING_DAY, initial=1, required=False
    )
    hour = forms.TypedChoiceField(
        label=_("Hour"), coerce=int, initial=8, choices=[(hour, f"{hour:02}:00") for hour in range(24)]
    )
    time_zone = forms.CharField(label=_("Time zone"), initial="Asia/Shanghai", max_length=64)
    language = forms.ChoiceField(label=_("Language"), choices=_LANGUAGES)
    formats = forms.MultipleChoiceField(
        label=_("Attached formats"), widget=forms.CheckboxSelectMultiple, initial=["pdf"]
    )
    recipients = forms.CharField(
        label=_("Recipients (user names or e-mail addresses)"), widget=forms.Textarea(attrs={"rows": 2}), required=False
    )
    only_if_changed = forms.BooleanField(label=_("Only if something changed"), required=False)
    province = forms.ChoiceField(label=_("Province"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    applicant = forms.CharField(label=_("Applicant (USCC)"), required=False, max_length=18)

    def __init__(self, *args: Any, reports: list[Report], of_organization: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["report"].choices = [(report.name, in_the_readers(report.title)) for report in reports]
        self.fields["formats"].choices = [(each.name, in_the_readers(each.title)) for each in FORMATS.values()]
        self.fields["language"].initial = language_of(get_language())
        self.fields["time_zone"].widget.attrs["list"] = "zones"
        for name in (PROVINCE, KIND):
            choices = [(code, in_the_readers(label)) for code, label in PARAMETERS[name].choices.items()]
            self.fields[name].choices = [("", _("all")), *choices]
        if of_organization:
            del self.fields[PROVINCE], self.fields[APPLICANT]

    @property
    def zones(self) -> tuple[str, ...]:
        return COMMON_ZONES

    @property
    def wishes(self) -> Wishes:
        """What the form asks for."""
        given = self.cleaned_data
        return Wishes(
            report=given["report"],
            frequency=Frequency(given["frequency"]),
            formats=tuple(given["formats"]),
            parameters={name: given[name] for name in (PROVINCE, APPLICANT, KIND) if given.get(name)},
            language=language_of(given["language"]),
            working_day=given["working_day"] or 1,
            hour=given["hour"],
            time_zone=given["time_zone"].strip(),
            recipients=tuple(filter(None, re.split(r"[\s,;，；、]+", given["recipients"]))),
            only_if_changed=given["only_if_changed"],
        )

    def done(self, act: Callable[[Wishes], Subscription]) -> Subscription | None:
        """Act with the wishes of the form; None if it was not sent, or is shown again with what is wrong at its field."""
        if not self.is_bound or not self.is_valid():
            return None
        try:
            return act(self.wishes)
        except SubscriptionRefused as refused:
            self.add_error(refused.at if refused.at in self.fields else None, in_the_readers(refused.text))
            return None


def initial_of(subscription: Subscription) -> dict[str, Any]:
    """Return what the form of a subscription is filled with."""
    names = subscription.recipients.order_by("username").values_list("username", flat=True)
    return {
        **{
            name: getattr(subscription, name)
            for name in (
                "report",
                "frequency",
                "working_day",
                "hour",
                "time_zone",
                "language",
                "formats",
                "only_if_changed",
            )
        },
        **{name: subscription.parameters.get(name, "") for name in (PROVINCE, APPLICANT, KIND)},
        "recipients": ", ".join(names),
    }
