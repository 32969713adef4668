"""What deriving reads of a statement about a model: plain rows, since a model may have thousands."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from registry.models import NumberKind
from registry.register.precedence import PENDING


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
    used_by_service: bool | None
    filing_kind: str

    @property
    def precedence(self) -> tuple[int, bool, float, int]:
        """Sorts statements about one model, the one that comes first first (see registry.register.precedence)."""
        return self.rank, not self.is_developers_own, -self.stated_at.timestamp(), -self.key

    @property
    def is_use_under_review(self) -> bool:
        """Whether it is of a generative filing under review, by the developer, for a service that uses the model."""
        is_own_use = self.is_developers_own and bool(self.used_by_service)
        return self.rank == PENDING and is_own_use and self.filing_kind == NumberKind.GENERATIVE


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
    "used_by_service",
    "source__filing_kind",
)
Statements = dict[int, list[StatementRow]]
