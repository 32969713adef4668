"""The reports, each in a module of its own. Importing this package registers them all, in the order in which people see them."""

from compliance.reports.catalog import in_this_order
from compliance.reports.definitions import (
    base_model_provenance,
    changes,
    incomplete_filings,
    register_bulletin,
    reviewer_workload,
    scorecard,
    statutory_deadlines,
    training_data,
)

__all__ = [
    "base_model_provenance",
    "changes",
    "incomplete_filings",
    "register_bulletin",
    "reviewer_workload",
    "scorecard",
    "statutory_deadlines",
    "training_data",
]

in_this_order(
    "incomplete_filings",
    "statutory_deadlines",
    "base_model_provenance",
    "training_data",
    "register_bulletin",
    "scorecard",
    "reviewer_workload",
    "changes",
)
