"""Files that are two things at once, and pictures with scripts: never shown as a page of the product."""

from __future__ import annotations

import hashlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from compliance.documents.uploads import DOCX, KNOWN_TYPES, XLSX
from compliance.filings import actions
from compliance.models import Document, Filing
from registry.models import Membership
from tests.attachments.files import a_package
from tests.building import parsed
from tests.conftest import client_of
from tests.making_filings import a_filing

SCRIPT = b"<script>alert(document.domain)</script>"
SVG = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'><script>alert(1)</script></svg>"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\0" * 17
# What is kept of these is kept as what its beginning says.
ACCEPTED = {
    "PDF and HTML": (b"%PDF-1.7\n<html><body>" + SCRIPT + b"</body></html>\n%%EOF", "application/pdf"),
    "PDF and JavaScript": (b"%PDF-1.7\n*/alert(1)/*\n%%EOF", "application/pdf"),
    "PDF and a zip": (b"%PDF-1.7\n%%EOF\n" + a_package({"a.html": SCRIPT}), "application/pdf"),
    "PNG and HTML": (PNG + b"<html>" + SCRIPT, "image/png"),
    "PNG and PHP": (PNG + b"<?php system($_GET['c']); ?>", "image/png"),
    "JPEG and JavaScript": (b"\xff\xd8\xff\xe0/*JFIF" + b"\0" * 20 + b"*/=alert(1)", "image/jpeg"),
    "JPEG and HTML": (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + SCRIPT, "image/jpeg"),
    "text and HTML": (b"plain text\n<html>" + SCRIPT, "text/plain"),
    "text and SVG": (b"\xef\xbb\xbf" + SVG, "text/plain"),
    "a table and HTML": (b"a,b\n<html>," + SCRIPT, "text/plain"),
    "a script": (b"alert(document.domain)", "text/plain"),
    "a style sheet": (b"body { background: url(javascript:alert(1)) }", "text/plain"),
    "a page archive": (b"MIME-Version: 1.0\nContent-Type: multipart/related\n\n" + SCRIPT, "text/plain"),
    "UTF-7": (b"+ADw-script+AD4-alert(1)+ADw-/script+AD4-", "text/plain"),
}
REFUSED = {
    "GIF and JavaScript": b"GIF89a/*\x01\x00\x00*/=alert(1)//;" + b"\0" * 20,
    "SVG": SVG,
    "SVG with a declaration": b"<?xml version='1.0'?>" + SVG,
    "SVG after blanks": b" \r\n\t\x0c" + SVG,
    "SVG with a document type": b"<!DOCTYPE svg>" + SVG,
    "SVG in UTF-16": SVG.decode().encode("utf-16"),
    "compressed SVG": b"\x1f\x8b\x08\x00" + b"\0" * 40,
    "HTML": b"<html>" + SCRIPT,
    "HTML after a comment": b"<!-- x --><html>" + SCRIPT,
    "a page of XML": b"<?xml-stylesheet href='x.xsl'?><x/>",
    "Flash": b"CWS\x0a" + b"\0" * 40,
    "WebAssembly": b"\0asm\x01\0\0\0",
    "a program": b"MZ\x90\x00\x03\x00" + b"\0" * 60,
    "an ELF program": b"\x7fELF" + b"\0" * 60,
    "a Java archive": a_package({"META-INF/MANIFEST.MF": b"", "A.class": b"\xca\xfe\xba\xbe"}),
    "a zip": a_package({"a.html": SCRIPT}),
    "WebP": b"RIFF\x00\x00\x00\x00WEBPVP8 " + b"\0" * 40,
    "BMP and JavaScript": b"BM/*" + b"\0" * 40 + b"*/=alert(1)",
    "MP4": b"\0\0\0\x18ftypmp42" + b"\0" * 40,
}
NAMES = ["x.pdf", "x.svg", "x.html", "x.js", "x.pdf.html", "x"]
NEVER = ("text/html", "image/svg+xml", "application/xhtml+xml", "text/xml", "application/xml", "text/javascript")


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def filing(filer) -> Filing:
    return a_filing(filer, "algorithm")


def send(api, filing: Filing, content: bytes, name: str, claimed: str = "application/pdf"):
    file = SimpleUploadedFile(name, content, content_type=claimed)
    return api.post(f"/api/v1/filings/{filing.uid}/documents/", {"file": file}, format="multipart")


def is_downloaded(answer, media_type: str) -> bool:
    """Whether an answer is an attachment of a type, which the browser may not guess again."""
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].partition(";")[0] == media_type
    assert media_type not in NEVER
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    return True


