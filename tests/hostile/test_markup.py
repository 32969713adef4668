"""Markup and scripts in whatever a filer writes are shown as text on every page, picture, mail and file."""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from urllib.parse import quote, urljoin, urlsplit

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone

from compliance.casework.commenting import comment_on
from compliance.filings import actions
from compliance.letters import sending
from compliance.models import Audience, Document, Filing
from compliance.notices.inviting import send_invitations
from compliance.reports.catalog import REPORTS
from compliance.reports.formats import write_report
from compliance.reports.presenting import show
from registry.membership import inviting
from registry.membership.inviting import Terms
from registry.models import (
    AIModel,
    Membership,
    NumberKind,
    NumberStatus,
    OfficialNumber,
    Organization,
    Service,
    User,
)
from tests.hostile.payloads import (
    MARK,
    MARKUP,
    SCRIPT_URL,
    a_hostile_filing,
    active_parts,
    links_of,
)
from tests.making_filings import check_everything
from tests.reports.conftest import REQUIRED
from tests.reports.writing import a_report

# Pages of one kind differ in their rows only; the sections of a dossier differ in their fields.
MOST_OF_A_KIND, MOST_SECTIONS = 1, 7
# These change something, or lead out of what is looked at.
LEFT_OUT = re.compile(
    r"sign-out|/documents/[0-9a-f]{64}|/remove/|/delete/|\.(pdf|xlsx|docx|csv)$|[?&]pdf|setlang|/static/|/models/known/|/rules/"
)


def hostile_text(original: str) -> str:
    """Return markup in front of a text, and in place of an address one that is a script."""
    return f"{SCRIPT_URL}{original}" if original.startswith("http") else f"{MARKUP}{original}"[:400]


@pytest.fixture
def hostile(filer, reviewer, registrar, settings, tmp_path) -> Filing:
    """Return a returned filing of hostile texts, with messages, a letter, a document and register entries of the same kind."""
    settings.MEDIA_ROOT = tmp_path
    text = MARKUP
    Organization.objects.update(name=f"{text}单位", name_en=text)
    User.objects.filter(pk=filer.pk).update(first_name=text[:100], last_name=text[:100], is_staff=False)
    Membership.objects.filter(user=filer).update(is_administrator=True, mandate=text[:100])
    changes = {
        "/models/0/derived_from": [{"key": "qwen", "relation": "finetune"}],
        "/models/-": {"key": "qwen", "name": "基座", "developer": {"name": "开发者", "country": "CN"}},
    }
    filing = a_hostile_filing(filer, hostile_text, changes=changes)
    Document.objects.filter(filing=filing).update(filename=f"{text}.pdf"[:255])
    comment_on(filing, f"{text}\n{text}", by=filer, audience=Audience.APPLICANT)
    comment_on(filing, text, by=reviewer)
    OfficialNumber.objects.create(
        number="Guangdong-ShiLi-20260101S0001",
        key="guangdong-shili-20260101s0001",
        kind=NumberKind.REGISTRATION,
        status=NumberStatus.REGISTERED,
        organization=filing.applicant,
        issued_on=timezone.localdate(),
        **dict.fromkeys(("holder", "title", "products", "purpose", "remark"), text),
        place=text[:100],
    )
    filing = sending.return_filing(filing, by=reviewer)
    check_everything()
    return filing


def pages_from(client: Client, starts: list[str], within: str) -> Iterator[tuple[str, str]]:
    """Follow the links of pages, each kind of page a few times, and yield the addresses with the pages."""
    todo, known, kinds = list(starts), set(starts), Counter[str]()
    while todo:
        path = todo.pop(0)
        answer = client.get(path, follow=True)
        assert answer.status_code == 200, path
        if not answer.headers["Content-Type"].startswith("text/html"):
            continue
        page = answer.content.decode()
        yield path, page
        for link in links_of(page):
            found = urlsplit(urljoin(f"http://testserver{path}", link))
            if found.netloc != "testserver" or not found.path.startswith(within) or LEFT_OUT.search(found.geturl()):
                continue
            try:
                kind = resolve(found.path).view_name
            except Resolver404:
                continue
            most = MOST_SECTIONS if kind == "workspace:section" else MOST_OF_A_KIND
            if found.path not in known and kinds[kind] < most:
                kinds[kind] += 1
                known.add(found.path)
                todo.append(found.path)


