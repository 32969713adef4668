"""`import_dossiers`, `check_filings`, `verify_history`, `load_catalog`, `rebuild_register`."""

from __future__ import annotations

import json
import shutil
from contextlib import suppress
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from compliance import demo
from compliance.filings import actions
from compliance.filings.history.triggers import drop_triggers
from compliance.models import Document, Event, Filing, Flag
from registry.models import AIModel, ModelStatement
from tests.building import EXAMPLES
from tests.making_filings import a_filing, a_submitted_filing, check_everything


@pytest.fixture
def folder(tmp_path, settings) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    shutil.copytree(EXAMPLES, tmp_path / "dossiers")
    shutil.copytree(Path(demo.__file__).parent / "documents", tmp_path / "documents")
    (tmp_path / "dossiers" / "notes.json").write_text('{"not": "a dossier"}')
    return tmp_path


def run(name: str, *arguments, **options) -> str:
    out = StringIO()
    with suppress(SystemExit):
        call_command(name, *map(str, arguments), stdout=out, **options)
    return out.getvalue()


def test_a_folder_is_imported_with_its_documents_and_other_files_are_reported(db, folder):
    items = json.loads(run("import_dossiers", folder / "dossiers", submit=True, format="json"))
    outcomes = {Path(each["file"]).stem: each["outcome"] for each in items}
    assert {name for name, outcome in outcomes.items() if outcome == "skipped"} == {"malformed", "notes"}
    assert {outcome for name, outcome in outcomes.items() if name not in ("malformed", "notes")} == {"opened"}
    assert set(Filing.objects.values_list("status", flat=True)) == {"submitted"}
    assert [each["missing"] for each in items if each["missing"]] == []
    check_everything()
    assert not Flag.objects.filter(rule="DOC-05").exists()
    again = json.loads(run("import_dossiers", folder / "dossiers", submit=True, format="json"))
    by_reference = [each for each in again if each["outcome"] == "known"]
    assert by_reference
    assert Filing.objects.exclude(reference="").count() == len(by_reference)


def test_a_dry_run_imports_nothing(db, folder):
    assert "Dry run: nothing was stored." in run("import_dossiers", folder / "dossiers", submit=True, dry_run=True)
    assert (Filing.objects.count(), Document.objects.count(), Event.objects.count()) == (0, 0, 0)


def test_a_document_with_different_bytes_is_not_uploaded(db, folder):
    (folder / "documents" / "business_license.pdf").write_bytes(b"%PDF-1.7 another")
    (item,) = json.loads(run("import_dossiers", folder / "dossiers" / "algorithm-complete.json", format="json"))
    assert (item["missing"], item["uploaded"]) == (["business_license.pdf"], 6)


def test_a_user_without_permission_is_refused_with_a_reason(db, folder, stranger):
    output = run("import_dossiers", folder / "dossiers" / "algorithm-complete.json", by="stranger")
    assert "refused" in output
    assert Filing.objects.count() == 0
    with pytest.raises(CommandError, match="User nobody does not exist"):
        call_command("import_dossiers", "x.json", by="nobody")


def test_check_filings_checks_filings_that_are_due_or_all(filer):
    a_submitted_filing(filer, changes={"/algorithm/mechanism": None})
    a_filing(filer, changes={"/reference": "b"})
    assert "Filings checked: 2" in run("check_filings")
    assert "Filings checked: 0" in run("check_filings")
    assert "Filings checked: 2" in run("check_filings", all=True)
    assert Flag.objects.unresolved().filter(rule="ALG-03").count() == 1


# --- the history --------------------------------------------------------------------------------------------------
@pytest.fixture
def history(filer, reviewer) -> Filing:
    filing = actions.submit_filing(a_filing(filer), by=filer)
    actions.return_filing(filing, by=reviewer, reason="more")
    actions.submit_filing(filing, by=filer)
    return Filing.objects.get(pk=filing.pk)


def test_an_intact_history_is_reported(history):
    assert "The history is intact: 1 filings, 4 events, 2 revisions, " in run("verify_history")


def by_hand(sql: str) -> None:
    """Change a row as someone with access to the database can, without its triggers."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        drop_triggers(
            None, SimpleNamespace(connection=connection, execute=lambda statement, params: cursor.execute(statement))
        )
        cursor.execute(sql)


@pytest.mark.parametrize(
    ("sql", "named"),
    [
        ("UPDATE compliance_event SET reason = 'less' WHERE number = 3", "event 3 was changed"),
        ("UPDATE compliance_event SET actor = 'somebody' WHERE number = 1", "event 1 was changed"),
        ("DELETE FROM compliance_event WHERE number = 2", "event 2 is missing"),
        ("DELETE FROM compliance_event WHERE number = 4", "event 4 is missing"),
        ("UPDATE compliance_revision SET content = '{}' WHERE number = 1", "revision 1 was changed"),
        ("DELETE FROM compliance_revision WHERE number = 2", "revision 2 is missing"),
        ("UPDATE compliance_filing SET status = 'filed'", "the filing is “filed”"),
        (
            "INSERT INTO compliance_revision (filing_id, number, content, sha256, at, by_id) "
            "SELECT filing_id, 3, content, sha256, at, by_id FROM compliance_revision WHERE number = 1",
            "revision 3 was inserted",
        ),
        (
            "INSERT INTO compliance_event (filing_id, number, verb, from_status, to_status, at, by_id, actor, reason, data, "
            "previous_hash, hash) SELECT filing_id, 5, verb, from_status, to_status, at, by_id, actor, reason, data, "
            "previous_hash, hash FROM compliance_event WHERE number = 4",
            "event 5 was inserted",
        ),
    ],
)
def test_a_row_altered_by_hand_is_reported(history, sql, named):
    by_hand(sql)
    output = run("verify_history")
    assert f"{history.case_number}: {named}" in output
    assert "Faults: 1." in output or "missing" in named


@pytest.mark.parametrize("table", ["compliance_event", "compliance_revision"])
def test_the_database_itself_refuses_to_change_history(history, table):
    with pytest.raises(Exception, match="never changed"), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET number = 9")


def test_the_register_is_rebuilt_from_the_filings(filer, registrar):
    a_submitted_filing(filer, "generative")
    before = list(ModelStatement.objects.values("name", "rank", "model__registration_status"))
    ModelStatement.objects.all().delete()
    AIModel.objects.update(registration_status="cancelled")
    assert "Filings processed: 1." in run("rebuild_register")
    assert list(ModelStatement.objects.values("name", "rank", "model__registration_status")) == before
