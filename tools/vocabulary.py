"""Check that no name in the Python files contains a retired word: `python -m tools.vocabulary`. Exit status 1 if one does."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent


class Retired(NamedTuple):
    """A word, what to use instead, and whether it is retired as a segment of any name or only as the whole name."""

    word: str
    use: str
    is_segment: bool = True


RETIRED = [
    Retired("told", "what the value is: answer, rows, data, message, report"),
    Retired("begun", "started"),
    Retired("kin", "related, ancestors or descendants"),
    Retired("settle", "derive"),
    Retired("settling", "deriving"),
    Retired("casefile", "case_facts"),
    Retired("carding", "cards"),
    Retired("grounds", "basis or reasons"),
    Retired("showing", "presenting, or what is shown"),
    Retired("stated", "declared or given"),
    Retired("speaker", "declarant"),
    Retired("standing", "role for a person, open or unresolved for a flag"),
    Retired("standings", "roles for people, open or unresolved for flags"),
    Retired("said", "declared, given or message"),
    Retired("subject", "what it is: rule, filing, place, value"),
    Retired("mend", "fix"),
    Retired("may", "is_allowed, or the permission", is_segment=False),
    Retired("seen", "visited, known or expected_version", is_segment=False),
    Retired("Seen", "Visited, Known or ExpectedVersion", is_segment=False),
    Retired("words", "text, message or label", is_segment=False),
    Retired("Words", "Text, Message or Label", is_segment=False),
    Retired("frozen", "locked, fixed or read_only", is_segment=False),
    Retired("tell", "report, describe or answer", is_segment=False),
    Retired("tells", "reports, describes or mentions", is_segment=False),
    Retired("says", "declares, mentions or message", is_segment=False),
]


class Exempt(NamedTuple):
    """A name that was decided elsewhere, the reason, and the file to which the exemption is limited, if any."""

    name: str
    reason: str
    path: str = ""


EXEMPTIONS = [
    Exempt("stated_at", "a database column"),
    Exempt("users_not_said", "a field of the API"),
    Exempt("tell", "a method of Python's file objects", "compliance/attachments/tables.py"),
]

SEGMENTS = {retired.word: retired for retired in RETIRED if retired.is_segment}
NAMES = {retired.word: retired for retired in RETIRED if not retired.is_segment}
# A part of a name in snake_case or CamelCase.
_SEGMENT = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


def main() -> int:
    """Print the findings in the tracked files. Return 1 if there are any."""
    findings = [finding for name in _tracked() for finding in findings_in(name, (ROOT / name).read_text())]
    print("".join(f"{finding}\n" for finding in findings), end="", file=sys.stderr)
    return 1 if findings else 0


def findings_in(path: str, source: str) -> Iterator[str]:
    """Yield a line for each definition with a retired name in the source text of the file at this path."""
    for line, name in _module_names(path):
        yield from _findings(path, line, name)
    for line, name in sorted(_definitions(ast.parse(source))):
        yield from _findings(path, line, name)


def _tracked() -> Iterator[str]:
    listed = subprocess.run(["git", "ls-files", "*.py"], cwd=ROOT, capture_output=True, text=True, check=True)
    for name in listed.stdout.splitlines():
        if "migrations" not in PurePosixPath(name).parts and (ROOT / name).exists():
            yield name


def _module_names(path: str) -> Iterator[tuple[int, str]]:
    """Yield the name of the module; for `__init__.py`, the name of its package."""
    file = PurePosixPath(path)
    yield 1, file.parent.name if file.stem == "__init__" else file.stem


def _definitions(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield the line and the name of whatever the tree defines. Uses, such as keyword arguments of a call, do not count."""
    for node in ast.walk(tree):
        match node:
            case ast.ClassDef() | ast.FunctionDef() | ast.AsyncFunctionDef():
                yield node.lineno, node.name
            case ast.arg():
                yield node.lineno, node.arg
            case ast.Name(ctx=ast.Store()):
                yield node.lineno, node.id
            case ast.Attribute(ctx=ast.Store()):
                yield node.lineno, node.attr
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                yield node.lineno, name
            case ast.MatchMapping(rest=str(name)):
                yield node.lineno, name
            case ast.Import() | ast.ImportFrom():
                yield from ((node.lineno, alias.asname) for alias in node.names if alias.asname)


def _findings(path: str, line: int, name: str) -> Iterator[str]:
    if any(exempt.name == name and exempt.path in ("", path) for exempt in EXEMPTIONS):
        return
    segments = (segment.lower() for segment in _SEGMENT.findall(name))
    retired = NAMES.get(name) or next((SEGMENTS[segment] for segment in segments if segment in SEGMENTS), None)
    if retired:
        yield f"{path}:{line}: {name} is retired: use {retired.use}."


if __name__ == "__main__":
    sys.exit(main())
