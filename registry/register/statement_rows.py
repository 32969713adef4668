"""What deriving reads of a statement about a model: plain rows, since a model may have thousands."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple


class StatementRow(NamedTuple):
    """A statement about a model, by key, with what decides which statement comes first."""

    key: int
    model: int
    source: int
    owner: int | None
    stated_at: datetime
    rank: int
    is_developers_own: bool
    speaks_of_lineage: bool
    name: str
    version: str
    country: str

    @property
    def precedence(self) -> tuple[int, bool, float, int]:
        """Sorts statements about one model, the one that comes first first (see registry.register.precedence)."""
        return self.rank, not self.is_developers_own, -self.stated_at.timestamp(), -self.key


# The columns of a StatementRow, as the ORM reads them.
COLUMNS = (
    "pk",
    "model_id",
    "source_id",
    "source__owner_id",
    "source__stated_at",
    "rank",
    "is_developers_own",
    "speaks_of_lineage",
    "name",
    "version",
    "developer_country",
)
Statements = dict[int, list[StatementRow]]
