"""Importing dossiers from files, with the documents in the folders next to them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.db import transaction

from compliance.documents.actions import upload_document
from compliance.documents.uploads import LARGEST, TooLarge, received
from compliance.dossier.faults import Malformed
from compliance.dossier.parsing import Parsed, parse
from compliance.dossier.schema import Dossier
from compliance.filings import actions
from compliance.filings.locking import lock_applicant
from compliance.filings.refusals import Refused
from compliance.filings.workflow import DRAFT
from compliance.language import Language
from compliance.models import Filing
from registry.models import Membership, MembershipRole, Organization, User

# The account under which the command opens filings. It has no password and no token.
IMPORTER = "import"
MANDATE = "import_dossiers"
OPENED, KNOWN, SKIPPED, REFUSED = "opened", "known", "skipped", "refused"
_CHUNK = 64 * 1024


@dataclass(slots=True)
class ImportedDossier:
    """The result for one file: opened, already known, skipped (not a dossier, see `reason`) or refused (see `refusal`)."""

    file: str
    outcome: str
    case_number: str = ""
    status: str = ""
    reason: str = ""
    refusal: Refused | None = None
    uploaded: int = 0
    missing: list[str] = field(default_factory=list)


class _DryRun(Exception):
    """Rolls back a dry run."""


def files_in(paths: Iterable[str]) -> list[Path]:
    """Return the given files, and all JSON files in the given folders, sorted by name."""
    return [file for path in map(Path, paths) for file in (sorted(path.rglob("*.json")) if path.is_dir() else [path])]


def import_dossier(
    path: Path, *, by: User | None, submit: bool, dry_run: bool, documents: Path | None, language: Language
) -> ImportedDossier:
    """Import one file. A file that is not a dossier is skipped, with a reason. `by` defaults to the importing account."""
    try:
        parsed = parse(path.read_bytes())
    except OSError as error:
        return ImportedDossier(str(path), SKIPPED, reason=error.strerror or str(error))
    except Malformed as error:
        first = error.faults[0]
        reason = f"{first.at or '/'}: {first.message(language)}"
        return ImportedDossier(
            str(path), SKIPPED, reason=reason + (f" (+{error.total - 1})" if error.total > 1 else "")
        )
    imported = ImportedDossier(str(path), OPENED)
    try:
        with transaction.atomic():
            _import(parsed, path, imported, by, submit, None if dry_run else _folders(path, documents))
            if dry_run:
                raise _DryRun
    except Refused as refusal:
        return ImportedDossier(str(path), REFUSED, refusal=refusal)
    except _DryRun:
        pass
    return imported


def _import(
    parsed: Parsed, path: Path, imported: ImportedDossier, by: User | None, submit: bool, folders: list[Path] | None
) -> None:
    person = by or _importer_for(parsed.dossier)
    filing, is_new = actions.open_filing(parsed, by=person)
    imported.outcome = OPENED if is_new else KNOWN
    if folders is not None:
        _upload(filing, parsed.dossier, folders, person, imported)
    if submit and filing.status == DRAFT:
        filing = actions.submit_filing(filing, by=person)
    imported.case_number, imported.status = filing.case_number, filing.status


def _importer_for(dossier: Dossier) -> User:
    """Return the importing account as a filer of the applicant. Whoever runs the command can change the database anyway."""
    applicant = dossier.applicant
    organization, _ = Organization.objects.get_or_create(
        uscc=applicant.uscc, defaults={"name": (applicant.name or applicant.uscc)[:200], "country": "CN"}
    )
    # The organization before the log of changes, as everywhere: the rows below end in that.
    lock_applicant(organization.pk)
    user, is_new = User.objects.get_or_create(username=IMPORTER, defaults={"is_service_account": True})
    if is_new:
        user.set_unusable_password()
        user.save()
    Membership.objects.get_or_create(
        user=user,
        organization=organization,
        defaults={"role": MembershipRole.FILER, "mandate": MANDATE},
    )
    return user


def _folders(path: Path, documents: Path | None) -> list[Path]:
    nearby = [path.parent, path.parent / "documents", path.parent.parent / "documents"]
    return [folder for folder in ([documents] if documents else nearby) if folder.is_dir()]


def _upload(filing: Filing, dossier: Dossier, folders: list[Path], by: User, imported: ImportedDossier) -> None:
    """Upload the documents of the dossier that are in one of the folders with the same file name and SHA-256."""
    uploaded = set(filing.documents.values_list("sha256", flat=True))
    for document in dossier.documents or ():
        if not document.sha256 or document.sha256 in uploaded:
            continue
        file = _file_of(document.filename, document.sha256, folders)
        if file is None:
            imported.missing.append(document.filename or document.sha256)
            continue
        try:
            upload_document(filing, received(_chunks(file), file.name, limit=LARGEST), by=by)
        except TooLarge:
            imported.missing.append(file.name)
            continue
        uploaded.add(document.sha256)
        imported.uploaded += 1


def _file_of(filename: str | None, sha256: str, folders: list[Path]) -> Path | None:
    if not filename or Path(filename).name != filename:
        return None
    candidates = [folder / filename for folder in folders if (folder / filename).is_file()]
    return next((file for file in candidates if _digest(file) == sha256), None)


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _chunks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as content:
        while chunk := content.read(_CHUNK):
            yield chunk
