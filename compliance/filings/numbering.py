"""
Issuing official numbers in the forms of their kind (filing-rules §1.2 and §4.3), each once, whoever else issues at the
same time: the series is locked while its next number is taken.
"""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, OuterRef, QuerySet

from compliance.dossier.schema import Dossier
from compliance.filings.refusals import NumberNotIssued
from compliance.models import Filing, Kind
from registry.models import Listing, NumberCounter, OfficialNumber
from registry.numbers.forms import algorithm_number, inferred_check_digit, latin_name, place_of, running_number

# The kinds in an algorithm number; digits 14 and 15. 05 stands for two types in the published lists.
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
    Return the next number for a filing, never given before.

    Raises NumberNotIssued when the dossier lacks what the number is made of, or a series has no number left.
    """
    make = _algorithm_number if filing.kind == Kind.ALGORITHM else _service_number
    while OfficialNumber.objects.by_number(number := make(filing, dossier, on)):
        # A filer recorded this very number.
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
    """A subject keeps its serial number within an area; a new one gets one that no published number has."""
    own = OfficialNumber.objects.filter(
        organization=filing.applicant, kind=Kind.ALGORITHM, key__startswith=f"网信算备{area}"
    )
    for number in own.order_by("pk").values_list("number", flat=True):
        if read := algorithm_number(number):
            return read.entity
    while True:
        entity = f"{_next(f'entity {area}', 0, _LAST_ENTITY):07}"
        if not OfficialNumber.objects.filter(key__startswith=f"网信算备{area}{entity}").exists():
            return entity


def _listed(beginning: str) -> QuerySet[OfficialNumber]:
    """The numbers of the published lists, whoever holds them: what filers record of their own must not move a series."""
    listed = Listing.objects.filter(number=OuterRef("pk"))
    return OfficialNumber.objects.filter(Exists(listed), key__startswith=beginning)


def _last_of_entity(area: str, entity: str, year: str) -> int:
    held = _listed(f"网信算备{area}{entity}").values_list("number", flat=True)
    read = [number for number in map(algorithm_number, held) if number and number.year == year]
    return max((int(number.running) for number in read), default=0)


def _service_number(filing: Filing, dossier: Dossier, on: date) -> str:
    place = place_of(filing.jurisdiction or filing.province)
    # A name without a letter or a digit to it is stood for by the case number.
    name = latin_name(name_to_register(filing, dossier)) or filing.case_number
    if place is None:
        raise NumberNotIssued("no_province")
    mark = "S" if filing.kind == Kind.REGISTRATION else ""
    running = _next(f"{filing.kind} {place}", _last_of_place(filing.kind, place), _LAST_RUNNING)
    return f"{place}-{name}-{on:%Y%m%d}{mark}{running:04}"


def name_to_register(filing: Filing, dossier: Dossier) -> str:
    """What a number is given to: the algorithm, for a generative filing the model that the service uses, or the service."""
    if filing.kind == Kind.ALGORITHM and dossier.algorithm and dossier.algorithm.name:
        return dossier.algorithm.name
    used = [model.name for model in dossier.models or () if model.used_by_service and model.name]
    return used[0] if filing.kind == Kind.GENERATIVE and used else dossier.service.name


def _last_of_place(kind: str, place: str) -> int:
    """The highest running number that this place has given to this kind; they do not restart each year."""
    known = _listed(f"{place.casefold()}-").filter(kind=kind).values_list("number", flat=True)
    read = [running_number(number) for number in known]
    return max((running for running in read if running and running <= _LAST_RUNNING), default=0)


def _next(series: str, at_least: int, most: int) -> int:
    NumberCounter.objects.get_or_create(series=series)
    counter = NumberCounter.objects.select_for_update().get(series=series)
    counter.last = max(counter.last, at_least) + 1
    if counter.last > most:
        raise NumberNotIssued("series_exhausted")
    counter.save(update_fields=["last"])
    return counter.last
