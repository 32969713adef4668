"""
Concurrent submissions whose edges together would close a cycle, and merges beside them: no deadlock, and no cycle in the
lineage.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import networkx as nx
import pytest

from tests.faults.stack import Stack

WRITERS = 8
ROUNDS = 2
# The model of each applicant derives from the model of the next one, in a ring, and from one common base model.
PREPARE = f"""
import json
from stdnum.cn import uscc
from compliance.dossier.parsing import parse
from compliance.filings import actions
from registry.models import Membership, Organization, User
from tests.building import a_document
filer = User.objects.get(username="filer")
codes = []
for i in range({WRITERS}):
    code = f"91440300MARNG{{i:04}}"
    codes.append(code + uscc.calc_check_digit(code))
    owner, _ = Organization.objects.get_or_create(uscc=codes[i], defaults={{"name": f"示例环{{i}}有限公司"}})
    Membership.objects.get_or_create(user=filer, organization=owner, defaults={{"role": "filer"}})
for turn in range({ROUNDS}):
    for i, code in enumerate(codes):
        after = (i + 1) % {WRITERS}
        base = {{"key": "base", "name": "Llama-2-7B", "developer": {{"name": "Meta", "country": "US"}}, "used_by_service": False}}
        next_one = {{"key": "next", "name": f"环{{turn}}-{{after}}", "used_by_service": False}}
        next_one["developer"] = {{"name": f"示例环{{after}}有限公司", "country": "CN", "uscc": codes[after]}}
        changes = {{"/applicant/uscc": code, "/reference": f"ring {{turn}} {{i}}", "/service/name": f"环服务{{turn}}-{{i}}"}}
        changes |= {{"/service/launched_on": None, "/models/0/name": f"环{{turn}}-{{i}}", "/models/0/developer/uscc": code}}
        document = a_document("generative", changes | {{"/models/0/version": None}})
        document["models"] = [document["models"][0], base, next_one]
        document["models"][0]["development"] = "derived"
        document["models"][0]["derived_from"] = [
            {{"key": "base", "relation": "finetune", "modified": True}},
            {{"key": "next", "relation": "merge", "modified": True}},
        ]
        filing, _ = actions.open_filing(parse(json.dumps(document).encode()), by=filer)
        print("filing", turn, filing.uid)
"""
EDGES = """
from registry.models import Derivation
for child, parent, closes in Derivation.objects.filter(child__name__startswith="环").values_list("child", "parent", "closes_cycle"):
    print("edge", child, parent, closes)
"""
# A registrar merges models of the first ring into their base model, and separates them again.
MERGES = """
from registry.models import AIModel, StaffRole, User
from registry.register.corrections import merge_models, undo_correction
registrar, _ = User.objects.get_or_create(username="merging registrar")
StaffRole.objects.get_or_create(user=registrar, role="registrar")
base = AIModel.objects.get(name="Llama-2-7B")
for turn in range(3):
    for model in AIModel.objects.filter(name__startswith="环0-"):
        merge = merge_models(model, base, reason="the same", by=registrar)
        undo_correction(merge, reason="not the same", by=registrar)
        print("merged", model.pk)
"""


def lines(stack: Stack, script: str, word: str) -> list[list[str]]:
    out = stack.manage("shell", "-v", "0", "-c", script)
    return [line.split()[1:] for line in out.splitlines() if line.startswith(f"{word} ")]


def submit_ring(stack: Stack, filings: list[list[str]], turn: int) -> list[int]:
    """Submit the filings of a turn side by side, and return the statuses of the answers."""
    token = stack.token_of("filer")

    def submit(uid: str) -> tuple[int, Any]:
        return stack.call("POST", f"/api/v1/filings/{uid}/submit/", b"", token)

    with ThreadPoolExecutor(WRITERS) as threads:
        answers = threads.map(submit, [uid for number, uid in filings if int(number) == turn])
        return [status for status, _ in answers]


def left_out_of_an_acyclic_graph(stack: Stack) -> int:
    """Assert that the edges in force are free of cycles, and return how many edges are left out."""
    edges = [(child, parent, closes == "True") for child, parent, closes in lines(stack, EDGES, "edge")]
    assert len(edges) == 2 * WRITERS * ROUNDS
    assert nx.is_directed_acyclic_graph(nx.DiGraph((child, parent) for child, parent, closes in edges if not closes))
    return sum(closes for *_, closes in edges)


def test_concurrent_submissions_leave_no_cycle(make_stack):
    stack = make_stack()
    stack.up(stack.web)
    filings = lines(stack, PREPARE, "filing")
    assert len(filings) == WRITERS * ROUNDS
    for turn in range(ROUNDS):
        assert submit_ring(stack, filings, turn) == [200] * WRITERS
    assert left_out_of_an_acyclic_graph(stack) == ROUNDS


@pytest.mark.full
def test_merges_beside_submissions_leave_no_cycle(make_stack):
    stack = make_stack()
    stack.up(stack.web)
    filings = lines(stack, PREPARE, "filing")
    assert submit_ring(stack, filings, 0) == [200] * WRITERS
    with ThreadPoolExecutor(1) as merging:
        merged = merging.submit(lines, stack, MERGES, "merged")
        for turn in range(1, ROUNDS):
            assert submit_ring(stack, filings, turn) == [200] * WRITERS
        assert len(merged.result()) == 3 * WRITERS
    assert left_out_of_an_acyclic_graph(stack) == ROUNDS
