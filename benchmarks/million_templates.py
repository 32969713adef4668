"""The filings that the benchmark of a million multiplies: made by the product's own actions, with their whole history."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import time_machine
from django.db.models import OuterRef, Subquery
from django.utils import timezone
from stdnum.cn.uscc import calc_check_digit

from benchmarks.generator import DEFECTS, facts_of
from compliance import demo
from compliance.checking.consequences import spread
from compliance.checking.dispatch import ANNOUNCER
from compliance.dossier.parsing import parse
from compliance.filings import actions
from compliance.letters.sending import reject_filing, return_filing
from compliance.models import Document, DocumentFacts, Filing, Notice
from compliance.notices.ordering import give_positions
from compliance.notices.raising import raise_from_changes
from registry.models import Membership, Organization, StaffRole, User
from tests.building import USCC, a_document
from tests.making_filings import check_everything, hold_documents

# What is replaced in every copy: the characters of the name of the applicant, and their transcription in official numbers.
NAME, LATIN = "丙丁戊己", "BingDingWuJi"
APPLICANT, APPLICANT_OF_EXAMPLES = f"示例{NAME}科技有限公司", "样例云图智能有限公司"
REVIEWERS = 12
PROVINCES = ("11", "31", "33", "44", "51")
DAY = timedelta(days=1)
# The verbs after the submission, by the day on which each was done: of filings that are closed, and of those in the queues.
ARCHIVED: tuple[tuple[str, ...], ...] = (
    *[("accept", "forward", "forward", "decide")] * 11,
    *[("return", "submit", "accept", "forward", "forward", "decide")] * 3,
    ("accept", "forward", "reject"),
    ("return", "submit", "accept", "forward", "reject"),
    ("withdraw",),
    *(("accept", "forward", "forward", "decide", last) for last in ("suspend", "revoke", "cancel")),
)
OPEN: tuple[tuple[str, ...], ...] = (
    *[()] * 5,
    *[("return", "submit")] * 3,
    *[("accept",)] * 4,
    *[("accept", "forward")] * 2,
    *[("accept", "forward", "forward")] * 3,
    *[("return",)] * 3,
)
KINDS = ("algorithm", "generative", "algorithm", "registration", "algorithm")


def uscc_of(entity: str) -> str:
    """Return the valid social credit code of an organization in Shenzhen."""
    base = f"91440300{entity}"
    return base + str(calc_check_digit(base))


@dataclass(frozen=True, slots=True)
class Family:
    """The filings of one applicant that are copied together: its social credit code, and the verbs of each filing."""

    name: str
    uscc: str
    histories: tuple[tuple[str, ...], ...]


# What every copy refers to, such as base models and what is counted in documents, is made by the first family.
FIRST = Family("first", USCC, ((),) * 4)
ARCHIVE = Family("archive", uscc_of("MA9000001"), ARCHIVED)
QUEUES = Family("queues", uscc_of("MA9000002"), OPEN)


class People:
    """Who files, who reviews and who decides."""

    def __init__(self) -> None:
        ANNOUNCER.announce = lambda task, *args: None  # type: ignore[method-assign]
        self.filer = User.objects.create_user("bench-filer")
        self.reviewers = [_staff(f"bench-reviewer-{i}", "reviewer") for i in range(REVIEWERS)]
        self.registrar = _staff("bench-registrar", "registrar")

    def join(self, family: Family) -> None:
        """Create the applicant of a family, for which the filer files."""
        organization = Organization.objects.create(uscc=family.uscc, name=APPLICANT)
        Membership.objects.create(user=self.filer, organization=organization, role="filer")
        self.filer = User.objects.get(pk=self.filer.pk)


def make(family: Family, people: People) -> None:
    """Make the filings of a family, each step on a day of its own, then check them and tell people of them."""
    people.join(family)
    began = timezone.now() - (2 + max(map(len, family.histories))) * DAY
    filings = [_opened(family, i, people, began) for i in range(len(family.histories))]
    for filing, verbs in zip(filings, family.histories, strict=True):
        for day, verb in enumerate(verbs, 1):
            with time_machine.travel(began + day * DAY, tick=True):
                _step(filing, verb, people)
    spread()
    check_everything()
    give_positions()
    raise_from_changes()
    # Of those whom a notice went to, one is left: in the copies another one each time.
    Notice.objects.exclude(user=people.reviewers[0]).delete()
    Notice.objects.update(read_at=timezone.now(), mail_due_at=None)


def _staff(username: str, role: str) -> User:
    user = User.objects.create_user(username, is_staff=True)
    StaffRole.objects.create(user=user, role=role, provinces=list(PROVINCES) if role == "reviewer" else [])
    return user


def _opened(family: Family, i: int, people: People, at: datetime) -> Filing:
    """Open and submit a filing; those that nobody has accepted have the defects of the generator, one after the other."""
    kind = KINDS[i % len(KINDS)]
    defects = [defect for _, defect, _ in DEFECTS[kind]]
    is_clean = bool({"accept", "withdraw"} & set(family.histories[i]))
    text = json.dumps(_dossier(family, i, kind, {} if is_clean else defects[i % len(defects)]), ensure_ascii=False)
    with time_machine.travel(at, tick=True):
        filing, _ = actions.open_filing(parse(text.encode()), by=people.filer)
        _hold_documents(filing, people.filer)
        return actions.submit_filing(filing, by=people.filer)


def _dossier(family: Family, i: int, kind: str, defect: dict[str, Any]) -> Any:
    changes = {"/reference": f"{family.uscc}-{i}", "/service/name": f"{NAME}写作助手{i}", "/service/launched_on": None}
    document = a_document(kind, changes | defect)
    if kind == "generative":
        _put_on_base(document["models"], f"{NAME}大模型{i}")
    if document.get("algorithm"):
        document["algorithm"]["name"] = f"{NAME}生成算法{i}"
    text = json.dumps(document, ensure_ascii=False)
    return json.loads(text.replace(APPLICANT_OF_EXAMPLES, APPLICANT).replace(USCC, family.uscc))


def _put_on_base(models: list[Any], name: str) -> None:
    """Let the model of a dossier derive from a known one, as that of the demonstration does."""
    demonstrated = json.loads((demo.FOLDER / "dossiers" / "generative-on-qwen.json").read_text())["models"]
    derived = {key: demonstrated[0][key] for key in ("development", "derived_from", "released_on", "training")}
    models[0] |= {"name": name, **derived}
    models.append(demonstrated[1])


def _hold_documents(filing: Filing, by: User) -> None:
    hold_documents(filing, by)
    for sha256, filename in filing.documents.values_list("sha256", "filename"):
        facts_of(sha256, filename)
    facts = DocumentFacts.objects.filter(sha256=OuterRef("sha256")).values("pk")[:1]
    Document.objects.filter(filing=filing).update(facts=Subquery(facts))


def _step(filing: Filing, verb: str, people: People) -> None:
    if verb in ("submit", "withdraw"):
        getattr(actions, f"{verb}_filing")(filing, by=people.filer)
    elif verb == "return":
        return_filing(filing, by=people.reviewers[0], reason="请补正。")
    elif verb == "reject":
        reject_filing(filing, by=people.registrar, reason="不予备案。")
    else:
        _decide(filing, verb, people)


def _decide(filing: Filing, verb: str, people: People) -> None:
    by = people.reviewers[0] if verb in ("accept", "forward") else people.registrar
    status = Filing.objects.values_list("status", flat=True).get(pk=filing.pk)
    # The province decides on registrations: they are not forwarded to the nation.
    if verb == "forward" and filing.kind == "registration" and status == "provincial_review":
        return
    reason = {"reason": "依申请。"} if verb in ("suspend", "revoke", "cancel") else {}
    getattr(actions, f"{verb}_filing")(filing, by=by, **reason)
