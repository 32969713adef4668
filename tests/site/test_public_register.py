"""The public register: entries, suggestions, figures, open data, feeds, badges; and that nothing else is ever shown."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from datetime import timedelta
from io import StringIO
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from compliance import demo
from compliance.filings import actions
from compliance.models import ArchivedRegister, Filing
from compliance.opendata.archiving import archive_register
from compliance.opendata.records import COLUMNS, record_of
from registry.api.throttling import _limit
from registry.models import OfficialNumber
from tests.making_filings import a_submitted_filing
from tests.small_catalog import load_small_catalog

LISTS = sorted((Path(demo.__file__).parent / "lists").glob("*.csv"))
BASE = {"key": "base", "name": "Qwen2.5-7B", "developer": {"name": "Alibaba", "country": "CN"}, "license": "Apache-2.0"}
DERIVED = {
    "/models/0/name": "示例公开模型",
    "/models/0/development": "derived",
    "/models/0/derived_from": [{"key": "base", "relation": "finetune"}],
    "/models/-": BASE,
    "/service/name": "示例未公开服务",
}


@pytest.fixture
def lists(db):
    call_command("import_register", *map(str, LISTS), stdout=StringIO())


@pytest.fixture
def filed(filer, reviewer, registrar, monkeypatch) -> Filing:
    """A filing in force whose model stands on a known one, and one under review that nobody may see."""
    load_small_catalog(monkeypatch)
    return a_submitted_filing(filer, "generative", DERIVED)


def _decided(filing: Filing, registrar) -> Filing:
    return actions.record_decision(
        filing,
        by=registrar,
        number="Guangdong-YunTuShiLi-202611200001",
        day=timezone.localdate() - timedelta(days=1),
        document=filing.documents.first().sha256,
    )


def page_of(client, row: OfficialNumber, name: str = "register-page", **headers: str) -> str:
    answer = client.get(reverse(name, args=[row.uid]), headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_entry_shows_what_was_published_how_to_cite_it_and_linked_data(lists, client):
    row = OfficialNumber.objects.get(title="文心一言")
    text = page_of(client, row)
    for expected in (
        row.number,
        row.holder,
        "History of the status",
        "[DB/OL]",
        f"register/{row.uid}/badge.svg",
        "Published in",
    ):
        assert expected in text
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)
    data = json.loads(found[1])
    assert (data["@context"], data["identifier"]["value"]) == ("https://schema.org", row.number)
    assert "状态历史" in page_of(client, row, **{"accept-language": "zh-hans"})


def test_an_entry_shows_declared_lineage_and_the_course_of_its_status(filed, registrar, client):
    _decided(filed, registrar)
    actions.suspend_filing(filed, by=registrar, reason="不公开的理由")
    row = OfficialNumber.objects.get()
    text = page_of(client, row)
    assert "示例公开模型" in text
    assert re.search(r"By public declarations it stands on: <b>Qwen2\.5-7B", text)
    days = re.findall(r"<time[^>]*>([^<]*)</time> ([^<]+)</li>", text)
    assert days == [("2026-11-26", "filed"), ("2026-11-27", "suspended")]
    assert "不公开的理由" not in text
    assert 'class="status status-suspended"' in text


def test_what_is_not_decided_is_nowhere_in_the_register(filed, client, lists):
    secret = [filed.case_number, "示例公开模型", filed.applicant.name, filed.service_name]
    addresses = [
        reverse(name)
        for name in (
            "register",
            "register-figures",
            "register-data",
            "register-feed",
            "register-announcements",
            "sitemap-index",
            "home",
        )
    ]
    addresses += [f"{reverse('register')}?q={word}" for word in secret]
    addresses += [f"{reverse('register-suggestions')}?q={word}" for word in secret]
    addresses += [reverse("register-download", args=[form]) for form in ("csv", "json", "ndjson")]
    addresses += [f"{reverse('register-figures')}?format=json", "/sitemap-register.xml"]
    cache.clear()
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 200, address
        content = b"".join(answer) if answer.streaming else answer.content
        shown = (
            content.decode().rpartition("</form>")[2]
            if "?q=" in address and "register/?" in address
            else content.decode()
        )
        assert [word for word in secret if word in shown] == [], address


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("文心", "文心一言"),
        ("110108077222", "网信算备110108077222703220015号"),
        ("", None),
        ("%", None),
    ],
)
def test_suggestions_complete_names_holders_and_numbers(lists, client, query, first):
    found = client.get(reverse("register-suggestions"), {"q": query}).json()["suggestions"]
    assert len(found) <= 8
    assert first in found if first else not found


def test_figures_count_numbers_and_what_filed_models_stand_on(filed, registrar, client, lists):
    cache.clear()
    _decided(filed, registrar)
    counts = client.get(reverse("register-figures"), {"format": "json"}).json()
    assert counts["total"] == {"numbers": 25}
    assert sum(counts["kind"].values()) == sum(counts["status"].values()) == 25
    assert (counts["base_country"], counts["base_family"]) == ({"CN": 1}, {"Qwen-2/2.5": 1})
    page = client.get(reverse("register-figures"), headers={"accept-language": "zh-hans"}).content.decode()
    assert page.count("<svg") == 7
    assert "已备案模型所依托的基座模型" in page


def test_open_data_are_the_same_in_each_form(lists, client):
    expected = [record_of(row) for row in OfficialNumber.objects.order_by("pk")]
    contents = {
        form: b"".join(client.get(reverse("register-download", args=[form]))).decode()
        for form in ("csv", "json", "ndjson")
    }
    assert json.loads(contents["json"]) == expected
    assert [json.loads(line) for line in contents["ndjson"].splitlines()] == expected
    rows = list(csv.DictReader(io.StringIO(contents["csv"])))
    assert [{name: row[name] or None for name in COLUMNS} for row in rows] == expected
    assert client.get("/register/data/register.exe").status_code == 404


def test_the_archive_keeps_each_day_that_differs_with_its_hash(lists, client):
    today = timezone.localdate()
    assert len(archive_register(today)) == 2
    assert archive_register(today) == archive_register(today + timedelta(days=1)) == []
    OfficialNumber.objects.filter(title="文心一言").update(status="suspended")
    assert len(archive_register(today + timedelta(days=2))) == 2
    page = client.get(reverse("register-data")).content.decode()
    for row in ArchivedRegister.objects.all():
        content = b"".join(client.get(reverse("register-archived", args=[row.day, row.form])))
        assert hashlib.sha256(content).hexdigest() == row.sha256
        assert (row.sha256 in page, len(content)) == (True, row.size)
    assert ArchivedRegister.objects.count() == 4
    assert client.get("/register/data/2020-01-01/register.csv").status_code == 404
    assert client.get("/register/data/nonsense/register.csv").status_code == 404


def test_feeds_are_well_formed_and_lead_to_the_entries(lists, client):
    feed = ElementTree.fromstring(client.get(reverse("register-feed")).content)
    space = {"a": "http://www.w3.org/2005/Atom"}
    ids = [entry.findtext("a:id", "", space) for entry in feed.findall("a:entry", space)]
    assert len(ids) == len(set(ids)) == 24
    assert "/register/" in feed.find("a:entry/a:link", space).get("href")
    calendar = Calendar.from_ical(client.get(reverse("register-announcements")).content)
    assert len(calendar.walk("VEVENT")) == len(
        {*OfficialNumber.objects.values_list("listings__source", "listings__announced")}
    )


@pytest.mark.parametrize(("status", "color"), [("filed", "#15803d"), ("revoked", "#b45309")])
def test_a_badge_tells_whether_the_number_is_in_force(lists, client, status, color):
    OfficialNumber.objects.filter(title="文心一言").update(status=status, number="<b>&amp;")
    row = OfficialNumber.objects.get(title="文心一言")
    answer = client.get(reverse("register-badge", args=[row.uid]))
    picture = ElementTree.fromstring(answer.content)
    assert (answer.headers["Content-Type"], color in answer.content.decode()) == ("image/svg+xml", True)
    assert "<b>&amp;" in "".join(picture.itertext())


def test_names_with_control_characters_break_neither_feed_nor_badge(lists, client):
    OfficialNumber.objects.filter(title="文心一言").update(title="羊\x0b</script>城", number="\x0bA")
    row = OfficialNumber.objects.get(number="\x0bA")
    for name, args in (("register-feed", []), ("register-badge", [row.uid])):
        assert ElementTree.fromstring(client.get(reverse(name, args=args)).content) is not None
    assert "</script>城" not in page_of(client, row)


def test_only_the_card_may_stand_in_a_frame_of_another_site(lists, client):
    row = OfficialNumber.objects.first()
    card, page = (client.get(reverse(name, args=[row.uid])) for name in ("register-card", "register-page"))
    assert "frame-ancestors *" in card.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in card.headers
    assert "<form" not in card.content.decode()
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert page.headers["X-Frame-Options"] == "DENY"


def test_search_engines_find_the_entries_and_stay_out_of_the_rest(lists, client):
    robots = client.get("/robots.txt").content.decode()
    assert "Disallow: /admin/" in robots
    assert client.get("/sitemap.xml").status_code == 200
    addresses = re.findall("<loc>(.*?)</loc>", client.get("/sitemap-register.xml").content.decode())
    assert len(addresses) == 24
    assert client.get("/sitemap-pages.xml").content.decode().count("<loc>") == 6


def test_an_address_that_asks_too_often_is_refused_and_writing_is_not_possible(lists, client, settings):
    row = OfficialNumber.objects.first()
    assert client.post(reverse("register-page", args=[row.uid])).status_code == 405
    _limit.cache_clear()
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "address": "3/minute"}
    answers = [client.get(reverse("register"), REMOTE_ADDR="203.0.113.77") for _ in range(5)]
    _limit.cache_clear()
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 60
    assert "Wait a minute" in answers[-1].content.decode()


def test_pages_are_small_and_take_few_queries(lists, client, django_assert_max_num_queries):
    row = OfficialNumber.objects.first()
    for name, args, most in (("register", [], 4), ("register-page", [row.uid], 8), ("register-card", [row.uid], 2)):
        with django_assert_max_num_queries(most):
            answer = client.get(reverse(name, args=args))
        assert len(answer.content) < 60_000
    static = [Path(__file__).parent.parent.parent / "static" / name for name in ("site.css", "register.js", "icon.svg")]
    assert sum(path.stat().st_size for path in static) < 40_000
