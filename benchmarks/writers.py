"""Eight writers submitting side by side, each for an applicant of its own: throughput, deadlocks, cycles."""

from __future__ import annotations

import json
import multiprocessing
import time
from collections.abc import Callable
from typing import Any

import networkx as nx
from django.db import OperationalError, connections
from stdnum.cn import uscc

from compliance.checking.dispatch import ANNOUNCER
from compliance.dossier.parsing import parse
from compliance.filings import actions
from compliance.models import Filing
from registry.models import Derivation, Membership, Organization, User
from tests.building import a_document

WRITERS, FILINGS_OF_A_WRITER = 8, 25
BASE = {"key": "base", "name": "Llama-2-7B", "used_by_service": False}
BASE["developer"] = {"name": "Meta", "country": "US"}


def measure_writers(report: Callable[[str, str], None]) -> None:
    """Submit without a base model, then all on the same one."""
    for name, is_based in (("models of their own", False), ("one base model for all", True)):
        codes = [_code(i, is_based) for i in range(WRITERS + 1)]
        for code in codes:
            _open(code, is_based)
        one = _throughput(codes[:1])
        many = _throughput(codes[1:])
        report(f"{name}: one writer", f"{one[0]:,.1f}/s")
        report(f"{name}: {WRITERS} writers side by side", f"{many[0]:,.1f}/s")
        report(f"{name}: deadlocks", str(one[1] + many[1]))
    walked = Derivation.objects.filter(closes_cycle=False).values_list("child", "parent")
    report("the lineage is free of cycles", str(nx.is_directed_acyclic_graph(nx.DiGraph(list(walked)))))


def _code(i: int, is_based: bool) -> str:
    code = f"91440300MAW{'B' if is_based else 'N'}T{i:04}"
    return code + str(uscc.calc_check_digit(code))


def _open(code: str, is_based: bool) -> None:
    organization = Organization.objects.create(uscc=code, name=f"bench {code}")
    user, _ = User.objects.get_or_create(username="bench-writer")
    Membership.objects.create(user=user, organization=organization, role="filer")
    user = User.objects.get(pk=user.pk)
    for i in range(FILINGS_OF_A_WRITER):
        actions.open_filing(parse(json.dumps(_document(code, i, is_based)).encode()), by=user)


def _document(code: str, i: int, is_based: bool) -> dict[str, Any]:
    changes = {"/applicant/uscc": code, "/reference": f"w{i}", "/service/name": f"service {i}"}
    changes |= {"/models/0/developer/uscc": code, "/models/0/name": f"model {i}"}
    document = a_document("generative", changes)
    if is_based:
        document["models"].append(BASE)
        document["models"][0] |= {"development": "derived"}
        document["models"][0]["derived_from"] = [{"key": "base", "relation": "finetune", "modified": True}]
    return document


def _throughput(codes: list[str]) -> tuple[float, int]:
    """Filings a second over all writers, and how many submissions were refused by a deadlock."""
    connections.close_all()
    context = multiprocessing.get_context("fork")
    barrier, results = context.Barrier(len(codes) + 1), context.Queue()
    writers = [context.Process(target=_write, args=(code, barrier, results)) for code in codes]
    for writer in writers:
        writer.start()
    barrier.wait()
    began = time.perf_counter()
    deadlocks = sum(results.get() for _ in writers)
    took = time.perf_counter() - began
    for writer in writers:
        writer.join()
    return len(codes) * FILINGS_OF_A_WRITER / took, deadlocks


def _write(code: str, barrier: Any, results: Any) -> None:
    ANNOUNCER.announce = lambda task, *args: None  # type: ignore[method-assign]
    user = User.objects.get(username="bench-writer")
    filings = list(Filing.objects.filter(applicant__uscc=code, status="draft").order_by("pk"))
    deadlocks = 0
    barrier.wait()
    for filing in filings:
        try:
            actions.submit_filing(filing, by=user)
        except OperationalError:
            deadlocks += 1
    results.put(deadlocks)
