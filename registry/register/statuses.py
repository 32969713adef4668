"""The registration status of models and services, derived from their official numbers and the filings under review."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from registry.models import (
    AIModel,
    NumberKind,
    NumberStatus,
    RegistrationStatus,
    Service,
    ServiceStatement,
    SourceKind,
)

# If there are several numbers, the first of these statuses counts. A filing under review comes after `suspended`.
_IN_FORCE_FIRST = (NumberStatus.FILED, NumberStatus.REGISTERED, NumberStatus.SUSPENDED)
_ENDED = (NumberStatus.REVOKED, NumberStatus.CANCELLED)
_SERVICE_KINDS = (NumberKind.GENERATIVE, NumberKind.REGISTRATION)
# The status with filings under review, and the public status without them.
Statuses = tuple[str, str]


def statuses(numbers: set[str], *, is_under_review: bool) -> Statuses:
    """Return the registration status and the public status for the statuses of the numbers."""
    return _status(numbers, is_under_review=is_under_review), _status(numbers, is_under_review=False)


def _status(numbers: set[str], *, is_under_review: bool) -> str:
    for status in _IN_FORCE_FIRST:
        if status in numbers:
            return str(status)
    if is_under_review:
        return RegistrationStatus.IN_PROGRESS
    return next((str(status) for status in _ENDED if status in numbers), RegistrationStatus.UNFILED)


def write_statuses(kind: type[AIModel] | type[Service], changed: dict[Statuses, list[int]]) -> None:
    """Write the statuses that differ, with one update for each pair of statuses."""
    for (status, public), keys in changed.items():
        kind._default_manager.filter(pk__in=keys).update(registration_status=status, public_status=public)


def derive_services(services: Collection[int]) -> None:
    """Give each service the status of its generative filing or registration, or else that of its algorithm filing."""
    under_review = _under_review(services)
    changed: dict[Statuses, list[int]] = defaultdict(list)
    for (key, *before), numbers in _rows_of(services).items():
        candidates = [
            statuses(numbers[is_service], is_under_review=(key, is_service) in under_review)
            for is_service in (True, False)
        ]
        derived = (
            _first_but_unfiled(*(status for status, _ in candidates)),
            _first_but_unfiled(*(public for _, public in candidates)),
        )
        if derived != tuple(before):
            changed[derived].append(key)
    write_statuses(Service, changed)


# The statuses of the numbers of a service: those of the service itself (True), and those of its algorithm (False).
Numbers = dict[bool, set[str]]


def _rows_of(services: Collection[int]) -> dict[tuple[int, str, str], Numbers]:
    """Return services, by key and statuses, with the statuses of their numbers."""
    services_found: dict[tuple[int, str, str], Numbers] = {}
    rows = Service.objects.filter(pk__in=services).order_by()
    columns = ("pk", "registration_status", "public_status", "official_numbers__kind", "official_numbers__status")
    for key, status, public, kind, number in rows.values_list(*columns):
        numbers = services_found.setdefault((key, status, public), {True: set(), False: set()})
        if number:
            numbers[kind in _SERVICE_KINDS].add(number)
    return services_found


def _under_review(services: Collection[int]) -> set[tuple[int, bool]]:
    """Return the services with a filing under review, each with whether that filing is for the service itself."""
    pending = ServiceStatement.objects.filter(
        service__in=services, source__is_live=True, source__is_public=False, source__kind=SourceKind.FILING
    ).exclude(source__filing_kind="")
    rows = pending.values_list("service_id", "source__filing_kind")
    return {(service, kind in _SERVICE_KINDS) for service, kind in rows}


def _first_but_unfiled(*candidates: str) -> str:
    return next((status for status in candidates if status != RegistrationStatus.UNFILED), RegistrationStatus.UNFILED)
