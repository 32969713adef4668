"""`verify_history` and `write_anchor`: whoever changes a row by SQL is found out, kind by kind, and since when."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from compliance.documents import counting
from compliance.documents.actions import upload_document
from compliance.documents.uploads import received
from compliance.filings import actions
from compliance.filings.history.triggers import LOG, TABLES, drop_triggers
from compliance.models import Document, Filing
from registry.models import AddedFamily, AuditEvent, Membership, StaffRole, User
from registry.tokens import create_token
from tests.building import a_document
from tests.making_filings import a_filing

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def run(command: str, *arguments: str, **options: object) -> str:
    output = io.StringIO()
    with contextlib.suppress(SystemExit):
        call_command(command, *arguments, stdout=output, no_color=True, **options)
    return output.getvalue()


def by_hand(sql: str) -> None:
    """Change rows as someone with access to the database can, without its triggers."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        editor = SimpleNamespace(connection=connection, execute=lambda statement, params: cursor.execute(statement))
        drop_triggers(None, editor, (*TABLES, *LOG))
        for statement in sql.split(";"):
            cursor.execute(statement)


@pytest.fixture
def decided(filer, reviewer, registrar) -> Filing:
    """A filing with a document that was accepted, reviewed and decided, and one after it."""
    given = a_document("algorithm")["documents"]
    files = {entry["kind"]: PDF + f"% {entry['kind']}\n".encode() for entry in given}
    entries = [
        {
            **entry,
            "filename": f"{entry['kind']}.pdf",
            "sha256": hashlib.sha256(content).hexdigest(),
            "size": len(content),
        }
        for entry, content in zip(given, files.values(), strict=True)
    ]
    filing = a_filing(filer, changes={"/documents": entries})
    for kind, content in files.items():
        upload_document(filing, received([content], f"{kind}.pdf", limit=1_000_000), by=filer)
    for sha256 in counting.left_to_count():
        counting.count(sha256)
    actions.submit_filing(filing, by=filer)
    actions.accept_filing(filing, by=reviewer)
    for _ in range(2):
        actions.forward_filing(filing, by=reviewer)
    actions.decide_filing(filing, by=registrar)
    a_filing(filer, "generative")
    return Filing.objects.get(pk=filing.pk)


def test_an_untouched_registry_has_no_fault(decided):
    assert "The history is intact: 2 filings" in run("verify_history", files=True)


OF_A_FILING = {
    "a status of a number": ("UPDATE registry_officialnumber SET status = 'revoked'", "status of the official number"),
    "a holder of a number": (
        "UPDATE registry_officialnumber SET organization_id = NULL",
        "holder of the official number",
    ),
    "a holder as published": (
        "UPDATE registry_officialnumber SET holder = 'nobody'",
        "holder of the official number",
    ),
    "a number with its key": (
        "UPDATE registry_officialnumber SET number = '网信算备110105000000101260013号', key = '网信算备110105000000101260013号'",
        "number of the official number",
    ),
    "a day of a number": ("UPDATE registry_officialnumber SET issued_on = '2020-01-01'", "date of the official number"),
    "another number": ("UPDATE registry_officialnumber SET key = 'x'", "number of the official number"),
    "a number taken away": ("UPDATE compliance_filing SET official_number_id = NULL", "the official number is –, but"),
    "a time": ("UPDATE compliance_filing SET accepted_at = '2020-01-01 00:00:00+00'", "“accepted_at” was changed"),
    "a decision undone": (
        "UPDATE compliance_filing SET decided_at = NULL WHERE decided_at IS NOT NULL",
        "“decided_at” was changed",
    ),
    "a later submission": (
        "UPDATE compliance_filing SET submitted_at = '2030-01-01 00:00:00+00' WHERE submitted_at IS NOT NULL",
        "“submitted_at”",
    ),
    "an applicant": ("UPDATE registry_organization SET uscc = '91440305MADEMA004M'", "the filed dossier names"),
    "a document removed": ("DELETE FROM compliance_document", "was removed: an event mentions it"),
    "a document renamed to other bytes": (
        "UPDATE compliance_document SET sha256 = 'x' WHERE id = (SELECT min(id) FROM compliance_document)",
        "was inserted: no event mentions it",
    ),
}


@pytest.mark.parametrize(("sql", "named"), OF_A_FILING.values(), ids=OF_A_FILING)
def test_a_row_that_follows_from_the_history_is_named_when_changed(decided, sql, named):
    by_hand(sql)
    assert f"{decided.case_number}: " in (output := run("verify_history"))
    assert named in output


