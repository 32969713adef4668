"""Backup and restore: while others write, onto an empty machine, verified; a backup that was changed is named."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyrage
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.utils import timezone

from compliance.backup.restoring import BackupRefused, unpacked, verified
from compliance.backup.writing import write_backup
from compliance.filings.history.anchors import anchor_of
from registry.models import StaffRole
from tests.faults.stack import PostgresDatabase
from tests.migrated import migrated_database, migrated_file

ROOT = Path(__file__).parent.parent.parent
# Opens and submits filings until a file appears.
WRITE = """
import sys
from pathlib import Path
from compliance.dossier.parsing import parse
from compliance.filings import actions
from registry.models import User
filer = User.objects.get(username="filer")
organization = filer.memberships.get().organization
text = Path("tests/examples/dossiers/algorithm-complete.json").read_text().replace("91440300708461136T", organization.uscc)
count = 0
while not Path(STOP).exists():
    filing, _new = actions.open_filing(parse(text.replace("样例问答算法", f"示例{count}").encode()), by=filer)
    count += 1
print(count)
"""


class Machine:
    """A product with a database and a storage of its own, driven by its commands."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.media = folder, folder / "media"
        self.environment = {
            **os.environ,
            "DATABASE_URL": url,
            "MEDIA_ROOT": str(self.media),
            "SECRET_KEY": "for tests alone",
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "REDIS_URL": "redis://127.0.0.1:9/0",
        }

    def manage(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(
            command, env={**self.environment, **more}, cwd=ROOT, capture_output=True, text=True, check=False
        )


@pytest.fixture
def machines(tmp_path: Path, settings) -> Iterator[tuple[Machine, Machine]]:
    """A machine with a migrated database, and one of the same kind with an empty one."""
    folders = [tmp_path / "old", tmp_path / "new"]
    for folder in folders:
        folder.mkdir()
    if settings.TEST_ON == "sqlite":
        shutil.copy(migrated_file(), folders[0] / "registry.sqlite3")
        yield tuple(Machine(folder, f"sqlite:///{folder / 'registry.sqlite3'}") for folder in folders)
        return
    databases = [PostgresDatabase(settings.TEST_SERVER) for _ in folders]
    for database, template in zip(databases, (migrated_database(settings.TEST_SERVER), "template1"), strict=True):
        database.create(template)
    try:
        yield tuple(Machine(folder, database.url) for folder, database in zip(folders, databases, strict=True))
    finally:
        for database in databases:
            database.drop()


def prepared(machine: Machine) -> Machine:
    assert machine.manage("load_demo").returncode == 0
    return machine


def test_a_backup_made_while_others_write_is_tried_and_restored_on_an_empty_machine(machines, tmp_path):
    old, new = machines
    prepared(old)
    stop = tmp_path / "stop"
    with ThreadPoolExecutor() as pool:
        writer = pool.submit(old.manage, "shell", "-v", "0", "-c", WRITE.replace("STOP", repr(str(stop))))
        done = old.manage("backup", str(tmp_path / "backups"))
        stop.touch()
    assert (done.returncode, writer.result().returncode) == (0, 0), done.stderr + writer.result().stderr
    (backup,) = (tmp_path / "backups").iterdir()
    tried = old.manage("restore", str(backup), "--try", "--no-color")
    assert tried.stdout == f"{backup} can be restored: history, documents and log fit.\n", tried.stdout + tried.stderr
    restored = new.manage("restore", str(backup), "--no-color")
    assert restored.stdout == f"{backup} was restored: history, documents and log fit.\n", (
        restored.stdout + restored.stderr
    )
    names = [
        sorted(str(path.relative_to(each.media)) for path in each.media.rglob("*") if path.is_file())
        for each in machines
    ]
    assert names[0] == names[1] != []
    again = new.manage("restore", str(backup))
    assert (again.returncode, "Nothing was restored." in again.stderr) == (1, True)
    assert "The history is intact" in new.manage("verify_history", "--files", "--no-color").stdout


# --- what is refused ----------------------------------------------------------------------------------------------
@pytest.fixture
def backup(db, tmp_path: Path, settings, monkeypatch) -> Path:
    """A backup whose dump is a stand-in: what is unpacked is looked at, and not loaded."""
    settings.MEDIA_ROOT = tmp_path / "media"
    monkeypatch.setattr("compliance.backup.writing.dump_database", _dump)
    storages["default"].save("documents/ab/abc", ContentFile(b"a document"))
    return write_backup(tmp_path / "backups")


def _dump(folder: Path) -> Path:
    path = folder / "database.dump"
    path.write_bytes(b"a dump")
    return path


def changed(backup: Path, name: str, content: bytes | None) -> Path:
    """Return a copy in which a member has other bytes, or is gone."""
    copy = backup.with_name("changed.tar")
    with tarfile.open(backup) as source, tarfile.open(copy, "w") as target:
        for entry in source:
            if not entry.name.startswith(name):
                target.addfile(entry, source.extractfile(entry))
            elif content is not None:
                entry.size = len(content)
                target.addfile(entry, io.BytesIO(content))
    return copy


def refusal_of(path: Path, scratch: Path, identity: Path | None = None) -> tuple[str, list[str]]:
    with pytest.raises(BackupRefused) as refused:
        unpacked(path, scratch, identity)
    return refused.value.code, refused.value.names


@pytest.mark.parametrize(
    ("name", "content"), [("files/documents", b"other"), ("database", b"other"), ("files/documents", None)]
)
def test_a_backup_that_was_changed_is_named_by_what_was_changed(backup, tmp_path, name, content):
    code, names = refusal_of(changed(backup, name, content), tmp_path / "scratch")
    assert (code, [each.startswith(name) for each in names]) == ("changed", [True])


def test_a_backup_that_is_cut_off_or_none_is_refused(backup, tmp_path):
    short = tmp_path / "short.tar"
    for content in (b"", b"no tar", backup.read_bytes()[:1_500]):
        short.write_bytes(content)
        assert refusal_of(short, tmp_path / "scratch") == ("unreadable", ["short.tar"])


def test_a_member_that_leads_out_of_the_folder_is_not_unpacked(backup, tmp_path):
    with tarfile.open(backup, "a") as tar:
        for name in ("../outside", "/tmp/outside-of-the-folder"):
            entry = tarfile.TarInfo(name)
            entry.size = 1
            tar.addfile(entry, io.BytesIO(b"x"))
    unpacked(backup, tmp_path / "scratch", None)
    assert not (tmp_path / "outside").exists()
    assert not Path("/tmp/outside-of-the-folder").exists()


def test_a_history_that_was_rewritten_before_the_backup_is_named_after_the_restore(registrar):
    StaffRole.objects.filter(user=registrar).update(role="administrator")
    assert verified(anchor_of(timezone.now(), ""), "en") == [
        "staff role “registrar: administrator” was changed by hand: no event accounts for it"
    ]


def test_an_encrypted_backup_opens_with_its_key_alone(backup, tmp_path):
    identity, stranger = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()
    path = write_backup(tmp_path / "encrypted", [str(identity.to_public())])
    assert (path.suffix, b"manifest.json" in path.read_bytes()) == (".age", False)
    keys = {name: tmp_path / name for name in ("right", "wrong", "none")}
    keys["right"].write_text(f"# created today\n{identity}\n")
    keys["wrong"].write_text(f"{stranger}\n")
    (tmp_path / "scratch").mkdir()
    for given in (None, keys["wrong"], keys["none"]):
        assert refusal_of(path, tmp_path / "scratch", given) == ("locked", [path.name])
    assert unpacked(path, tmp_path / "scratch", keys["right"])["schema"] == "backup/1"
    assert [each.name for each in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize(
    ("settings_given", "message"),
    [
        ({"BACKUP_RECIPIENTS": ["nonsense"]}, "is no public key of age"),
        ({"BACKUP_TO": ""}, "Name a folder or a bucket, or set BACKUP_TO"),
    ],
)
def test_settings_that_cannot_be_used_are_named(db, settings, tmp_path, settings_given, message):
    for name, value in settings_given.items():
        setattr(settings, name, value)
    with pytest.raises(CommandError, match=message):
        call_command("backup", *([] if "BACKUP_TO" in settings_given else [tmp_path]))
    assert list(tmp_path.iterdir()) == []
