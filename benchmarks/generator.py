"""Generate varied filings from a seed, with known shares of defects."""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

import compliance
from compliance.attachments.contents import Contents
from compliance.attachments.reader import READER
from compliance.attachments.reading import read
from compliance.dossier.stored import Canonical
from compliance.models import Document, DocumentFacts, Filing, Revision
from registry.models import Organization, User
from tests.building import ABSENT, a_document

SEED = 20261123
FILES = Path(compliance.__file__).parent / "demo" / "documents"
_FACTS: dict[str, DocumentFacts] = {}
BATCH = 2_000
SERVICES_OF_AN_APPLICANT = 50
KINDS = ("algorithm", "generative", "registration")

# By kind of filing: the share of filings with a defect, the changes that cause it, and the number of flags it raises.
DEFECTS: dict[str, list[tuple[float, dict[str, Any], int]]] = {
    "algorithm": [
        (0.20, {"/algorithm/mechanism": None}, 1),
        (0.10, {"/applicant/governance": ["self_assessment", "ethics_review", "data_protection"]}, 3),
        (0.05, {"/service/complaint_channel": ABSENT}, 1),
    ],
    "generative": [
        (0.20, {"/service/audience": " "}, 1),
        (0.10, {"/applicant/contact/phone": None}, 1),
        (0.05, {"/service/identity_verification": "none"}, 1),
        (0.05, {"/models/0/corpora/0/manual_sample/size": 3_999}, 1),
        (0.05, {"/assessment/content_tests/keyword/pass_rate": "0.8999", "/assessment/signatories": []}, 2),
        (0.05, {"/assessment/keywords/total": 12_161}, 1),
    ],
    "registration": [
        (0.20, {"/jurisdiction": "11"}, 1),
        (0.10, {"/models/0/access": "own_deployment"}, 1),
        (0.05, {"/models/0/filing_number": "nonsense"}, 2),
    ],
}


@dataclass(frozen=True)
class Planted:
    """The number of filings created, and the number of flags that their defects raise."""

    filings: int
    flags: int


def plant(number: int, by: User, first: int = 0) -> Planted:
    """
    Create submitted filings in bulk, in the state in which the actions leave them, due for their first check.

    `first` is the number of the first one, so that planting can go on where it ended.
    """
    rng = random.Random(SEED + first)
    flags = Counter[str]()
    for start in range(first, first + number, BATCH):
        dossiers = [_dossier(rng, i, flags) for i in range(start, min(start + BATCH, first + number))]
        _create(dossiers, by)
    return Planted(number, flags.total())


def _dossier(rng: random.Random, i: int, flags: Counter[str]) -> dict[str, Any]:
    kind = rng.choices(KINDS, weights=(4, 3, 3))[0]
    changes: dict[str, Any] = {"/reference": f"bench-{i}", "/service/name": f"bench service {i}"}
    changes["/service/launched_on"] = None
    for share, defect, raised in DEFECTS[kind]:
        if rng.random() < share:
            changes |= defect
            flags[kind] += raised
    return a_document(kind, changes)


def _create(dossiers: list[dict[str, Any]], by: User) -> None:
    organizations = {i: _organization(i) for i in {_applicant(dossier) for dossier in dossiers}}
    filings = Filing.objects.bulk_create(
        [_filing(dossier, organizations[_applicant(dossier)], by) for dossier in dossiers]
    )
    pairs = list(zip(filings, dossiers, strict=True))
    Revision.objects.bulk_create([_revision(filing, dossier, by) for filing, dossier in pairs])
    Document.objects.bulk_create([document for pair in pairs for document in _documents(*pair, by)])


def _documents(filing: Filing, dossier: dict[str, Any], by: User) -> Iterator[Document]:
    """Yield a document for every file that the dossier lists, with the facts of the demonstration files."""
    for entry in dossier["documents"]:
        yield Document(
            filing=filing,
            sha256=entry["sha256"],
            size=entry["size"],
            media_type="application/pdf",
            filename=entry["filename"],
            stored_as=f"documents/{entry['sha256']}",
            facts=facts_of(entry["sha256"], entry["filename"]),
            uploaded_at=filing.submitted_at,
            uploaded_by=by,
        )


def facts_of(sha256: str, filename: str) -> DocumentFacts:
    found = DocumentFacts.objects.filter(sha256=sha256).first() if sha256 not in _FACTS else _FACTS[sha256]
    if found is None:
        with (FILES / filename).open("rb") as stream:
            contents = read(stream)
        found = DocumentFacts.objects.create(
            sha256=sha256,
            contents=contents.plain(),
            says_anything=contents != Contents(),
            reader=READER,
            counted_at=timezone.now(),
        )
    return _FACTS.setdefault(sha256, found)


def _applicant(dossier: dict[str, Any]) -> int:
    return int(dossier["reference"].removeprefix("bench-")) // SERVICES_OF_AN_APPLICANT


def _organization(i: int) -> Organization:
    return Organization.objects.get_or_create(uscc=f"BENCH{i:013}", defaults={"name": f"bench applicant {i}"})[0]


def _filing(dossier: dict[str, Any], applicant: Organization, by: User) -> Filing:
    now = timezone.now() - timedelta(minutes=1)
    name, reference = dossier["service"]["name"], dossier["reference"]
    return Filing(
        case_number=reference[:16],
        applicant=applicant,
        status="submitted",
        kind=dossier["kind"],
        action="initial",
        reference=reference,
        reference_key=hashlib.sha256(reference.encode()).hexdigest(),
        jurisdiction="44",
        province="44",
        service_name=name,
        service_key=hashlib.sha256(name.encode()).hexdigest(),
        opened_sha256="",
        opened_by=by,
        opened_at=now,
        changed_at=now,
        first_submitted_at=now,
        submitted_at=now,
        due_since=now,
    )


def _revision(filing: Filing, dossier: dict[str, Any], by: User) -> Revision:
    canonical = Canonical.of(dossier)
    return Revision(
        filing=filing, number=1, content=canonical.text, sha256=canonical.sha256, at=filing.submitted_at, by=by
    )
