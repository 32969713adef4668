"""Backups in a bucket as in a folder, and old ones that go; the bucket is moto's, which answers as S3 does."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import boto3
import pyrage
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from moto import mock_aws

from compliance.backup import places
from compliance.backup.restoring import unpacked
from compliance.checks import check_data_protection
from compliance.tasks import back_up
from registry.storage import storage_of
from tests.backup.test_backup import _dump

BUCKET = "s3://backups/every/night?region_name=us-east-1"
NIGHT = datetime(2026, 11, 27, tzinfo=UTC)
OLD, RECENT = "registry-20261001T020000Z.tar", "registry-20261120T020000Z.tar.age"
OTHERS = ["registry-99999999T999999Z.tar", "registry-notes.txt"]


@pytest.fixture(autouse=True)
def bucket() -> Iterator[None]:
    with mock_aws():
        boto3.client("s3", region_name="us-east-1").create_bucket(Bucket="backups")
        yield


@pytest.fixture(params=["folder", "bucket"])
def place(request, tmp_path: Path) -> str:
    return str(tmp_path / "backups") if request.param == "folder" else BUCKET


@pytest.fixture
def documents(db, tmp_path: Path, settings, monkeypatch) -> None:
    """A document to back up, and a stand-in for the dump of the database."""
    settings.MEDIA_ROOT = tmp_path / "media"
    monkeypatch.setattr("compliance.backup.writing.dump_database", _dump)
    storages["default"].save("documents/ab/abc", ContentFile(b"a document"))


def names(place: str) -> list[str]:
    return sorted(places.storage_at(place).listdir("")[1])


def test_a_backup_is_written_to_a_place_and_read_from_it(documents, place, tmp_path):
    written = places.back_up_to(place)
    (name,) = names(place)
    assert written == places.file_at(place, name)
    with places.file_of(written) as path:
        manifest = unpacked(path, tmp_path / "scratch", None)
    assert sorted(manifest["files"]) == ["database.dump", "files/documents/ab/abc"]
    assert (tmp_path / "scratch" / "files/documents/ab/abc").read_bytes() == b"a document"


def test_in_a_bucket_it_is_encrypted_too(documents, tmp_path):
    identity = pyrage.x25519.Identity.generate()
    written = places.back_up_to(BUCKET, [str(identity.to_public())])
    (tmp_path / "key").write_text(f"{identity}\n")
    (tmp_path / "scratch").mkdir()
    with places.file_of(written) as path:
        assert (path.suffix, b"a document" in path.read_bytes()) == (".age", False)
        assert unpacked(path, tmp_path / "scratch", tmp_path / "key")["schema"] == "backup/1"


def test_documents_in_a_bucket_are_backed_up(db, tmp_path, monkeypatch):
    monkeypatch.setattr("compliance.backup.writing.dump_database", _dump)
    keys = [str(pyrage.x25519.Identity.generate())]
    kept = storages.create_storage(storage_of("s3://backups/documents?region_name=us-east-1", keys))
    kept.save("documents/ab/abc", ContentFile(b"a document"))
    monkeypatch.setitem(storages._storages, "default", kept)
    body = boto3.client("s3").get_object(Bucket="backups", Key="documents/documents/ab/abc")["Body"].read()
    assert body.startswith(b"age-encryption.org/v1")
    manifest = unpacked(Path(places.back_up_to(str(tmp_path))), tmp_path / "scratch", None)
    assert "files/documents/ab/abc" in manifest["files"]
    assert (tmp_path / "scratch" / "files/documents/ab/abc").read_bytes() == b"a document"


def test_old_backups_go_and_other_files_stay(place):
    storage = places.storage_at(place)
    for name in (OLD, RECENT, *OTHERS):
        storage.save(name, ContentFile(b"x"))
    assert places.remove_old_backups(place, 60, NIGHT) == []
    assert places.remove_old_backups(place, 30, NIGHT) == [OLD]
    assert names(place) == sorted([*OTHERS, RECENT])


def test_the_newest_backup_stays_however_old_it_is(place):
    places.storage_at(place).save(OLD, ContentFile(b"x"))
    assert places.remove_old_backups(place, 1, NIGHT) == []
    assert names(place) == [OLD]


def test_the_job_of_the_night_writes_tries_and_removes(documents, place, settings, monkeypatch):
    tried: list[bytes] = []
    monkeypatch.setattr("compliance.tasks.try_backup", lambda path: tried.append(path.read_bytes()))
    places.storage_at(place).save(OLD, ContentFile(b"x"))
    settings.BACKUP_TO, settings.BACKUP_KEEP_DAYS = place, 30
    written = back_up()
    assert [written] == [places.file_at(place, name) for name in names(place)]
    assert len(tried) == 1


def test_what_cannot_be_restored_removes_nothing(documents, place, settings, monkeypatch):
    monkeypatch.setattr("compliance.tasks.try_backup", lambda path: ["It is cut off."])
    places.storage_at(place).save(OLD, ContentFile(b"x"))
    settings.BACKUP_TO, settings.BACKUP_KEEP_DAYS = place, 30
    with pytest.raises(RuntimeError, match="It is cut off"):
        back_up()
    assert OLD in names(place)


@pytest.mark.parametrize("where", ["s3://nowhere/x?region_name=us-east-1", "s3:///folder", "ftp://example.com/x"])
def test_a_bucket_that_cannot_be_used_is_named(documents, where, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CommandError, match=f"{where.split('?')[0]}.* cannot be written: .* Nothing was written"):
        call_command("backup", where)
    with pytest.raises(CommandError, match=r"cannot be read: .* Nothing was restored"):
        call_command("restore", places.file_at(where, OLD))
    assert sorted(each.name for each in tmp_path.iterdir()) == ["media"]


def test_the_command_says_how_to_try_what_it_wrote(documents):
    out = io.StringIO()
    call_command("backup", BUCKET, stdout=out)
    (name,) = names(BUCKET)
    assert out.getvalue() == (
        f"{places.file_at(BUCKET, name)} was written. Try it with: manage.py restore '{places.file_at(BUCKET, name)}' --try\n"
    )


def test_a_number_of_days_below_zero_is_a_fault_of_the_settings(settings):
    settings.BACKUP_KEEP_DAYS = -1
    assert [fault.id for fault in check_data_protection(None)] == ["compliance.E003"]
