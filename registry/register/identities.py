"""Find or create the records that statements name: organizations by code or name, AI models by developer, name and version."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from registry.models import AIModel, Membership, Organization, Service, Source
from registry.models.organizations import name_key_of
from registry.names import folded, folded_model, key_of, version_beside
from registry.register.batches import batches
from registry.register.changes import Change, Coverage
from registry.register.statements import ModelDetails, NamedModel, Party, ServiceDetails, Statement

NAME_LENGTH = 200


@dataclass(slots=True)
class Records:
    """
    The records that statements name: organizations by party, services by the key of the organization and their name,
    models by the position of the change or coverage and their key there.
    """

    organizations: dict[Party, Organization]
    services: dict[tuple[int, str], Service]
    models: dict[tuple[int, str], AIModel]

    def declarant(self, source: Source | None, statement: Statement) -> Organization | None:
        """Return the declarant: the owner of the source, else the organization that the statement names."""
        owner = source.owner if source else None
        return owner or self.organizations.get(statement.declarant)

    def models_of(self, coverages: Sequence[Coverage], *, offset: int) -> Iterator[AIModel]:
        """Yield the models that the statements of coverages name. The positions of the coverages start at `offset`."""
        for position, coverage in enumerate(coverages, offset):
            for statement in coverage.statements:
                yield from (self.models[position, details.key] for details in statement.models)


def identify(changes: Sequence[Change], coverages: Sequence[Coverage]) -> Records:
    """
    Return the records that changes and coverages name, and create the missing ones: organizations, then services, then
    models, each in the order of their keys, so that concurrent transactions do not deadlock.
    """
    placed = [
        (position, change.source, statement)
        for position, change in enumerate(changes)
        for statement in change.statements or ()
    ] + [
        (position, None, statement)
        for position, coverage in enumerate(coverages, len(changes))
        for statement in coverage.statements
    ]
    records = Records({}, {}, {})
    if not placed:
        return records
    parties = {statement.declarant for *_, statement in placed}
    parties |= {model.developer for *_, statement in placed for model in statement.models}
    owners = {change.source.owner for change in changes if change.source.owner}
    records.organizations = organizations_of(parties, known=owners)
    records.services = _services_of(
        (declarant, service)
        for _, source, statement in placed
        if (declarant := records.declarant(source, statement))
        for service in statement.services
    )
    records.models = _models_of(
        (
            (position, source.owner if source else None, model)
            for position, source, statement in placed
            for model in statement.models
        ),
        records.organizations,
    )
    return records


def organizations_of(parties: Iterable[Party], *, known: Collection[Organization] = ()) -> dict[Party, Organization]:
    """
    Return the organization of each party, and create the missing ones.

    A party with a code is the organization with that code. A party with only a name is the organization of that name that
    has members, else the one without a code. An organization whose code comes only from statements of others is never
    found by its name, so nobody can take over a name by giving it a code.
    """
    parties = set(parties)
    by_code = {organization.uscc: organization for organization in known if organization.uscc}
    organizations = {party: by_code[party.uscc] for party in parties if party.uscc in by_code}
    wanted = {party for party in parties if party.is_named and party not in organizations}
    organizations |= _known(wanted)
    if missing := [party for party in wanted if party not in organizations]:
        _create(missing)
        organizations |= _known(missing)
    return organizations


def _known(parties: Collection[Party]) -> dict[Party, Organization]:
    codes = {party.uscc for party in parties if party.uscc}
    by_code = {row.uscc: row for row in Organization.objects.filter(uscc__in=codes)} if codes else {}
    by_name = _by_name({party.name for party in parties if not party.uscc})
    rows = {party: by_code.get(party.uscc) if party.uscc else by_name.get(_name_key(party.name)) for party in parties}
    return {party: row for party, row in rows.items() if row is not None}


def _name_key(name: str) -> str:
    """Return the key of a name as stored, that is, truncated."""
    return name_key_of(name[:NAME_LENGTH])


def _create(parties: Collection[Party]) -> None:
    """Create organizations in the order of their keys. A concurrent transaction that creates the same ones waits."""
    rows: dict[str, Organization] = {}
    for party in sorted(parties, key=lambda party: (party.uscc, party.name)):
        name = (party.name or party.uscc)[:NAME_LENGTH]
        key = party.uscc or _name_key(party.name)
        # Only Chinese organizations have a code.
        country = "CN" if party.uscc else party.country
        row = Organization(uscc=party.uscc or None, name=name, country=country, is_named_by_others=True)
        rows.setdefault(key, row)
    Organization.objects.bulk_create([rows[key] for key in sorted(rows)], ignore_conflicts=True)


def _by_name(names: Collection[str]) -> dict[str, Organization]:
    keys = {_name_key(name) for name in names}
    has_members = Exists(Membership.objects.filter(organization=OuterRef("pk")))
    trusted = Organization.objects.filter(name_key__in=keys).filter(Q(uscc__isnull=True) | has_members)
    return {row.name_key: row for row in trusted.order_by("uscc", "-pk") if row.uscc is None} | {
        row.name_key: row for row in trusted.order_by("-pk") if row.uscc is not None
    }


Position = int
ModelAt = tuple[Position, str]


def _models_of(
    placed: Iterable[tuple[Position, Organization | None, ModelDetails]], developers: dict[Party, Organization]
) -> dict[ModelAt, AIModel]:
    """
    Return the AI model of each named model, by position and key, and create the missing ones. Each named model comes with
    its declarant, because a model without a developer is identified by its declarant.
    """
    wanted = {
        (position, model.key): (_model_key(model, developers, declarant), model)
        for position, declarant, model in placed
    }
    known = _models_by_key({key for key, _ in wanted.values()})
    new = {key: _new_model(key, model, developers) for key, model in wanted.values() if key not in known}
    if new:
        # In the order of their keys, so that concurrent transactions wait for each other without a deadlock.
        AIModel.objects.bulk_create([new[key] for key in sorted(new)], ignore_conflicts=True)
        known |= _models_by_key(new)
    return {at: known[key] for at, (key, _) in wanted.items()}


def _models_by_key(keys: Collection[str]) -> dict[str, AIModel]:
    parts = batches(keys)
    models = AIModel.objects.select_related("merged_into").only(*_READ_OF_MODELS)
    return {row.key: row for part in parts for row in models.filter(key__in=part)}


_READ_OF_MODELS = ("key", "developer_id", "merged_into__developer_id")


def canonical(model: AIModel) -> int:
    """Return the key of the record that a model was merged into, or else its own key."""
    return model.merged_into_id or model.pk


def is_developer(organization: int | None, model: AIModel) -> bool:
    """Return whether an organization developed a model, according to its record or to the one that it was merged into."""
    records = [model, model.merged_into] if model.merged_into else [model]
    return organization is not None and any(record.developer_id == organization for record in records)


def known_models(models: Collection[NamedModel]) -> dict[NamedModel, int]:
    """Return the canonical key of each named model that is in the register."""
    wanted = [model for model in models if model.developer.is_named and model.name]
    if not wanted:
        return {}
    developers = _known({model.developer for model in wanted})
    keys = {
        model: _key_by(developers[model.developer], model.name, model.version)
        for model in wanted
        if model.developer in developers
    }
    rows = AIModel.objects.filter(key__in=set(keys.values())).values_list("key", "pk", "merged_into_id")
    known = {key: merged_into or pk for key, pk, merged_into in rows}
    return {model: known[key] for model, key in keys.items() if key in known}


def _model_key(model: ModelDetails, developers: dict[Party, Organization], declarant: Organization | None) -> str:
    """Return the key of a model. Without a developer or a name, it includes the declarant: others' models are other records."""
    developer = developers.get(model.developer)
    if developer is None or not model.name:
        own = f"of {declarant.pk}" if declarant else "of nobody"
        name = folded_model(model.name or f"key {model.key}")
        return key_of(own, folded(model.developer.name), name, version_beside(model.name, model.version))
    return _key_by(developer, model.name, model.version)


