"""What is there after many submissions: each filing once, with the flags that `check_dossier` finds, and all chains whole."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tests.faults.filers import EXAMPLES, dossier, example_of
from tests.faults.stack import manage

# Documents that a dossier lists and nobody uploaded are known only to the registry.
NOT_IN_A_FILE = "DOC-05"
READ = """
import json
from compliance.filings.history.verification import faults_of_history
from compliance.models import Event, Filing, Flag
from registry.audit.verification import faults_of_log
filings = {pk: (str(uid), reference) for pk, uid, reference in
           Filing.objects.filter(reference__startswith="kill-").values_list("pk", "uid", "reference")}
flags = [(filings[key][1], rule, at, variant) for key, rule, at, variant in
         Flag.objects.unresolved().filter(filing__in=filings).values_list("filing_id", "rule", "at", "variant")]
events = [(filings[key][1], verb) for key, verb in
          Event.objects.filter(filing__in=filings).values_list("filing_id", "verb")]
faults = [str(fault) for fault in (*faults_of_history(), *faults_of_log())]
print(json.dumps({"filings": list(filings.values()), "flags": flags, "events": events, "faults": faults}))
"""


@dataclass
class Tally:
    """How many filings are there, and what is wrong: each as a list of what it is wrong with."""

    filings: int
    events: int
    flags: int
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    flagged_otherwise: list[str] = field(default_factory=list)
    broken_chains: list[str] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        return not (self.lost or self.doubled or self.flagged_otherwise or self.broken_chains)

    def figures(self) -> dict[str, Any]:
        wrong = {name: getattr(self, name) for name in ("lost", "doubled", "flagged_otherwise", "broken_chains")}
        return {"filings": self.filings, "events": self.events, "flags": self.flags,
                **{name: [len(rows), *rows[:5]] for name, rows in wrong.items()}}  # fmt: skip


def tally(environment: dict[str, str], submitted: dict[int, str]) -> Tally:
    """Compare what is stored with what was acknowledged."""
    stored = json.loads(manage(environment, "shell", "-v", "0", "-c", READ, seconds=1_800))
    ids = {reference: id for id, reference in stored["filings"]}
    events = Counter((reference, verb) for reference, verb in stored["events"])
    flags = Counter(map(tuple, stored["flags"]))
    found = Tally(len(stored["filings"]), events.total(), flags.total(), broken_chains=stored["faults"])
    references = {f"kill-{number}": id for number, id in submitted.items()}
    found.lost = [reference for reference, id in references.items() if ids.get(reference) != id]
    found.lost += [r for r in references for verb in ("open", "submit") if not events[r, verb]]
    found.doubled = [reference for reference, n in Counter(r for _, r in stored["filings"]).items() if n > 1]
    found.doubled += [str(key) for each in (events, flags) for key, n in each.items() if n > 1]
    found.flagged_otherwise = _flagged_otherwise(environment, submitted, stored["flags"])
    return found


def _flagged_otherwise(environment: dict[str, str], submitted: dict[int, str], flags: list[list[str]]) -> list[str]:
    expected = {example: _findings(environment, number) for number, example in enumerate(EXAMPLES)}
    by_filing: dict[str, set[tuple[str, str, str]]] = {f"kill-{number}": set() for number in submitted}
    for reference, rule, at, variant in flags:
        if reference in by_filing and rule != NOT_IN_A_FILE:
            by_filing[reference].add((rule, at, variant))
    return [
        f"kill-{number}: {sorted(by_filing[f'kill-{number}'] ^ expected[example_of(number)])}"
        for number in submitted
        if by_filing[f"kill-{number}"] != expected[example_of(number)]
    ]


def _findings(environment: dict[str, str], number: int) -> set[tuple[str, str, str]]:
    """Return what `check_dossier` finds in the dossier of a filing."""
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        json.dump(dossier(number), file, ensure_ascii=False)
        file.flush()
        output = manage(environment, "check_dossier", file.name, "--format", "json", statuses=(0, 1))
    (report,) = json.loads(output)
    return {(finding["rule"], finding["at"], finding["variant"]) for finding in report["findings"]}
