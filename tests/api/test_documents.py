"""Documents over the API: uploads, hashed while they stream, media types from the content, downloads."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from compliance import demo
from compliance.documents import uploads
from compliance.models import Document, Event, Filing
from tests.building import a_document
from tests.conftest import client_of
from tests.making_filings import check_everything, unresolved_flags

FILES = Path(demo.__file__).parent / "documents"
PDF = b"%PDF-1.7\nsome bytes"
SHA = hashlib.sha256(PDF).hexdigest()


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def url(api) -> str:
    document = a_document("algorithm", {"/documents/-": {"kind": "other", "title": "to follow"}})
    return f"/api/v1/filings/{api.post('/api/v1/filings/', document, format='json').json()['id']}/"


def send(api, url: str, content: bytes = PDF, name: str = "x.pdf", query: str = ""):
    return api.post(f"{url}documents/{query}", {"file": SimpleUploadedFile(name, content)}, format="multipart")


def send_plain(api, url: str, content: bytes = PDF, query: str = "?filename=x.pdf", **headers):
    return api.generic(
        "POST", f"{url}documents/{query}", content, content_type="application/octet-stream", headers=headers
    )


@pytest.mark.parametrize("how", [send, send_plain])
def test_a_download_returns_the_uploaded_bytes(api, url, how):
    answer = how(api, url)
    data = answer.json()
    assert (answer.status_code, data["sha256"], data["size"], data["filename"], data["media_type"]) == (
        201,
        SHA,
        len(PDF),
        "x.pdf",
        "application/pdf",
    )
    download = api.get(data["url"])
    assert b"".join(download.streaming_content) == PDF
    assert download.headers["Content-Disposition"] == 'attachment; filename="x.pdf"'
    assert download.headers["X-Content-Type-Options"] == "nosniff"
    assert [each["sha256"] for each in api.get(f"{url}documents/").json()["results"]] == [SHA]


def test_uploading_the_same_bytes_again_returns_the_same_document(api, url):
    assert [send(api, url).status_code for _ in range(2)] == [201, 200]
    assert (Document.objects.count(), Event.objects.filter(verb="upload").count()) == (1, 1)


def test_an_upload_fills_in_its_entry_of_the_dossier(api, url):
    before = api.get(f"{url}dossier/").headers["ETag"]
    assert send(api, url, query="?entry=7").status_code == 201
    answer = api.get(f"{url}dossier/")
    assert answer.json()["documents"][7] == {
        "kind": "other",
        "title": "to follow",
        "filename": "x.pdf",
        "sha256": SHA,
        "size": len(PDF),
    }
    assert answer.headers["ETag"] != before


@pytest.mark.parametrize(
    ("query", "content", "status", "code"),
    [
        ("?entry=8", PDF, 400, "no_such_entry"),
        ("?entry=x", PDF, 400, "bad_entry"),
        ("?entry=0", PDF, 409, "entry_names_another"),
        ("", b"", 400, "empty"),
        ("", b"MZ\x90\x00\x03", 415, "unknown_type"),
        ("", b"<html><script>alert(1)</script>", 415, "unknown_type"),
        ("", b"<svg onload='x'/>", 415, "unknown_type"),
    ],
)
def test_an_invalid_upload_is_refused_entirely(api, url, query, content, status, code, folder):
    answer = send(api, url, content, query=query)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert Document.objects.count() == 0


def test_a_form_without_a_file_is_refused(api, url):
    answer = api.post(f"{url}documents/", {"other": "x"}, format="multipart")
    assert (answer.status_code, answer.json()["code"]) == (400, "no_file")


@pytest.mark.parametrize("how", [send, send_plain])
def test_a_file_over_the_limit_is_refused_while_it_streams(api, url, how, monkeypatch):
    monkeypatch.setattr("compliance.api.documents.LARGEST", 10)
    answer = how(api, url)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_each_kind_of_document_has_its_own_limit(api, url, monkeypatch):
    monkeypatch.setattr(uploads, "LIMIT_OF_OTHERS", 10)
    answer = send(api, url, query="?entry=7")
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_a_submitted_filing_accepts_only_the_documents_of_its_revision(api, url):
    api.post(f"{url}submit/")
    named = a_document("algorithm")["documents"][0]
    assert send(api, url).json()["code"] == "not_named"
    assert send(api, url, query="?entry=7").json()["code"] == "transition_refused"
    content = (FILES / named["filename"]).read_bytes()
    assert send(api, url, content, named["filename"]).status_code == 201
    check_everything()
    missing = [at for rule, at in unresolved_flags(Filing.objects.get()) if rule == "DOC-05"]
    assert missing == [f"/documents/{i}" for i in range(1, 8)]


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("keyword_list.xlsx", uploads.XLSX),
        ("test_questions.xlsx", uploads.XLSX),
        ("business_license.pdf", "application/pdf"),
    ],
)
def test_the_media_type_is_determined_from_the_content(name, media_type):
    assert uploads.media_type_of((FILES / name).read_bytes()[: uploads.HEAD], "named.exe") == media_type


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_table_of_text_is_csv(encoding):
    head = ("关键词,一级分类,二级分类\n" * 2_000).encode(encoding)[: uploads.HEAD]
    assert uploads.media_type_of(head, "list.CSV") == "text/csv"


def test_the_path_is_removed_from_a_file_name(api, url):
    answer = send_plain(
        api, url, query="", **{"Content-Disposition": "attachment; filename*=UTF-8''..%2F..%2F%E5%90%8D.pdf"}
    )
    assert answer.json()["filename"] == "名.pdf"


def test_a_stranger_cannot_download_documents(api, url, stranger):
    data = send(api, url).json()
    assert client_of(stranger).get(data["url"]).status_code == 404
    other = a_document("algorithm", {"/applicant/uscc": "91440305MADEMA004M", "/reference": "s"})
    own = client_of(stranger).post("/api/v1/filings/", other, format="json").json()["id"]
    assert client_of(stranger).get(f"/api/v1/filings/{own}/documents/{SHA}/").status_code == 404


def test_bytes_are_hashed_as_they_stream():
    got = uploads.received(iter([b"%PDF", b"-1.7"]), "x.pdf", limit=100)
    assert (got.sha256, got.size) == (hashlib.sha256(b"%PDF-1.7").hexdigest(), 8)
    assert isinstance(got.content.read(), bytes)
    with pytest.raises(uploads.TooLarge):
        uploads.received(io.BytesIO(b"x" * 200), "x", limit=100)