def _key_by(developer: Organization, name: str, version: str) -> str:
    return key_of(str(developer.pk), folded_model(name), version_beside(name, version))


def _new_model(key: str, model: ModelDetails, developers: dict[Party, Organization]) -> AIModel:
    return AIModel(
        key=key,
        developer=developers.get(model.developer),
        name=model.name or model.key,
        version=model.version,
        country=model.developer.country,
    )


ServiceKey = tuple[int, str]


def _services_of(services: Iterable[tuple[Organization, ServiceDetails]]) -> dict[ServiceKey, Service]:
    """Return each named service by the key of its organization and its name, and create the missing ones."""
    wanted = {(owner.pk, service.name): (owner, name_key_of(service.name)) for owner, service in services}
    known = _services(wanted.values())
    new = {
        (owner.pk, key): Service(organization=owner, name=name)
        for (_, name), (owner, key) in wanted.items()
        if (owner.pk, key) not in known
    }
    if new:
        Service.objects.bulk_create([new[key] for key in sorted(new)], ignore_conflicts=True)
        known |= _services((service.organization, key) for (_, key), service in new.items())
    return {service: known[owner.pk, key] for service, (owner, key) in wanted.items()}


def _services(wanted: Iterable[tuple[Organization, str]]) -> dict[ServiceKey, Service]:
    pairs = list(wanted)
    rows = Service.objects.filter(
        organization__in={owner.pk for owner, _ in pairs}, name_key__in={key for _, key in pairs}
    )
    return (
        {(row.organization_id, row.name_key): row for row in rows.only("organization_id", "name_key")} if pairs else {}
    )
