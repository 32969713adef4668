"""The columns of statements that deriving reads, as plain rows: a model may have thousands of statements."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from registry.models import NumberKind
from registry.register.precedence import PENDING


class StatementRow(NamedTuple):
    """A statement about a model, with the columns that determine its precedence. Rows are referred to by their keys."""

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
        """The sort key of a statement about a model: the lowest takes precedence (see registry.register.precedence)."""
        return self.rank, not self.is_developers_own, -self.stated_at.timestamp(), -self.key

    @property
    def is_use_under_review(self) -> bool:
        """Whether the developer has a generative filing under review for a service that uses the model, with this statement."""
        is_own_use = self.is_developers_own and bool(self.used_by_service)
        return self.rank == PENDING and is_own_use and self.filing_kind == NumberKind.GENERATIVE


# The columns of a StatementRow, by their names in the ORM.
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
