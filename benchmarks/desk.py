"""
The pages of the desk with few and with many filings: CPU, time, time in the database, queries and bytes of each page.

The filings are planted and swept, then spread over the workflow as after twelve weeks: every share, that of the open and
assigned ones as well, is the same at both sizes, so that a page that costs more at the second size grows with the table.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import random
import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.models import OuterRef, Subquery
from django.test import Client
from django.utils import timezone

from benchmarks.generator import DEFECTS, plant
from benchmarks.register import SYLLABLES
from compliance.casework.commenting import comment_on
from compliance.checking import check_filings, due_marks
from compliance.checking.dispatch import ANNOUNCER
from compliance.filings import actions
from compliance.filings.history.triggers import create_triggers, drop_triggers
from compliance.letters.sending import return_filing
from compliance.models import Assignment, Document, DocumentFacts, Event, Filing, Look, Notice
from compliance.statistics.desk_figures import count_figures
from registry.models import Membership, Organization, StaffRole, User
from registry.names import key_of
from registry.search import searched_by
from tests.building import ABSENT, USCC, parsed
from tests.making_filings import a_submitted_filing

Report = Callable[[str, str], None]
SIZES = (3_000, 100_000)
PLANTED_AT_ONCE = 10_000
SEED = 20261130
WARM_UP, ROUNDS, RUNS = 3, 10, 3
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
LIMITS = {"list": (60.0, 150.0), "case": (80.0, 120.0)}
GROWTH = 0.20


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the desk: who opens it in which language, its address, and its kind, which has limits of its own."""

    name: str
    reader: tuple[str, str]
    url: str
    kind: str = ""


@dataclass(slots=True)
class Figures:
    """What a page costs: CPU and wall time of each request in ms, of one request the queries with their ms, and its kB."""

    cpu: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)
    queries: list[float] = field(default_factory=list)
    kilobytes: float = 0

    @property
    def cpu_ms(self) -> float:
        return statistics.mean(self.cpu)

    @property
    def wall_ms(self) -> float:
        """The lower quartile: whoever else uses the machine makes the slower ones slow."""
        return statistics.quantiles(self.wall, n=4)[0]

    def add(self, more: Figures) -> None:
        """Add what was measured at another time; of the queries, keep the faster ones."""
        self.cpu += more.cpu
        self.wall += more.wall
        self.queries = min((found for found in (self.queries, more.queries) if found), key=sum)
        self.kilobytes = max(self.kilobytes, more.kilobytes)

    def __str__(self) -> str:
        return (
            f"{self.cpu_ms:6.1f} ms CPU {self.wall_ms:7.1f} ms, of which database {sum(self.queries):7.1f} ms "
            f"{len(self.queries):3} queries {self.kilobytes:6.1f} kB"
        )


def measure_desk(report: Report) -> None:
    """Measure every page at both sizes, in turn, then report what grows and what is over its limit."""
    ANNOUNCER.announce = lambda task, *args: None  # type: ignore[method-assign]
    _empty()
    planting, many = Planting(), os.environ["DATABASE_URL"]
    _grow(planting, SIZES[0], report)
    with _copy_of_the_database() as few:
        _grow(planting, SIZES[1], report)
        pages = planting.pages()
        figures = {url: {page.name: Figures() for page in pages} for url in (few, many)}
        for url in (few, many) * RUNS:
            for name, found in _measured_apart(url, pages).items():
                figures[url][name].add(found)
    for size, url in zip(SIZES, (few, many), strict=True):
        for name, found in figures[url].items():
            report(f"{size:,} filings: {name}", str(found))
    for page in pages:
        verdict = _verdict(page, figures[few][page.name], figures[many][page.name])
        report(f"from {SIZES[0]:,} to {SIZES[1]:,}: {page.name}", verdict)


def _grow(planting: Planting, size: int, report: Report) -> None:
    planting.grow(size)
    took = _seconds(count_figures)
    report(f"{size:,} filings: counting the figures of the first page", f"{took * 1000:,.0f} ms")


@contextmanager
def _copy_of_the_database() -> Iterator[str]:
    """Keep a copy of the database as it is now, so that both sizes can be measured side by side."""
    name = str(connection.settings_dict["NAME"])
    connection.close()
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}_few" TEMPLATE "{name}"')
    try:
        yield f"{os.environ['DATABASE_URL']}_few"
    finally:
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{name}_few" WITH (FORCE)')


def _empty() -> None:
    """Empty the database of what earlier benchmarks left in it, and load the catalog again."""
    with connection.schema_editor() as editor:
        drop_triggers(None, editor)
    call_command("flush", interactive=False, verbosity=0)
    with connection.schema_editor() as editor:
        create_triggers(None, editor)
    call_command("load_catalog", verbosity=0)


