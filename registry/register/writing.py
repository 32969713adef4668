"""Writing what sources state, who sees it, and what numbers cover. Rows that are stated again as they are keep their ids."""

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
    """Write changes, then what numbers cover by them: two queries a source, and a fixed number for all of them."""
    new = {change.source.key for change in changes if change.source.pk is None}
    reranked = [change.source for change in changes if _write_source(change) and change.source.key not in new]
    stating = [(place, change) for place, change in enumerate(changes) if change.statements is not None]
    known = [change.source.pk for _, change in stating if change.source.key not in new]
    if stating:
        write_rows(OrganizationStatement, known, list(_organization_rows(stating, records)))
        write_rows(ServiceStatement, known, list(_service_rows(stating, records)))
        write_models(known, list(model_units(stating, records)))
        _learn_own_names([change for _, change in stating])
        _learn_countries(stating, records)
    for source in reranked:
        _write_ranks(source)
    write_coverages(coverages, records, offset=len(changes))


def _write_source(change: Change) -> bool:
    """Save the source, and return whether its statements count otherwise than before."""
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


Stating = Sequence[tuple[int, Change]]


def _organization_rows(stating: Stating, records: Records) -> Iterator[OrganizationStatement]:
    """One row for each declarant, and one for each developer that is named."""
    for _, change in stating:
        rows: dict[int, OrganizationStatement] = {}
        for statement in change.statements or ():
            declarant = records.declarant(change.source, statement)
            if declarant is not None and declarant.pk not in rows:
                named = {"name": statement.declarant.name, "country": statement.declarant.country}
                columns = {**named, **statement.organization}
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


def _service_rows(stating: Stating, records: Records) -> Iterator[ServiceStatement]:
    for _, change in stating:
        for statement in change.statements or ():
            declarant = records.declarant(change.source, statement)
            for details in statement.services if declarant else ():
                assert declarant
                service = records.services[declarant.pk, details.name]
                yield ServiceStatement(source=change.source, service=service, name=details.name, **details.columns)


def _learn_own_names(changes: Iterable[Change]) -> None:
    """What an organization calls itself takes the place of what others called it."""
    for change in changes:
        owner = change.source.owner
        named = [statement for statement in change.statements or () if statement.declarant.name]
        if owner and named and owner.is_named_by_others:
            owner.name = named[0].declarant.name[:200]
            owner.name_en = (named[0].organization.get("name_en") or "")[:200]
            owner.is_named_by_others = False
            owner.save()


def _learn_countries(stating: Stating, records: Records) -> None:
    """Remember where an organization is when a public source says so first; who is busy elsewhere is left for later."""
    countries = {
        organization.pk: party.country
        for _, change in stating
        if change.source.is_public
        for party in _parties(change)
        if (organization := records.organizations.get(party)) and party.country and not organization.country
    }
    if not countries:
        return
    free = Organization.objects.select_for_update(no_key=True, skip_locked=True).filter(pk__in=countries, country="")
    for key in list(free.values_list("pk", flat=True)):
        Organization.objects.filter(pk=key).update(country=countries[key])
