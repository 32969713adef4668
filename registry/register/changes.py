"""The input of the pipeline: changes to the statements of a source, and what official numbers cover."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from registry.models import OfficialNumber, Source
from registry.register.statements import Statement


@dataclass(frozen=True, slots=True)
class Change:
    """
    A change to one source: the statements that replace its earlier ones, whether they count (`is_live`), and whether
    they are public (`is_public`). None means unchanged.
    """

    source: Source
    statements: Sequence[Statement] | None = None
    is_live: bool | None = None
    is_public: bool | None = None

    @property
    def stays_private(self) -> bool:
        """
        Whether the source is public neither before nor after the change. Statements of such a source count only where
        no public statement does.
        """
        return not self.source.is_public and not self.is_public


@dataclass(frozen=True, slots=True)
class Coverage:
    """
    What an official number covers: the services and models of `statements`; or, if a `source` is given, the services of
    that source and, for a generative filing, the declarant's own models that the service uses.
    """

    number: OfficialNumber
    source: Source | None = None
    statements: Sequence[Statement] = ()
