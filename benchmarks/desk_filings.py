"""The filings of the benchmark of the desk: planted, swept, and spread over the workflow as after twelve weeks."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import OuterRef, Subquery
from django.utils import timezone

from benchmarks.desk_rows import execute, resolve_flags, write, write_register
from benchmarks.generator import DEFECTS, plant
from benchmarks.register import SYLLABLES
from compliance.casework.commenting import comment_on
from compliance.checking import check_filings, due_marks
from compliance.filings import actions
from compliance.letters.sending import return_filing
from compliance.models import Assignment, Document, DocumentFacts, Event, Filing, Look, Notice
from registry.models import Membership, Organization, StaffRole, User
from registry.names import key_of
from registry.search import searched_by
from tests.building import ABSENT, USCC, parsed
from tests.making_filings import a_submitted_filing

PLANTED_AT_ONCE = 10_000
SEED = 20261130
DAY = timedelta(days=1)
WEEKS = 12 * 7 * DAY
PROVINCES = ("11", "31", "33", "44", "51")
REVIEWERS = 12
TOPICS = ["写作", "客服", "绘画", "翻译", "问答", "推荐", "检索", "编程", "配音", "阅读", "法律", "导购"]
FORMS = ("助手", "平台", "引擎", "大模型")
TWO_CHARACTERS, RARE = "写作", "稀有"
# The share of the filings in each status, and the verbs that led to it.
STATUSES: dict[str, tuple[int, tuple[str, ...]]] = {
    "submitted": (8, ("submit",)),
    "answered": (4, ("submit", "return", "submit")),
    "accepted": (8, ("submit", "accept")),
    "provincial_review": (8, ("submit", "accept", "forward")),
    "national_review": (6, ("submit", "accept", "forward", "forward")),
    "returned": (10, ("submit", "return")),
    "filed": (48, ("submit", "return", "submit", "accept", "forward", "decide")),
    "rejected": (8, ("submit", "accept", "forward", "reject")),
}
UNDECIDED = frozenset(STATUSES) - {"filed", "rejected"}
MOVES_TO = {"submit": "submitted", "return": "returned", "accept": "accepted", "decide": "filed", "reject": "rejected"}
ASSIGNED, CLOCKED, LOOKED_AT = 0.6, 0.5, 0.2
# The last days of clocks, from today: a fifth is over, a tenth ends soon.
FIRST_DUE, LAST_DUE = -7, 28
# The flags of a case with many of them, besides those of the generator.
RISKS = ("A.1.a", "A.1.c", "A.1.e", "A.2.a", "A.2.c", "A.2.e", "A.3.a", "A.4.a")
MORE_DEFECTS = {
    "/assessment/content_tests": ABSENT,
    "/models/0/corpora/1/manual_sample/size": 100,
    "/models/0/corpora/1/license": None,
    **{f"/assessment/questions/per_risk/{risk}": 5 for risk in RISKS},
}

# The most that a page may cost, by its kind: milliseconds of CPU, and kB. No page may grow by more than GROWTH.


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the desk: who opens it in which language, its address, and its kind, which has limits of its own."""

    name: str
    reader: tuple[str, str]
    url: str
    kind: str = ""


