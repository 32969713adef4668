"""Filters of the list of filings. Every filter is validated, and unknown filters are refused."""

from __future__ import annotations

from typing import Any

from compliance.api.serializers import FilingSerializer
from compliance.api.summaries import summary
from compliance.checking.flag_counts import with_todays_counts
from compliance.filings.querysets import FilingQuerySet
from compliance.models import Action, Flag, Kind, Level, Status
from compliance.rules.catalog import CATALOG
from compliance.rules.families import ALL_FAMILIES
from registry.api import parameters
from registry.api.lists import Listing
from registry.lineage.walks import below, below_roots_of
from registry.models import AIModel, ModelStatement, User
from registry.numbers.forms import number_key

assert ALL_FAMILIES  # The import fills the catalog.


def _summaries(rows: Any, user: Any) -> list[dict[str, Any]]:
    return [summary(row) for row in with_todays_counts(list(rows))]


LISTING = Listing(
    FilingSerializer,
    sorts={"opened_at": "id", "changed_at": "changed_at", "submitted_at": "submitted_at", "case_number": "case_number"},
    times=("opened", "changed", "submitted", "returned", "decided"),
    rows_as_json=_summaries,
)
FILTERS = [
    parameters.text("q", "Search in case number, service, reference, applicant and USCC."),
    parameters.choice("status", Status.values),
    parameters.choice("kind", Kind.values),
    parameters.choice("action", Action.values),
    parameters.uscc("applicant", "USCC of the applicant."),
    parameters.province(),
    parameters.choice("rule", [rule.code for rule in CATALOG.in_order()], "Code of a rule that has an open flag."),
    parameters.choice("level", Level.values, "Level of an open flag."),
    parameters.text("number", "Official number of the filing."),
    parameters.uuid("base_model", "AI model that must be among the ancestors, at any depth."),
    parameters.country("root_country", "Country code (ISO 3166-1) of a root of the lineage."),
    *LISTING.parameters,
]


def filter_filings(query: dict[str, Any], filings: FilingQuerySet, user: User) -> FilingQuerySet:
    """Filter filings by the checked query of a request."""
    columns = {
        "status": "status",
        "kind": "kind",
        "action": "action",
        "applicant": "applicant__uscc",
        "province": "province",
    }
    filings = filings.filter(**{column: query[name] for name, column in columns.items() if query[name]})
    if query["number"]:
        filings = filings.filter(official_number__key=number_key(query["number"]))
    if query["q"]:
        filings = filings.found_by(query["q"])
    return _by_lineage(query, _by_flags(query, filings), user)


def _by_flags(query: dict[str, Any], filings: FilingQuerySet) -> FilingQuerySet:
    conditions = {name: query[name] for name in ("rule", "level") if query[name]}
    if not conditions:
        return filings
    return filings.filter(pk__in=Flag.objects.open().filter(**conditions).values("filing"))


def _by_lineage(query: dict[str, Any], filings: FilingQuerySet, user: User) -> FilingQuerySet:
    if base := query["base_model"]:
        start = AIModel.objects.visible_to(user).filter(uid=base).values_list("pk", flat=True)
        filings = _using(filings, below(start, user), user)
    if country := query["root_country"]:
        filings = _using(filings, below_roots_of(country, user), user)
    return filings


def _using(filings: FilingQuerySet, models: object, user: User) -> FilingQuerySet:
    """Return the filings whose service uses one of these models."""
    used = ModelStatement.objects.visible_to(user).filter(model__in=models, used_by_service=True)
    return filings.filter(source__in=used.values("source"))
