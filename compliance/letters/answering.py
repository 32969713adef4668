"""Which points of a correction notice were answered by the revision that came back."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from compliance.dossier.comparing import differences
from compliance.models import Filing, Flag, Letter, LetterKind, Revision

Unresolved = dict[tuple[str, str, str], Flag]
State = Literal["mended", "waived", "open", "look"]


@dataclass(frozen=True, slots=True)
class Answer:
    """
    What became of a point: mended (nothing is flagged there any more), waived, still open, or to be looked at, because
    the reviewer had written it or its fault may have moved within a list. `is_changed` says whether the dossier changed at its place.
    """

    place: str
    text: str
    rule: str
    at: str
    state: State
    is_changed: bool


Answered = tuple[Letter, list[Answer]] | None


def answers_to(filing: Filing, flags: Iterable[Flag], revisions: list[Revision]) -> Answered:
    """
    Return the last correction notice of a filing and what became of its points; None unless it was answered.

    `flags` are the flags of the filing, `revisions` its last two, the later one first.
    """
    if filing.returned_at is None or filing.decided_at is not None:
        return None
    letter = filing.letters.filter(kind=LetterKind.CORRECTION).order_by("-pk").first()
    if letter is None or len(revisions) < 2 or revisions[0].at < letter.at:
        return None
    unresolved = {flag.identity: flag for flag in flags if not flag.resolved_at}
    before, after = (json.loads(revision.content) for revision in (revisions[1], revisions[0]))
    changed = [str(difference.at) for difference in differences(before, after)]
    return letter, [_answer(point, unresolved, changed) for point in letter.points]


def _answer(point: dict[str, str], unresolved: Unresolved, changed: list[str]) -> Answer:
    at = point["at"]
    is_changed = any(f"{place}/".startswith(f"{at}/") or f"{at}/".startswith(f"{place}/") for place in changed)
    state = _state(point, unresolved)
    return Answer(point["place"], point["text"], point["rule"], at, state, is_changed)


_NUMBER = re.compile(r"/\d+(?=/|$)")


def _may_have_moved(point: dict[str, str], unresolved: Unresolved) -> bool:
    """Whether the same fault stands at another entry of the same list: an entry before it may have been added or removed."""
    place = _NUMBER.sub("/*", point["at"])
    same = (at for rule, at, variant in unresolved if (rule, variant) == (point["rule"], point["variant"]))
    return any(at != point["at"] and _NUMBER.sub("/*", at) == place for at in same)


def _state(point: dict[str, str], unresolved: Unresolved) -> State:
    if not point["rule"]:
        return "look"
    flag = unresolved.get((point["rule"], point["at"], point["variant"]))
    if flag is None:
        return "look" if _may_have_moved(point, unresolved) else "mended"
    return "waived" if flag.is_waived else "open"
