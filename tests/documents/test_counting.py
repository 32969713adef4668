"""Documents are counted once, by a worker, and the rules use the counts."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from compliance import demo
from compliance.attachments.reader import READER
from compliance.checking import check_filings
from compliance.documents import counting
from compliance.documents.actions import upload_document
from compliance.documents.uploads import LARGEST, received
from compliance.dossier.parsing import parse
from compliance.filings import actions
from compliance.filings.refusals import ErrorsOpen, NotChecked, StillBeingRead
from compliance.models import Document, DocumentFacts, Filing
from tests.attachments.files import KEYWORD_HEADINGS, a_workbook
from tests.building import a_document, example, parsed
from tests.making_filings import a_filing, a_submitted_filing, check_everything, hold_documents, unresolved_flags

FILES = Path(demo.__file__).parent / "documents"
KEYWORDS = (FILES / "keyword_list.xlsx").read_bytes()
TOTAL = "/assessment/keywords/total"


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def uploaded(filing: Filing, by, content: bytes = KEYWORDS, name: str = "keyword_list.xlsx") -> Document:
    document, _ = upload_document(filing, received([content], name, limit=LARGEST), by=by)
    return document


def place(kind: str) -> int:
    return [entry["kind"] for entry in a_document("generative")["documents"]].index(kind)


def test_an_uploaded_document_waits_until_it_is_counted(filer):
    document = uploaded(a_filing(filer, "generative"), filer)
    assert counting.left_to_count() == [document.sha256]
    assert counting.count(document.sha256) is True
    document.refresh_from_db()
    assert document.facts.known_contents.banks["keywords"].total == 12_160
    assert (document.facts.reader, counting.left_to_count()) == (READER, [])
    assert counting.count(document.sha256) is False


def test_the_next_check_uses_the_counts(filer):
    filing = a_filing(filer, "generative", {TOTAL: 20_000, "/documents/0/sealed": True})
    document = uploaded(filing, filer)
    check_everything()
    assert unresolved_flags(filing) == []
    counting.count(document.sha256)
    check_everything()
    assert unresolved_flags(filing) == [("DOC-06", TOTAL)]


def test_the_same_file_is_counted_once_for_all_filings_that_hold_it(filer):
    filings = [a_filing(filer, "generative", {"/reference": name, TOTAL: 20_000}) for name in ("one", "two")]
    first, second = (uploaded(filing, filer) for filing in filings)
    assert first.facts == second.facts
    counting.count(first.sha256)
    check_everything()
    assert [unresolved_flags(filing) for filing in filings] == [[("DOC-06", TOTAL)]] * 2
    later = uploaded(a_filing(filer, "generative", {"/reference": "three"}), filer)
    assert (later.facts.reader, counting.left_to_count()) == (READER, [])


def test_rows_of_an_unknown_class_are_flagged_at_their_document(filer):
    file = a_workbook({"词库": [KEYWORD_HEADINGS, *([f"词{i}", "其他", "广告"] for i in range(3))]})
    entry = {"kind": "keyword_list", "title": "list"}
    filing = a_filing(filer, "generative", {f"/documents/{place('keyword_list')}": entry})
    upload = received([file], "list.xlsx", limit=LARGEST)
    upload_document(filing, upload, entry=place("keyword_list"), by=filer)
    counting.count(upload.sha256)
    check_everything()
    assert ("DOC-07", f"/documents/{place('keyword_list')}") in unresolved_flags(filing)


def test_a_filing_with_unread_documents_is_not_accepted(filer, reviewer):
    filing = a_filing(filer, "generative", {TOTAL: 12_161, "/service/algorithm_filing_number": None})
    filing = actions.edit_dossier(filing, parsed("generative", {TOTAL: 12_161}), by=filer, expected_version=None)
    uploaded(filing, filer)
    filing = actions.submit_filing(filing, by=filer)
    Document.objects.filter(filing=filing).exclude(filename="keyword_list.xlsx").delete()
    hold_the_others(filing, filer)
    with pytest.raises(StillBeingRead):
        actions.accept_filing(filing, by=reviewer)
    for sha256 in counting.left_to_count():
        counting.count(sha256)
    with pytest.raises(ErrorsOpen) as refused:
        actions.accept_filing(filing, by=reviewer)
    assert [(finding.rule, finding.at) for finding in refused.value.findings] == [("DOC-06", TOTAL)]


def hold_the_others(filing, filer):
    kept = Document.objects.get(filing=filing)
    kept_facts = kept.facts
    kept.delete()
    hold_documents(filing, filer)
    Document.objects.filter(filing=filing, sha256=kept.sha256).update(
        facts=kept_facts, stored_as=kept.stored_as.name, filename=kept.filename
    )


def test_a_document_that_breaks_the_reader_becomes_a_finding(filer, monkeypatch):
    document = uploaded(a_filing(filer, "generative"), filer)

    def broken(stream: io.BytesIO, filename: str) -> None:
        raise MemoryError

    monkeypatch.setattr(counting, "read", broken)
    counting.count(document.sha256)
    document.facts.refresh_from_db()
    assert document.facts.known_contents.unreadable.code == "damaged"
    check_everything()
    assert unresolved_flags(document.filing) == [("DOC-07", f"/documents/{place('keyword_list')}")]


def test_a_document_that_kills_workers_is_given_up(filer):
    document = uploaded(a_filing(filer, "generative"), filer)
    # Each worker leased the document and died.
    DocumentFacts.objects.update(tries=counting.MOST_TRIES, leased_until=timezone.now() - timedelta(seconds=1))
    counting.count(document.sha256)
    document.facts.refresh_from_db()
    assert document.facts.known_contents.unreadable.code == "too_long"


def test_a_leased_document_is_not_counted_twice(filer):
    document = uploaded(a_filing(filer, "generative"), filer)
    DocumentFacts.objects.update(leased_until=timezone.now() + timedelta(minutes=1))
    assert (counting.left_to_count(), counting.count(document.sha256)) == ([], False)
    later = timezone.now() + timedelta(minutes=2)
    assert counting.left_to_count(at=later) == [document.sha256]


def test_a_new_reader_counts_again(filer):
    document = uploaded(a_filing(filer, "generative"), filer)
    counting.count(document.sha256)
    DocumentFacts.objects.update(reader=READER - 1)
    assert counting.left_to_count() == [document.sha256]


def test_the_example_with_all_its_files_has_no_open_flags(filer):
    filing, _ = actions.open_filing(parse(example("generative-complete")), by=filer)
    for path in sorted(FILES.iterdir()):
        uploaded(filing, filer, path.read_bytes(), path.name)
    for sha256 in counting.left_to_count():
        counting.count(sha256)
    check_everything()
    assert (unresolved_flags(filing), DocumentFacts.objects.to_count().count()) == ([], 0)


def test_a_storage_failure_is_not_held_against_the_document(filer, monkeypatch):
    document = uploaded(a_filing(filer, "generative"), filer)
    monkeypatch.setattr(document.stored_as.storage.__class__, "open", away)
    for _ in range(counting.MOST_TRIES + 2):
        DocumentFacts.objects.update(leased_until=None)
        with pytest.raises(ConnectionError):
            counting.count(document.sha256)
    monkeypatch.undo()
    DocumentFacts.objects.update(leased_until=None)
    counting.count(document.sha256)
    document.facts.refresh_from_db()
    assert document.facts.known_contents.unreadable is None


def away(*args, **kwargs):
    raise ConnectionError


def test_a_document_of_another_type_in_place_of_a_list_is_flagged(filer):
    pdf = (FILES / "privacy_policy.pdf").read_bytes()
    entry = {"kind": "keyword_list", "title": "list"}
    filing = a_filing(filer, "generative", {f"/documents/{place('keyword_list')}": entry, TOTAL: 99_999})
    upload = received([pdf], "list.pdf", limit=LARGEST)
    upload_document(filing, upload, entry=place("keyword_list"), by=filer)
    counting.count(upload.sha256)
    check_everything()
    assert unresolved_flags(filing) == [("DOC-07", f"/documents/{place('keyword_list')}")]


def test_a_filing_that_cannot_be_checked_is_not_accepted(filer, reviewer, monkeypatch):
    filing = a_submitted_filing(filer, "generative", {"/documents/1/sealed": False})
    monkeypatch.setattr(check_filings, "evaluate", away)
    with pytest.raises(NotChecked):
        actions.accept_filing(filing, by=reviewer)
    filing.refresh_from_db()
    assert filing.status == "submitted"