class Planting:
    """A desk with its people, a case with many flags, and a growing number of filings in all states."""

    def __init__(self) -> None:
        self.rng = random.Random(SEED)
        self.filer = User.objects.create_user("bench-filer")
        self.registrar = _staff("bench-registrar", "registrar")
        self.reviewers = [_staff(f"bench-reviewer-{i}", "reviewer", PROVINCES) for i in range(REVIEWERS)]
        self.reviewer, self.planted = self.reviewers[0], 0
        self.case: Filing | None = None

    def grow(self, size: int) -> None:
        """Plant up to so many filings, sweep them, and spread them over the workflow."""
        while self.planted < size:
            number = min(PLANTED_AT_ONCE, size - self.planted)
            last = Filing.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
            plant(number, self.filer, first=self.planted)
            _sweep()
            self._spread(Filing.objects.filter(pk__gt=last).select_related("applicant").order_by("pk"))
            self.planted += number
            # The tables are kept in the state in which autovacuum keeps them.
            execute("VACUUM ANALYZE")
        if self.case is None:
            self.case = self._a_case_with_many_flags()

    def pages(self) -> list[Page]:
        """Return the pages that are measured, for the reviewer, in Chinese as well, and the registrar."""
        assert self.case
        reviewer, registrar = (self.reviewer.username, "en"), (self.registrar.username, "en")
        chinese = (self.reviewer.username, "zh-hans")
        filings, case = "/admin/compliance/filing/", f"/admin/compliance/filing/{self.case.pk}/change/?queue=unassigned"
        queues = ("mine", "unassigned", "overdue", "due_soon", "answered", "to_decide", "returned")
        return [
            Page("first page", reviewer, "/admin/"),
            Page("first page, registrar", registrar, "/admin/"),
            Page("list", reviewer, filings, "list"),
            Page("list, in Chinese", chinese, filings, "list"),
            Page("list, registrar", registrar, filings, "list"),
            *(Page(f"queue {name}", reviewer, f"{filings}?queue={name}", "list") for name in queues),
            Page("queue to_decide, registrar", registrar, f"{filings}?queue=to_decide", "list"),
            Page("queue overdue, registrar", registrar, f"{filings}?queue=overdue", "list"),
            Page("list of a status and a province", reviewer, f"{filings}?status=submitted&province=44", "list"),
            Page("list by errors", reviewer, f"{filings}?sort=-errors", "list"),
            Page("list by submission", reviewer, f"{filings}?sort=submitted", "list"),
            Page("list by deadline", reviewer, f"{filings}?sort=due", "list"),
            Page("list by deadline, the last first", reviewer, f"{filings}?sort=-due", "list"),
            Page("list, last page", reviewer, f"{filings}?page=20", "list"),
            Page("list, search of two characters", reviewer, f"{filings}?q={TWO_CHARACTERS}", "list"),
            Page("list, search of a rare name", reviewer, f"{filings}?q={RARE}", "list"),
            Page("case with many flags", reviewer, case, "case"),
            Page("case with many flags, in Chinese", chinese, case, "case"),
            Page("case with many flags, registrar", registrar, case, "case"),
            Page("notices", reviewer, "/admin/notices/"),
            Page("reviewers", reviewer, "/admin/reviewers/"),
            Page("search of two characters", reviewer, f"/admin/search/?q={TWO_CHARACTERS}"),
            Page("search of two characters, registrar", registrar, f"/admin/search/?q={TWO_CHARACTERS}"),
            Page("search of a rare name", reviewer, f"/admin/search/?q={RARE}"),
            Page("flags", reviewer, "/admin/compliance/flag/", "list"),
            Page("flags, registrar", registrar, "/admin/compliance/flag/", "list"),
            Page("events", reviewer, "/admin/compliance/event/", "list"),
            Page("events, registrar", registrar, "/admin/compliance/event/", "list"),
        ]

    def _spread(self, filings: Iterable[Filing]) -> None:
        """Give filings the states of twelve weeks, with their history, the people who work on them, and the register."""
        rows = list(filings)
        _name_applicants({filing.applicant_id: filing.applicant for filing in rows}.values(), self.rng)
        for filing in rows:
            self._set_state(filing)
        write(rows)
        self._write_history(rows)
        write_register(rows[0].pk)
        resolve_flags(rows[0].pk)

    def _set_state(self, filing: Filing) -> None:
        rng, now = self.rng, timezone.now()
        state = rng.choices(list(STATUSES), weights=[share for share, _ in STATUSES.values()])[0]
        is_open = state in UNDECIDED
        verbs = STATUSES[state][1]
        # What is still open came in during the last five weeks.
        began = now - rng.random() * (35 * DAY if is_open else WEEKS)
        moments = [began, *sorted(began + rng.random() * (now - began) for _ in verbs[1:])]
        last = dict(zip(verbs, moments, strict=True))
        filing.status = "submitted" if state == "answered" else state
        filing.opened_at, filing.first_submitted_at, filing.submitted_at = began - DAY, began, last["submit"]
        filing.accepted_at, filing.returned_at = last.get("accept"), last.get("return")
        filing.decided_at = last.get("decide") or last.get("reject")
        filing.changed_at, filing.last_event_number = moments[-1], len(verbs)
        filing.province = filing.jurisdiction = rng.choice(PROVINCES)
        filing.clock, filing.due_on = self._deadline(state)
        filing.assignee = self._assignee() if rng.random() < ASSIGNED else None
        filing.service_name = _service_name(filing, rng)
        filing.service_key = key_of(filing.service_name)
        texts = (filing.case_number, filing.service_name, filing.reference)
        found = searched_by(*texts, filing.applicant.name, filing.applicant.uscc)
        filing.search_text, filing.search_grams = found["search_text"], found["search_grams"]
        filing.__dict__["history"] = list(zip(verbs, moments, strict=True))

    def _assignee(self) -> User:
        """Return somebody of the province; everybody reviews all of them, but one in ten goes to the reviewer who is measured."""
        return self.reviewer if self.rng.random() < 0.1 else self.rng.choice(self.reviewers[1:])

    def _deadline(self, state: str) -> tuple[str, date | None]:
        clock = {"returned": "correction"}.get(state, "decision" if "accept" in STATUSES[state][1] else "")
        if state not in UNDECIDED or not clock or self.rng.random() > CLOCKED:
            return "", None
        return clock, timezone.localdate() + self.rng.randint(FIRST_DUE, LAST_DUE) * DAY

    def _write_history(self, rows: list[Filing]) -> None:
        rng = self.rng
        Event.objects.bulk_create(self._events(rows), batch_size=5_000)
        Assignment.objects.bulk_create(
            Assignment(filing=row, assignee=row.assignee, by=self.registrar, at=row.changed_at)
            for row in rows
            if row.assignee
        )
        Look.objects.bulk_create(
            Look(user=user, filing=row, event_number=rng.randint(0, row.last_event_number), at=row.changed_at)
            for row in rows
            for user in (self.reviewer, self.registrar)
            if rng.random() < LOOKED_AT
        )
        Notice.objects.bulk_create(
            Notice(
                user=row.assignee or rng.choice(self.reviewers),
                kind="received",
                key=f"received:{row.pk}",
                filing=row,
                values={"case": row.case_number, "applicant": row.applicant.name},
                at=row.submitted_at,
                read_at=row.changed_at if rng.random() < 0.8 else None,
            )
            for row in rows
        )

    def _events(self, rows: list[Filing]) -> Iterator[Event]:
        for row in rows:
            before, hashed = "draft", ""
            for number, (verb, at) in enumerate(row.__dict__["history"], 1):
                by = self.filer if verb == "submit" else self.reviewer
                # A second forwarding leads to the national review.
                after = MOVES_TO.get(verb, "national_review" if before == "provincial_review" else "provincial_review")
                line: dict[str, Any] = {"verb": verb, "from_status": before, "to_status": after, "at": at}
                yield Event(
                    filing=row,
                    number=number,
                    by=by,
                    actor=by.username,
                    previous_hash=hashed,
                    hash=f"{number:064}",
                    **line,
                )
                before, hashed = after, f"{number:064}"

    def _a_case_with_many_flags(self) -> Filing:
        """Return a generative filing that was returned with a letter, answered with many flags left, and commented on."""
        organization = Organization.objects.create(uscc=USCC, name="样例云图智能有限公司")
        Membership.objects.create(user=self.filer, organization=organization, role="filer")
        filer = User.objects.get(pk=self.filer.pk)
        changes = {name: value for _, defect, _ in DEFECTS["generative"] for name, value in defect.items()}
        changes |= MORE_DEFECTS | {"/reference": "bench-case", "/service/name": "晨星写作助手示例"}
        filing = a_submitted_filing(filer, "generative", changes)
        facts = DocumentFacts.objects.filter(sha256=OuterRef("sha256")).values("pk")[:1]
        Document.objects.filter(filing=filing).update(facts=Subquery(facts))
        filing = return_filing(filing, by=self.registrar, reason="请补正。")
        changes |= {"/service/audience": "成年人。", "/applicant/contact/phone": "13900000001"}
        filing = actions.edit_dossier(filing, parsed("generative", changes), by=filer)
        filing = actions.submit_filing(filing, by=filer)
        for i in range(6):
            comment_on(filing, f"@{self.reviewers[i].username} 请核对第 {i + 1} 项。", by=self.registrar)
        _sweep()
        execute("VACUUM ANALYZE")
        return filing


def _staff(username: str, role: str, provinces: Sequence[str] = ()) -> User:
    user = User.objects.create_user(username, is_staff=True)
    StaffRole.objects.create(user=user, role=role, provinces=list(provinces))
    return user


def _sweep() -> None:
    """Check all due filings as one worker does; the statistics of the planner must know the filings just planted."""
    execute("VACUUM ANALYZE compliance_filing")
    Filing.objects.due().update(leased_until=None)
    while ranges := due_marks.lease_due():
        for first, last in ranges:
            check_filings.check_range(first, last)


def _service_name(filing: Filing, rng: random.Random) -> str:
    if filing.reference == "bench-7":
        return "稀有名称助手"
    return "".join([rng.choice(SYLLABLES), rng.choice(SYLLABLES), rng.choice(TOPICS), rng.choice(FORMS)])


def _name_applicants(applicants: Iterable[Organization], rng: random.Random) -> None:
    for applicant in applicants:
        if applicant.name.startswith("bench"):
            applicant.name = f"示例{rng.choice(SYLLABLES)}{rng.choice(SYLLABLES)}科技有限公司{applicant.pk}"
            applicant.save()
