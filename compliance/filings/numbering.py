"""
Issuing official numbers in the form of their kind (filing-rules §1.2 and §4.3). The series is locked while its next number
is taken, so that concurrent requests never get the same number.
"""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, OuterRef, QuerySet

from compliance.dossier.schema import Dossier
from compliance.filings.refusals import NumberNotIssued
from compliance.models import Filing, Kind
from registry.models import Listing, NumberCounter, OfficialNumber
from registry.numbers.forms import algorithm_number, inferred_check_digit, latin_name, place_of, running_number

# The codes of algorithm types, digits 14 and 15 of an algorithm number. The published lists use 05 for two types.
ALGORITHM_KINDS = {
    "generation": "01",
    "personalized_push": "02",
    "ranking": "03",
    "search_filter": "04",
    "dispatch": "05",
}
_LAST_RUNNING, _LAST_OF_ENTITY, _LAST_ENTITY = 9_999, 999, 9_999_999


def issue_number(filing: Filing, dossier: Dossier, *, on: date) -> str:
    """
    Return the next number for a filing, which was never issued before.

    Raises NumberNotIssued if the dossier lacks a part of the number, or if the series is exhausted.
    """
    make = _algorithm_number if filing.kind == Kind.ALGORITHM else _service_number
    while OfficialNumber.objects.by_number(number := make(filing, dossier, on)):
        # A filer has recorded this number already.
        continue
    return number


def _algorithm_number(filing: Filing, dossier: Dossier, on: date) -> str:
    kind = ALGORITHM_KINDS.get(dossier.algorithm.type or "") if dossier.algorithm else None
    area = dossier.applicant.region or dossier.applicant.uscc[2:8]
    if kind is None:
        raise NumberNotIssued("no_algorithm_type")
    entity = _entity_of(filing, area)
    year = f"{on.year % 100:02}"
    running = _next(f"algorithm {area}{entity} {year}", _last_of_entity(area, entity, year), _LAST_OF_ENTITY)
    digits = f"{area}{entity}{kind}{year}{running:03}"
    return f"网信算备{digits}{inferred_check_digit(digits)}号"


def _entity_of(filing: Filing, area: str) -> str:
    """Return the serial number of the applicant in an area, or else a new one that no published number contains."""
    own = OfficialNumber.objects.filter(
        organization=filing.applicant, kind=Kind.ALGORITHM, key__startswith=f"网信算备{area}"
    )
    for number in own.order_by("pk").values_list("number", flat=True):
        if parsed := algorithm_number(number):
            return parsed.entity
    while True:
        entity = f"{_next(f'entity {area}', 0, _LAST_ENTITY):07}"
        if not OfficialNumber.objects.filter(key__startswith=f"网信算备{area}{entity}").exists():
            return entity


def _listed(prefix: str) -> QuerySet[OfficialNumber]:
    """Return the numbers of the published lists. Numbers that filers record themselves must not advance a series."""
    listed = Listing.objects.filter(number=OuterRef("pk"))
    return OfficialNumber.objects.filter(Exists(listed), key__startswith=prefix)


def _last_of_entity(area: str, entity: str, year: str) -> int:
    listed = _listed(f"网信算备{area}{entity}").values_list("number", flat=True)
    parsed = [number for number in map(algorithm_number, listed) if number and number.year == year]
    return max((int(number.running) for number in parsed), default=0)


def _service_number(filing: Filing, dossier: Dossier, on: date) -> str:
    place = place_of(filing.jurisdiction or filing.province)
    # If the name has no Latin letters or digits, the case number is used instead.
    name = latin_name(name_to_register(filing, dossier)) or filing.case_number
    if place is None:
        raise NumberNotIssued("no_province")
    mark = "S" if filing.kind == Kind.REGISTRATION else ""
    running = _next(f"{filing.kind} {place}", _last_of_place(filing.kind, place), _LAST_RUNNING)
    return f"{place}-{name}-{on:%Y%m%d}{mark}{running:04}"


def name_to_register(filing: Filing, dossier: Dossier) -> str:
    """Return the name for the register: the algorithm, the model used (for a generative filing), or else the service."""
    if filing.kind == Kind.ALGORITHM and dossier.algorithm and dossier.algorithm.name:
        return dossier.algorithm.name
    used = [model.name for model in dossier.models or () if model.used_by_service and model.name]
    return used[0] if filing.kind == Kind.GENERATIVE and used else dossier.service.name


def _last_of_place(kind: str, place: str) -> int:
    """Return the highest running number of a place for a kind of filing. Numbers do not restart each year."""
    listed = _listed(f"{place.casefold()}-").filter(kind=kind).values_list("number", flat=True)
    parsed = [running_number(number) for number in listed]
    return max((running for running in parsed if running and running <= _LAST_RUNNING), default=0)


def _next(series: str, last_known: int, most: int) -> int:
    """Return the next number of a series after the last known one. Raises NumberNotIssued if it exceeds `most`."""
    NumberCounter.objects.get_or_create(series=series)
    counter = NumberCounter.objects.select_for_update().get(series=series)
    counter.last = max(counter.last, last_known) + 1
    if counter.last > most:
        raise NumberNotIssued("series_exhausted")
    counter.save(update_fields=["last"])
    return counter.last
