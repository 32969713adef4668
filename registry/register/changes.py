"""What the pipeline takes: a change of what one source states, and what an official number covers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from registry.models import OfficialNumber, Source
from registry.register.statements import Statement


@dataclass(frozen=True, slots=True)
class Change:
    """
    What changes about one source: the statements that take the place of its former ones (None: they stay as they are),
    whether they count (`is_live`), and whether everybody sees them (`is_public`); None leaves both as they are.
    """

    source: Source
    statements: Sequence[Statement] | None = None
    is_live: bool | None = None
    is_public: bool | None = None

    @property
    def is_quiet(self) -> bool:
        """Whether the source is not public before the change, nor after it: it counts only where nothing public does."""
        return not self.source.is_public and not self.is_public


@dataclass(frozen=True, slots=True)
class Coverage:
    """
    What an official number covers from now on: the services and models of some statements; or, with a `source`, the
    services that the source states and, for a generative filing, the declarant's own models that the service uses.
    """

    number: OfficialNumber
    source: Source | None = None
    statements: Sequence[Statement] = ()