def test_a_whole_filing_removed_with_its_rows_is_named_by_its_case_number(decided, filer):
    gone = Filing.objects.order_by("-pk").first()
    tables = [
        rel.related_model._meta.db_table for rel in Filing._meta.related_objects if rel.related_model is not Filing
    ]
    rows = [f"DELETE FROM {table} WHERE filing_id = {gone.pk}" for table in tables if _has_filing(table)]
    by_hand(";".join([*rows, f"DELETE FROM compliance_filing WHERE id = {gone.pk}"]))
    assert f"{gone.case_number}: the filing was removed" in run("verify_history")


def _has_filing(table: str) -> bool:
    with connection.cursor() as cursor:
        return any(
            column.name == "filing_id" for column in connection.introspection.get_table_description(cursor, table)
        )


def test_other_bytes_of_a_document_are_named_when_files_are_read(decided):
    document = Document.objects.order_by("pk").first()
    storages["default"].delete(document.stored_as.name)
    storages["default"].save(document.stored_as.name, ContentFile(PDF.replace(b"1.4", b"1.7")))
    assert "The history is intact" in run("verify_history")
    assert f"the file of document “{document.filename}” was changed" in run("verify_history", files=True)
    storages["default"].delete(document.stored_as.name)
    assert f"the file of document “{document.filename}” is gone" in run("verify_history", files=True)


@pytest.fixture
def people(decided, filer, registrar, administrator) -> User:
    create_token(filer)
    AddedFamily.objects.create(name="Example", document={"a": 1})
    registrar.email = "registrar@demo.example"
    registrar.save()
    return registrar


OF_THE_LOG = {
    "a role given": (
        "INSERT INTO registry_staffrole (user_id, role, provinces) SELECT id, 'administrator', '[]' FROM registry_user WHERE username = 'filer'",
        "staff role “filer: administrator” was inserted",
    ),
    "a role raised": (
        "UPDATE registry_staffrole SET role = 'administrator' WHERE role = 'reviewer'",
        "staff role “reviewer: administrator” was changed",
    ),
    "a role taken": (
        "DELETE FROM registry_staffrole WHERE role = 'registrar'",
        "staff role “registrar: registrar” was removed",
    ),
    "a superuser": (
        "UPDATE registry_user SET is_superuser = true WHERE username = 'filer'",
        "user “filer” was changed",
    ),
    "a password": (
        "UPDATE registry_user SET password = 'x' WHERE username = 'registrar'",
        "user “registrar” was changed",
    ),
    "an address for resets": (
        "UPDATE registry_user SET email = 'thief@demo.example' WHERE username = 'registrar'",
        "user “registrar” was changed",
    ),
    "a membership": ("UPDATE registry_membership SET is_administrator = true", "membership “filer: filer"),
    "a token prolonged": ("UPDATE registry_apitoken SET expires_at = '2099-01-01 00:00:00+00'", "API token “filer: "),
    "an authenticator": (
        "INSERT INTO mfa_authenticator (user_id, type, data, created_at) SELECT id, 'totp', '{}', '2026-01-01 00:00:00+00' FROM registry_user WHERE username = 'registrar'",
        "authenticator “registrar: totp” was inserted",
    ),
    "reference data": (
        "UPDATE registry_addedfamily SET document = '{}'",
        "family of base models “Example” was changed",
    ),
    "an event of the log": (
        "UPDATE registry_auditevent SET actor = 'nobody' WHERE number = 2",
        "log of changes: event 2 was changed",
    ),
    "an event taken out": ("DELETE FROM registry_auditevent WHERE number = 2", "log of changes: event 2 is missing"),
    "the end cut off": (
        "DELETE FROM registry_auditevent WHERE number = (SELECT max(number) FROM registry_auditevent)",
        "its end is not event",
    ),
}


@pytest.mark.parametrize(("sql", "named"), OF_THE_LOG.values(), ids=OF_THE_LOG)
def test_users_roles_tokens_and_reference_data_are_named_when_changed(people, sql, named):
    assert "The history is intact" in run("verify_history")
    by_hand(sql)
    assert named in run("verify_history")


def test_a_repair_by_hand_is_accepted_with_its_reason_and_a_changed_log_is_not(people, client, auditor):
    by_hand(OF_THE_LOG["a role raised"][0] + ";" + OF_THE_LOG["a role given"][0] + ";" + OF_THE_LOG["a role taken"][0])
    assert "Accepted: 3." in run("accept_changes", reason="示例决定 2026-1")
    assert "The history is intact" in run("verify_history")
    client.force_login(auditor)
    assert client.get("/admin/registry/auditevent/").content.decode().count("示例决定 2026-1") == 3
    with pytest.raises(CommandError, match="Give a reason"):
        call_command("accept_changes", reason=" ")
    by_hand(OF_THE_LOG["an event of the log"][0])
    assert "Accepted: 0." in run("accept_changes", reason="示例")
    assert "event 2 was changed" in run("verify_history")