def is_quiet(found: Iterator[tuple[str, str]], *, least: int) -> bool:
    """Whether no page runs anything, and enough of them show the hostile texts at all."""
    active, holding, count = [], 0, 0
    for path, page in found:
        count += 1
        holding += MARK in page
        active += [(path, part) for part in active_parts(page)]
    assert active == []
    assert holding >= least, (holding, count)
    return True


def test_no_page_of_the_workspace_runs_what_a_filer_wrote(hostile, filer):
    web = Client()
    web.force_login(filer)
    home = f"/workspace/{hostile.applicant.uid}/"
    case = f"{home}filings/{hostile.uid}/"
    starts = ["/workspace/", "/workspace/notices/", home, case, f"{case}messages/", f"{case}documents/"]
    starts += [f"{case}answer/", f"{case}models/find/?q={MARK}", f"{case}european-fields/"]
    starts += [
        f"{home}{part}/"
        for part in ("filings", "filings/start", "people", "deadlines", "models", "reports", "workbook")
    ]
    assert is_quiet(pages_from(web, starts, "/workspace/"), least=20)


def test_no_page_of_the_desk_runs_what_a_filer_wrote(hostile, reviewer):
    desk = Client()
    desk.force_login(reviewer)
    case = reverse("admin:compliance_filing_change", args=[hostile.pk])
    lists = ("filing", "flag", "event")
    starts = ["/admin/", case, f"/admin/search/?q={MARK}", "/admin/notices/", "/admin/reviewers/"]
    starts += [reverse(f"admin:compliance_{name}_changelist") for name in lists]
    starts += [f"{reverse('admin:compliance_filing_changelist')}?q={MARK}"]
    starts += [reverse("admin:compliance_filing_compose", args=[hostile.pk, "return"])]
    starts += [reverse("admin:compliance_filing_compare", args=[hostile.pk])]
    starts += [reverse("admin:compliance_filing_as_of", args=[hostile.pk])]
    starts += [reverse("admin:compliance_dependence")]
    for model in (AIModel, Service, Organization, OfficialNumber):
        name = f"registry_{model._meta.model_name}"
        rows = (
            model.objects.order_by("-pk")[:1] if model is not AIModel else AIModel.objects.filter(name__contains=MARK)
        )
        starts += [reverse(f"admin:{name}_changelist")]
        starts += [reverse(f"admin:{name}_change", args=[row.pk]) for row in rows]
    assert is_quiet(pages_from(desk, starts, "/admin/"), least=15)


def test_the_picture_of_a_lineage_holds_names_as_text(hostile, reviewer):
    desk = Client()
    desk.force_login(reviewer)
    for model in AIModel.objects.filter(name__contains=MARK):
        page = desk.get(reverse("admin:registry_aimodel_change", args=[model.pk])).content.decode()
        assert active_parts(page) == []
        (picture,) = re.findall(r"<svg viewBox.*?</svg>", page, re.DOTALL)
        assert MARK in picture
        assert not re.search(r"<(?!/?(?:svg|defs|marker|path|g|title|text|a|rect|circle)\b)", picture)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_no_public_page_runs_what_a_filer_wrote(hostile, client, language):
    for path in ("/register/", f"/register/?q={MARK}", "/", f"/models/known/?q={MARK}"):
        page = client.get(path, headers={"Accept-Language": language}).content.decode()
        assert active_parts(page) == []
    assert MARK in client.get("/register/", headers={"Accept-Language": language}).content.decode()


@pytest.mark.parametrize(
    "path",
    [
        "/register/?q={}",
        "/register/?page={}",
        "/models/known/?q={}",
        "/models/known/?family={}",
        "/models/known/{}/",
        "/rules/{}/",
        "/nothing/{}/",
        "/account/sign-in/?next={}",
        "/account/sign-in/?login={}",
        "/account/password/reset/key/1-{}/",
        "/workspace/invitations/{}/",
        "/reports/{}/report.html",
        "/api/v1/filings/{}/",
        "/api/v1/register/?kind={}",
        "/health/?x={}",
    ],
)
@pytest.mark.parametrize("text", [MARKUP.replace("/", "%2F"), f"javascript:{MARK}()"])
def test_no_public_page_runs_what_its_address_says(db, client, path, text):
    answer = client.get(path.format(quote(text, safe="%")), follow=True)
    assert answer.status_code < 500
    if answer.headers["Content-Type"].startswith("text/html"):
        assert active_parts(answer.content.decode()) == []
    else:
        assert "json" in answer.headers["Content-Type"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "path",
    [
        "/admin/search/?q={}",
        "/admin/compliance/filing/?q={}",
        "/admin/compliance/filing/?status={}",
        "/admin/compliance/filing/?queue={}",
        "/admin/compliance/filing/?sort={}",
        "/admin/compliance/flag/?q={}",
        "/admin/compliance/dependence/?family={}",
        "/admin/registry/aimodel/?q={}",
        "/admin/registry/organization/?q={}&p={}",
        "/admin/nothing/{}/",
    ],
)
def test_no_page_of_the_desk_runs_what_its_address_says(reviewer, path):
    desk = Client()
    desk.force_login(reviewer)
    for text in (MARKUP.replace("/", "%2F"),):
        answer = desk.get(path.replace("{}", quote(text, safe="%")), follow=True)
        assert answer.status_code < 500
        assert active_parts(answer.content.decode()) == []


