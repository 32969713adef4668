"""What breaks if a family of base models, the base models of a country, or single models were barred."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from compliance.models import Filing
from compliance.statistics.dependence import Origins, filings_running_on, models_in_use, origins_of
from registry.lineage.walks import Through
from registry.models import AIModel, ServiceStatement, User


@dataclass(frozen=True, slots=True)
class Barred:
    """What is barred: a family of the catalog, all base models of a country, or single models."""

    family: str = ""
    country: str = ""
    models: frozenset[int] = frozenset()


def what_breaks(user: User, barred: Barred, *, through: Through, day: date) -> dict[str, Any]:
    """
    Report what depends on a family, on the base models of a country, or on some models.

    Return `on`, `through`, the numbers of `models`, `filings` and `applicants`, the declared `monthly_active_users`,
    `users_not_said` (the filings that declare none), `by_province`, and `rows`, one per filing with its models in use.
    """
    filings = filings_running_on(Filing.objects.visible_to(user), day)
    columns = ("pk", "uid", "case_number", "service_name", "kind", "status", "province", "applicant_id", "applicant__name",
               "applicant__uscc", "source_id")  # fmt: skip
    by_key = {row["pk"]: row for row in filings.values(*columns)}
    uses = list(models_in_use(by_key.values()))
    origins = origins_of({use.model for use in uses}, through, user)
    affected = [use for use in uses if _is_built_on(use.model, barred, origins)]
    models_of_filing: dict[int, list[int]] = defaultdict(list)
    for use in affected:
        models_of_filing[use.filing].append(use.model)
    users = _users({by_key[filing]["source_id"] for filing in models_of_filing})
    rows = [_row(by_key[filing], models, users) for filing, models in models_of_filing.items()]
    names = dict(AIModel.objects.filter(pk__in={use.model for use in affected}).values_list("pk", "name"))
    for row in rows:
        row["models"] = sorted(names[model] for model in row["models"])
    provinces: dict[str, int] = defaultdict(int)
    for row in rows:
        provinces[row["province"] or ""] += 1
    return {
        "on": day,
        "through": through,
        "models": len({use.model for use in affected}),
        "filings": len(rows),
        "applicants": len({by_key[filing]["applicant_id"] for filing in models_of_filing}),
        "monthly_active_users": sum(row["monthly_active_users"] or 0 for row in rows),
        "users_not_said": sum(row["monthly_active_users"] is None for row in rows),
        "by_province": [{"province": code, "filings": count} for code, count in sorted(provinces.items())],
        "rows": sorted(rows, key=lambda row: (-(row["monthly_active_users"] or 0), row["case_number"])),
    }


def _is_built_on(model: int, barred: Barred, origins: Origins) -> bool:
    ancestry = origins.ancestry[model]
    if barred.models & ancestry:
        return True
    if barred.family and any(origins.families.get(node) == barred.family for node in ancestry):
        return True
    return bool(barred.country) and any(origins.countries.get(root) == barred.country for root in origins.roots[model])


def _users(sources: Collection[int]) -> dict[int, int | None]:
    rows = ServiceStatement.objects.filter(source__in=sources).order_by("pk")
    return dict(rows.values_list("source_id", "monthly_active_users"))


def _row(filing: dict[str, Any], models: list[int], users: dict[int, int | None]) -> dict[str, Any]:
    return {
        "filing": filing["uid"],
        "filing_key": filing["pk"],
        "case_number": filing["case_number"],
        "service": filing["service_name"],
        "kind": filing["kind"],
        "status": filing["status"],
        "province": filing["province"],
        "applicant": filing["applicant__name"],
        "uscc": filing["applicant__uscc"],
        "monthly_active_users": users.get(filing["source_id"]),
        "models": models,
    }
