"""The register over the API: search, filters, lineage, corrections; users see only what they may see."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from compliance import demo
from registry.models import AIModel, OfficialNumber
from registry.register.catalog import load_catalog
from tests.conftest import client_of
from tests.making_filings import a_submitted_filing
from tests.small_catalog import load_small_catalog

LISTS = Path(demo.__file__).parent / "lists"
ON_LLAMA = {
    "/models/0/development": "derived",
    "/models/0/derived_from": [{"key": "base", "relation": "finetune", "modified": True}],
    "/models/-": {
        "key": "base",
        "name": "Llama-2-13B",
        "developer": {"name": "Meta", "country": "US"},
        "used_by_service": False,
        "license": "LicenseRef-Llama-2",
    },
}


@pytest.fixture
def lists(db):
    call_command("import_register", *map(str, sorted(LISTS.glob("*.csv"))), stdout=StringIO())


@pytest.fixture
def register(lists, monkeypatch):
    load_small_catalog(monkeypatch)


@pytest.fixture
def filing(register, filer):
    return a_submitted_filing(filer, "generative", ON_LLAMA)


def get(client: APIClient, path: str):
    answer = client.get(f"/api/v1/{path}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def names(answer, key="name") -> list[str]:
    return sorted(each[key] for each in answer["results"])


# Loading the whole catalog takes seconds, so all searches are in one test.
SEARCHES = [
    ("models/?q=文心", ["文心一言"]),
    ("models/?q=一言", ["文心一言"]),
    ("models/?q=百度", ["文心一言"]),
    ("models/?q=安", ["安第斯大模型"]),
    (
        "models/?q=QWEN3-CODER",
        ["Qwen3-Coder-30B-A3B", "Qwen3-Coder-480B-A35B", "Qwen3-Coder-Flash", "Qwen3-Coder-Next", "Qwen3-Coder-Plus"],
    ),
    ("models/?q=glm%20zhipu%20air", ["GLM-4-Air", "GLM-4.5-Air", "GLM-Z1-Air"]),
    ("models/?q=言一", []),
    (
        "models/?status=filed&q=大模型",
        ["九天自然语言交互大模型", "华数诗画文旅大模型", "安第斯大模型", "通义千问大模型"],
    ),
    ("services/?q=微博", ["微博"]),
    ("services/?status=cancelled", ["考拉海购"]),
    ("organizations/?q=微梦", ["北京微梦创科网络技术有限公司"]),
    ("organizations/?country=CH", ["Swiss AI Initiative (ETH Zurich, EPFL, CSCS)"]),
]


def test_the_register_is_searched(lists, api):
    load_catalog()
    assert {path: names(get(api, path)) for path, _ in SEARCHES} == dict(SEARCHES)


def test_the_official_register_is_public(register):
    anybody = APIClient()
    assert names(get(anybody, "register/?status=cancelled"), "title") == ["考拉push算法"]
    assert names(get(anybody, "register/?kind=registration&province=63"), "title") == [
        "江源新闻",
        "海南州限额以下公共资源交易平台",
    ]
    (number,) = get(anybody, "register/?number=beijing-wenxinyiyan-20230821")["results"]
    assert (number["holder"], number["issued_on"], number["ai_models"]) == (
        "北京百度网讯科技有限公司",
        "2023-08-31",
        ["文心一言"],
    )
    assert get(anybody, f"register/{number['id']}/")["listings"][0]["row"] == "1"


def test_a_model_shows_each_value_with_its_source(filing, api):
    (model,) = [each for each in get(api, "models/?q=Llama-2-13B")["results"] if each["name"] == "Llama-2-13B"]
    data = get(api, f"models/{model['id']}/")
    assert data["shown"]["license"]["value"] == "LicenseRef-Llama-2"
    assert data["shown"]["license"]["source"]["kind"] == "catalog"
    assert [statement["source"]["kind"] for statement in data["statements"]] == ["catalog", "filing"]


def test_the_lineage_contains_only_models_that_the_user_may_see(filing, api, stranger, registrar, far_reviewer):
    base = AIModel.objects.get(name="Llama-2-13B")
    path = f"models/{base.uid}/lineage/?direction=descendants"
    own, strange, staff, far = (
        get(client, path) for client in (api, *map(client_of, (stranger, registrar, far_reviewer)))
    )
    assert {node["name"] for node in own["nodes"]} - {node["name"] for node in strange["nodes"]} == {"样例大模型"}
    assert {"CodeLlama-13B", "Llama-2-13B"} <= {node["name"] for node in strange["nodes"]}
    assert [each["hidden"] for each in (own, strange, staff, far)] == [None, None, 0, 1]
    (edge,) = [edge for edge in own["edges"] if edge["source"]["kind"] == "filing"]
    assert (edge["parent"], edge["passes_weights"], edge["source"]["kind"]) == (str(base.uid), True, "filing")


def test_a_stranger_does_not_see_a_pending_model(filing, stranger):
    model = AIModel.objects.get(name="样例大模型")
    client = client_of(stranger)
    for path in (f"models/{model.uid}/", f"models/{model.uid}/lineage/"):
        assert client.get(f"/api/v1/{path}").status_code == 404
    assert get(client, "models/?q=样例大模型")["results"] == []
    assert get(client, "training-data-declarations/")["results"] == []
    assert get(client, "organizations/?q=样例云图")["results"] == []


def test_training_data_is_listed_and_filtered(filing, api):
    everything = get(api, "training-data-declarations/")["results"]
    assert everything
    assert {each["source"]["kind"] for each in everything} == {"filing"}
    some = get(api, "training-data-declarations/?source_type=self_collected")["results"]
    assert {each["source_type"] for each in some} == {"self_collected"}


FILTERS = [
    ("status=submitted", 1),
    ("status=filed", 0),
    ("kind=generative&province=44", 1),
    ("applicant=91440300708461136T", 1),
    ("applicant=91440305MADEMA004M", 0),
    ("q=样例", 1),
    ("q=nothing", 0),
    ("root_country=US", 1),
    ("root_country=CN", 0),
    ("base_model={llama}", 1),
    ("base_model={falcon}", 0),
]


def test_filings_are_filtered_by_the_ancestors_of_their_models(filing, api):
    models = (("llama", "Llama-2-13B"), ("falcon", "Falcon-7B"))
    ids = {name: AIModel.objects.get(name=model).uid for name, model in models}
    found = {query: len(get(api, f"filings/?{query.format(**ids)}")["results"]) for query, _ in FILTERS}
    assert found == dict(FILTERS)


BAD_FILTERS = [
    ("filings/?status=gone", "bad_status"),
    ("filings/?rule=XX-01", "bad_rule"),
    ("filings/?statuss=filed", "bad_statuss"),
    ("filings/?base_model=5", "bad_base_model"),
    ("filings/?root_country=usa", "bad_root_country"),
    ("models/?country=china", "bad_country"),
    ("models/?through=air", "bad_through"),
    ("register/?province=Guangdong", "bad_province"),
    ("services/?page_size=0", "bad_page_size"),
]


def test_an_invalid_filter_is_refused(register, api):
    answers = {path: api.get(f"/api/v1/{path}") for path, _ in BAD_FILTERS}
    found = {path: (answer.status_code, answer.json()["code"]) for path, answer in answers.items()}
    assert found == {path: (400, code) for path, code in BAD_FILTERS}


def test_registrars_correct_merge_and_undo_over_the_api(register, registrar, reviewer, api):
    client, model, into = (
        client_of(registrar),
        AIModel.objects.get(name="GPT-2"),
        AIModel.objects.get(name="GPT-2-large"),
    )
    url = f"/api/v1/models/{model.uid}/"
    body = {"changes": {"license": "MIT-0"}, "reason": "read again"}
    assert [
        person.post(f"{url}correct/", body, format="json").status_code for person in (api, client_of(reviewer))
    ] == [403, 403]
    done = client.post(f"{url}correct/", body, format="json").json()
    assert get(client, f"models/{model.uid}/")["shown"]["license"]["value"] == "MIT-0"
    assert client.post(f"/api/v1/corrections/{done['id']}/undo/", {"reason": "no"}, format="json").status_code == 200
    merged = client.post(f"{url}merge/", {"into": str(into.uid), "reason": "one"}, format="json")
    assert merged.status_code == 201
    assert get(client, f"models/{model.uid}/")["id"] == str(into.uid)


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({"changes": {"parameters": "many"}, "reason": "x"}, ["/changes/parameters"]),
        ({"changes": {"weight": 1}, "reason": "x"}, ["/changes/weight"]),
        ({"changes": {"license": "MIT"}}, ["/reason"]),
        ([], [""]),
    ],
)
def test_an_invalid_correction_is_refused_entirely(register, registrar, body, pointers):
    model = AIModel.objects.get(name="GPT-2")
    answer = client_of(registrar).post(f"/api/v1/models/{model.uid}/correct/", body, format="json")
    assert answer.status_code == 400
    assert [error["pointer"].rstrip("/") for error in answer.json()["errors"]][:1] == [pointers[0]] or pointers == [""]


QUERIES = [
    ("filings/", 6),
    ("filings/?q=样例&status=submitted", 6),
    ("models/", 7),
    ("models/?q=大模型", 7),
    ("services/", 7),
    ("organizations/", 6),
    ("training-data-declarations/", 6),
    ("register/", 6),
]


def queries(api, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        get(api, path)
    return len(captured)


def test_a_list_takes_as_many_queries_for_many_rows_as_for_few(filing, api, filer):
    few = {path: queries(api, path) for path, _ in QUERIES}
    for i in range(3):
        a_submitted_filing(filer, "generative", {**ON_LLAMA, "/reference": f"{i}", "/models/0/name": f"样例大模型 {i}"})
    many = {path: queries(api, path) for path, _ in QUERIES}
    assert [path for path, most in QUERIES if not many[path] <= few[path] <= most] == []


def test_a_model_and_its_lineage_take_a_fixed_number_of_queries(filing, api):
    model = AIModel.objects.get(name="Llama-2-13B")
    with CaptureQueriesContext(connection) as read:
        get(api, f"models/{model.uid}/")
    with CaptureQueriesContext(connection) as walked:
        get(api, f"models/{model.uid}/lineage/?direction=both")
    assert (len(read) <= 9, len(walked) <= 13) == (True, True), (len(read), len(walked))
    assert OfficialNumber.objects.exists()