def test_linked_data_is_never_a_page(hostile, client):
    row = OfficialNumber.objects.get()
    for accept in ("text/html", "*/*"):
        answer = client.get(f"/register/{row.uid}.jsonld", headers={"Accept": accept})
        assert answer.headers["Content-Type"] == "application/ld+json"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert json.loads(answer.content)["name"] == row.title
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]


def test_no_page_puts_data_into_a_script_that_it_can_end(hostile, client, filer, reviewer):
    for user in (filer, reviewer):
        web = Client()
        web.force_login(user)
        for path in ("/workspace/", f"/workspace/{hostile.applicant.uid}/", "/admin/", "/admin/compliance/filing/"):
            for script in re.findall(
                r"<script\b[^>]*>(.*?)</script", web.get(path, follow=True).content.decode(), re.S
            ):
                assert MARK not in script
                assert "</" not in script


def test_the_policy_of_every_page_allows_no_script_of_its_own(hostile, reviewer, filer, client):
    for user, path in ((None, "/register/"), (filer, "/workspace/"), (reviewer, "/admin/compliance/filing/")):
        web = Client()
        if user:
            web.force_login(user)
        scripts = web.get(path, follow=True).headers["Content-Security-Policy"].split("script-src")[1].split(";")[0]
        assert "unsafe-inline" not in scripts
        assert not {"*", "data:", "https:", "http:"} & set(scripts.split())


def test_a_mail_holds_names_as_text(hostile, filer):
    inviting.invite(hostile.applicant, "lin@demo.example", Terms("filer"), by=filer, language="en")
    assert send_invitations() == 1
    for message in mail.outbox:
        for content, media_type in message.alternatives:
            assert (media_type, active_parts(str(content))) == ("text/html", [])


def test_a_report_holds_names_as_text(hostile):
    holding = 0
    for name in REPORTS:
        report = show(a_report(name, "2026-11-01", "2026-12-01", parameters=REQUIRED.get(name)), "en")
        out = io.BytesIO()
        write_report(report, "html", out)
        page = out.getvalue().decode()
        holding += MARK in page
        assert active_parts(page) == []
    assert holding >= 3


def test_names_of_files_are_text_where_they_are_listed_and_where_they_are_refused(hostile, filer):
    web = Client()
    web.force_login(filer)
    at = f"/workspace/{hostile.applicant.uid}/filings/{hostile.uid}/documents/"
    file = SimpleUploadedFile("<img src=zq7 onerror=zq7()>.exe", b"MZ\x90\x00\x03\x00")
    page = web.post(f"{at}upload/", {"file": file}, follow=True).content.decode()
    assert MARK in page
    assert active_parts(page) == []
    answer = web.post(f"{at}upload/", {"file": file}, headers={"Accept": "application/json"})
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_withdrawn_filing_shows_its_reason_as_text(filer, reviewer):
    filing = a_hostile_filing(filer, lambda original: f"{MARKUP}{original}"[:400], "algorithm")
    actions.withdraw_filing(filing, by=filer, reason=MARKUP)
    desk, web = Client(), Client()
    desk.force_login(reviewer)
    web.force_login(filer)
    pages = [
        desk.get(reverse("admin:compliance_filing_change", args=[filing.pk])),
        desk.get(reverse("admin:compliance_event_changelist")),
        web.get(f"/workspace/{filing.applicant.uid}/filings/{filing.uid}/"),
    ]
    assert [active_parts(page.content.decode()) for page in pages] == [[], [], []]
