"""The command `filing`."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest
from answering import BASE, Server, ok, page, problem
from rows import CHECK, DOCUMENT, FINDING, FINE, FLAG, REFUSED, WAIVER, due, filing, imported

from filing_client.command import main
from filing_client.command.texts import TEXTS

Capture = pytest.CaptureFixture[str]
FLAG_TEXT = """\
ALG-03  error  /algorithm/mechanism  Content to be publicized incomplete
    Not given: operating mechanism.
    Fix: Add the missing part.
"""
FILING_TEXT = """\
F2026-000001  submitted  示例助手  示例公司
  id f-1
  Open flags: 1 errors, 0 warnings, 0 notes; 0 waived
"""


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FILING_URL", BASE)
    monkeypatch.setenv("FILING_TOKEN", "token-1")
    monkeypatch.delenv("FILING_LANGUAGE", raising=False)
    monkeypatch.chdir(tmp_path)
    for name in ("a.json", "b.json", "a.ndjson", "a.pdf"):
        Path(name).write_bytes(b"hello")


def run(server: Server, line: str, capture: Capture) -> tuple[int, str, str]:
    status = main(line.split(), server.transport)
    return (status, *capture.readouterr())


def test_check_reports_each_file_and_fails_on_an_error(capsys: Capture) -> None:
    server = Server(ok(FINE), ok(CHECK))
    result = run(server, "check a.json b.json --as-of 2026-06-01", capsys)
    assert result == (1, f"a.json: no findings\nb.json: {FLAG_TEXT}", "")
    assert server.lines == ["POST /check/?as_of=2026-06-01"] * 2
    assert [request.content for request in server.requests] == [b"hello", b"hello"]


def test_check_passes_with_a_warning(capsys: Capture) -> None:
    warning = {**CHECK, "findings": [{**FINDING, "level": "warning"}]}
    assert run(Server(ok(warning)), "check a.json", capsys)[0] == 0


def test_check_goes_on_after_a_malformed_file(capsys: Capture) -> None:
    error = {"pointer": "/kind", "code": "x", "message": "Unknown kind."}
    server = Server(problem(400, "malformed_dossier", errors=[error]), ok(FINE))
    expected = "a.json: Detail.\n/kind: Unknown kind.\nb.json: no findings\n"
    assert run(server, "check a.json b.json", capsys) == (1, expected, "")


def test_check_prints_json(capsys: Capture) -> None:
    status, out, _ = run(Server(ok(CHECK)), "check a.json --format json", capsys)
    assert (status, json.loads(out)) == (1, [{"file": "a.json", "check": CHECK}])


def test_submit_opens_submits_and_shows_the_flags(capsys: Capture) -> None:
    server = Server(ok(filing(status="draft"), 201), ok(due()), page([]))
    hint = "  The check is not finished. Read the flags in a few seconds: filing flags f-1\n"
    assert run(server, "submit a.json", capsys) == (0, f"{FILING_TEXT}{hint}No flags.\n", "")
    assert server.lines == ["POST /filings/", "POST /filings/f-1/submit/", "GET /filings/f-1/flags/?state=open"]


def test_submit_waits_and_fails_on_an_open_error(capsys: Capture) -> None:
    server = Server(ok(filing(status="draft")), ok(due()), ok(due()), ok(filing()), page([FLAG]))
    assert run(server, "submit a.json --wait", capsys) == (1, FILING_TEXT + FLAG_TEXT, "")


def test_submit_passes_with_a_waived_error(capsys: Capture) -> None:
    server = Server(ok(filing()), ok(filing()), page([{**FLAG, "waiver": WAIVER}]))
    waived = "    waived until 2026-12-31: Agreed.\n"
    assert run(server, "submit a.json --wait", capsys) == (0, FILING_TEXT + FLAG_TEXT + waived, "")


def test_submit_does_not_submit_what_was_submitted_before(capsys: Capture) -> None:
    server = Server(ok(filing()), page([FLAG]))
    status, out, _ = run(server, "submit a.json --format json", capsys)
    assert (status, json.loads(out)) == (0, {"filing": filing(), "flags": [FLAG]})
    assert server.lines == ["POST /filings/", "GET /filings/f-1/flags/?state=open"]


def test_submit_of_a_malformed_dossier_fails_with_its_faults(capsys: Capture) -> None:
    error = {"pointer": "/kind", "code": "x", "message": "Unknown kind."}
    server = Server(problem(400, "malformed_dossier", errors=[error]))
    expected = "Detail.\n/kind: Unknown kind.\nRequest id: request-1\n"
    assert run(server, "submit a.json", capsys) == (1, "", expected)


def test_submit_that_waits_too_long_is_no_success(capsys: Capture) -> None:
    server = Server(ok(filing()), ok(due()), ok(due()), ok(due()))
    status, out, error = run(server, "submit a.json --wait --timeout 1", capsys)
    assert (status, out) == (2, "")
    assert error == "Not finished within 1 seconds. The server goes on: ask again later, or give --timeout.\n"


def test_status_shows_a_filing(capsys: Capture) -> None:
    assert run(Server(ok(filing())), "status f-1", capsys) == (0, FILING_TEXT, "")
    assert json.loads(run(Server(ok(filing())), "status f-1 --format json", capsys)[1]) == filing()


def test_flags_of_a_state_are_shown(capsys: Capture) -> None:
    resolved = {**FLAG, "resolved_at": "2026-11-30T09:00:00+08:00"}
    server = Server(page([resolved]))
    expected = f"{FLAG_TEXT}    resolved 2026-11-30 09:00:00+08:00\n"
    assert run(server, "flags f-1 --state resolved", capsys) == (0, expected, "")
    assert server.lines == ["GET /filings/f-1/flags/?state=resolved"]


def test_flags_fail_on_an_open_error(capsys: Capture) -> None:
    status, out, _ = run(Server(page([FLAG])), "flags f-1 --format json", capsys)
    assert (status, json.loads(out)) == (1, [FLAG])


def test_upload_sends_each_file(capsys: Capture) -> None:
    server = Server(ok(DOCUMENT, 201), ok(DOCUMENT))
    line = f": uploaded, SHA-256 {DOCUMENT['sha256']}\n"
    assert run(server, "upload f-1 a.pdf b.json", capsys) == (0, f"a.pdf{line}b.json{line}", "")
    assert server.lines == [f"POST /filings/f-1/documents/?filename={name}" for name in ("a.pdf", "b.json")]


def test_import_shows_progress_and_what_was_refused(capsys: Capture) -> None:
    counts = {"opened": 1, "known": 1, "refused": 1}
    done = imported("finished", 3, counts=counts)
    server = Server(ok(imported("waiting", 0), 202), ok(imported("running", 1)), ok(done), page([REFUSED]))
    status, out, error = run(server, "import a.ndjson --submit", capsys)
    last = "100 %  3 of 3  opened 1, known 1, refused 1\n"
    assert (status, out) == (1, f"{last}c: refused\n    /kind: Unknown kind.\n")
    assert error == f" 33 %  1 of 3  opened 1, known 0, refused 0\n{last}"
    assert server.lines[0] == "POST /imports/?submit=true"


def test_import_prints_json(capsys: Capture) -> None:
    done = imported("finished", 3, dry_run=True)
    server = Server(ok(done, 202), ok(done), page([]))
    status, out, _ = run(server, "import a.ndjson --dry-run --format json", capsys)
    assert (status, json.loads(out)) == (0, {"import": done, "refused": []})
    assert server.lines[0] == "POST /imports/?dry_run=true"


def test_export_writes_what_arrives(capsys: Capture) -> None:
    server = Server(httpx.Response(200, content="id\r\n示例\r\n".encode()))
    assert run(server, "export --status filed --changed-after 2026-01-01T00:00:00Z", capsys) == (
        0,
        "id\r\n示例\r\n",
        "",
    )
    assert server.lines == ["GET /filings/?status=filed&changed_after=2026-01-01T00%3A00%3A00Z&format=csv"]


def test_export_writes_a_file(capsys: Capture) -> None:
    server = Server(httpx.Response(200, content=b"a\r\nb\n"))
    assert run(server, "export --format ndjson --output x", capsys) == (0, "", "Written: x\n")
    assert Path("x").read_bytes() == b"a\r\nb\n"


def test_export_that_is_refused_writes_no_file(capsys: Capture) -> None:
    server = Server(problem(400, "bad_query"))
    assert run(server, "export --output x", capsys) == (2, "", "Detail.\nRequest id: request-1\n")
    assert not Path("x").exists()
    assert not Path("x.part").exists()


@pytest.mark.parametrize("language", TEXTS)
def test_each_fault_is_reported_in_the_language(language: str, capsys: Capture) -> None:
    found = TEXTS[language]  # type: ignore[index]
    option = f"--language {language}"
    refused = problem(401, "not_authenticated")
    request_id = found["request_id"].format(value="request-1")
    assert run(Server(refused), f"{option} status f-1", capsys) == (
        2,
        "",
        f"Detail.\n{found['unauthorized']}\n{request_id}\n",
    )
    elsewhere = httpx.Response(404, text="<html>")
    expected = found["unexpected"].format(url=BASE, reason="HTTP 404 Not Found")
    assert run(Server(elsewhere), f"status f-1 {option}", capsys) == (2, "", f"{expected}\n")
    lost = [httpx.ConnectError("refused")] * 4
    expected = found["unreachable"].format(url=BASE, reason="refused")
    assert run(Server(*lost), f"status f-1 {option}", capsys) == (2, "", f"{expected}\n")
    expected = found["unknown_form"].format(path="a.pdf")
    assert run(Server(), f"import a.pdf {option}", capsys) == (2, "", f"{expected}\n")
    assert run(Server(), f"status f-1 --url registry {option}", capsys) == (2, "", f"{found['bad_url']}\n")
    assert run(Server(), f"status f-1 --token é {option}", capsys) == (2, "", f"{found['bad_token']}\n")


def test_wrong_usage_is_reported_in_chinese(capsys: Capture) -> None:
    expected = "缺少参数: FILE。用法见 `filing submit --help`。\n"
    assert run(Server(), "submit --language zh-hans", capsys) == (2, "", expected)


def test_an_unknown_language_is_reported_in_both(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setenv("FILING_LANGUAGE", "fr")
    expected = "\n".join(TEXTS[language]["bad_language"].format(value="fr") for language in TEXTS)
    assert run(Server(), "status f-1", capsys) == (2, "", f"{expected}\n")


def test_no_address_is_wrong_usage(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.delenv("FILING_URL")
    assert run(Server(), "status f-1", capsys) == (2, "", f"{TEXTS['en']['no_url']}\n")


def test_a_file_that_is_not_there_is_named(capsys: Capture) -> None:
    expected = "none.json: No such file or directory. Check the path and its permissions.\n"
    assert run(Server(), "check none.json", capsys) == (2, "", expected)


def test_options_before_the_command_count_as_well(capsys: Capture) -> None:
    server = Server(ok(filing()))
    assert run(server, "--token token-2 status f-1", capsys)[0] == 0
    assert server.sent("Authorization") == ["Bearer token-2"]


def test_the_token_is_never_printed(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setenv("FILING_TOKEN", "secret token")
    status, out, error = run(Server(), "status f-1", capsys)
    assert (status, "secret" in out + error) == (2, False)


def test_both_languages_have_the_same_texts() -> None:
    assert TEXTS["en"].keys() == TEXTS["zh-hans"].keys()
