"""The bell of the desk: the notices of the signed-in user, and how they are sent."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from compliance.admin.pages import post_only, user_of
from compliance.language import language_of
from compliance.models import Filing, Notice, NoticeSettings
from compliance.notices.kinds import HOWS, KINDS
from compliance.notices.wording import title_of
from registry.models import User

MOST = 100
MOST_SHOWN = 99


class Bell:
    """The number of unread notices, counted when a page shows it."""

    def __init__(self, user: User) -> None:
        self.unread = user.notices.unread().order_by()[: MOST_SHOWN + 1].count()
        self.shown = f"{MOST_SHOWN}+" if self.unread > MOST_SHOWN else str(self.unread)


def bell(request: HttpRequest) -> dict[str, Any]:
    """Give the pages of the desk the number of unread notices (a context processor)."""
    user = getattr(request, "user", None)
    if not isinstance(user, User) or not user.is_staff or not request.path.startswith("/admin/"):
        return {}
    return {"bell": SimpleLazyObject(lambda: Bell(user))}


def notices(request: HttpRequest) -> HttpResponse:
    """List the latest notices, the unread ones marked. A filing that the user may not see any more is left out."""
    user, language = user_of(request), language_of(get_language())
    if request.method == "POST":
        user.notices.unread().update(read_at=timezone.now())
        return redirect("desk-notices")
    rows = list(user.notices.order_by("-id")[:MOST])
    visible = Filing.objects.visible_to(user).filter(pk__in={row.filing_id for row in rows})
    keys = set(visible.values_list("pk", flat=True))
    context = {
        **admin.site.each_context(request),
        "title": _("Notices"),
        "notices": [
            {"row": row, "title": title_of(row.kind, row.values, language)} for row in rows if row.filing_id in keys
        ],
    }
    return TemplateResponse(request, "compliance/desk/notices.html", context)


def follow(request: HttpRequest, key: int) -> HttpResponse:
    """Mark a notice read and go to its filing."""
    notice = get_object_or_404(Notice, pk=key, user=user_of(request))
    if notice.read_at is None:
        Notice.objects.filter(pk=notice.pk).update(read_at=timezone.now())
    return redirect(reverse("admin:compliance_filing_change", args=[notice.filing_id]))


def settings(request: HttpRequest) -> HttpResponse:
    """Show or change the language of the mails and how each kind of notice is sent."""
    user, language = user_of(request), language_of(get_language())
    row = NoticeSettings.objects.filter(user=user).first() or NoticeSettings(user=user, language=language)
    if request.method == "POST":
        post_only(request)
        return _save(request, row)
    context = {
        **admin.site.each_context(request),
        "title": _("Notice settings"),
        "chosen": row.language,
        "hows": [(how, label.in_(language)) for how, label in HOWS.items()],
        "kinds": [
            {"name": kind.name, "label": kind.label.in_(language), "how": row.how(kind.name)} for kind in KINDS.values()
        ],
        "address": user.email,
    }
    return TemplateResponse(request, "compliance/desk/notice_settings.html", context)


def _save(request: HttpRequest, row: NoticeSettings) -> HttpResponse:
    form = request.POST
    choices = {name: form.get(f"how-{name}", kind.default) for name, kind in KINDS.items()}
    if form.get("language") not in ("zh", "en") or not set(choices.values()) <= set(HOWS):
        messages.error(request, _("Nothing was changed: choose one of the listed values for each kind of notice."))
        return redirect("desk-notice-settings")
    differing = {name: how for name, how in choices.items() if how != KINDS[name].default}
    NoticeSettings.objects.update_or_create(
        user=row.user, defaults={"language": form["language"], "choices": differing}
    )
    messages.success(request, _("Saved."))
    return redirect("desk-notice-settings")
