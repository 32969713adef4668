"""One function for each command. It returns the exit status: 0, or 1 if it found errors."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from filing_client.client import Client
from filing_client.command.arguments import FILTERS
from filing_client.command.printing import Printer
from filing_client.filings import Filing
from filing_client.problems import Malformed

Run = Callable[[Client, Namespace, Printer], int]
# Only these can be submitted. A dossier that is filed again is answered with the filing that it opened before.
_EDITABLE = ("draft", "returned")
MALFORMED = "malformed_dossier"


def check(client: Client, options: Namespace, printer: Printer) -> int:
    """Check each file, also after one that is malformed."""
    results = [_checked(client, Path(name), options, printer) for name in options.files]
    if options.format == "json":
        printer.as_json([result for result, _ in results])
    return int(any(has_errors for _, has_errors in results))


def _checked(client: Client, path: Path, options: Namespace, printer: Printer) -> tuple[Mapping[str, Any], bool]:
    is_text = options.format == "text"
    try:
        found = client.check(path.read_bytes(), options.as_of)
    except Malformed as problem:
        if problem.code != MALFORMED:
            raise
        if is_text:
            printer.malformed(str(path), problem)
        return {"file": str(path), "problem": problem.raw}, True
    if is_text:
        printer.check(str(path), found)
    return {"file": str(path), "check": found.raw}, found.has_errors


def submit(client: Client, options: Namespace, printer: Printer) -> int:
    """Open a filing, or find the one of the same dossier, and submit it."""
    filing = client.filings.open(Path(options.file).read_bytes())
    if filing.status in _EDITABLE:
        filing = client.filings.submit(filing.id)
    if options.wait:
        filing = client.filings.wait_until_checked(filing.id, options.timeout)
    has_errors = _print_with_flags(client, filing, "open", options, printer)
    return int(options.wait and has_errors)


def _print_with_flags(client: Client, filing: Filing, state: Any, options: Namespace, printer: Printer) -> bool:
    flags = list(client.filings.flags(filing.id, state))
    if options.format == "json":
        printer.as_json({"filing": filing.raw, "flags": [flag.raw for flag in flags]})
    else:
        printer.filing(filing)
        printer.flags(flags)
    return any(flag.is_open_error for flag in flags)


def status(client: Client, options: Namespace, printer: Printer) -> int:
    """Show a filing."""
    filing = client.filings.get(options.id)
    if options.format == "json":
        printer.as_json(filing.raw)
    else:
        printer.filing(filing)
    return 0


def flags(client: Client, options: Namespace, printer: Printer) -> int:
    """Show the flags of a filing."""
    found = list(client.filings.flags(options.id, options.state))
    if options.format == "json":
        printer.as_json([flag.raw for flag in found])
    else:
        printer.flags(found)
    return int(any(flag.is_open_error for flag in found))


def upload(client: Client, options: Namespace, printer: Printer) -> int:
    """Upload documents of a filing, one after another."""
    documents = []
    for name in options.files:
        document = client.documents.upload(options.id, Path(name))
        documents.append(document.raw)
        if options.format == "text":
            printer.uploaded(name, document.sha256)
    if options.format == "json":
        printer.as_json(documents)
    return 0


def import_(client: Client, options: Namespace, printer: Printer) -> int:
    """Import dossiers, wait for the end, and show those that were refused."""
    started = client.imports.start(options.file, dry_run=options.dry_run, submit=options.submit)
    done = client.imports.wait(started.id, options.timeout, report=printer.progress)
    refused = [result for result in client.imports.results(done.id) if result.outcome == "refused"]
    if options.format == "json":
        printer.as_json({"import": done.raw, "refused": [result.raw for result in refused]})
    else:
        printer.import_done(done, refused)
    return int(bool(refused))


def export(client: Client, options: Namespace, printer: Printer) -> int:
    """Write the export of filings while it arrives. A file appears only when it is complete."""
    filters: dict[str, Any] = {name: getattr(options, name) for name in FILTERS}
    lines = client.export(options.format, **filters)
    if options.output is None:
        for line in lines:
            sys.stdout.write(line)
        return 0
    _write_whole(Path(options.output), lines)
    print(printer.texts("exported", path=options.output), file=sys.stderr)
    return 0


def _write_whole(path: Path, lines: Any) -> None:
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("w", encoding="utf-8", newline="") as file:
            file.writelines(lines)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


ACTIONS: Mapping[str, Run] = {
    "check": check,
    "submit": submit,
    "status": status,
    "flags": flags,
    "upload": upload,
    "import": import_,
    "export": export,
}
