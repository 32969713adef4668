"""What the command line prints: text for people, or JSON for programs. Progress and errors go to standard error."""

from __future__ import annotations

import json
import sys

from filing_client.checks import Check, Finding, Flag
from filing_client.command.texts import Texts
from filing_client.filings import Filing
from filing_client.imports import Import, ImportResult
from filing_client.problems import Malformed


class Printer:
    """Prints results in a language."""

    def __init__(self, texts: Texts) -> None:
        self.texts = texts

    def as_json(self, value: object) -> None:
        print(json.dumps(value, ensure_ascii=False, indent=2))

    def check(self, name: str, check: Check) -> None:
        if not check.findings:
            print(self.texts("is_fine", name=name))
        for finding in check.findings:
            self._finding(finding, f"{name}: ")

    def malformed(self, name: str, problem: Malformed) -> None:
        print(f"{name}: {problem}")

    def filing(self, filing: Filing) -> None:
        print(f"{filing.case_number}  {filing.status}  {filing.service.name}  {filing.applicant.name}")
        print(f"  id {filing.id}")
        if filing.official_number:
            print(f"  {filing.official_number}")
        print("  " + self.texts("open_flags", **{level: getattr(filing.flags, level) for level in _LEVELS}))
        if filing.check.due:
            print("  " + self.texts("check_due", id=filing.id))

    def flags(self, flags: list[Flag]) -> None:
        if not flags:
            print(self.texts("no_flags"))
        for flag in flags:
            self._finding(flag)
            if flag.waiver:
                print("    " + self.texts("waived", until=flag.waiver.until, reason=flag.waiver.reason))
            if flag.resolved_at:
                print("    " + self.texts("resolved", at=flag.resolved_at))

    def uploaded(self, name: str, sha256: str) -> None:
        print(self.texts("uploaded", name=name, sha256=sha256))

    def import_done(self, done: Import, refused: list[ImportResult]) -> None:
        print(self._progress(done))
        for result in refused:
            print(self.texts("refused", name=result.name or result.index))
            print("".join(f"    {error}\n" for error in result.errors), end="")
        if done.dry_run:
            print(self.texts("dry"))

    def progress(self, state: Import) -> None:
        """Print how far an import is: in place on a terminal, as a line elsewhere."""
        start, end = ("\r", "") if sys.stderr.isatty() else ("", "\n")
        print(f"{start}{self._progress(state)}", end="\n" if state.is_finished else end, file=sys.stderr, flush=True)

    def _progress(self, state: Import) -> str:
        counts = {name: getattr(state.counts, name) for name in ("opened", "known", "refused")}
        total = "?" if state.total is None else state.total
        return self.texts("progress", percent=state.percent or 0, done=state.done, total=total, **counts)

    def _finding(self, finding: Finding | Flag, name: str = "") -> None:
        print(f"{name}{finding.rule}  {finding.level}  {finding.at or '/'}  {finding.title}")
        print(f"    {finding.message}")
        if finding.fix:
            print("    " + self.texts("fix", value=finding.fix))


_LEVELS = ("error", "warning", "info", "waived")
