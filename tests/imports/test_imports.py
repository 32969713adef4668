"""Bulk imports: each dossier whole or not at all, once, with a result; files that are no good are refused as a whole."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from typing import Any

import pytest

from compliance.api.digests import digest_header
from compliance.api.imports import describe
from compliance.imports import files, running
from compliance.models import Change, ChangeType, Document, Filing, ImportPart, ImportRun
from tests.building import a_document
from tests.conftest import client_of

IMPORTS = "/api/v1/imports/"
PDF = b"%PDF-1.7\nsome bytes"
OFFICIAL = {
    "/documents": [{"kind": "business_license", "filename": "license.pdf", "sha256": hashlib.sha256(PDF).hexdigest()}]
}


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def api(filer):
    return client_of(filer)


def dossier(reference: str, **changes: Any) -> bytes:
    return json.dumps(a_document(changes={"/reference": reference, **changes}), ensure_ascii=False).encode()


def lines(*dossiers: bytes) -> bytes:
    return b"\n".join(dossiers) + b"\n"


def archive(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", method) as made:
        for name, body in members.items():
            made.writestr(name, body)
    return content.getvalue()


def ask(api, content: bytes, query: str = "", media_type: str = "application/x-ndjson", **headers: str):
    return api.generic("POST", IMPORTS + query, content, content_type=media_type, headers=headers)


def work() -> None:
    """What the workers do."""
    for key in running.runs_to_divide():
        running.divide(key)
    for key in running.parts_to_do():
        running.do_part(key, describe)


def imported(api, content: bytes, query: str = "", media_type: str = "application/x-ndjson") -> tuple[dict, list[dict]]:
    """Return the import and its results."""
    answer = ask(api, content, query, media_type)
    assert answer.status_code == 202, answer.content
    work()
    url = answer.headers["Location"]
    return api.get(url).json(), api.get(f"{url}results/").json()["results"]


def test_each_line_is_a_filing_or_a_refusal_with_its_places(api):
    spoilt = dossier("three", **{"/service/launched_on": "soon"})
    run, results = imported(api, lines(dossier("one"), b"", dossier("two"), spoilt, b"{", dossier("one")))
    assert (run["state"], run["total"], run["done"], run["percent"]) == ("finished", 5, 5, 100)
    assert run["counts"] == {"opened": 2, "known": 1, "refused": 2}
    assert [(row["name"], row["outcome"], row["status"]) for row in results] == [
        ("line 1", "opened", "draft"),
        ("line 2", "opened", "draft"),
        ("line 3", "refused", None),
        ("line 4", "refused", None),
        ("line 5", "known", "draft"),
    ]
    assert [(error["pointer"], error["code"]) for error in results[2]["errors"]] == [
        ("/service/launched_on", "not_a_day")
    ]
    assert Filing.objects.count() == 2


def test_the_errors_are_in_the_language_of_the_reader(api):
    url = ask(api, lines(b"{")).headers["Location"]
    work()
    messages = [
        api.get(f"{url}results/", headers={"Accept-Language": language}).json()["results"][0]["errors"][0]["message"]
        for language in ("en", "zh-hans")
    ]
    assert (messages[0].isascii(), messages[1].isascii()) == (True, False)


def test_a_dry_run_tells_the_same_and_stores_nothing(api):
    content = lines(dossier("one"), b"{}", dossier("two"))
    run, results = imported(api, content, "?dry_run=true&submit=true")
    assert run["counts"] == {"opened": 2, "known": 0, "refused": 1}
    assert [row["filing"] for row in results] == [None] * 3
    assert Filing.objects.count() == 0


def test_each_filing_is_submitted_if_asked_for(api):
    _, results = imported(api, lines(dossier("one")), "?submit=true")
    assert [row["status"] for row in results] == ["submitted"]


def test_a_stranger_sees_neither_the_import_nor_its_results(api, stranger):
    url = ask(api, lines(dossier("one"))).headers["Location"]
    other = client_of(stranger)
    assert [other.get(path).status_code for path in (url, f"{url}results/")] == [404, 404]
    assert other.get(IMPORTS).json()["results"] == []


def test_a_dossier_of_another_applicant_is_refused_alone(api):
    _, results = imported(api, lines(dossier("one", **{"/applicant/uscc": "91110000600037341L"}), dossier("two")))
    assert [(row["outcome"], [e["code"] for e in row["errors"]]) for row in results] == [
        ("refused", ["no_standing"]),
        ("opened", []),
    ]


def test_a_part_that_was_interrupted_goes_on_where_it_stopped(api, filer, monkeypatch):
    monkeypatch.setattr(running, "PART", 2)
    ask(api, lines(*(dossier(str(i)) for i in range(5))))
    (run,) = ImportRun.objects.all()
    first, *_ = running.divide(run.pk)
    # The worker is killed after the first dossier: its result is there, and the lease runs out.
    part = running._leased(first)
    with part.run.kept_as.open("rb") as file, running._source(part, file) as source:
        running._take(part.run, 0, *source(0), describe)
    assert running.parts_to_do() == list(ImportPart.objects.exclude(pk=first).values_list("pk", flat=True))
    ImportPart.objects.update(leased_until=None)
    work()
    run.refresh_from_db()
    assert (run.state, sorted(run.results.values_list("index", flat=True))) == ("finished", [0, 1, 2, 3, 4])
    assert Filing.objects.count() == 5
    assert list(Change.objects.filter(type=ChangeType.IMPORT).values_list("data__opened", flat=True)) == [5]


def test_an_archive_brings_its_documents(api):
    members = {
        "a/one.json": dossier("one", **OFFICIAL),
        "a/documents/license.pdf": PDF,
        "two.json": dossier(
            "two", **{"/documents": [{"kind": "business_license", "filename": "no.pdf", "sha256": "0" * 64}]}
        ),
        "__MACOSX/three.json": b"rubbish",
        "readme.txt": b"hello",
    }
    _run, results = imported(api, archive(members), media_type="application/zip")
    assert [(row["name"], row["outcome"], row["uploaded"], row["missing"]) for row in results] == [
        ("a/one.json", "opened", 1, []),
        ("two.json", "opened", 0, ["no.pdf"]),
    ]
    assert Document.objects.get().sha256 == hashlib.sha256(PDF).hexdigest()


def test_a_document_with_another_content_refuses_its_dossier_as_a_whole(api):
    members = {"one.json": dossier("one", **OFFICIAL), "license.pdf": PDF + b"!", "two.json": dossier("two")}
    _, results = imported(api, archive(members), media_type="application/zip")
    assert [(row["outcome"], [(e["pointer"], e["code"]) for e in row["errors"]]) for row in results] == [
        ("refused", [("/documents/0/sha256", "wrong_digest")]),
        ("opened", []),
    ]
    assert (Filing.objects.count(), Document.objects.count()) == (1, 0)


def a_link() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as made:
        link = zipfile.ZipInfo("one.json")
        link.external_attr = 0o120777 << 16
        made.writestr(link, "/etc/passwd")
    return content.getvalue()


def truncated(content: bytes) -> bytes:
    return content[:-30]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"PK not really", "not_a_zip"),
        (truncated(archive({"one.json": b"{}"})), "not_a_zip"),
        (archive({"../one.json": b"{}"}), "unsafe_name"),
        (archive({"a/../../one.json": b"{}"}), "unsafe_name"),
        (archive({"/etc/one.json": b"{}"}), "unsafe_name"),
        (archive({"..\\one.json": b"{}"}), "unsafe_name"),
        (archive({"C:\\one.json": b"{}"}), "unsafe_name"),
        (archive({"one.json": b"0" * 20_000_000}), "bomb"),
        (a_link(), "link"),
        (archive({"readme.txt": b"nothing else"}), "no_dossiers"),
    ],
    # An archive contains the time at which it was made, so its bytes are no name of a test.
    ids=range(10),
)
def test_a_file_that_is_no_good_is_refused_as_a_whole(api, content, code):
    run, results = imported(api, content, media_type="application/zip")
    assert (run["state"], results, run["counts"]) == ("refused", [], {"opened": 0, "known": 0, "refused": 0})
    assert ImportRun.objects.get().refusal == code
    assert run["refusal"] != ""
    assert Filing.objects.count() == 0


def test_a_member_that_grows_beyond_its_entry_is_refused(api):
    content = bytearray(archive({"one.json": dossier("one"), "two.json": dossier("two")}))
    # Spoil a byte of the compressed content of the first member.
    content[60] ^= 0xFF
    _, results = imported(api, bytes(content), media_type="application/zip")
    assert [(row["outcome"], [e["code"] for e in row["errors"]]) for row in results] == [
        ("refused", ["damaged"]),
        ("opened", []),
    ]


def test_too_many_dossiers_are_refused(api, monkeypatch):
    monkeypatch.setattr(files, "MOST_DOSSIERS", 2)
    run, _ = imported(api, lines(*(dossier(str(i)) for i in range(3))))
    assert (run["state"], ImportRun.objects.get().refusal) == ("refused", "too_many")


def test_the_results_have_pages(api):
    url = ask(api, lines(*(dossier(str(i)) for i in range(5)))).headers["Location"]
    work()
    first = api.get(f"{url}results/?page_size=2").json()
    second = api.get(first["next"]).json()
    third = api.get(second["next"]).json()
    assert [[row["index"] for row in page["results"]] for page in (first, second, third)] == [[0, 1], [2, 3], [4]]
    assert api.get(third["previous"]).json()["results"] == second["results"]


def test_an_import_whose_last_worker_was_killed_before_the_end_is_ended(api):
    ask(api, lines(dossier("one")))
    (run,) = ImportRun.objects.all()
    (part,) = running.divide(run.pk)
    running.do_part(part, describe)
    ImportRun.objects.update(state="running", finished_at=None)
    running.end_those_that_are_done()
    run.refresh_from_db()
    assert run.state == "finished"


def test_a_document_is_looked_for_in_the_folder_of_its_dossier_first(api):
    other = PDF + b"another"
    named = {"kind": "business_license", "filename": "license.pdf", "sha256": hashlib.sha256(other).hexdigest()}
    members = {
        "a/one.json": dossier("one", **OFFICIAL),
        "a/license.pdf": PDF,
        "b/two.json": dossier("two", **{"/documents": [named]}),
        "b/license.pdf": other,
        "c/three.json": dossier("three", **{"/documents": [{**named, "sha256": "0" * 64}]}),
    }
    _, results = imported(api, archive(members), media_type="application/zip")
    assert [(row["outcome"], row["uploaded"], row["missing"]) for row in results] == [
        ("opened", 1, []),
        ("opened", 1, []),
        ("opened", 0, ["license.pdf"]),
    ]


def test_a_dry_run_of_an_archive_stores_no_document(api, tmp_path):
    members = {"one.json": dossier("one", **OFFICIAL), "license.pdf": PDF}
    _, results = imported(api, archive(members), "?dry_run=true", media_type="application/zip")
    assert (results[0]["uploaded"], list(tmp_path.glob("documents/**/*"))) == (1, [])


def test_an_archive_with_too_large_a_directory_is_refused_before_it_is_read(api, monkeypatch):
    monkeypatch.setattr(files, "MOST_MEMBERS", 3)
    run, _ = imported(api, archive({f"{i}.json": b"{}" for i in range(4)}), media_type="application/zip")
    assert (run["state"], ImportRun.objects.get().refusal) == ("refused", "too_many")


def test_a_list_of_imports_takes_as_many_queries_for_three_as_for_one(api, django_assert_num_queries):
    for number in (1, 2):
        for _ in range(number):
            imported(api, lines(dossier("one")))
        with django_assert_num_queries(3):
            api.get(IMPORTS)


def test_the_file_is_deleted_when_the_import_has_ended(api, tmp_path):
    imported(api, lines(dossier("one")))
    assert list((tmp_path / "imports").iterdir()) == []


@pytest.mark.parametrize(
    ("content", "query", "headers", "status", "code"),
    [
        (b"", "", {}, 400, "empty"),
        (b"{}", "?dry_run=maybe", {}, 400, "bad_dry_run"),
        (b"{}", "", {"Content-Digest": "sha-256=:AAAA:"}, 400, "bad_digest"),
        (b"{}", "", {"Content-Digest": digest_header("0" * 64)}, 422, "digest_mismatch"),
    ],
)
def test_an_invalid_request_starts_no_import(api, content, query, headers, status, code):
    answer = ask(api, content, query, **headers)
    assert (answer.status_code, answer.json()["code"], ImportRun.objects.count()) == (status, code, 0)


def test_a_reviewer_cannot_import(reviewer):
    assert ask(client_of(reviewer), lines(dossier("one"))).json()["code"] == "not_a_filer"


def test_a_file_that_is_too_large_is_refused_while_it_streams(api, monkeypatch):
    monkeypatch.setattr("compliance.api.imports.LARGEST_FILE", 100)
    assert ask(api, lines(dossier("one"))).json()["code"] == "too_large"


def test_a_line_that_is_longer_than_a_dossier_may_be_is_refused_alone(api):
    _, results = imported(api, lines(b"[" + b" " * 11_000_000 + b"]", dossier("two")))
    assert [(row["outcome"], [e["code"] for e in row["errors"]]) for row in results] == [
        ("refused", ["too_large"]),
        ("opened", []),
    ]
