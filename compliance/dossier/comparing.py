"""The differences between two versions of a dossier, field by field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from compliance.dossier.pointer import ROOT, Pointer

Change = Literal["added", "removed", "changed"]
# What identifies an entry of a list, so that an inserted entry does not make all that follow it different.
_IDENTITIES = (("key",), ("sha256",), ("kind", "title"), ("name",), ("kind",), ("title",))


@dataclass(frozen=True, slots=True)
class Difference:
    """
    A value that was added, removed or changed. `at` is its place in the later version, or in the earlier one if it was
    removed. A part that was added or removed as a whole is one difference, with the part as its value.
    """

    at: Pointer
    change: Change
    before: Any = None
    after: Any = None


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """Return the differences between two dossiers, given as JSON trees, in the order of the later one."""
    return list(_of_objects(ROOT, before, after))


def _of_values(at: Pointer, before: Any, after: Any) -> Iterator[Difference]:
    if before == after:
        return
    if _is_nothing(before) and _is_nothing(after):
        return
    if _is_nothing(before):
        yield Difference(at, "added", after=after)
    elif _is_nothing(after):
        yield Difference(at, "removed", before=before)
    elif isinstance(before, dict) and isinstance(after, dict):
        yield from _of_objects(at, before, after)
    elif _are_parts(before) and _are_parts(after):
        yield from _of_lists(at, before, after)
    else:
        yield Difference(at, "changed", before, after)


def _of_objects(at: Pointer, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    for name in [*after, *(name for name in before if name not in after)]:
        yield from _of_values(at / name, before.get(name), after.get(name))


def _of_lists(at: Pointer, before: Sequence[Any], after: Sequence[Any]) -> Iterator[Difference]:
    """Compare entries with the same identity; what has none is compared by its number."""
    earlier = _by_identity(before)
    for i, (identity, entry) in enumerate(_by_identity(after).items()):
        yield from _of_values(at / i, earlier.pop(identity, None), entry)
    places = {identity: i for i, identity in enumerate(_by_identity(before))}
    for identity, entry in earlier.items():
        yield Difference(at / places[identity], "removed", before=entry)


def _by_identity(entries: Sequence[Any]) -> dict[tuple[Any, ...], Any]:
    found: dict[tuple[Any, ...], Any] = {}
    for i, entry in enumerate(entries):
        identity = _identity(entry) or (i,)
        found[identity if identity not in found else (*identity, i)] = entry
    return found


def _identity(entry: Mapping[str, Any]) -> tuple[Any, ...] | None:
    for names in _IDENTITIES:
        values = tuple(entry.get(name) for name in names)
        if all(isinstance(value, str) and value for value in values):
            return (*names, *values)
    return None


def _are_parts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(entry, dict) for entry in value)


def _is_nothing(value: Any) -> bool:
    return value is None or value in ("", [], {})
