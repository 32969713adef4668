"""A case as one file: exported by the desk and the command line, and verified by its own script without the product."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.urls import reverse

from compliance.bundles.writing import SCRIPT, write_bundle
from compliance.documents import counting
from compliance.documents.actions import upload_document
from compliance.documents.uploads import received
from compliance.filings import actions
from compliance.models import Document, Filing
from tests.making_filings import a_filing

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.fixture
def filing(filer, reviewer) -> Filing:
    made = a_filing(filer)
    upload_document(made, received([PDF], "示例材料.pdf", limit=1_000_000), by=filer)
    for sha256 in counting.left_to_count():
        counting.count(sha256)
    actions.submit_filing(made, by=filer)
    actions.return_filing(made, by=reviewer, reason="示例")
    actions.submit_filing(made, by=filer)
    return Filing.objects.get(pk=made.pk)


@pytest.fixture
def bundle(filing, tmp_path) -> Path:
    path = tmp_path / "case.zip"
    call_command("export_case", filing.case_number, output=path, stdout=io.StringIO())
    return path


def verified(path: Path) -> tuple[int, str]:
    """Run the script in a process of its own, without site-packages."""
    command = [sys.executable, "-I", "-S", str(SCRIPT), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


def rewritten(path: Path, name: str, change, *, in_manifest: bool = True) -> Path:
    """Return a copy in which a file was changed (None: taken out), with its new hash in the manifest."""
    import hashlib

    copy = path.with_name("changed.zip")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(copy, "w") as new:
        contents = {each: old.read(each) for each in old.namelist()}
        name = next(each for each in contents if each.startswith(name))
        manifest = json.loads(contents["manifest.json"])
        contents[name] = change(contents[name])
        if contents[name] is None:
            del contents[name]
            manifest["files"].pop(name)
        elif in_manifest:
            manifest["files"][name] = hashlib.sha256(contents[name]).hexdigest()
        contents["manifest.json"] = json.dumps(manifest).encode()
        for each, content in contents.items():
            new.writestr(each, content)
    return copy


def test_an_exported_case_has_everything_and_verifies_itself(filing, bundle):
    assert verified(bundle) == (
        0,
        f"{filing.case_number}: 5 events, 2 revisions and 1 documents fit. The last event's hash is {filing.last_event_hash}.\n",
    )
    with zipfile.ZipFile(bundle) as archive:
        document = Document.objects.get()
        assert sorted(archive.namelist()) == [
            "documents.json",
            f"documents/{document.sha256}.pdf",
            "events.jsonl",
            "flags.json",
            "letters.json",
            "manifest.json",
            "revisions/0001.json",
            "revisions/0002.json",
            "verify.py",
        ]
        assert archive.read(f"documents/{document.sha256}.pdf") == PDF
        assert archive.read("revisions/0002.json").decode() == filing.revisions.get(number=2).content
        assert archive.read("verify.py") == SCRIPT.read_bytes()


TAMPERED = {
    "a dossier": (
        "revisions/0001.json",
        lambda text: text.replace(b"91440300708461136T", b"91440305MADEMA004M"),
        "revisions/0001.json is not what event 3 names",
    ),
    "a dossier taken out": ("revisions/0002.json", lambda _: None, "revisions/0002.json is missing: event 5 names it"),
    "a document": ("documents/", lambda content: content + b"x", "the document with SHA-256"),
    "a document taken out": ("documents/", lambda _: None, "is missing"),
    "an event": ("events.jsonl", lambda text: text.replace("示例".encode(), "样例".encode()), "event 4 does not fit"),
    "an event taken out": (
        "events.jsonl",
        lambda text: b"".join(text.splitlines(keepends=True)[:2] + text.splitlines(keepends=True)[3:]),
        "event 4 stands in the place of event 3",
    ),
    "the end cut off": (
        "events.jsonl",
        lambda text: b"".join(text.splitlines(keepends=True)[:-1]),
        "events are missing at the end",
    ),
}


@pytest.mark.parametrize(("name", "change", "named"), TAMPERED.values(), ids=TAMPERED)
def test_whatever_is_changed_with_its_hash_in_the_manifest_is_named(bundle, name, change, named):
    code, output = verified(rewritten(bundle, name, change))
    assert (code, named in output) == (1, True), output


@pytest.mark.parametrize("name", ["flags.json", "letters.json"])
def test_a_file_that_no_event_covers_is_covered_by_the_manifest(bundle, name):
    assert verified(rewritten(bundle, name, lambda text: text + b" ", in_manifest=False)) == (
        1,
        f"FAULT: {name} was changed\n",
    )


@pytest.mark.parametrize("content", [b"", b"no zip", PDF])
def test_what_is_no_exported_case_is_refused(tmp_path, content):
    path = tmp_path / "other.zip"
    path.write_bytes(content)
    assert verified(path)[0] == 2


def test_the_desk_gives_the_same_and_counts_it_as_an_export(filing, client, reviewer, auditor):
    client.force_login(reviewer)
    page = client.get(reverse("admin:compliance_filing_change", args=[filing.pk]))
    address = reverse("admin:compliance_filing_bundle", args=[filing.pk])
    assert address in page.content.decode()
    answer = client.get(address)
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{filing.case_number}.zip"'
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        assert json.loads(archive.read("manifest.json"))["last_event_hash"] == filing.last_event_hash
    client.force_login(auditor)
    shown = client.get(reverse("admin:registry_accessrecord_changelist")).content.decode()
    assert shown.count(filing.case_number) == 2
    assert "dossier with contacts" in shown


def test_a_case_of_another_province_is_not_given(filing, client, far_reviewer):
    client.force_login(far_reviewer)
    assert client.get(reverse("admin:compliance_filing_bundle", args=[filing.pk])).status_code == 404


def test_a_case_whose_document_is_gone_is_not_written(filing, tmp_path, client, reviewer):
    storages["default"].delete(Document.objects.get().stored_as.name)
    with pytest.raises(CommandError, match=r"The file of 示例材料\.pdf is missing"):
        call_command("export_case", filing.case_number, output=tmp_path / "case.zip")
    assert list(tmp_path.iterdir()) == []
    client.force_login(reviewer)
    page = client.get(reverse("admin:compliance_filing_bundle", args=[filing.pk]), follow=True)
    assert "is missing from the storage" in page.content.decode()


def test_a_case_that_does_not_exist_is_named(db):
    with pytest.raises(CommandError, match="There is no filing F2026-999999"):
        call_command("export_case", "F2026-999999")


def test_a_bundle_of_one_moment_is_the_same_each_time(filing):
    contents = []
    for _ in range(2):
        file = io.BytesIO()
        write_bundle(filing, file)
        with zipfile.ZipFile(file) as archive:
            contents.append({name: archive.read(name) for name in archive.namelist() if name != "manifest.json"})
    assert contents[0] == contents[1]
