"""Imports of many dossiers."""

from __future__ import annotations

from pathlib import Path

import pytest
from answering import Server, client_of, ok, page
from rows import REFUSED, imported

from filing_client import Fault, Import, ImportResult


@pytest.mark.parametrize(("name", "kind"), [("a.ndjson", "application/x-ndjson"), ("A.ZIP", "application/zip")])
def test_an_import_is_started_with_the_form_of_its_file(tmp_path: Path, name: str, kind: str) -> None:
    (tmp_path / name).write_bytes(b"{}\n")
    server = Server(ok(imported("waiting", 0), 202))
    started = client_of(server).imports.start(tmp_path / name, dry_run=True, submit=True)
    assert (started.state, started.is_finished) == ("waiting", False)
    assert server.lines == ["POST /imports/?dry_run=true&submit=true"]
    assert (server.sent("Content-Type"), server.requests[0].content) == ([kind], b"{}\n")


def test_a_file_of_another_form_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"a\.txt is neither \.ndjson nor \.zip"):
        client_of(Server()).imports.start(tmp_path / "a.txt")


def test_waiting_reports_each_state(pauses: list[float]) -> None:
    server = Server(ok(imported("running", 1)), ok(imported("finished", 3)))
    states: list[Import] = []
    done = client_of(server).imports.wait("i-1", report=states.append)
    assert [(state.state, state.done, state.percent) for state in states] == [("running", 1, 33), ("finished", 3, 100)]
    assert (done, pauses) == (states[-1], [2.0])


def test_the_results_are_listed() -> None:
    server = Server(page([REFUSED]))
    fault = Fault(pointer="/kind", code="unknown", message="Unknown kind.")
    expected = ImportResult(index=2, name="c", outcome="refused", uploaded=[], missing=[], errors=(fault,))
    assert list(client_of(server).imports.results("i-1")) == [expected]
    assert server.lines == ["GET /imports/i-1/results/"]
