"""The pages of the known base models: search, filters, files, lineage, license duties, sources; in both languages."""

from __future__ import annotations

import csv
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from registry.models import AddedFamily, AIModel
from registry.reference.base_models import base_models, families

pytestmark = pytest.mark.django_db
LIST = "/models/known/"


def page(client: Client, path: str, language: str = "en") -> str:
    answer = client.get(path, headers={"Accept-Language": language})
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_list_says_how_many_models_it_knows(client):
    text = page(client, LIST)
    assert f"{len(base_models())} models of {len(families())} families" in text
    assert f"收录 {len(families())} 个系列的 {len(base_models())} 个模型" in page(client, LIST, "zh-hans")


@pytest.mark.parametrize(
    ("query", "shown", "hidden"),
    [
        ("?q=kimi+k2", "Kimi-K2.5", "Qwen3-8B"),
        ("?q=月之暗面", "Kimi-K2", "Qwen3-8B"),
        ("?q=unsloth/Qwen3-8B-GGUF", "A copy published by unsloth", "Kimi-K2"),
        ("?q=通义千问3-8B", "Qwen3-8B", "Kimi-K2"),
        ("?family=GLM-4.5", "GLM-4.5-Air", "GLM-4.6"),
        ("?country=AE&modality=text&q=falcon", "Falcon-7B", "Qwen"),
        ("?modality=video&q=wan2", "Wan2.2", "Kimi-K2"),
    ],
)
def test_the_list_is_searched_and_filtered(client, query, shown, hidden):
    found = page(client, LIST + query).split("<table", 1)
    assert shown in "".join(found)
    assert hidden not in found[-1]


def test_a_near_match_is_asked_and_nothing_is_claimed(client):
    text = page(client, f"{LIST}?q=Qwen3-8BB")
    assert "No known model is called “Qwen3-8BB”." in text
    assert "Do you mean:" in text


@pytest.mark.parametrize(
    "query", ["?page=x", "?page=9999", "?country=XX", "?modality=smell", "?q=" + "x" * 5_000, "?family=<b>"]
)
def test_unusual_queries_are_answered(client, query):
    page(client, LIST + query)


def test_the_files_hold_every_column(client):
    data = json.loads(page(client, f"{LIST}?q=deepseek-r1-distill-qwen-7b&format=json"))["models"]
    assert data[0]["id"] == "deepseek-r1-distill-qwen-7b"
    assert data[0]["stands_on"][0]["model"].startswith("qwen-2.5-math-7b")
    rows = list(csv.DictReader(StringIO(page(client, f"{LIST}?family=Qwen-3&format=csv").removeprefix("\ufeff"))))
    assert list(rows[0]) == list(data[0])
    assert {row["family"] for row in rows} == {"Qwen-3"}
    everything = json.loads(page(client, f"{LIST}?format=json"))["models"]
    assert len(everything) == len(base_models())


def test_a_model_shows_its_lineage_its_license_and_its_sources(client):
    text = page(client, f"{LIST}llama-3.1-8b/")
    assert "<svg" in text
    assert "DeepSeek-R1-Distill-Llama-8B" in text
    assert "Built with Llama" in text
    assert "above 700,000,000, more is asked" in text
    assert "<h2>Sources</h2>" in text
    assert "许可协议的要求" in page(client, f"{LIST}llama-3.1-8b/", "zh-hans")


def test_an_entry_that_rests_on_one_source_says_so(client):
    one = next(model for model in base_models() if len(model.sources) == 1)
    assert "This entry rests on a single source." in page(client, f"{LIST}{one.id}/")
    assert "This entry rests on a single source." not in page(client, f"{LIST}qwen-3-8b/")


def test_every_page_of_a_model_is_written(client):
    for model in base_models()[::40]:
        page(client, f"{LIST}{model.id}/")


def test_an_unknown_model_is_not_found(client):
    assert client.get(f"{LIST}nothing/").status_code == 404


def test_a_page_takes_one_query(client):
    page(client, f"{LIST}qwen-3-8b/")
    for path in (f"{LIST}?q=qwen", f"{LIST}qwen-3-8b/"):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page(client, path)
        assert len(queries) == 1


OWN = """
family: Sample-1
developer: {name: Sample Lab, country: CN}
license: Apache-2.0
modalities: [text]
release: https://example.org/sample
sources: {card: "example.org/sample model card"}
models:
  - id: sample-1-7b
    name: Sample-1-7B
    hub: [sample/Sample-1-7B]
    billions: 7
    bases: [{model: qwen-3-8b, relation: continued_pretraining}]
    sources: [card]
"""


def imported(tmp_path, text: str, **options: str) -> str:
    (tmp_path / "own.yaml").write_text(text, encoding="utf-8")
    out = StringIO()
    call_command("import_base_models", str(tmp_path / "own.yaml"), stdout=out, **options)
    return out.getvalue()


def test_a_registry_adds_a_family_of_its_own(client, tmp_path):
    assert imported(tmp_path, OWN) == "Sample-1: models: 1, imported.\n"
    assert imported(tmp_path, OWN) == "Sample-1: models: 1, unchanged.\n"
    assert "Qwen3-8B" in page(client, f"{LIST}sample-1-7b/")
    assert "Sample-1-7B" in page(client, f"{LIST}?q=unsloth/Sample-1-7B-GGUF")
    assert AIModel.objects.get(name="Sample-1-7B").developer.name == "Sample Lab"
    assert imported(tmp_path, OWN.replace("billions: 7", "billions: 7.6")) == "Sample-1: models: 1, imported.\n"
    assert "7.6 B" in page(client, f"{LIST}sample-1-7b/")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("id: sample-1-7b", "id: qwen-3-8b", "have these ids: qwen-3-8b"),
        ("model: qwen-3-8b", "model: unheard-of", "unheard-of, which is not known"),
        ("country: CN", "country: China", "/developer/country"),
        ("sources: [card]", "sources: [nowhere]", "Sources that the file does not list: nowhere"),
        ("family: Sample-1", "family: [", "the file:"),
    ],
)
def test_a_faulty_file_is_refused_whole_with_the_place(tmp_path, old, new, message):
    with pytest.raises(CommandError, match=r"own\.yaml") as refused:
        imported(tmp_path, OWN.replace(old, new, 1))
    assert message in str(refused.value)
    assert not AddedFamily.objects.exists()
    assert not AIModel.objects.filter(name="Sample-1-7B").exists()


def test_a_refusal_is_worded_in_chinese(tmp_path):
    with pytest.raises(CommandError, match="以下编号已被内置表或其他自行添加的系列使用"):
        imported(tmp_path, OWN.replace("id: sample-1-7b", "id: qwen-3-8b"), language="zh")
