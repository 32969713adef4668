"""Which record a name means: organizations by code or name, AI models by developer, name and version."""

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
    The records that statements mean: organizations by party, services by the key of the organization and their name,
    models by the place of the change or coverage and their key there.
    """

    organizations: dict[Party, Organization]
    services: dict[tuple[int, str], Service]
    models: dict[tuple[int, str], AIModel]

    def declarant(self, source: Source | None, statement: Statement) -> Organization | None:
        """Whose statement it is: the owner of the source, else the organization that the statement names."""
        owner = source.owner if source else None
        return owner or self.organizations.get(statement.declarant)

    def models_of(self, coverages: Sequence[Coverage], *, offset: int) -> Iterator[AIModel]:
        """The models that the statements of coverages name; their places begin at the offset."""
        for place, coverage in enumerate(coverages, offset):
            for statement in coverage.statements:
                yield from (self.models[place, details.key] for details in statement.models)


def identify(changes: Sequence[Change], coverages: Sequence[Coverage]) -> Records:
    """
    Return the records that changes and coverages mean, entering those that are not known yet: organizations, then
    services, then models, each in one order for everybody, so that nobody waits in a circle.
    """
    stated = [
        (place, change.source, statement)
        for place, change in enumerate(changes)
        for statement in change.statements or ()
    ] + [
        (place, None, statement)
        for place, coverage in enumerate(coverages, len(changes))
        for statement in coverage.statements
    ]
    records = Records({}, {}, {})
    if not stated:
        return records
    parties = {statement.declarant for *_, statement in stated}
    parties |= {model.developer for *_, statement in stated for model in statement.models}
    records.organizations = organizations_of(parties)
    records.services = _services_of(
        (declarant, service)
        for _, source, statement in stated
        if (declarant := records.declarant(source, statement))
        for service in statement.services
    )
    records.models = _models_of(
        (
            (place, source.owner if source else None, model)
            for place, source, statement in stated
            for model in statement.models
        ),
        records.organizations,
    )
    return records


def organizations_of(parties: Iterable[Party]) -> dict[Party, Organization]:
    """
    Return the organization of each party, entering those that are not known yet.

    A code decides where one is given. A name alone means the organization of that name for which people stand, else
    the one that is known by its name only: a code that a stranger gave to a name does not take the name over.
    """
    wanted = {party for party in parties if party.is_named}
    found = _known(wanted)
    if missing := [party for party in wanted if party not in found]:
        _enter(missing)
        found |= _known(missing)
    return found


def _known(parties: Collection[Party]) -> dict[Party, Organization]:
    codes = {party.uscc for party in parties if party.uscc}
    by_code = {row.uscc: row for row in Organization.objects.filter(uscc__in=codes)} if codes else {}
    by_name = _by_name({party.name for party in parties if not party.uscc})
    found = {party: by_code.get(party.uscc) if party.uscc else by_name.get(_name_key(party.name)) for party in parties}
    return {party: row for party, row in found.items() if row is not None}


def _name_key(name: str) -> str:
    """The key of a name as it is stored, which may be shorter than it is written."""
    return name_key_of(name[:NAME_LENGTH])


def _enter(parties: Collection[Party]) -> None:
    """Enter organizations, in one order for everybody; whoever enters the same at the same time is waited for."""
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
    stood_for = Exists(Membership.objects.filter(organization=OuterRef("pk")))
    trusted = Organization.objects.filter(name_key__in=keys).filter(Q(uscc__isnull=True) | stood_for)
    return {found.name_key: found for found in trusted.order_by("uscc", "-pk") if found.uscc is None} | {
        found.name_key: found for found in trusted.order_by("-pk") if found.uscc is not None
    }


Place = int
Keyed = tuple[Place, str]


def _models_of(
    named: Iterable[tuple[Place, Organization | None, ModelDetails]], developers: dict[Party, Organization]
) -> dict[Keyed, AIModel]:
    """
    Return the AI model of each named one, by its place and its key, entering those that are not known yet. With a model
    comes the declarant, to whom alone a model without a developer means this record.
    """
    wanted = {
        (place, model.key): (_model_key(model, developers, declarant), model) for place, declarant, model in named
    }
    known = _models_by_key({key for key, _ in wanted.values()})
    new = {key: _new_model(key, model, developers) for key, model in wanted.values() if key not in known}
    if new:
        # In the order of their keys: who enters the same names at the same time waits, and nobody in a circle.
        AIModel.objects.bulk_create([new[key] for key in sorted(new)], ignore_conflicts=True)
        known |= _models_by_key(new)
    return {keyed: known[key] for keyed, (key, _) in wanted.items()}


def _models_by_key(keys: Collection[str]) -> dict[str, AIModel]:
    parts = batches(keys)
    return {row.key: row for part in parts for row in AIModel.objects.filter(key__in=part).only(*_READ_OF_MODELS)}


_READ_OF_MODELS = ("key", "developer_id", "merged_into_id")


def canonical(model: AIModel) -> int:
    """The key of the record that stands for a model: of the one that it is merged into, if any."""
    return model.merged_into_id or model.pk


def known_models(named: Collection[NamedModel]) -> dict[NamedModel, int]:
    """Return the key of each named model that the register knows, of a merged one that of the model it became."""
    wanted = [model for model in named if model.developer.is_named and model.name]
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
    """Without a developer, or without a name, a model is the same only to the one who named it so."""
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


Named = tuple[int, str]


def _services_of(named: Iterable[tuple[Organization, ServiceDetails]]) -> dict[Named, Service]:
    """Return each named service by its organization's key and its name, entering those that are not known yet."""
    wanted = {(owner.pk, service.name): (owner, name_key_of(service.name)) for owner, service in named}
    known = _services(wanted.values())
    new = {
        (owner.pk, key): Service(organization=owner, name=name)
        for (_, name), (owner, key) in wanted.items()
        if (owner.pk, key) not in known
    }
    if new:
        Service.objects.bulk_create([new[key] for key in sorted(new)], ignore_conflicts=True)
        known |= _services((service.organization, key) for (_, key), service in new.items())
    return {named: known[owner.pk, key] for named, (owner, key) in wanted.items()}


def _services(wanted: Iterable[tuple[Organization, str]]) -> dict[Named, Service]:
    pairs = list(wanted)
    rows = Service.objects.filter(
        organization__in={owner.pk for owner, _ in pairs}, name_key__in={key for _, key in pairs}
    )
    return {(row.organization_id, row.name_key): row for row in rows.select_related("organization")} if pairs else {}
