"""
Demonstration data: users and fictitious filers whose models derive from real base models. The catalog of base models and the
rows from published lists of the authority (lists/SOURCES.md) are real.
"""

from __future__ import annotations

from pathlib import Path

from django.db import transaction

from compliance.demo import evidence
from compliance.documents import counting
from compliance.documents.actions import upload_document
from compliance.documents.uploads import LARGEST, received
from compliance.dossier.parsing import Parsed, parse
from compliance.evidence.actions import file_evidence
from compliance.filings import actions
from compliance.filings.refusals import ErrorsOpen
from compliance.models import Filing
from registry.models import Membership, MembershipRole, Organization, Role, StaffRole, User
from registry.numbers.published.importing import import_list
from registry.register.catalog import load_catalog

FOLDER = Path(__file__).parent
# The applicant of the example dossiers, and an unrelated organization.
APPLICANT = ("91440300708461136T", "样例云图智能有限公司", "Sample Yuntu Intelligence Co., Ltd.")
ANOTHER = ("91440305MADEMA004M", "示例旁观科技有限公司（演示）", "Demo Bystander Technology Co., Ltd.")
AGENT = "demo-agent"
REVIEWED = ["11", "31", "33", "44", "51"]


def load(password: str | None) -> None:
    """
    Load the demonstration once; later runs leave existing data unchanged. Set the password if one is given.
    """
    if not User.objects.filter(username=AGENT).exists():
        _load_data()
    if password:
        _set_passwords(password)


@transaction.atomic
def _load_data() -> None:
    load_catalog()
    for path in sorted((FOLDER / "lists").glob("*.csv")):
        import_list(path, path.name)
    admin = _staff("admin", {Role.ADMINISTRATOR: [], Role.REGISTRAR: []})
    reviewer = _staff("reviewer", {Role.REVIEWER: REVIEWED})
    _filer("filer", *APPLICANT)
    _filer("stranger", *ANOTHER)
    filings = [_file(parse(path.read_bytes())) for path in sorted((FOLDER / "dossiers").glob("*.json"))]
    for filing in filings:
        _review(filing, reviewer, admin)


def _person(username: str, *, is_staff: bool = False) -> User:
    user, is_new = User.objects.get_or_create(
        username=username, defaults={"is_staff": is_staff, "email": f"{username}@demo.example"}
    )
    if is_new:
        user.set_unusable_password()
        user.save()
    return user


def _staff(username: str, roles: dict[str, list[str]]) -> User:
    user = _person(username, is_staff=True)
    for role, provinces in roles.items():
        StaffRole.objects.get_or_create(user=user, role=role, defaults={"provinces": provinces})
    return user


def _filer(username: str, uscc: str, name: str, name_en: str) -> User:
    organization, _ = Organization.objects.get_or_create(uscc=uscc, defaults={"name": name, "name_en": name_en})
    user = _person(username)
    terms = {"role": MembershipRole.FILER, "is_administrator": True}
    Membership.objects.get_or_create(user=user, organization=organization, defaults=terms)
    return user


def _file(parsed: Parsed) -> Filing:
    applicant = parsed.dossier.applicant
    agent = _filer(AGENT, applicant.uscc, applicant.name or "", applicant.name_en or "")
    filing, _ = actions.open_filing(parsed, by=agent)
    for document in parsed.dossier.documents or ():
        path = FOLDER / "documents" / (document.filename or "")
        if document.sha256 and path.is_file():
            upload_document(filing, received([path.read_bytes()], path.name, limit=LARGEST), by=agent)
            counting.count(document.sha256)
    filing = actions.submit_filing(filing, by=agent)
    for model in parsed.dossier.models or ():
        if (
            model.key
            and any(base.name == evidence.DECLARED_ON for base in parsed.dossier.models or ())
            and model.derived_from
        ):
            filing = file_evidence(filing, model.key, evidence.evidence(), by=agent)
    return filing


def _review(filing: Filing, reviewer: User, registrar: User) -> None:
    """Process complete filings until they have a number; leave the others for the users of the demonstration."""
    if filing.province not in REVIEWED:
        return
    try:
        with transaction.atomic():
            filing = actions.accept_filing(filing, by=reviewer)
    except ErrorsOpen:
        return
    filing = actions.forward_filing(filing, by=reviewer)
    if filing.kind != "registration":
        filing = actions.forward_filing(filing, by=reviewer)
    actions.decide_filing(filing, by=registrar)


def _set_passwords(password: str) -> None:
    for user in User.objects.filter(username__in=["admin", "reviewer", "filer", "stranger"]):
        user.set_password(password)
        user.save(update_fields=["password"])
