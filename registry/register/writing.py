"""Writing statements, their visibility, and what numbers cover. Rows with unchanged content keep their ids."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from django.db.models import Case, Value, When

from registry.models import ModelStatement, Organization, OrganizationStatement, ServiceStatement, Source
from registry.register.changes import Change, Coverage
from registry.register.coverage import write_coverages
from registry.register.identities import Records
from registry.register.model_rows import model_units, write_models
from registry.register.precedence import rank_of
from registry.register.rows import write_rows
from registry.register.statements import Party


def write(changes: Sequence[Change], coverages: Sequence[Coverage], records: Records) -> None:
    """Write changes, then what numbers cover. Two queries for each source, and a fixed number for all sources."""
    new = {change.source.key for change in changes if change.source.pk is None}
    reranked = [change.source for change in changes if _write_source(change) and change.source.key not in new]
    with_statements = [(position, change) for position, change in enumerate(changes) if change.statements is not None]
    known = [change.source.pk for _, change in with_statements if change.source.key not in new]
    if with_statements:
        write_rows(OrganizationStatement, known, list(_organization_rows(with_statements, records)))
        write_rows(ServiceStatement, known, list(_service_rows(with_statements, records)))
        write_models(known, list(model_units(with_statements, records)))
        _learn_own_names([change for _, change in with_statements])
        _learn_countries(with_statements, records)
    for source in reranked:
        _write_ranks(source)
    write_coverages(coverages, records, offset=len(changes))


def _write_source(change: Change) -> bool:
    """Save the source, and return whether the ranks of its statements may have changed."""
    source = change.source
    before = (source.is_live, source.is_public)
    source.is_live = source.is_live if change.is_live is None else change.is_live
    source.is_public = source.is_public if change.is_public is None else change.is_public
    source.save()
    return before != (source.is_live, source.is_public) or change.statements is not None


def _write_ranks(source: Source) -> None:
    own, others = (rank_of(source, is_developers_own=is_own) for is_own in (True, False))
    rank = Case(When(is_developers_own=True, then=Value(own)), default=Value(others))
    ModelStatement.objects.filter(source=source).exclude(rank=rank).update(rank=rank)


# Changes with statements, by their positions.
Positioned = Sequence[tuple[int, Change]]


def _organization_rows(changes: Positioned, records: Records) -> Iterator[OrganizationStatement]:
    """Yield one row for each declarant and one for each named developer."""
    for _, change in changes:
        rows: dict[int, OrganizationStatement] = {}
        for statement in change.statements or ():
            declarant = records.declarant(change.source, statement)
            if declarant is not None and declarant.pk not in rows:
                columns = {"name": statement.declarant.name, "country": statement.declarant.country}
                columns |= statement.organization
                rows[declarant.pk] = OrganizationStatement(source=change.source, organization=declarant, **columns)
        for party in _parties(change):
            organization = records.organizations.get(party)
            if organization is not None and organization.pk not in rows:
                rows[organization.pk] = OrganizationStatement(
                    source=change.source, organization=organization, name=party.name, country=party.country
                )
        yield from rows.values()


def _parties(change: Change) -> dict[Party, None]:
    statements = change.statements or ()
    parties = [statement.declarant for statement in statements]
    parties += [model.developer for statement in statements for model in statement.models]
    return dict.fromkeys(parties)


def _service_rows(changes: Positioned, records: Records) -> Iterator[ServiceStatement]:
    for _, change in changes:
        for statement in change.statements or ():
            declarant = records.declarant(change.source, statement)
            for details in statement.services if declarant else ():
                assert declarant
                service = records.services[declarant.pk, details.name]
                yield ServiceStatement(source=change.source, service=service, name=details.name, **details.columns)


def _learn_own_names(changes: Iterable[Change]) -> None:
    """Replace names that were given by others by the names that the organizations use themselves."""
    for change in changes:
        owner = change.source.owner
        with_name = [statement for statement in change.statements or () if statement.declarant.name]
        if owner and with_name and owner.is_named_by_others:
            owner.name = with_name[0].declarant.name[:200]
            owner.name_en = (with_name[0].organization.get("name_en") or "")[:200]
            owner.is_named_by_others = False
            owner.save()


def _learn_countries(changes: Positioned, records: Records) -> None:
    """Set missing countries of organizations from public sources. Organizations locked by other transactions are skipped."""
    countries = {
        organization.pk: party.country
        for _, change in changes
        if change.source.is_public
        for party in _parties(change)
        if (organization := records.organizations.get(party)) and party.country and not organization.country
    }
    if not countries:
        return
    free = Organization.objects.select_for_update(no_key=True, skip_locked=True).filter(pk__in=countries, country="")
    for key in list(free.values_list("pk", flat=True)):
        Organization.objects.filter(pk=key).update(country=countries[key])
