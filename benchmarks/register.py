"""Benchmarks of the register: walking a large lineage, and listing and searching few and many filings."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable

from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import Client
from django.utils import timezone

from compliance.models import Filing
from compliance.statistics.dependence import origins_of
from registry.lineage import walks
from registry.lineage.ancestry import ancestry_of
from registry.models import AIModel, Derivation, ModelStatement, Organization, Source, StaffRole, User
from registry.names import key_of
from registry.search import searched_by
from registry.tokens import create_token

Report = Callable[[str, str], None]
DESCENDANTS = 100_000
SIZES = (2_000, 200_000)
BATCH = 5_000
RUNS = 15
SEED = 20261123
STATISTICS = 10_000
SYLLABLES = "云图智语问答晨星锦程译桥文心通义天工星火九天江源慧海"


def measure_register(report: Report) -> None:
    """Measure the lineage, then the lists at both sizes."""
    _measure_lineage(report)
    _measure_lists(report)


def _measure_lineage(report: Report) -> None:
    root = _plant_lineage(random.Random(SEED))
    anonymous = AnonymousUser()
    for through in ("anything", "weights"):
        duration = _median(lambda through=through: walks.reached([root], "descendants", anonymous, through=through))
        count = len(walks.reached([root], "descendants", anonymous, through=through))
        report(f"lineage: {count:,} descendants through {through}", f"{duration * 1000:,.0f} ms")
    deepest = AIModel.objects.order_by("-pk").values_list("pk", flat=True)[0]
    duration = _median(lambda: walks.walk(deepest, "ancestors", anonymous))
    report("lineage: ancestors of one of them", f"{duration * 1000:,.1f} ms")
    models = list(AIModel.objects.order_by("-pk").values_list("pk", flat=True)[:STATISTICS])
    start = time.perf_counter()
    origins_of(models, "anything", anonymous)
    report(f"statistics: {STATISTICS:,} models in use traced to their roots", f"{time.perf_counter() - start:,.1f} s")
    hundred = [AIModel.objects.get(pk=key) for key in models[:100]]
    start = time.perf_counter()
    ancestry_of(hundred, anonymous)
    report("common ancestors, roots and families of 100 models", f"{(time.perf_counter() - start) * 1000:,.0f} ms")


def _plant_lineage(rng: random.Random) -> int:
    """Create a root and its descendants, each derived from one or two earlier models; every tenth edge passes no weights."""
    source = Source.objects.create(kind="catalog", key="bench", label="bench", is_public=True)
    keys: list[int] = []
    for start in range(0, DESCENDANTS + 1, BATCH):
        number = min(BATCH, DESCENDANTS + 1 - start)
        rows = AIModel.objects.bulk_create(
            AIModel(key=f"bench {start + i}", name=f"m{start + i}") for i in range(number)
        )
        statements = ModelStatement.objects.bulk_create(
            ModelStatement(source=source, model=row, named_model=row, rank=2, name=row.name, speaks_of_lineage=True)
            for row in rows
        )
        edges = []
        for row, statement in zip(rows, statements, strict=True):
            for parent in {rng.choice(keys) for _ in range(rng.choice((1, 1, 2)))} if keys else ():
                edges.append(_edge(source, statement, row.pk, parent, rng))
            keys.append(row.pk)
        Derivation.objects.bulk_create(edges)
    _analyze()
    return keys[0]


def _edge(source: Source, statement: ModelStatement, child: int, parent: int, rng: random.Random) -> Derivation:
    return Derivation(
        source=source,
        statement=statement,
        child_id=child,
        parent_id=parent,
        named_parent_id=parent,
        relation="finetune",
        passes_weights=rng.random() >= 0.1,
        walked_by_all=True,
    )


def _measure_lists(report: Report) -> None:
    person = User.objects.create_user("bench-registrar", is_staff=True)
    StaffRole.objects.create(user=person, role="registrar")
    api = Client(headers={"Authorization": f"Token {create_token(person)}"})
    desk = Client()
    desk.force_login(person)
    owner = Organization.objects.create(uscc="BENCHREGISTER00001", name="bench")
    planted = 0
    for size in SIZES:
        _plant(owner, person, planted, size)
        planted = size
        for name, client, url in (
            ("API list", api, "/api/v1/filings/"),
            ("API list of a status and a province", api, "/api/v1/filings/?status=submitted&province=44"),
            ("API search of two characters", api, "/api/v1/filings/?q=晨星"),
            ("API search of a rare name", api, "/api/v1/filings/?q=稀有名称"),
            ("desk list", desk, "/admin/compliance/filing/"),
            ("desk search of two characters", desk, "/admin/compliance/filing/?q=晨星"),
        ):
            duration = _median(lambda client=client, url=url: _get(client, url))
            report(f"{size:,} filings: {name}", f"{duration * 1000:,.1f} ms")


def _plant(owner: Organization, person: User, start: int, size: int) -> None:
    rng = random.Random(SEED + start)
    now = timezone.now()
    for first in range(start, size, BATCH):
        Filing.objects.bulk_create(_filing(owner, person, now, i, rng) for i in range(first, min(first + BATCH, size)))
    _analyze()


def _filing(owner: Organization, person: User, now: object, i: int, rng: random.Random) -> Filing:
    name = "稀有名称" if i == 7 else "".join(rng.choice(SYLLABLES) for _ in range(6))
    return Filing(
        case_number=f"B{i}",
        applicant=owner,
        status="submitted",
        kind="algorithm",
        action="initial",
        jurisdiction="44",
        province=rng.choice(("44", "11", "33")),
        service_name=name,
        service_key=key_of(name),
        opened_sha256="",
        opened_by=person,
        opened_at=now,
        changed_at=now,
        submitted_at=now,
        first_submitted_at=now,
        **searched_by(f"B{i}", name, owner.name),
    )


def _get(client: Client, url: str) -> None:
    response = client.get(url)
    assert response.status_code == 200, response.content


def _median(work: Callable[[], object]) -> float:
    durations = []
    for _ in range(RUNS):
        start = time.perf_counter()
        work()
        durations.append(time.perf_counter() - start)
    return statistics.median(durations)


def _analyze() -> None:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
