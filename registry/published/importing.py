"""
Taking the published lists into the register: each row is kept as it was read, and what a number shows is drawn from all
rows that name it, so that neither the order of the files nor a second run changes anything.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from registry import register
from registry.actions import cover, covered_by
from registry.identities import models_of, organizations_of, services_of
from registry.models import Listing, NumberStatus, OfficialNumber, Source, SourceKind
from registry.models.numbers import number_key
from registry.published.entries import ALGORITHM, GENERATIVE, Entry, NoEntry, entry_of, products_of
from registry.published.reading import Row, Unreadable, rows_of
from registry.settling import settle
from registry.stated import Party, Stated, StatedModel, StatedService

_WORST_LAST = ("filed", "registered", "suspended", "cancelled", "revoked")
_SHOWN = ("title", "holder", "jurisdiction", "place", "algorithm_type", "role", "products", "purpose")
Note = tuple[int, str, str]


@dataclass(slots=True)
class Imported:
    """What became of one file; `rejected` and `notes` are lines with their texts in English and Chinese."""

    file: str
    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: list[Note] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


class _Rehearsed(Exception):
    """Undoes a dry run."""


def import_list(path: Path, name: str, *, dry_run: bool = False) -> Imported:
    """Import one file in one transaction; a dry run does all of it and takes it back."""
    imported = Imported(name)
    try:
        with transaction.atomic():
            _import(path, imported)
            if dry_run:
                raise _Rehearsed
    except Unreadable as error:
        imported = Imported(name, rejected=[(error.line, error.en, error.zh)])
    except _Rehearsed:
        pass
    return imported


def _import(path: Path, imported: Imported) -> None:
    touched: dict[int, OfficialNumber] = {}
    sources: dict[str, Source] = {}
    for row in rows_of(path):
        imported.rows += 1
        entry = _read(row, imported)
        if entry is None:
            continue
        source = sources.get(_source_key(entry)) or sources.setdefault(_source_key(entry), _source_of(entry))
        number, outcome = _kept(entry, source)
        setattr(imported, outcome, getattr(imported, outcome) + 1)
        if outcome != "unchanged":
            touched[number.pk] = number
        imported.notes += [(row.line, en, zh) for en, zh in entry.notes]
    _draw(touched.values(), imported)
    _restate({listing.source for number in touched.values() for listing in _listings(number)})
    _cover(touched.values())


def _read(row: Row, imported: Imported) -> Entry | None:
    try:
        return entry_of(row.cells)
    except NoEntry as error:
        imported.rejected.append((row.line, error.en, error.zh))
        return None


# --- rows -------------------------------------------------------------------------------------------------------
def _source_key(entry: Entry) -> str:
    track = "algorithm" if entry.kind == ALGORITHM else "service"
    return f"list:{track}:{entry.list}:{entry.announced}"[:300]


def _source_of(entry: Entry) -> Source:
    source, _ = Source.objects.select_for_update().get_or_create(
        key=_source_key(entry),
        defaults={
            "kind": SourceKind.PUBLISHED_LIST,
            "label": " ".join(filter(None, [entry.list, entry.announced]))[:300],
            "is_public": True,
            "stated_at": timezone.now(),
        },
    )
    return source


def _kept(entry: Entry, source: Source) -> tuple[OfficialNumber, str]:
    """Keep a row under its number, and say what that was: created, updated or unchanged."""
    number, is_new = OfficialNumber.objects.get_or_create(
        key=number_key(entry.number),
        defaults={"number": entry.number, "kind": entry.kind, "status": entry.status},
    )
    listing, is_new_row = Listing.objects.get_or_create(
        number=number,
        source=source,
        row_number=entry.row_number[:50],
        defaults={"announced": entry.announced[:50], "content": entry.content()},
    )
    if is_new:
        return number, "created"
    if is_new_row:
        return number, "updated"
    if listing.content == entry.content():
        return number, "unchanged"
    listing.content = entry.content()
    listing.save(update_fields=["content"])
    return number, "updated"


def _listings(number: OfficialNumber) -> list[Listing]:
    return list(number.listings.select_related("source"))


# --- numbers ----------------------------------------------------------------------------------------------------
def _draw(numbers: Iterable[OfficialNumber], imported: Imported) -> None:
    """Draw what a number shows from its rows: of each field what the latest announcement says, of the status the worst."""
    for number in numbers:
        rows = [listing.content for listing in _listings(number)]
        status = max((row["status"] for row in rows), key=_WORST_LAST.index)
        if number.is_held_by_filing:
            _tell_what_differs(number, status, imported)
            continue
        for name in _SHOWN:
            setattr(number, name, _latest(rows, name))
        days = sorted(row["issued_on"] for row in rows if row["issued_on"])
        number.issued_on = date.fromisoformat(days[0]) if days else None
        number.remark = "\n".join(dict.fromkeys(row["remark"] for row in rows if row["remark"]))
        number.status = status
        number.organization = organizations_of([_holder(number)]).get(_holder(number))
        number.save()


def _latest(rows: list[dict[str, Any]], name: str) -> str:
    return next((row[name] for row in reversed(rows) if row[name]), "")


def _tell_what_differs(number: OfficialNumber, status: str, imported: Imported) -> None:
    """A filing of this registry holds the number: its life is the filing's, and a registrar is told what differs."""
    if status != number.status:
        shown = NumberStatus(number.status).value
        imported.notes.append(
            (
                0,
                f"{number.number}: the list says {status}, the filing that holds it says {shown}; a registrar decides",
                f"{number.number}：清单状态为 {status}，持有该编号的申报状态为 {shown}；由登记员处理",
            )
        )


def _holder(number: OfficialNumber) -> Party:
    return Party(number.holder, country="CN")


# --- what the lists state ---------------------------------------------------------------------------------------
def _restate(sources: Iterable[Source]) -> None:
    """State again what whole lists say: a list speaks of many holders, so it states its models and services by holder."""
    for source in sorted(sources, key=lambda source: source.pk):
        rows = [listing.content for listing in source.listings.select_related("number").order_by("pk")]
        register.state_list(source, [_stated(row) for row in rows])


def _stated(row: dict[str, Any]) -> Stated:
    holder = Party(row["holder"], country="CN")
    stated = Stated(holder, organization={})
    if row["kind"] == ALGORITHM:
        stated.services = [StatedService(name, {"forms": forms}) for name, forms in products_of(row["products"])]
        for service in stated.services:
            told = {
                "algorithm_name": row["title"],
                "algorithm_type": row["algorithm_type"],
                "algorithm_role": row["role"],
            }
            service.columns |= told
    elif row["title"]:
        stated.services = [StatedService(row["title"], {"public": True})]
    if row["kind"] == GENERATIVE and row["title"]:
        note = f"English name: {row['name_en']}" if row["name_en"] else ""
        columns = {"filing_number": row["number"], "used_by_service": True, "note": note}
        stated.models = [StatedModel(row["number"], row["title"], developer=holder, columns=columns)]
    return stated


def _cover(numbers: Iterable[OfficialNumber]) -> None:
    for number in numbers:
        if number.is_held_by_filing:
            continue
        services, models = [], []
        for listing in _listings(number):
            told = _stated({**listing.content, "holder": number.holder})
            organizations = organizations_of({told.speaker})
            speaker = organizations.get(told.speaker)
            services += services_of(told.services, speaker).values()
            models += models_of(told.models, organizations, speaker).values()
        cover(number, services=services, models=models)
        settle(*covered_by(number))
