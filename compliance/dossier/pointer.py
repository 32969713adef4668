"""JSON Pointers (RFC 6901), which identify the places in a dossier."""

from __future__ import annotations

from functools import lru_cache


class Pointer(str):
    """A JSON Pointer; `at / "models" / 0` appends steps, escaped as in RFC 6901 §3."""

    __slots__ = ()

    def __truediv__(self, step: str | int) -> Pointer:
        return _down(self, step)

    @property
    def steps(self) -> list[str]:
        return [_unescaped(step) for step in self.split("/")[1:]]


# Cached because rules use the same places for thousands of dossiers.
@lru_cache(maxsize=65_536)
def _down(at: Pointer, step: str | int) -> Pointer:
    return Pointer(f"{at}/{_escaped(str(step))}")


ROOT = Pointer("")


def _escaped(step: str) -> str:
    # A key may contain an unpaired surrogate; a pointer must be encodable as UTF-8.
    encodable = step.encode("utf-8", "backslashreplace").decode("utf-8")
    return encodable.replace("~", "~0").replace("/", "~1")


def _unescaped(step: str) -> str:
    return step.replace("~1", "/").replace("~0", "~")
