"""How answers are read."""

from __future__ import annotations

from datetime import UTC, date, datetime

import httpx
import pytest
from answering import Server, client_of, ok, page
from rows import FLAG, WAIVER, filing

from filing_client import Applicant, CheckState, Filing, Flag, FlagCounts, ServiceName, UnexpectedAnswer, Waiver

AT = datetime(2026, 11, 29, 1, 30, tzinfo=UTC)


def test_a_filing_is_read_with_its_parts() -> None:
    found = client_of(Server(ok(filing()))).filings.get("f-1")
    assert found == Filing(
        id="f-1",
        case_number="F2026-000001",
        kind="algorithm",
        action="initial",
        status="submitted",
        jurisdiction="11",
        applicant=Applicant(uscc="91110105MADEMA001H", name="示例公司"),
        service=ServiceName(name="示例助手"),
        opened_at=AT,
        changed_at=AT,
        flags=FlagCounts(error=1),
        check=CheckState(due=False, as_of=date(2026, 11, 29)),
    )


def test_unknown_members_are_ignored_and_kept_in_raw() -> None:
    raw = filing(color="red")
    found = client_of(Server(ok(raw))).filings.get("f-1")
    assert (found, found.raw) == (client_of(Server(ok(filing()))).filings.get("f-1"), raw)


def test_a_waived_flag_is_no_open_error() -> None:
    waived = {**FLAG, "waiver": WAIVER}
    flags = list(client_of(Server(page([FLAG, waived]))).filings.flags("f-1"))
    waiver = Waiver(until=date(2026, 12, 31), reason="Agreed.", by="reviewer", at=datetime(2026, 11, 29, 2, tzinfo=UTC))
    assert [flag.waiver for flag in flags] == [None, waiver]
    assert [flag.is_open_error for flag in flags] == [True, False]
    assert flags[0] == Flag(
        rule="ALG-03",
        level="error",
        at="/algorithm/mechanism",
        title="Content to be publicized incomplete",
        message="Not given: operating mechanism.",
        raised_at=AT,
        fix="Add the missing part.",
        cites=("ALG 16",),
    )


@pytest.mark.parametrize("reply", [httpx.Response(200, text="<html>"), ok([]), ok({"id": "f-1"})])
def test_an_answer_of_another_server_is_unexpected(reply: httpx.Response) -> None:
    with pytest.raises(UnexpectedAnswer, match=r"^GET http://registry\.test/api/v1/filings/f-1/ has an answer"):
        client_of(Server(reply)).filings.get("f-1")
