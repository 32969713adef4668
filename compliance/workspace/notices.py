"""The notices of a person in the workspace, and how they are mailed."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from compliance.language import language_of
from compliance.models import Filing, Notice, NoticeSettings
from compliance.notices import kinds
from compliance.notices.wording import title_of
from compliance.workspace.sessions import sign_in_first
from compliance.workspace.visits import organizations_of, person_of, plain_page

MOST = 100
# What filers are told of.
_OF_FILERS = (
    kinds.RETURNED,
    kinds.MOVED_ON,
    kinds.DECIDED,
    kinds.MESSAGE,
    kinds.REMINDER,
    kinds.OVERDUE,
    kinds.BASE_REVOKED,
)


def notices(request: HttpRequest) -> HttpResponseBase:
    """List the latest notices about filings of the own organizations, and take how each kind is mailed."""
    if not request.user.is_authenticated:
        return sign_in_first(request)
    user, language = person_of(request), language_of(get_language())
    if request.method == "POST":
        return _save(request) if "language" in request.POST else _mark_read(request)
    rows = list(Notice.objects.filter(user=user).select_related("filing__applicant").order_by("-id")[:MOST])
    own = Filing.objects.filter(applicant__in=user.own_organizations, pk__in=[row.filing_id for row in rows])
    keys = set(own.values_list("pk", flat=True))
    chosen = NoticeSettings.objects.filter(user=user).first() or NoticeSettings(user=user, language=language)
    context = {
        "notices": [(row, title_of(row.kind, row.values, language)) for row in rows if row.filing_id in keys],
        "kinds": [(name, kinds.KINDS[name].label.in_(language), chosen.how(name)) for name in _OF_FILERS],
        "hows": [(how, label.in_(language)) for how, label in kinds.HOWS.items()],
        "mail_language": chosen.language,
        "organizations": organizations_of(user),
    }
    return plain_page(request, "notices.html", context)


def _mark_read(request: HttpRequest) -> HttpResponseBase:
    person_of(request).notices.unread().update(read_at=timezone.now())
    return redirect("workspace:notices")


def _save(request: HttpRequest) -> HttpResponseBase:
    row, _is_new = NoticeSettings.objects.get_or_create(user=person_of(request))
    given = {name: request.POST.get(name, "") for name in _OF_FILERS}
    row.choices = {**row.choices, **{name: how for name, how in given.items() if how in kinds.HOWS}}
    row.language = "zh" if request.POST["language"] == "zh" else "en"
    row.save()
    messages.success(request, _("Saved."))
    return redirect("workspace:notices")


def follow(request: HttpRequest, key: int) -> HttpResponseBase:
    """Mark a notice read and go to its filing."""
    if not request.user.is_authenticated:
        return sign_in_first(request)
    notice = Notice.objects.filter(pk=key, user=person_of(request)).select_related("filing__applicant").first()
    if notice is None:
        raise Http404
    Notice.objects.filter(pk=notice.pk, read_at__isnull=True).update(read_at=timezone.now())
    return redirect("workspace:filing", notice.filing.applicant.uid, notice.filing.uid)
