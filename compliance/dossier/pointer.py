"""JSON Pointers (RFC 6901), the one way in which the product names a place in a dossier."""

from __future__ import annotations

from functools import lru_cache


class Pointer(str):
    """A JSON Pointer; `at / "models" / 0` goes one step down, escaping as RFC 6901 §3 asks."""

    __slots__ = ()

    def __truediv__(self, step: str | int) -> Pointer:
        return _down(self, step)

    @property
    def steps(self) -> list[str]:
        return [_unescaped(step) for step in self.split("/")[1:]]


# Rules name the same places of thousands of dossiers.
@lru_cache(maxsize=65_536)
def _down(at: Pointer, step: str | int) -> Pointer:
    return Pointer(f"{at}/{_escaped(str(step))}")


ROOT = Pointer("")


def _escaped(step: str) -> str:
    # A key may hold half a surrogate pair; a pointer must still be sayable in UTF-8.
    sayable = step.encode("utf-8", "backslashreplace").decode("utf-8")
    return sayable.replace("~", "~0").replace("/", "~1")


def _unescaped(step: str) -> str:
    return step.replace("~1", "/").replace("~0", "~")
