"""The reviewers: how much each has to do, and who is away."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from compliance.admin.pages import post_only, user_of
from compliance.casework.assigning import loads, reviewers
from compliance.language import Language, language_of, listed
from compliance.models import Absence
from registry.models import Role, User
from registry.reference.regions import PROVINCES

# Absences that are over are shown for so long.
SHOWN_AFTER = timedelta(days=30)


class AbsenceForm(forms.ModelForm):  # type: ignore[type-arg]
    """An absence of oneself; a registrar or an administrator enters those of others as well."""

    first_day = forms.DateField(label=gettext_lazy("First day"), widget=forms.DateInput(attrs={"type": "date"}))
    last_day = forms.DateField(label=gettext_lazy("Last day"), widget=forms.DateInput(attrs={"type": "date"}))

    class Meta:
        model = Absence
        fields = ["user", "first_day", "last_day", "note"]

    def __init__(self, *args: Any, by: User, **named: Any) -> None:
        super().__init__(*args, **named)
        people = reviewers() if _may_enter_for_others(by) else [by]
        field = self.fields["user"]
        field.queryset = User.objects.filter(pk__in=[person.pk for person in people])  # type: ignore[attr-defined]
        field.initial, field.label = by.pk, _("Person")


def _may_enter_for_others(by: User) -> bool:
    return by.has_role(Role.REGISTRAR, Role.ADMINISTRATOR)


def page(request: HttpRequest) -> HttpResponse:
    """Show the load of the reviewers and their absences; enter an absence."""
    user = user_of(request)
    if not user.roles:
        raise PermissionDenied
    form = AbsenceForm(request.POST or None, by=user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("The absence is entered: nothing is assigned in turn on these days."))
        return redirect("desk-reviewers")
    context = {**admin.site.each_context(request), "title": _("Reviewers"), "form": form, **_people(user)}
    return TemplateResponse(request, "compliance/desk/reviewers.html", context)


def _people(user: User) -> dict[str, Any]:
    """Return the reviewers whom somebody sees, with their work and absences."""
    language = language_of(get_language())
    sees_all = user.has_role(Role.REGISTRAR, Role.AUDITOR, Role.ADMINISTRATOR)
    people = reviewers(None if sees_all else user.reviewed_provinces)
    work = loads(people)
    absences = Absence.objects.of([person.pk for person in people]).select_related("user")
    return {
        "rows": [{"load": load, "provinces": _provinces(load.user, language)} for load in work],
        "most": max((load.open_count for load in work), default=0) or 1,
        "absences": absences.filter(last_day__gte=timezone.localdate() - SHOWN_AFTER),
        "may_remove_others": _may_enter_for_others(user),
    }


def _provinces(person: User, language: Language) -> str:
    return listed([PROVINCES[code][language == "zh"] for code in person.reviewed_provinces], language)


def remove_absence(request: HttpRequest, key: int) -> HttpResponse:
    """Remove an absence of one's own, or as a registrar or administrator."""
    post_only(request)
    user = user_of(request)
    absence = get_object_or_404(Absence, pk=key)
    if absence.user_id != user.pk and not _may_enter_for_others(user):
        raise PermissionDenied
    absence.delete()
    messages.success(request, _("The absence is removed."))
    return redirect("desk-reviewers")