def _verdict(page: Page, few: Figures, many: Figures) -> str:
    cpu, wall = many.cpu_ms / few.cpu_ms - 1, many.wall_ms / few.wall_ms - 1
    most_cpu, most_kilobytes = LIMITS.get(page.kind, (float("inf"), float("inf")))
    faults = [
        fault
        for fault, is_one in {
            f"grows by more than {GROWTH:.0%}": max(cpu, wall) > GROWTH,
            f"CPU over {most_cpu:.0f} ms": max(few.cpu_ms, many.cpu_ms) > most_cpu,
            f"over {most_kilobytes:.0f} kB": max(few.kilobytes, many.kilobytes) > most_kilobytes,
        }.items()
        if is_one
    ]
    return (
        f"CPU {few.cpu_ms:6.1f} to {many.cpu_ms:6.1f} ms {cpu:+5.0%}, wall {few.wall_ms:6.1f} to {many.wall_ms:7.1f} ms {wall:+5.0%}"
        f" {'; '.join(faults) or 'ok'}"
    )


def _measured_apart(url: str, pages: list[Page]) -> dict[str, Figures]:
    """Measure the pages in a process of their own: in this one, what planting left in memory makes everything slower."""
    own, os.environ["DATABASE_URL"] = os.environ["DATABASE_URL"], url
    try:
        with multiprocessing.get_context("spawn").Pool(1, initializer=django.setup) as pool:
            return dict(pool.apply(_measured, (pages,)))
    finally:
        os.environ["DATABASE_URL"] = own


def _measured(pages: list[Page]) -> dict[str, Figures]:
    """Open all pages in turn, so that slow moments of the machine affect all of them equally."""
    settings.ALLOWED_HOSTS = ["*"]
    # Figures of the day, as a worker keeps them.
    count_figures()
    opened = [(page, _client(*page.reader), Figures()) for page in pages]
    for page, client, _ in opened * WARM_UP:
        _get(client, page)
    # The collector would go through all modules once in some hundred requests, always at the same page.
    gc.collect()
    gc.freeze()
    for page, client, found in opened * ROUNDS:
        wall, cpu = time.perf_counter(), time.process_time()
        content = _get(client, page)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        found.cpu.append(cpu * 1000)
        found.wall.append(wall * 1000)
        found.kilobytes = len(content) / 1000
    for page, client, found in opened:
        found.queries = min((_queries(client, page) for _ in range(WARM_UP)), key=sum)
    return {page.name: found for page, _, found in opened}


@cache
def _client(username: str, language: str) -> Client:
    client = Client(headers={"Accept-Language": language})
    client.force_login(User.objects.get(username=username))
    return client


def _queries(client: Client, page: Page) -> list[float]:
    """Return how long each query of a page takes, in ms."""
    stopwatch = _Stopwatch()
    with connection.execute_wrapper(stopwatch):
        _get(client, page)
    return stopwatch.times


def _get(client: Client, page: Page) -> bytes:
    response = client.get(page.url)
    assert response.status_code == 200, (page.name, response.status_code)
    return bytes(response.content)


@dataclass(frozen=True, slots=True)
class _Stopwatch:
    """Writes down how long each query takes, in ms."""

    times: list[float] = field(default_factory=list)

    def __call__(self, execute: Callable[..., Any], *query: Any) -> Any:
        start = time.perf_counter()
        try:
            return execute(*query)
        finally:
            self.times.append((time.perf_counter() - start) * 1000)


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


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
            _execute("VACUUM ANALYZE")
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
        _write(rows)
        self._write_history(rows)
        _write_register(rows[0].pk)
        _resolve_flags(rows[0].pk)

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
        _execute("VACUUM ANALYZE")
        return filing


def _staff(username: str, role: str, provinces: Sequence[str] = ()) -> User:
    user = User.objects.create_user(username, is_staff=True)
    StaffRole.objects.create(user=user, role=role, provinces=list(provinces))
    return user


def _sweep() -> None:
    """Check all due filings as one worker does; the statistics of the planner must know the filings just planted."""
    _execute("VACUUM ANALYZE compliance_filing")
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


# The columns that a filing's state changes, with their types.
COLUMNS = {
    **dict.fromkeys(("status", "province", "jurisdiction", "clock"), "text"),
    **dict.fromkeys(("service_name", "service_key", "search_text", "search_grams"), "text"),
    **dict.fromkeys(("opened_at", "first_submitted_at", "submitted_at", "accepted_at"), "timestamptz"),
    **dict.fromkeys(("returned_at", "decided_at", "changed_at"), "timestamptz"),
    "due_on": "date",
    "assignee_id": "bigint",
    "last_event_number": "int",
}


