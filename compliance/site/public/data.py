"""Open data and feeds: the register to take along, what is new in it, and the announcements as a calendar."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.contrib.syndication.views import Feed
from django.db.models import Count, Max, QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from compliance.opendata.models import ArchivedRegister
from compliance.opendata.records import AT_ONCE, COLUMNS, FORMS, entries, written
from compliance.site.public.limiting import public
from compliance.site.public.texts import without_controls
from registry.models import Listing, OfficialNumber

MOST_OF_A_FEED = 50
MOST_SHOWN = 400
_MONTH = 7


@public()
def data(request: HttpRequest) -> HttpResponseBase:
    """Say what the open data are and list the archive."""
    archive = ArchivedRegister.objects.all()[:MOST_SHOWN]
    context = {"columns": COLUMNS, "forms": list(FORMS), "archive": archive, "count": OfficialNumber.objects.count()}
    return render(request, "site/register/data.html", context)


@public()
def download(request: HttpRequest, form: str) -> HttpResponseBase:
    """Stream the register of this moment in a form."""
    if form not in FORMS:
        raise Http404
    answer = StreamingHttpResponse(written(entries().iterator(AT_ONCE), form), content_type=FORMS[form])
    answer.headers["Content-Disposition"] = f'attachment; filename="register-{timezone.localdate()}.{form}"'
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer


@public(86_400)
def archived(request: HttpRequest, day: str, form: str) -> HttpResponseBase:
    """Return the register of a day from the archive; its SHA-256 is in the header X-SHA-256 as in the list."""
    try:
        asked = date.fromisoformat(day)
    except ValueError as error:
        raise Http404 from error
    row = get_object_or_404(ArchivedRegister, day=asked, form=form)
    try:
        file = row.file.open("rb")
    except OSError as error:
        raise Http404 from error
    answer = FileResponse(file, as_attachment=True, filename=f"register-{day}.{form}")
    answer.headers["Content-Type"] = FORMS[form]
    answer.headers["X-SHA-256"] = row.sha256
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer


class NewNumbers(Feed):  # type: ignore[type-arg]
    """The newest numbers as Atom."""

    feed_type = Atom1Feed
    link = "/register/"

    def title(self) -> str:
        return _("Official register: new numbers")

    def items(self) -> QuerySet[OfficialNumber]:
        return OfficialNumber.objects.order_by("-pk")[:MOST_OF_A_FEED]

    def item_title(self, item: Any) -> str:
        return without_controls(f"{item.title or item.number} · {item.holder}")

    def item_description(self, item: Any) -> str:
        parts = [item.number, item.get_kind_display(), item.get_status_display(), item.products]
        return without_controls(" · ".join(filter(None, parts)))

    def item_link(self, item: Any) -> str:
        return reverse("register-page", args=[item.uid])

    def item_guid(self, item: Any) -> str:
        return f"urn:uuid:{item.uid}"

    item_guid_is_permalink = False

    def item_updateddate(self, item: Any) -> datetime | None:
        day = item.issued_on
        return timezone.make_aware(datetime(day.year, day.month, day.day)) if day else None


@public(3_600)
def announcements(request: HttpRequest) -> HttpResponse:
    """Return the published announcements as a calendar: one entry each, on its last day of issue or in its month."""
    calendar = Calendar()
    calendar.add("prodid", "-//AI Model Compliance Registry//announcements//")
    calendar.add("version", "2.0")
    calendar.add("name", _("Announcements of filings"))
    groups = Listing.objects.order_by().values("source__label", "source__uid", "announced")
    for group in groups.annotate(count=Count("pk"), last=Max("number__issued_on")).order_by("announced"):
        if day := _day_of(group["announced"], group["last"]):
            calendar.add_component(_event(group, day))
    return HttpResponse(calendar.to_ical(), content_type="text/calendar; charset=utf-8")


def _event(group: dict[str, Any], day: date) -> Event:
    event = Event()
    event.add("uid", f"{group['source__uid']}-{group['announced']}@register")
    event.add("dtstamp", datetime(day.year, day.month, day.day, tzinfo=timezone.get_default_timezone()))
    event.add("dtstart", day)
    event.add("summary", _("%(list)s: %(count)s numbers") % {"list": group["source__label"], "count": group["count"]})
    event.add("url", f"{settings.BASE_URL}{reverse('register')}")
    return event


def _day_of(announced: str, last: date | None) -> date | None:
    """Return the day of an announcement: the first of its month where only that is known, else its last day of issue."""
    try:
        return date.fromisoformat(f"{announced}-01" if len(announced) == _MONTH else announced)
    except ValueError:
        return last


class RegisterSitemap(Sitemap):  # type: ignore[type-arg]
    """The entries, and the pages of the register, for search engines."""

    limit = 5_000

    def items(self) -> QuerySet[OfficialNumber]:
        return OfficialNumber.objects.order_by("pk").only("uid")

    def location(self, item: Any) -> str:
        return reverse("register-page", args=[item.uid])


class PagesSitemap(Sitemap):  # type: ignore[type-arg]
    """The other public pages."""

    def items(self) -> list[str]:
        return ["home", "register", "register-figures", "register-data", "known-models", "rules"]

    def location(self, item: str) -> str:
        return reverse(item)


def robots(request: HttpRequest) -> HttpResponse:
    """Let search engines read what is public, and nothing that is counted or searched anew at each request."""
    lines = ["User-agent: *", "Disallow: /admin/", "Disallow: /account/", "Disallow: /workspace/", "Disallow: /api/"]
    lines += ["Disallow: /*?", "Allow: /", f"Sitemap: {settings.BASE_URL}/sitemap.xml"]
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")