def test_each_change_leaves_an_event_with_who_and_what_and_no_secret(people, client, administrator):
    client.force_login(administrator)
    assert (
        client.post(
            "/admin/registry/user/add/",
            {"username": "neu", "usable_password": "true", "password1": "a long one 77", "password2": "a long one 77"}
            | _formsets(),
        ).status_code
        == 302
    )
    event = AuditEvent.objects.filter(kind="user").first()
    assert (event.verb, event.label, event.actor) == ("created", "neu", "administrator")
    assert event.data["username"] == [None, "neu"]
    assert event.data["password"] == ["…", "…"]
    StaffRole.objects.get(role="reviewer").delete()
    Membership.objects.get().save()
    newest = AuditEvent.objects.first()
    assert (newest.verb, newest.label, newest.actor) == ("deleted", "reviewer: reviewer", "registry")


def _formsets() -> dict[str, str]:
    counts = ("TOTAL_FORMS", "INITIAL_FORMS")
    return {f"{formset}-{count}": "0" for formset in ("staff_roles", "api_tokens") for count in counts}


@pytest.mark.parametrize("table", [*TABLES, *LOG])
def test_the_database_itself_refuses_to_change_the_record(people, table):
    with pytest.raises(Exception, match="never changed"), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET number = 9")


# --- anchors ----------------------------------------------------------------------------------------------------
@pytest.fixture
def anchored(decided, filer, tmp_path):
    """Three days with an event each, and the file of their anchors."""
    path = tmp_path / "anchors.jsonl"
    for day in (1, 2, 3):
        with time_machine.travel(timezone.now() + timedelta(days=day)):
            run("write_anchor", str(path))
            actions.suspend_filing(
                decided, by=User.objects.get(username="registrar"), reason="示例"
            ) if day == 2 else None
    return path


def test_anchors_fit_what_came_later(anchored):
    assert "3 anchors fit" in run("verify_history", anchors=anchored)


def test_a_history_rewritten_with_its_hashes_is_found_by_the_anchors(anchored, decided):
    """The attacker computes all hashes anew: the chain alone fits again, the anchor of the day does not."""
    lines = [json.loads(line) for line in anchored.read_text().splitlines()]
    event = decided.events.order_by("-number").first()
    assert event.verb == "suspend"
    by_hand(
        f"DELETE FROM compliance_event WHERE id = {event.pk};"
        f"UPDATE compliance_filing SET status = 'filed', last_event_number = {event.number - 1}, last_event_hash = '{event.previous_hash}' WHERE id = {decided.pk};"
        "UPDATE registry_officialnumber SET status = 'filed'"
    )
    assert "The history is intact" in run("verify_history")
    output = run("verify_history", anchors=anchored)
    assert (
        f"the history until {lines[1]['until']} is as it was; what happened between then and {lines[2]['until']} was changed"
        in output
    )
    assert f"截至 {lines[1]['until']} 的历史与当时一致" in run("verify_history", anchors=anchored, language="zh")


def test_a_changed_file_of_anchors_is_named_by_its_line(anchored):
    lines = anchored.read_text().splitlines()
    anchored.write_text("\n".join([lines[0].replace('"filings":2', '"filings":1'), *lines[1:]]))
    assert "anchors: line 2 does not continue from the line before it" in run("verify_history", anchors=anchored)


@pytest.mark.parametrize("content", [None, "no json", '{"until": "x"}', "\x00"])
def test_what_is_no_file_of_anchors_is_refused(decided, tmp_path, content):
    path = tmp_path / "other"
    if content is not None:
        path.write_text(content)
        with pytest.raises(CommandError, match="no file of anchors"):
            call_command("write_anchor", str(path))
        assert path.read_text() == content
    with pytest.raises(CommandError, match="Give the file that write_anchor writes"):
        call_command("verify_history", anchors=path)


def test_the_anchor_of_the_day_is_written_and_mailed(decided, settings, tmp_path, mailoutbox):
    from compliance.tasks import anchor_the_chains

    settings.ANCHOR_FILE, settings.ANCHOR_MAIL = str(tmp_path / "a" / "anchors.jsonl"), ["auditor@demo.example"]
    anchor_the_chains()
    anchor_the_chains()
    lines = (tmp_path / "a" / "anchors.jsonl").read_text().splitlines(keepends=True)
    assert [message.body for message in mailoutbox] == lines