def _write(rows: list[Filing]) -> None:
    """Write the states of filings in one update; `bulk_update` takes minutes for so many."""
    sets = ", ".join(f"{name} = given.{name}" for name in COLUMNS)
    arrays = ", ".join(f"%s::{kind}[]" for kind in ("bigint", *COLUMNS.values()))
    values: list[list[int | str | date | datetime | None]] = [
        [getattr(row, name) for row in rows] for name in ("id", *COLUMNS)
    ]
    given = f"unnest({arrays}) AS given (id, {', '.join(COLUMNS)})"
    _execute(f"UPDATE compliance_filing SET {sets} FROM {given} WHERE compliance_filing.id = given.id", values)


def _write_register(first: int) -> None:
    """Write what the submissions and decisions state in the register: a source, a service, a model and a number of each filing."""
    source = "JOIN registry_source AS s ON s.key = 'filing:' || f.uid"
    statements = (
        # Sources
        "INSERT INTO registry_source (uid, kind, key, label, citation, filing_kind, owner_id, province, is_live, is_public,"
        " stated_at) SELECT gen_random_uuid(), 'filing', 'filing:' || uid, case_number, '', kind, applicant_id, province,"
        " status <> 'rejected', status = 'filed', submitted_at FROM compliance_filing WHERE id >= %s ORDER BY id",
        f"UPDATE compliance_filing SET source_id = s.id FROM compliance_filing AS f {source}"
        " WHERE f.id >= %s AND compliance_filing.id = f.id",
        # Services
        "INSERT INTO registry_service (uid, organization_id, name, name_key, registration_status, public_status, created_at,"
        " search_text, search_grams) SELECT gen_random_uuid(), applicant_id, service_name, service_key, 'unfiled', 'unfiled',"
        " submitted_at, search_text, search_grams FROM compliance_filing WHERE id >= %s ORDER BY id ON CONFLICT DO NOTHING",
        "INSERT INTO registry_servicestatement (source_id, service_id, name, forms, urls, description, domain, functions,"
        " algorithm_name, algorithm_type, algorithm_role, algorithm_filing_number) SELECT f.source_id, r.id, r.name, '[]', '[]',"
        " '', 'general', '[]', '', '', '', '' FROM compliance_filing AS f JOIN registry_service AS r"
        " ON r.organization_id = f.applicant_id AND r.name_key = f.service_key WHERE f.id >= %s ORDER BY f.id",
        # Models
        "INSERT INTO registry_aimodel (uid, key, developer_id, name, version, country, registration_status, public_status,"
        " created_at, search_text, search_grams) SELECT gen_random_uuid(), 'bench' || id, applicant_id, service_name, '1.0',"
        " 'CN', 'unfiled', 'unfiled', submitted_at, search_text, search_grams FROM compliance_filing WHERE id >= %s ORDER BY id",
        "INSERT INTO registry_modelstatement (source_id, model_id, named_model_id, rank, is_developers_own, speaks_of_lineage,"
        " key, name, version, developer_name, developer_country, access, development, modalities, architecture, license,"
        " filing_number, filing_number_key, license_terms_met, framework, annotation, family, structure, note)"
        " SELECT f.source_id, m.id, m.id, 2, true, false, 'main', m.name, '1.0', '', 'CN', 'own_deployment', 'from_scratch',"
        " '[]', '', '', '', '', '[]', '', '{}', '', '{}', '' FROM compliance_filing AS f JOIN registry_aimodel AS m"
        " ON m.key = 'bench' || f.id WHERE f.id >= %s ORDER BY f.id",
        # Official numbers
        "INSERT INTO registry_officialnumber (uid, number, key, kind, status, issued_on, is_held_by_filing, organization_id,"
        " holder, title, jurisdiction, place, algorithm_type, role, products, purpose, remark, search_text, search_grams)"
        " SELECT gen_random_uuid(), 'BENCH' || id, 'bench' || id, kind, 'filed', decided_at::date, true, applicant_id, '',"
        " service_name, province, '', '', '', '', '', '', search_text, search_grams FROM compliance_filing"
        " WHERE id >= %s AND status = 'filed' ORDER BY id",
        "UPDATE compliance_filing SET official_number_id = n.id FROM registry_officialnumber AS n"
        " WHERE compliance_filing.id >= %s AND n.key = 'bench' || compliance_filing.id",
    )
    for statement in statements:
        _execute(statement, [first])


def _resolve_flags(first: int) -> None:
    """What was decided has no open flags any more."""
    decided = "SELECT id FROM compliance_filing WHERE id >= %s AND status IN ('filed', 'rejected')"
    _execute(f"UPDATE compliance_flag SET resolved_at = now() WHERE filing_id IN ({decided})", [first])
    _execute(
        f"UPDATE compliance_filing SET error_count = 0, warning_count = 0, info_count = 0 WHERE id IN ({decided})",
        [first],
    )


def _execute(statement: str, values: Sequence[Any] | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
