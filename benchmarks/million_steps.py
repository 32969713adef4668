"""What the benchmark of a million measures: requests to the API, the desk and the public register, and the work of the night."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cache, partial
from itertools import count
from typing import Any
from uuid import uuid4

from django.test import Client
from django.utils import timezone

from compliance import tasks
from compliance.checking import check_filings, dispatch, due_marks
from compliance.models import Change, Filing
from compliance.opendata import archiving
from compliance.reports.catalog import REPORTS
from compliance.reports.periods import Every, ended_periods
from compliance.reports.runs import ask_run, write_run
from compliance.statistics import desk_figures, public_figures
from registry.models import AIModel, Membership, User
from registry.tokens import create_token
from tests.building import a_document

API, LIST, DESK, CASES = "/api/v1", "/api/v1/filings/", "/admin", "/admin/compliance/filing/"
REVIEWER, REGISTRAR, FILER = "bench-reviewer-0", "bench-registrar", "bench-filer"
Step = Callable[[], Any]


@dataclass(frozen=True)
class Sample:
    """A filing in the middle of the archive, with what people know of it."""

    filing: Filing
    model: AIModel
    last_position: int

    @classmethod
    def of_the_archive(cls) -> Sample:
        """Return a filed filing with a model of its own: the first one after the middle of all keys."""
        last = Filing.objects.values_list("pk", flat=True).latest("pk")
        filed = Filing.objects.filter(pk__gt=last // 2, status="filed", kind="generative").order_by("pk")
        filing = filed.select_related("applicant", "official_number").first()
        assert filing
        model = AIModel.objects.filter(developer=filing.applicant_id).earliest("pk")
        position = Change.objects.exclude(position=None).values_list("position", flat=True).latest("position")
        return cls(filing, model, int(position or 0))


def requests() -> dict[str, Step]:
    """Return the requests by their names; each one can be made again and again."""
    sample = Sample.of_the_archive()
    return {**_of_api(sample), **_of_changes(sample), **_of_desk(sample), **_of_register(sample), **_writing()}


def _of_api(sample: Sample) -> dict[str, Step]:
    filing = sample.filing
    one, page = f"{LIST}{filing.uid}/", partial(_cursor, filing)
    urls = {
        "list": LIST,
        "list, deep page": f"{LIST}?cursor={page(None)}",
        "list, of a status": f"{LIST}?status=submitted",
        "list, of a status, deep page": f"{LIST}?status=filed&cursor={page(None)}",
        "list, by change": f"{LIST}?sort=-changed_at",
        "list, by submission": f"{LIST}?sort=-submitted_at",
        "list, by submission, deep page": f"{LIST}?sort=-submitted_at&cursor={page(filing.submitted_at)}",
        "list, by submission, the oldest first": f"{LIST}?sort=submitted_at",
        "list, by case number": f"{LIST}?sort=case_number",
        "list, decided since yesterday": f"{LIST}?decided_after={(timezone.now() - timedelta(days=1)):%Y-%m-%dT%H:%M:%SZ}",
        "list, of an applicant": f"{LIST}?applicant={filing.applicant.uscc}",
        "list, with an open error": f"{LIST}?level=error",
        "list, with an open flag of a rule": f"{LIST}?rule=PRO-08",
        "list, search of an applicant": f"{LIST}?q={filing.applicant.name}",
        "one filing": one,
        "its flags": f"{one}flags/",
        "its events": f"{one}events/",
        "events of all": f"{API}/events/",
        "AI models": f"{API}/models/",
        "organizations": f"{API}/organizations/",
        "services": f"{API}/services/",
        "official numbers": f"{API}/register/",
    }
    read = {f"API: {name}": _getting(_api(REVIEWER), url) for name, url in urls.items()}
    return {**read, "API: list, of a filer": _getting(_api(FILER), LIST)}


def _of_changes(sample: Sample) -> dict[str, Step]:
    url = f"{LIST}changes/"
    return {
        "API: changes from the beginning": _getting(_api(REVIEWER), url),
        "API: changes from the middle": _getting(_api(REVIEWER), f"{url}?after={sample.last_position // 2}"),
        "API: changes, the last ones": _getting(_api(REVIEWER), f"{url}?after={sample.last_position - 100}"),
        "API: changes, of a filer": _getting(_api(FILER), url),
        "API: changes, of a filer, nothing new": _getting(_api(FILER), f"{url}?after={sample.last_position - 100}"),
    }


def _of_desk(sample: Sample) -> dict[str, Step]:
    filing = sample.filing
    urls = {
        "first page": f"{DESK}/",
        "list": CASES,
        "list, last page": f"{CASES}?page=20",
        "queue unassigned": f"{CASES}?queue=unassigned",
        "queue overdue": f"{CASES}?queue=overdue",
        "list of a status and a province": f"{CASES}?status=filed&province=44",
        "list by submission": f"{CASES}?sort=submitted",
        "list by submission, the newest first": f"{CASES}?sort=-submitted",
        "list by errors": f"{CASES}?sort=-errors",
        "search by case number": f"{DESK}/search/?q={filing.case_number}",
        "search by a part of a case number": f"{DESK}/search/?q={filing.case_number[3:-1]}",
        "search by an applicant": f"{DESK}/search/?q={filing.applicant.name}",
        "search by a word of all names": f"{DESK}/search/?q=科技有限公司",
        "search by a model": f"{DESK}/search/?q={sample.model.name}",
        "search without a hit": f"{DESK}/search/?q=稀有名称",
        "case": f"{CASES}{filing.pk}/change/",
        "flags": f"{DESK}/compliance/flag/",
        "events": f"{DESK}/compliance/event/",
        "AI models": f"{DESK}/registry/aimodel/",
        "organizations": f"{DESK}/registry/organization/",
        "official numbers": f"{DESK}/registry/officialnumber/",
        "notices": f"{DESK}/notices/",
        "reviewers": f"{DESK}/reviewers/",
    }
    read = {f"desk: {name}": _getting(_desk(REVIEWER), url) for name, url in urls.items()}
    return {**read, "desk: first page, registrar": _getting(_desk(REGISTRAR), f"{DESK}/")}


def _of_register(sample: Sample) -> dict[str, Step]:
    number = sample.filing.official_number
    assert number
    urls = {
        "first page": "/register/",
        "page 10": "/register/?page=10",
        "search by a holder": f"/register/?q={sample.filing.applicant.name}",
        "search by a word of all names": "/register/?q=科技有限公司",
        "search by a number": f"/register/?q={number.number}",
        "of a kind and a province": "/register/?kind=generative&province=44",
        "suggestions": f"/register/suggestions/?q={sample.model.name[:3]}",
        "an entry": f"/register/{number.uid}/",
        "open data": "/register/data/",
        "feed": "/register/new.atom",
        "site map": "/sitemap.xml",
    }
    return {f"register: {name}": _getting(Client(), url) for name, url in urls.items()}


def _cursor(filing: Filing, value: Any) -> str:
    place = [0, value.isoformat() if value else None, filing.pk]
    return urlsafe_b64encode(json.dumps(place).encode()).decode()


def _getting(client: Client, url: str) -> Step:
    def get() -> None:
        response = client.get(url)
        assert response.status_code == (302 if "/search/?q=F2" in url else 200), (url, response.status_code)

    return get


@cache
def _api(username: str) -> Client:
    user = User.objects.get(username=username)
    if username == FILER:
        # Filings in the middle of the archive, and the applicant of the new ones.
        filing = Sample.of_the_archive().filing
        Membership.objects.filter(user=user).exclude(organization__uscc=_dossier("x")["applicant"]["uscc"]).delete()
        Membership.objects.get_or_create(user=user, organization=filing.applicant, defaults={"role": "filer"})
    return Client(headers={"Authorization": f"Token {create_token(user)}"})


@cache
def _desk(username: str) -> Client:
    client = Client(headers={"Accept-Language": "zh-hans"})
    client.force_login(User.objects.get(username=username))
    return client


# --- writing ------------------------------------------------------------------------------------------------
def _writing() -> dict[str, Step]:
    opened = _opening(count())
    return {
        "API: open a filing": lambda: next(opened),
        "API: submit it": lambda: _post(f"{LIST}{_last_opened()}/submit/", None),
        "check of one due filing": _check_one,
    }


def _dossier(reference: str) -> Any:
    return a_document("generative", {"/reference": reference, "/service/name": f"bench {reference}"})


def _opening(numbers: Iterator[int]) -> Iterator[None]:
    run = uuid4()
    for number in numbers:
        _post(LIST, _dossier(f"{run} {number}"))
        yield


def _last_opened() -> str:
    return str(Filing.objects.filter(status="draft").latest("pk").uid)


def _post(url: str, body: Any) -> None:
    content = json.dumps(body) if body else ""
    response = _api(FILER).post(url, content, content_type="application/json")
    assert response.status_code in (200, 201), response.content


def _check_one() -> None:
    """Mark the filing that was opened last due, as an edit does, and check it."""
    key = Filing.objects.values_list("pk", flat=True).latest("pk")
    due_marks.mark_due(Filing.objects.filter(pk=key), at=timezone.now())
    assert check_filings.check_range(key, key) == 1


# --- the work of the night ----------------------------------------------------------------------------------
def night() -> dict[str, Step]:
    """Return what is done once a day or once a week, by its name, in the order in which it is done."""
    reports = ("reviewer_workload", "changes", "incomplete_filings", "statutory_deadlines")
    return {
        "night: sweep of the day": tasks.sweep_of_the_day,
        # Those that were not checked for a week by tomorrow: a seventh of all.
        "night: sweep of the week, marking": partial(
            due_marks.mark_those_not_read_for_a_week, at=timezone.now() + timedelta(days=1)
        ),
        "night: sweep of the week, checking": _check_due,
        "night: notices": tasks.raise_notices_of_the_day,
        "night: anchor": tasks.anchor_the_chains,
        "night: open data": archiving.archive_register,
        "night: what is old": tasks.forget_what_is_old,
        "minute: figures of the desk": desk_figures.count_figures,
        **{f"report of a week: {name}": partial(_report, name) for name in reports},
        "10 minutes: figures of the register": public_figures.keep_figures,
    }


def _check_due() -> int:
    """Check everything that is due, as one worker does."""
    taken: list[tuple[int, int]] = []
    dispatch.publish = lambda task, *args: taken.append(args)
    checked = 0
    while tasks.pick_up():
        checked += sum(check_filings.check_range(*part) for part in taken)
        taken.clear()
    return checked


def _report(name: str) -> None:
    (period,) = ended_periods(Every.WEEK, since=None, at=timezone.now())
    run = ask_run(REPORTS[name], by=User.objects.get(username=REGISTRAR), period=period)
    assert write_run(run.pk), name
