"""Documents on their way: digests, ranges of a download, and uploads in parts that go on after a broken connection."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from compliance.api.digests import digest_header
from compliance.documents import parts
from compliance.models import Document, PartialUpload
from tests.conftest import client_of
from tests.making_filings import a_filing

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 40
SHA256 = hashlib.sha256(PDF).hexdigest()


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def url(filer) -> str:
    return f"/api/v1/filings/{a_filing(filer).uid}/"


@pytest.fixture
def api(filer):
    return client_of(filer)


def send(api, url: str, content: bytes = PDF, **headers: str):
    return api.generic("POST", f"{url}documents/", content, content_type="application/octet-stream", headers=headers)


def content_of(answer) -> bytes:
    return b"".join(answer.streaming_content)


def test_a_damaged_document_is_refused_and_nothing_stored(api, url):
    answer = send(api, url, PDF + b"!", **{"Content-Digest": digest_header(SHA256)})
    assert (answer.status_code, answer.json()["code"], Document.objects.count()) == (422, "digest_mismatch", 0)
    assert send(api, url, **{"Content-Digest": digest_header(SHA256)}).status_code == 201


def test_a_form_with_a_key_is_stored_once_and_another_file_is_not_taken_for_it(api, url):
    def send_form(content: bytes):
        file = SimpleUploadedFile("x.pdf", content)
        return api.post(f"{url}documents/", {"file": file}, format="multipart", headers={"Idempotency-Key": "a-form"})

    answers = [send_form(content) for content in (PDF, PDF, PDF[:-1] + b"!")]
    assert [answer.status_code for answer in answers] == [201, 201, 422]
    assert [answer.headers.get("Idempotency-Replayed") for answer in answers] == [None, "true", None]
    assert Document.objects.count() == 1


def test_another_body_of_the_same_length_with_the_same_key_is_refused(api, url):
    answers = [send(api, url, content, **{"Idempotency-Key": "a-file"}) for content in (PDF, PDF[:-1] + b"!")]
    assert ([answer.status_code for answer in answers], Document.objects.count()) == ([201, 422], 1)


def test_a_download_names_its_digest_and_its_length(api, url):
    send(api, url)
    answer = api.get(f"{url}documents/{SHA256}/")
    assert (answer.headers["Content-Digest"], answer.headers["Content-Length"]) == (
        digest_header(SHA256),
        str(len(PDF)),
    )
    head = api.head(f"{url}documents/{SHA256}/")
    assert (head.status_code, head.headers["Content-Length"], head.headers["Accept-Ranges"]) == (
        200,
        str(len(PDF)),
        "bytes",
    )


@pytest.mark.parametrize(
    ("asked", "status", "content", "content_range"),
    [
        ("bytes=0-8", 206, PDF[:9], f"bytes 0-8/{len(PDF)}"),
        ("bytes=100-", 206, PDF[100:], f"bytes 100-{len(PDF) - 1}/{len(PDF)}"),
        ("bytes=-5", 206, PDF[-5:], f"bytes {len(PDF) - 5}-{len(PDF) - 1}/{len(PDF)}"),
        ("bytes=0-999999", 206, PDF, f"bytes 0-{len(PDF) - 1}/{len(PDF)}"),
        ("bytes=5-2", 200, PDF, None),
        ("bytes=0-1,5-6", 200, PDF, None),
        ("lines=1-2", 200, PDF, None),
        ("bytes=-", 200, PDF, None),
    ],
)
def test_a_range_of_a_document_is_downloaded(api, url, asked, status, content, content_range):
    send(api, url)
    answer = api.get(f"{url}documents/{SHA256}/", headers={"Range": asked})
    assert (answer.status_code, content_of(answer), answer.headers.get("Content-Range")) == (
        status,
        content,
        content_range,
    )
    assert answer.headers["Content-Length"] == str(len(content))


@pytest.mark.parametrize("asked", ["bytes=999999-", "bytes=-0"])
def test_a_range_beyond_the_end_is_refused_with_the_size(api, url, asked):
    send(api, url)
    answer = api.get(f"{url}documents/{SHA256}/", headers={"Range": asked})
    assert (answer.status_code, answer.headers["Content-Range"]) == (416, f"bytes */{len(PDF)}")


def test_a_range_of_another_version_is_the_whole(api, url):
    send(api, url)
    headers = {"Range": "bytes=5-", "If-Range": '"another"'}
    assert api.get(f"{url}documents/{SHA256}/", headers=headers).status_code == 200


class TestInParts:
    @pytest.fixture
    def upload(self, api, url) -> str:
        body = {"filename": "license.pdf", "size": len(PDF), "sha256": SHA256}
        return api.post(f"{url}uploads/", body, format="json").headers["Location"]

    def part(self, api, upload: str, content: bytes, offset: object):
        return api.generic(
            "PATCH", upload, content, content_type="application/octet-stream", headers={"Upload-Offset": str(offset)}
        )

    def test_the_last_part_makes_the_document(self, api, url, upload):
        assert self.part(api, upload, PDF[:4000], 0).json()["offset"] == 4000
        # The connection breaks; the client asks where to go on.
        assert api.get(upload).headers["Upload-Offset"] == "4000"
        last = self.part(api, upload, PDF[4000:], 4000)
        assert (last.status_code, last.json()["sha256"]) == (201, SHA256)
        assert content_of(api.get(f"{url}documents/{SHA256}/")) == PDF
        # A client whose last answer was lost learns that it is done, and may send the part again.
        assert api.get(upload).json()["document"] == SHA256
        again = self.part(api, upload, PDF[4000:], 4000)
        assert (again.status_code, again.json()) == (201, last.json())
        assert Document.objects.count() == 1

    def test_a_part_that_was_sent_already_is_refused_with_the_place(self, api, upload):
        self.part(api, upload, PDF[:4000], 0)
        again = self.part(api, upload, PDF[:4000], 0)
        assert (again.status_code, again.json()["code"], again.headers["Upload-Offset"]) == (
            409,
            "wrong_offset",
            "4000",
        )

    @pytest.mark.parametrize(
        ("content", "offset", "status", "code"),
        [(PDF + b"!", 0, 409, "too_much"), (PDF, "x", 400, "bad_offset"), (PDF, -1, 400, "bad_offset")],
    )
    def test_an_invalid_part_changes_nothing(self, api, upload, content, offset, status, code):
        answer = self.part(api, upload, content, offset)
        assert (answer.status_code, answer.json()["code"], api.get(upload).json()["offset"]) == (status, code, 0)

    def test_what_differs_from_its_hash_begins_anew(self, api, upload):
        answer = self.part(api, upload, PDF[:-1] + b"!", 0)
        assert (answer.status_code, answer.json()["code"]) == (422, "digest_mismatch")
        assert (api.get(upload).json()["offset"], Document.objects.count()) == (0, 0)
        assert self.part(api, upload, PDF, 0).status_code == 201

    def test_an_upload_is_its_owners_alone(self, upload, stranger, viewer):
        assert [client_of(person).get(upload).status_code for person in (stranger, viewer)] == [404, 404]

    def test_a_deleted_and_an_old_upload_leave_nothing(
        self, api, url, upload, tmp_path, django_capture_on_commit_callbacks
    ):
        self.part(api, upload, PDF[:100], 0)
        with django_capture_on_commit_callbacks(execute=True):
            assert api.delete(upload).status_code == 204
        body = {"filename": "license.pdf", "size": len(PDF), "sha256": SHA256}
        other = api.post(f"{url}uploads/", body, format="json").headers["Location"]
        self.part(api, other, PDF[:100], 0)
        later = time_machine.travel(timezone.now() + timedelta(days=8))
        with later, django_capture_on_commit_callbacks(execute=True):
            assert parts.forget_old_uploads() == 1
        assert (PartialUpload.objects.count(), [path for path in tmp_path.rglob("*") if path.is_file()]) == (0, [])

    @pytest.mark.parametrize(
        "changes", [{"size": 0}, {"size": 10**12}, {"sha256": "x"}, {"filename": " "}, {"entry": -1}, {"more": 1}]
    )
    def test_an_invalid_beginning_is_refused(self, api, url, changes):
        body = {"filename": "license.pdf", "size": 10, "sha256": SHA256, **changes}
        answer = api.post(f"{url}uploads/", body, format="json")
        assert (answer.status_code, [e["pointer"] for e in answer.json()["errors"]]) == (
            400,
            [f"/{next(iter(changes))}"],
        )

    def test_a_viewer_cannot_begin_one(self, url, viewer):
        body = {"filename": "license.pdf", "size": 10, "sha256": SHA256}
        assert client_of(viewer).post(f"{url}uploads/", body, format="json").status_code == 403
