"""The families of rules in the order of the rulebook; importing this module fills the catalog."""

from __future__ import annotations

from compliance.rules import (
    applicant,
    routes,
    jurisdiction,
    algorithm,
    deep_synthesis,
    service,
    documents,
    numbers,
    deadlines,
)  # isort: skip

ALL_FAMILIES = (applicant, routes, jurisdiction, algorithm, deep_synthesis, service, documents, numbers, deadlines)
