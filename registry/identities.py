"""Which record a name means: organizations by code or name, AI models by developer, name and version."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q

from registry.models import AIModel, Membership, Organization, Service
from registry.models.organizations import name_key_of
from registry.names import folded, folded_model, key_of
from registry.stated import Party, StatedModel, StatedService

NAME_LENGTH = 200


def organizations_of(parties: Iterable[Party]) -> dict[Party, Organization]:
    """
    Return the organization of each party, entering those that are not known yet.

    A code decides where one is given. A name alone means the organization of that name for which people stand, else
    the one that is known by its name only: a code that a stranger gave to a name does not take the name over.
    """
    wanted = {party for party in parties if party.is_named}
    by_code = {found.uscc: found for found in Organization.objects.filter(uscc__in=[p.uscc for p in wanted if p.uscc])}
    by_name = _by_name({party.name for party in wanted if not party.uscc})
    found = {}
    for party in sorted(wanted, key=lambda party: (party.uscc, party.name)):
        known = by_code.get(party.uscc) if party.uscc else by_name.get(name_key_of(party.name))
        if known is None:
            known = _entered(party)
            (by_code if party.uscc else by_name)[party.uscc or known.name_key] = known
        found[party] = known
    return found


def _by_name(names: Collection[str]) -> dict[str, Organization]:
    keys = {name_key_of(name) for name in names}
    stood_for = Exists(Membership.objects.filter(organization=OuterRef("pk")))
    trusted = Organization.objects.filter(name_key__in=keys).filter(Q(uscc__isnull=True) | stood_for)
    return {found.name_key: found for found in trusted.order_by("uscc", "-pk") if found.uscc is None} | {
        found.name_key: found for found in trusted.order_by("-pk") if found.uscc is not None
    }


def _entered(party: Party) -> Organization:
    values = {"name": (party.name or party.uscc)[:NAME_LENGTH], "country": party.country}
    if party.uscc:
        return Organization.objects.get_or_create(uscc=party.uscc, defaults=values)[0]
    try:
        with transaction.atomic():
            return Organization.objects.create(uscc=None, **values)
    except IntegrityError:
        # Somebody entered the same name between the look and the write.
        return Organization.objects.named(str(values["name"])).get(uscc__isnull=True)


def models_of(
    stated: Iterable[StatedModel], developers: dict[Party, Organization], speaker: Organization | None
) -> dict[str, AIModel]:
    """Return the AI model of each stated one, by its key, entering those that are not known yet."""
    wanted = {model.key: (_model_key(model, developers, speaker), model) for model in stated}
    keys = {key for key, _ in wanted.values()}
    known = {found.key: found for found in AIModel.objects.filter(key__in=keys)}
    new = {key: _new_model(key, model, developers) for key, model in wanted.values() if key not in known}
    if new:
        # In the order of their keys: who enters the same names at the same time waits, and nobody in a circle.
        AIModel.objects.bulk_create([new[key] for key in sorted(new)], ignore_conflicts=True)
        known |= {found.key: found for found in AIModel.objects.filter(key__in=new)}
    return {name: known[key] for name, (key, _) in wanted.items()}


def _model_key(model: StatedModel, developers: dict[Party, Organization], speaker: Organization | None) -> str:
    """Without a developer, or without a name, a model is the same only to the one who named it so."""
    developer = developers.get(model.developer)
    if developer is None or not model.name:
        own = f"of {speaker.pk}" if speaker else "of nobody"
        return key_of(
            own, folded(model.developer.name), folded_model(model.name or f"key {model.key}"), folded(model.version)
        )
    return key_of(str(developer.pk), folded_model(model.name), folded(model.version))


def _new_model(key: str, model: StatedModel, developers: dict[Party, Organization]) -> AIModel:
    return AIModel(
        key=key,
        developer=developers.get(model.developer),
        name=model.name or model.key,
        version=model.version,
        country=model.developer.country,
    )


def services_of(stated: Iterable[StatedService], organization: Organization | None) -> dict[str, Service]:
    """Return the service of each stated one, by its name, entering those that are not known yet."""
    if organization is None:
        return {}
    wanted = {service.name: name_key_of(service.name) for service in stated}
    known = {found.name_key: found for found in _services(organization, wanted.values())}
    new = {key: Service(organization=organization, name=name) for name, key in wanted.items() if key not in known}
    if new:
        Service.objects.bulk_create([new[key] for key in sorted(new)], ignore_conflicts=True)
        known |= {found.name_key: found for found in _services(organization, new)}
    return {name: known[key] for name, key in wanted.items()}


def _services(organization: Organization, keys: Iterable[str]) -> Iterable[Service]:
    return Service.objects.filter(organization=organization, name_key__in=list(keys))
