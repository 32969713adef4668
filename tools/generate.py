"""Make the generated files: docs/rules.md and docs/dossier.schema.json. `--check` says which are stale, and writes nothing."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from compliance.dossier.codes import KINDS
from compliance.dossier.json_schema import dossier_json_schema
from compliance.rules.catalog import CATALOG, Rule
from compliance.rules.families import ALL_FAMILIES
from compliance.rules.instruments import INSTRUMENTS, spelled_out

ROOT = Path(__file__).resolve().parent.parent


def main(arguments: list[str]) -> int:
    """Return 0 when every generated file is as it would be made."""
    stale = [name for name, text in _files().items() if not _is_as(ROOT / name, text)]
    if "--check" in arguments:
        for name in stale:
            print(f"{name} is stale. Run `make docs`.", file=sys.stderr)
        return 1 if stale else 0
    for name in stale:
        (ROOT / name).write_text(_files()[name])
        print(f"{name} made again.")
    return 0


def _files() -> dict[str, str]:
    return {
        "docs/rules.md": "\n".join(_rules()) + "\n",
        "docs/dossier.schema.json": json.dumps(dossier_json_schema(), ensure_ascii=False, indent=1) + "\n",
    }


def _is_as(path: Path, text: str) -> bool:
    return path.exists() and path.read_text() == text


def _rules() -> Iterator[str]:
    assert ALL_FAMILIES
    yield "# Rules · 规则"
    yield ""
    yield f"Made by `make docs` from the declarations of the {len(CATALOG)} rules; do not edit. 由规则声明生成，请勿手工修改。"
    yield ""
    yield "| instrument | title | 名称 | in force |"
    yield "| --- | --- | --- | --- |"
    for instrument in INSTRUMENTS.values():
        yield f"| {instrument.code} | {instrument.title.en} | {instrument.title.zh} | {_days(instrument.since, instrument.until)} |"
    for family, rules in groupby(CATALOG.in_order(), key=lambda rule: rule.family):
        yield f"\n## {family}"
        for rule in rules:
            yield from _rule(rule)


def _rule(rule: Rule) -> Iterator[str]:
    yield f"\n### {rule.code} {rule.title.en} · {rule.title.zh}\n"
    yield f"{rule.level} · {rule.force} · basis {rule.basis} · {_days(rule.since, rule.until)} · judged on the {_judged_on(rule)}"
    yield ""
    yield f"* Kinds: {', '.join(kind for kind in KINDS if kind in rule.kinds)}; actions: {', '.join(sorted(rule.actions))}"
    yield f"* By: {'; '.join(spelled_out(citation, 'en') for citation in rule.cites)} ({', '.join(rule.cites)})"
    yield f"* {rule.duty.en} {rule.duty.zh}"
    yield f"* Why: {rule.why.en} {rule.why.zh}"
    yield f"* Fix: {rule.fix.en} {rule.fix.zh}"


def _judged_on(rule: Rule) -> str:
    return "day itself (today)" if rule.judged_on == "today" else rule.judged_on.replace("_", " ")


def _days(since: object, until: object) -> str:
    return f"{since or 'open'} – {until or 'open'}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
