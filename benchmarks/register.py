"""Measures of the register: walking a large lineage, and listing and searching few and many filings."""

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

Say = Callable[[str, str], None]
DESCENDANTS = 100_000
SIZES = (2_000, 200_000)
BATCH = 5_000
RUNS = 15
SEED = 20261123
STATISTICS = 10_000
SYLLABLES = "云图智语问答晨星锦程译桥文心通义天工星火九天江源慧海"


def measure_register(say: Say) -> None:
    """Measure the walk, then the lists at both sizes."""
    _measure_lineage(say)
    _measure_lists(say)


def _measure_lineage(say: Say) -> None:
    root = _grow(random.Random(SEED))
    nobody = AnonymousUser()
    for through in ("anything", "weights"):
        took = _median(lambda through=through: walks.reached([root], "descendants", nobody, through=through))
        count = len(walks.reached([root], "descendants", nobody, through=through))
        say(f"lineage: {count:,} descendants through {through}", f"{took * 1000:,.0f} ms")
    deepest = AIModel.objects.order_by("-pk").values_list("pk", flat=True)[0]
    took = _median(lambda: walks.walk(deepest, "ancestors", nobody))
    say("lineage: ancestors of one of them", f"{took * 1000:,.1f} ms")
    some = list(AIModel.objects.order_by("-pk").values_list("pk", flat=True)[:STATISTICS])
    began = time.perf_counter()
    origins_of(some, "anything", nobody)
    say(f"statistics: {STATISTICS:,} models in use followed to their roots", f"{time.perf_counter() - began:,.1f} s")
    said = [AIModel.objects.get(pk=key) for key in some[:100]]
    began = time.perf_counter()
    ancestry_of(said, nobody)
    say("common ancestors, roots and families of 100 models", f"{(time.perf_counter() - began) * 1000:,.0f} ms")


def _grow(chance: random.Random) -> int:
    """A root and its descendants, each on one or two that came before it; every tenth edge passes no weights."""
    source = Source.objects.create(kind="catalog", key="bench", label="bench", is_public=True)
    keys: list[int] = []
    for start in range(0, DESCENDANTS + 1, BATCH):
        number = min(BATCH, DESCENDANTS + 1 - start)
        rows = AIModel.objects.bulk_create(
            AIModel(key=f"bench {start + i}", name=f"m{start + i}") for i in range(number)
        )
        told = ModelStatement.objects.bulk_create(
            ModelStatement(source=source, model=row, named_model=row, rank=2, name=row.name, speaks_of_lineage=True)
            for row in rows
        )
        edges = []
        for row, statement in zip(rows, told, strict=True):
            for parent in {chance.choice(keys) for _ in range(chance.choice((1, 1, 2)))} if keys else ():
                edges.append(_edge(source, statement, row.pk, parent, chance))
            keys.append(row.pk)
        Derivation.objects.bulk_create(edges)
    _analyze()
    return keys[0]


def _edge(source: Source, statement: ModelStatement, child: int, parent: int, chance: random.Random) -> Derivation:
    return Derivation(
        source=source,
        statement=statement,
        child_id=child,
        parent_id=parent,
        named_parent_id=parent,
        relation="finetune",
        passes_weights=chance.random() >= 0.1,
        walked_by_all=True,
    )


def _measure_lists(say: Say) -> None:
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
        for what, client, address in (
            ("API list", api, "/api/v1/filings/"),
            ("API list of a status and a province", api, "/api/v1/filings/?status=submitted&province=44"),
            ("API search of two characters", api, "/api/v1/filings/?q=晨星"),
            ("API search of a rare name", api, "/api/v1/filings/?q=稀有名称"),
            ("desk list", desk, "/admin/compliance/filing/"),
            ("desk search of two characters", desk, "/admin/compliance/filing/?q=晨星"),
        ):
            took = _median(lambda client=client, address=address: _get(client, address))
            say(f"{size:,} filings: {what}", f"{took * 1000:,.1f} ms")


def _plant(owner: Organization, person: User, start: int, size: int) -> None:
    chance = random.Random(SEED + start)
    now = timezone.now()
    for first in range(start, size, BATCH):
        Filing.objects.bulk_create(
            _filing(owner, person, now, i, chance) for i in range(first, min(first + BATCH, size))
        )
    _analyze()


def _filing(owner: Organization, person: User, now: object, i: int, chance: random.Random) -> Filing:
    name = "稀有名称" if i == 7 else "".join(chance.choice(SYLLABLES) for _ in range(6))
    return Filing(
        case_number=f"B{i}",
        applicant=owner,
        status="submitted",
        kind="algorithm",
        action="initial",
        jurisdiction="44",
        province=chance.choice(("44", "11", "33")),
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


def _get(client: Client, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200, answer.content


def _median(work: Callable[[], object]) -> float:
    took = []
    for _ in range(RUNS):
        began = time.perf_counter()
        work()
        took.append(time.perf_counter() - began)
    return statistics.median(took)


def _analyze() -> None:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
