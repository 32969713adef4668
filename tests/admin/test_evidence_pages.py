"""The evidence and dependence pages of the desk, in both languages, and who may see them."""

from __future__ import annotations

import csv
import io

import pytest

from compliance.evidence.actions import file_evidence
from registry.lineage.layout import MOST_BOXES, laid_out
from registry.models import AIModel
from tests.api.test_dependence import LLAMA, on
from tests.api.test_evidence import evidence_of
from tests.making_filings import a_submitted_filing

PAGE = "/admin/registry/aimodel/dependence/"


@pytest.fixture
def filing(filer):
    filing = a_submitted_filing(filer, "generative", on(LLAMA, "one"))
    file_evidence(filing, "main", evidence_of("qwen-2-7b"), by=filer)
    return filing


def page(client, user, url, language="en"):
    client.force_login(user)
    return client.get(url, headers={"Accept-Language": language})


def test_a_filings_page_shows_declaration_and_verdict_side_by_side(client, registrar, filing):
    text = page(client, registrar, f"/admin/compliance/filing/{filing.pk}/change/").content.decode()
    for expected in (
        "What is declared",
        "Llama 2 13B",
        "What the files show",
        "no evidence filed",
        "DECLARED_BASE_CONTRADICTED",
    ):
        assert expected in text
    chinese = page(client, registrar, f"/admin/compliance/filing/{filing.pk}/change/", "zh-hans").content.decode()
    for expected in ("申明内容", "文件显示", "未提交证据", "结构与申明的基础模型不符"):
        assert expected in chinese


def test_a_models_page_shows_its_evidence_to_staff_who_may_see_the_filing(client, registrar, far_reviewer, filing):
    url = f"/admin/registry/aimodel/{AIModel.objects.get(name='one').pk}/change/"
    assert "What the files show" in page(client, registrar, url).content.decode()
    assert page(client, far_reviewer, url).status_code == 302


def test_dependence_is_shown_with_what_breaks_and_as_csv(client, registrar, filing):
    text = page(client, registrar, f"{PAGE}?family=Llama-2").content.decode()
    for expected in ("100.0 %", "What breaks if Llama-2 is barred", filing.case_number, "LicenseRef-Llama-2"):
        assert expected in text
    answer = page(client, registrar, f"{PAGE}?family=Llama-2&form=csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert (len(rows), rows[1][0], rows[1][-1]) == (2, filing.case_number, "one")
    chinese = page(client, registrar, f"{PAGE}?family=Llama-2", "zh-hans").content.decode()
    assert "若禁用 Llama-2" in chinese
    assert ("United States" in text, "美国" in chinese) == (True, True)


@pytest.mark.parametrize("query", ["?family=x&through=y&on=z", "?form=csv", ""])
def test_invalid_parameters_are_ignored(client, registrar, filing, query):
    answer = page(client, registrar, PAGE + query)
    assert (answer.status_code, answer["Content-Type"].startswith("text/html")) == (200, True)


def test_users_see_statistics_only_of_the_filings_they_may_see(client, reviewer, far_reviewer, administrator, filing):
    assert "100.0 %" in page(client, reviewer, PAGE).content.decode()
    assert "100.0 %" not in page(client, far_reviewer, PAGE).content.decode()
    assert page(client, administrator, PAGE).status_code == 403


class Node:
    def __init__(self, i: int, depth: int, country: str) -> None:
        self.uid, self.pk, self.name, self.version = i, i, f"model {i}", ""
        self.depth, self.is_root, self.country, self.developer = depth, depth == 0, country, None


def test_hundreds_of_nodes_do_not_overlap_and_roots_are_grouped_by_country():
    roots = [Node(i, 0, "US" if i % 2 else "CN") for i in range(6)]
    rest = [Node(i, 1 + i % 3, "CN") for i in range(6, 306)]
    edges = [
        {"child": node.uid, "parent": i % 6, "relation": "finetune", "passes_weights": True}
        for i, node in enumerate(rest)
    ]
    picture = laid_out([*roots, *rest], edges)
    assert (len(picture.boxes), picture.left_out, len(picture.lines)) == (306, 0, 300)
    assert [(heading.country, heading.count) for heading in picture.headings] == [("CN", 3), ("US", 3)]
    places = {(box.x, box.y) for box in picture.boxes}
    assert len(places) == 306
    assert max(box.x for box in picture.boxes) + 200 <= picture.width
    assert laid_out([Node(i, 1, "CN") for i in range(MOST_BOXES + 5)], []).left_out == 5
