"""Changes to official numbers: issue a number to a filing, and change the status of a number."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from registry.models import NumberStatus, OfficialNumber, Organization
from registry.models.numbers import in_force
from registry.numbers.forms import NUMBER_LENGTH, normalized, number_key
from registry.refusals import RegisterRefused
from registry.register.pipeline import rederive


@transaction.atomic
def hold_number(
    number: str, *, kind: str, issued_on: date, holder: Organization, title: str, jurisdiction: str
) -> OfficialNumber:
    """
    Create or take over an official number for a filing of this registry, and return it.

    Raises RegisterRefused: `number_malformed` if it is too long, `number_taken` if another filing holds it,
    `number_of_another` if it belongs to another organization or has another kind, `number_not_standing` if it is no longer
    in force.
    """
    if len(normalized(number)) > NUMBER_LENGTH:
        raise RegisterRefused("number_malformed", number=number[:NUMBER_LENGTH])
    OfficialNumber.objects.get_or_create(
        key=number_key(number),
        defaults={"number": normalized(number), "kind": kind, "status": in_force(kind), "holder": holder.name},
    )
    entered = OfficialNumber.objects.select_for_update().get(key=number_key(number))
    _refuse_to_hold(entered, kind, holder)
    entered.status, entered.issued_on = in_force(kind), issued_on
    entered.is_held_by_filing = True
    entered.organization, entered.holder = holder, holder.name
    entered.title, entered.jurisdiction = title, entered.jurisdiction or jurisdiction
    entered.save()
    return entered


def _refuse_to_hold(known: OfficialNumber, kind: str, holder: Organization) -> None:
    if known.is_held_by_filing:
        raise RegisterRefused("number_taken", number=known.number)
    listed = known.organization
    is_same = listed is None or listed.pk == holder.pk or listed.name_key == holder.name_key
    if not is_same or known.kind != kind:
        raise RegisterRefused("number_of_another", number=known.number, holder=known.holder)
    if known.status != in_force(kind):
        raise RegisterRefused("number_not_standing", number=known.number)


@transaction.atomic
def set_number_status(number: OfficialNumber, status: str) -> None:
    """Set the status of a number. `filed` means in force, which is `registered` for a registration number."""
    number.status = in_force(number.kind) if status == NumberStatus.FILED else status
    number.save(update_fields=["status"])
    models = {merged or key for key, merged in number.ai_models.values_list("pk", "merged_into")}
    services = set(number.services.values_list("pk", flat=True))
    rederive(models, services, numbers={number.key})