@pytest.mark.parametrize("name", ACCEPTED)
def test_a_file_of_two_kinds_is_an_attachment_of_the_kind_that_it_begins_with(api, filing, filer, name):
    content, media_type = ACCEPTED[name]
    answer = send(api, filing, content, "x.svg", "image/svg+xml")
    assert (answer.status_code, answer.json()["media_type"]) == (201, media_type)
    assert is_downloaded(api.get(answer.json()["url"]), media_type)
    web = Client()
    web.force_login(filer)
    sha256 = hashlib.sha256(content).hexdigest()
    assert is_downloaded(
        web.get(f"/workspace/{filing.applicant.uid}/filings/{filing.uid}/documents/{sha256}/"), media_type
    )


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_a_browser_or_a_machine_would_run_is_refused(api, filing, name):
    for filename, claimed in (("x.svg", "image/svg+xml"), ("x.pdf", "application/pdf")):
        answer = send(api, filing, REFUSED[name], filename, claimed)
        assert (answer.status_code, answer.json()["code"]) == (415, "unknown_type")
    assert not Document.objects.exists()


@pytest.mark.parametrize("filename", NAMES)
def test_the_name_of_a_file_does_not_make_its_type(api, filing, filename):
    answer = send(api, filing, b"%PDF-1.7\n" + SCRIPT, filename, "text/html")
    download = api.get(answer.json()["url"])
    assert is_downloaded(download, "application/pdf")


@pytest.mark.parametrize("headers", [{"Range": "bytes=9-"}, {"Range": "bytes=9-20"}])
def test_a_range_of_a_file_is_an_attachment_as_well(api, filing, headers):
    url = send(api, filing, b"%PDF-1.7\n<html>" + SCRIPT, "x.html").json()["url"]
    answer = api.get(url, headers=headers)
    assert answer.status_code == 206
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("media_type", ["image/svg+xml", "text/html", "text/plain", XLSX, DOCX, "application/msword"])
def test_only_pictures_and_papers_are_shown_at_the_desk(filer, reviewer, media_type):
    filing, content = _submitted_with(filer, b"%PDF-1.7\n" + SCRIPT)
    # As if it had been stored before types were told by content.
    Document.objects.update(media_type=media_type)
    desk = Client()
    desk.force_login(reviewer)
    answer = desk.get(_at_the_desk(filing, content))
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"%PDF-1.7\n" + SCRIPT, "application/pdf"),
        (PNG + SCRIPT, "image/png"),
        (b"\xff\xd8\xff\xe0" + SCRIPT, "image/jpeg"),
    ],
)
def test_what_is_shown_at_the_desk_can_run_nothing(filer, reviewer, content, media_type):
    filing, content = _submitted_with(filer, content)
    desk = Client()
    desk.force_login(reviewer)
    answer = desk.get(_at_the_desk(filing, content))
    policy = answer.headers["Content-Security-Policy"]
    assert answer.headers["Content-Type"] == media_type
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "sandbox" in policy or media_type == "application/pdf"


def _submitted_with(filer, content: bytes) -> tuple[Filing, bytes]:
    sha256 = hashlib.sha256(content).hexdigest()
    entries = [{"kind": "business_license", "filename": "x.pdf", "sha256": sha256, "size": len(content)}]
    filing, _ = actions.open_filing(parsed("algorithm", {"/documents": entries}), by=filer)
    assert send(client_of(filer), filing, content, "x.pdf").status_code == 201
    return actions.submit_filing(filing, by=filer), content


def _at_the_desk(filing: Filing, content: bytes) -> str:
    sha256 = hashlib.sha256(content).hexdigest()
    return reverse("admin:compliance_filing_document", args=[filing.pk, sha256]) + "?shown"


@pytest.mark.parametrize("filename", NAMES)
def test_the_paper_of_a_mandate_is_an_attachment_of_the_type_that_its_content_tells(filer, organization, filename):
    member = Membership.objects.get(user=filer)
    Membership.objects.filter(pk=member.pk).update(is_administrator=True)
    web = Client()
    web.force_login(filer)
    page = f"/workspace/{organization.uid}/people/{member.pk}/"
    file = SimpleUploadedFile(filename, b"%PDF-1.7\n<html>" + SCRIPT, content_type="text/html")
    given = {"role": "filer", "administrator": "1", "mandate": "授权书", "mandate_file": file}
    assert web.post(page, given).status_code == 302
    answer = web.get(f"{page}mandate/")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Type"] == "application/pdf"


@pytest.mark.parametrize("name", ["SVG", "HTML", "GIF and JavaScript", "a zip"])
def test_the_paper_of_a_mandate_that_a_browser_would_run_is_refused(filer, organization, name):
    member = Membership.objects.get(user=filer)
    Membership.objects.filter(pk=member.pk).update(is_administrator=True)
    web = Client()
    web.force_login(filer)
    given = {
        "role": "filer",
        "administrator": "1",
        "mandate": "授权书",
        "mandate_file": SimpleUploadedFile("x.pdf", REFUSED[name], content_type="application/pdf"),
    }
    assert web.post(f"/workspace/{organization.uid}/people/{member.pk}/", given).status_code == 422
    assert not Membership.objects.exclude(mandate_file="").exists()


def test_no_accepted_type_is_one_that_a_browser_runs():
    assert not KNOWN_TYPES & set(NEVER)
