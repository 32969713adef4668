"""Assess one case file (declaration and evidence) and return the result as data and as text."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from compliance.dossier.faults import unreadable
from compliance.language import Language
from compliance.provenance.assessing import assess
from compliance.provenance.faults import Unusable
from compliance.provenance.reading import read_case
from compliance.provenance.verdict import Verdict
from compliance.provenance.wording import as_text


@dataclass(frozen=True, slots=True)
class Assessed:
    """The result for one file: its verdict, or None if the file could not be read; `text` is the verdict or the error message."""

    file: str
    verdict: Verdict | None
    text: str

    def as_json(self) -> dict[str, Any]:
        """Return `{file, findings, structure, families_…, renamed, text}`; an unreadable file has no findings."""
        if self.verdict is None:
            return {"file": self.file, "malformed": self.text, **answer(Verdict({})), "text": self.text}
        return {"file": self.file, **answer(self.verdict), "text": self.text}


def answer(verdict: Verdict) -> dict[str, Any]:
    """Return the findings and the facts behind them as data."""
    return {
        "findings": verdict.codes,
        "structure": verdict.comparison.kind,
        "families_with_identical_structure": verdict.comparison.identical_families(),
        "families_with_same_layer_block": verdict.comparison.families(),
        "renamed": [each.as_text() for each in verdict.renamed],
    }


def assess_file(path: Path, language: Language) -> Assessed:
    """Assess one file. A file that cannot be read is reported in the result; nothing is raised."""
    try:
        declaration, evidence = read_case(path.read_bytes())
    except OSError as error:
        return Assessed(str(path), None, unreadable(error).message(language))
    except Unusable as fault:
        return Assessed(str(path), None, f"{fault.at}{': ' if fault.at else ''}{fault.message(language)}")
    verdict = assess(declaration, evidence)
    return Assessed(str(path), verdict, as_text(verdict, language))
