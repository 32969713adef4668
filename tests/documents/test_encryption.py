"""Documents are encrypted at rest, and nobody who reads them notices."""

from __future__ import annotations

import hashlib
from io import StringIO
from pathlib import Path

import pyrage
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import CommandError, call_command

from registry.encryption import MAGIC, UNFINISHED, EncryptedFolder
from registry.storage import storage_of

OLD, NEW = (str(pyrage.x25519.Identity.generate()) for _ in range(2))
SIZES = (0, 1, 65_535, 65_536, 65_537, 131_072, 300_001)


def content(size: int) -> bytes:
    return hashlib.shake_128(b"a document").digest(size)


@pytest.fixture
def folder(tmp_path):
    return lambda *keys: EncryptedFolder(location=tmp_path, keys=keys)


def on_disk(storage: EncryptedFolder, name: str) -> bytes:
    return Path(storage.path(name)).read_bytes()


@pytest.mark.parametrize("size", SIZES)
def test_what_is_stored_is_encrypted_and_read_as_it_was(folder, size):
    storage = folder(NEW)
    name = storage.save("documents/ab/abc", ContentFile(content(size)))
    assert on_disk(storage, name).startswith(MAGIC)
    assert size < 16 or content(size)[:16] not in on_disk(storage, name)
    with storage.open(name) as file:
        assert (file.read(), storage.size(name)) == (content(size), size)
        file.seek(size // 2)
        assert file.read() == content(size)[size // 2 :]


def test_files_from_before_are_read_as_they_are(folder, tmp_path):
    (tmp_path / "plain").write_bytes(content(100))
    storage = folder(NEW)
    assert (storage.open("plain").read(), storage.size("plain")) == (content(100), 100)


def test_a_key_is_replaced_by_putting_a_new_one_before_it(folder):
    name = folder(OLD).save("a", ContentFile(content(70_000)))
    both = folder(NEW, OLD)
    assert both.open(name).read() == content(70_000)
    assert [both.encrypt(name), both.encrypt(name)] == [True, False]
    assert folder(NEW).open(name).read() == content(70_000)


def test_without_its_key_or_changed_a_file_is_not_read(folder):
    storage = folder(NEW)
    name = storage.save("a", ContentFile(content(70_000)))
    with pytest.raises(OSError, match="DOCUMENT_KEYS"):
        folder(OLD).open(name)
    changed = bytearray(on_disk(storage, name))
    changed[-40_000] ^= 1
    Path(storage.path(name)).write_bytes(changed)
    with pytest.raises(OSError, match="DOCUMENT_KEYS"):
        storage.open(name)


def test_a_wrong_setting_is_named(folder):
    with pytest.raises(ImproperlyConfigured, match="AGE-SECRET-KEY-1"):
        folder("secret").save("a", ContentFile(b"x"))


def test_the_setting_chooses_the_storage():
    assert storage_of("", [NEW])["BACKEND"] == "registry.encryption.EncryptedFolder"
    bucket = storage_of("s3://bucket/folder?region_name=cn-north-1", [NEW])
    assert (bucket["BACKEND"], bucket["OPTIONS"]["keys"]) == ("registry.encryption.EncryptedBucket", [NEW])
    assert "keys" not in storage_of("s3://bucket")["OPTIONS"]


@pytest.fixture
def encrypted(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    plain = {"a/b": content(10), "a/c": content(100_000)}
    for name, each in plain.items():
        storages["default"].save(name, ContentFile(each))
    settings.STORAGES = {**settings.STORAGES, "default": storage_of("", [NEW])}
    return plain


def output_of(*arguments: str) -> str:
    output = StringIO()
    call_command("encrypt_documents", *arguments, stdout=output)
    return output.getvalue()


def test_the_command_encrypts_what_was_there(encrypted):
    assert output_of("--dry-run") == "2 of 2 files are not encrypted.\n"
    assert output_of() == "2 of 2 files encrypted; the others were.\n"
    assert output_of() == "0 of 2 files encrypted; the others were.\n"
    assert {name: storages["default"].open(name).read() for name in encrypted} == encrypted


def test_a_file_that_cannot_be_read_keeps_no_other_from_it_and_a_crash_leaves_nothing_to_trip_over(encrypted, tmp_path):
    foreign = EncryptedFolder(location=tmp_path, keys=[OLD]).save("a/a", ContentFile(b"by another key"))
    (tmp_path / "a" / f"{UNFINISHED}x").write_bytes(b"half")
    with pytest.raises(CommandError, match="1 files cannot be read"):
        output_of()
    assert {name: storages["default"].open(name).read() for name in encrypted} == encrypted
    assert all(storages["default"].is_encrypted(name) for name in (*encrypted, foreign))


def test_the_rights_of_a_file_stay(encrypted, tmp_path):
    (tmp_path / "a" / "b").chmod(0o640)
    output_of()
    assert (tmp_path / "a" / "b").stat().st_mode & 0o777 == 0o640


def test_the_command_says_what_is_missing(db):
    with pytest.raises(CommandError, match="DOCUMENT_KEYS is not set"):
        output_of()
