"""Models, data and licenses in the formats of other tools: written, valid by their schemas, and read again as the same."""

from __future__ import annotations

import copy
import io
import json
import random
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient
from spdx_python_model import v3_0_1 as spdx

from compliance import demo
from compliance.dossier.codes import RELATIONS
from compliance.dossier.parsing import parse
from compliance.dossier.stored import Canonical
from compliance.exchange.annex_viii import annex_viii
from compliance.exchange.carried import Carried, NotReadable
from compliance.exchange.reading import joined, read_file
from compliance.exchange.writing import FORMATS, write_models
from registry.models import OfficialNumber
from registry.reference.base_models import base_models
from tests.building import a_document, a_dossier
from tests.making_filings import a_filing, a_submitted_filing, document_of

OWN_UUID = "00000000-0000-7000-8000-000000000000"
EXAMPLES = Path(__file__).parent.parent / "examples"
AT = datetime(2026, 11, 27, 2, tzinfo=UTC)
CARRIED_OF_A_MODEL = (
    *(
        "key",
        "name",
        "version",
        "developer",
        "license",
        "architecture",
        "modalities",
        "development",
        "access",
        "released_on",
    ),
    *("open_weights", "used_by_service", "filing_number", "context_length", "parameters"),
)
CARRIED_OF_A_CORPUS = (
    *(
        "name",
        "stage",
        "source_type",
        "origin",
        "modality",
        "languages",
        "items",
        "tokens",
        "bytes",
        "source_name",
        "source_url",
    ),
    *("license", "personal_information", "sensitive_personal_information"),
)


def with_models(chance: random.Random) -> dict[str, Any]:
    """Return a dossier with models of the table that stand on one another in chance ways."""
    document = copy.deepcopy(a_document("generative"))
    models = document["models"]
    for place, base in enumerate(chance.sample(base_models(), chance.randint(1, 8))):
        model = {
            "key": f"base-{place}",
            "name": base.name,
            "used_by_service": chance.random() < 0.2,
            "license": base.license or None,
        }
        model |= {"developer": {"name": base.developer, "country": base.country}, "modalities": list(base.modalities)}
        model["released_on"] = base.released_on.isoformat() if base.released_on else None
        model["parameters"] = round(base.billions * 1e9) if base.billions else None
        models.append({name: value for name, value in model.items() if value is not None})
        child = chance.choice(models[: place + 1])
        edges = [
            *(child.get("derived_from") or []),
            {"key": f"base-{place}", "relation": chance.choice([*RELATIONS, None])},
        ]
        child["derived_from"] = [{name: value for name, value in edge.items() if value} for edge in edges]
    return document


def written(document: dict[str, Any], format: str) -> dict[str, Any]:
    return write_models(parse(json.dumps(document).encode()).canonical, format, at=AT)


def assert_valid(bom: dict[str, Any], format: str) -> None:
    """Validate by the official JSON schema of CycloneDX 1.7, or by the bindings made from the official model of SPDX 3.0.1."""
    if format == "cyclonedx":
        assert JsonStrictValidator(SchemaVersion.V1_7).validate_str(json.dumps(bom)) is None
        return
    objects = spdx.SHACLObjectSet()
    spdx.JSONLDDeserializer().read(io.BytesIO(json.dumps(bom).encode()), objects)
    assert objects.missing_ids == set()
    spdx.JSONLDSerializer().write(objects, io.BytesIO())


def carried(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what is carried of the models of a dossier, without what has no value."""
    found = []
    for model in document["models"]:
        values = {name: model.get(name) for name in CARRIED_OF_A_MODEL}
        values["derived_from"] = [
            {n: v for n, v in edge.items() if n in ("key", "relation") and v}
            for edge in model.get("derived_from") or []
        ]
        values["corpora"] = [
            _given({name: corpus.get(name) for name in CARRIED_OF_A_CORPUS}) for corpus in model.get("corpora") or []
        ]
        found.append(_given(values))
    return sorted(found, key=lambda model: model["key"])


def _given(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, [], "")}


@pytest.mark.parametrize("format", FORMATS)
def test_what_is_written_is_valid_and_read_again_as_the_same(format):
    chance = random.Random(7)
    for _ in range(15):
        document = with_models(chance)
        bom = written(document, format)
        assert_valid(bom, format)
        read = read_file(json.dumps(bom).encode())
        assert (read.format, read.lost) == (format, [])
        assert carried({"models": read.models}) == carried(document)


@pytest.mark.parametrize("kind", ["algorithm", "generative", "registration"])
@pytest.mark.parametrize("format", FORMATS)
def test_every_kind_of_dossier_is_written(kind, format):
    assert_valid(written(a_document(kind), format), format)


@pytest.mark.parametrize("format", FORMATS)
def test_the_same_dossier_and_moment_give_the_same_bytes(format):
    document = a_document("generative")
    assert json.dumps(written(document, format)) == json.dumps(written(document, format))


@pytest.mark.parametrize("format", FORMATS)
def test_a_file_joined_to_its_own_dossier_changes_nothing(format):
    document = with_models(random.Random(3))
    read = read_file(json.dumps(written(document, format)).encode())
    assert carried(joined(document, read)) == carried(document)
    assert carried(joined({}, read)) == carried(document)
    assert joined({**document, "models": []}, read)["applicant"] == document["applicant"]


def test_a_dossier_keeps_what_it_has():
    read = Carried("cyclonedx", "1.7", [{"key": "x", "name": "Qwen3-8B", "license": "Apache-2.0", "version": "2"}])
    own = {"models": [{"key": "base", "name": "qwen3_8b", "license": "LicenseRef-Own"}]}
    assert joined(own, read)["models"] == [
        {"key": "base", "name": "qwen3_8b", "license": "LicenseRef-Own", "version": "2"}
    ]


# --- files of other tools --------------------------------------------------------------------------------------------

FOREIGN = {
    "bomFormat": "CycloneDX",
    "specVersion": "1.6",
    "metadata": {"component": {"type": "application", "name": "app"}},
    "components": [
        {
            "type": "machine-learning-model",
            "bom-ref": "pkg:huggingface/acme/own-7b@1",
            "name": "own-7b",
            "version": "1",
            "authors": [{"name": "Acme"}],
            "licenses": [{"license": {"id": "MIT"}}],
            "hashes": [],
            "modelCard": {
                "modelParameters": {
                    "architectureFamily": "transformer",
                    "inputs": [{"format": "string"}],
                    "outputs": [{"format": "image/png"}],
                    "datasets": [
                        {"type": "dataset", "name": "corpus-a", "contents": {"url": "https://example.org/a"}},
                        {"ref": "data"},
                    ],
                }
            },
            "pedigree": {
                "ancestors": [{"type": "machine-learning-model", "name": "Qwen/Qwen3-8B", "publisher": "Alibaba Cloud"}]
            },
        },
        {"type": "data", "bom-ref": "data", "name": "corpus-b", "licenses": [{"expression": "CC-BY-4.0"}]},
        {"type": "library", "name": "torch"},
    ],
}


def test_a_bill_of_another_tool_is_read():
    read = read_file(json.dumps(FOREIGN).encode())
    assert read.models == [
        {
            "key": "own-7b-1",
            "name": "own-7b",
            "version": "1",
            "developer": {"name": "Acme"},
            "license": "MIT",
            "architecture": "transformer",
            "modalities": ["text", "image"],
            "derived_from": [{"key": "qwen3-8b"}],
            "corpora": [
                {"name": "corpus-a", "source_url": "https://example.org/a"},
                {"name": "corpus-b", "license": "CC-BY-4.0"},
            ],
        },
        {"key": "qwen3-8b", "name": "Qwen/Qwen3-8B", "used_by_service": False, "developer": {"name": "Alibaba Cloud"}},
    ]
    assert read.lost == ["/components/0/hashes"]


@pytest.mark.parametrize(
    ("file", "corpus"),
    [
        ("1.0-fashion-mnist", {"name": "fashion_mnist", "license": "MIT", "source_url": "https://huggingface.co/datasets/fashion_mnist"}),
        ("1.0-huggingface-mnist", {"name": "mnist", "license": "MIT", "source_url": "https://huggingface.co/datasets/ylecun/mnist"}),
        ("1.0-huggingface-tgqa", {"name": "TGQA", "license": "MIT", "source_url": "https://github.com/xiongsiheng/TG-LLM"}),
        ("1.0-pass", {"name": "PASS", "license": "CC-BY-4.0", "source_url": "https://www.robots.ox.ac.uk/~vgg/data/pass/", "modality": "image"}),
        (
            "1.1-news_recommendations",
            {"name": "news_recommendations_base", "source_url": "https://huggingface.co/datasets/qazisaad/news_recommendations_base"},
        ),
    ],
)  # fmt: skip
def test_a_croissant_description_is_a_corpus(file, corpus):
    read = read_file((EXAMPLES / "croissant" / f"{file}.json").read_bytes())
    source = {"source_type": "open_source"} if "license" in corpus else {}
    assert (read.models, read.corpora) == ([], [{**corpus, **source}])
    assert "/description" in read.lost
    document = joined(a_document("generative"), read, key="main")
    assert document["models"][0]["corpora"][-1]["name"] == corpus["name"]
    parse(json.dumps(document).encode())


def test_languages_and_size_of_a_croissant_description_are_carried():
    text = {
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.1",
        "name": "n",
        "inLanguage": ["zh", "en"],
    }
    text |= {
        "distribution": [{"contentSize": "1.5 GB"}, {"contentSize": "500 MB"}],
        "rai:personalSensitiveInformation": ["health"],
    }
    text |= {"license": "https://spdx.org/licenses/CC0-1.0", "publisher": {"name": "Some Lab"}}
    read = read_file(json.dumps(text).encode())
    assert read.corpora == [{
        "name": "n", "source_type": "open_source", "source_name": "Some Lab", "license": "CC0-1.0", "languages": ["zh", "en"],
        "bytes": 2_000_000_000,
    }]  # fmt: skip
    # What it says is free text, from "none" to a list of diseases: a person has to read it.
    assert read.lost == ["/personalSensitiveInformation"]


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"conformsTo": {"@id": "http://mlcommons.org/croissant/1.0"}}, {"name": "n"}),
        ({"conformsTo": ["https://example.org/other", "http://mlcommons.org/croissant/1.1"]}, {"name": "n"}),
        ({"license": "All rights reserved"}, {"name": "n", "license": "All rights reserved"}),
        (
            {"license": "https://creativecommons.org/licenses/by/4.0/"},
            {"name": "n", "license": "CC-BY-4.0", "source_type": "open_source"},
        ),
        ({"distribution": [{"contentSize": "9" * 400 + " GB"}]}, {"name": "n"}),
        ({"distribution": [{"contentSize": "9" * 16 + " TB"}]}, {"name": "n"}),
        ({"name": "n\ud800"}, {"name": "n"}),
    ],
)
def test_a_croissant_description_as_others_write_it(members, expected):
    document = {"conformsTo": "http://mlcommons.org/croissant/1.1", "name": "n", **members}
    assert read_file(json.dumps(document).encode()).corpora == [expected]


def test_models_whose_keys_differ_in_signs_alone_stay_two():
    document = a_document("generative") | {"models": [{"key": "a b", "name": "A"}, {"key": "a-b", "name": "B"}]}
    graph = write_models(Canonical.of(document), "spdx", at=AT)["@graph"]
    ids = [node["spdxId"] for node in graph if "spdxId" in node]
    assert len(ids) == len(set(ids))


def test_models_join_a_dossier_whose_models_have_no_key():
    component = {"type": "machine-learning-model", "bom-ref": "one", "name": "one"}
    carried = read_file(
        json.dumps({"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [component]}).encode()
    )
    models = joined({"models": [{"name": "Without a key"}]}, carried)["models"]
    assert [model["name"] for model in models] == ["Without a key", "one"]


def test_a_moment_that_is_none_gives_no_day():
    document = {
        "@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld",
        "@graph": [{"type": "ai_AIPackage", "spdxId": "urn:x:1", "name": "M", "releaseTime": "garbage-date"}],
    }
    (model,) = read_file(json.dumps(document).encode()).models
    assert "released_on" not in model


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"{", "not_json"),
        (b"\xff\xfe\x00", "not_json"),
        (b"[" * 100_000, "not_json"),
        (b"[]", "unknown"),
        (b"{}", "unknown"),
        (b'{"bomFormat": "CycloneDX", "specVersion": "1.3"}', "version"),
        (b'{"bomFormat": "CycloneDX", "specVersion": "1.7", "components": []}', "no_models"),
        (b'{"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": []}', "no_models"),
        (b'{"conformsTo": "http://mlcommons.org/croissant/0.8"}', "version"),
        (b'{"conformsTo": "http://mlcommons.org/croissant/1.0"}', "no_models"),
        (b" " * (20 * 2**20 + 1), "too_large"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_reason_in_both_languages(raw, code):
    with pytest.raises(NotReadable) as refused:
        read_file(raw)
    assert refused.value.code == code
    assert refused.value.message("en") != refused.value.message("zh")


@pytest.mark.parametrize("source", ["cyclonedx", "spdx", "croissant", "foreign"])
def test_spoiled_files_are_read_or_refused_and_nothing_else(source):
    chance = random.Random(source)
    whole = {
        "cyclonedx": lambda: written(with_models(random.Random(1)), "cyclonedx"),
        "spdx": lambda: written(with_models(random.Random(1)), "spdx"),
        "croissant": lambda: json.loads((EXAMPLES / "croissant" / "1.0-pass.json").read_text()),
        "foreign": lambda: FOREIGN,
    }[source]()
    for _ in range(400):
        try:
            read = read_file(json.dumps(_spoiled(copy.deepcopy(whole), chance)).encode())
        except NotReadable:
            continue
        json.dumps(joined(a_document("generative"), read))


def _spoiled(node: Any, chance: random.Random) -> Any:
    """Replace some values at chance places by others of any type."""
    if isinstance(node, dict):
        return {name: _spoiled(value, chance) for name, value in node.items() if chance.random() > 0.02}
    if isinstance(node, list):
        return [_spoiled(value, chance) for value in node]
    return (
        chance.choice([None, 1, -1.5, True, "", "\x00", [], {}, [None], {"a": 1}]) if chance.random() < 0.05 else node
    )


# --- the commands --------------------------------------------------------------------------------------------------------


def test_the_commands_write_and_take_in(tmp_path, capsys):
    bom, draft = tmp_path / "bom.json", tmp_path / "draft.json"
    call_command("export_models", str(EXAMPLES / "dossiers" / "generative-complete.json"), output=bom)
    assert "Not carried" in capsys.readouterr().err
    with pytest.raises(SystemExit) as ended:
        call_command("import_models", str(bom), str(EXAMPLES / "croissant" / "1.0-pass.json"), dossier=draft)
    assert ended.value.code == 0
    model = json.loads(draft.read_text())["models"][0]
    assert model["corpora"][-1]["name"] == "PASS"
    assert "croissant 1.0, models: 0, corpora: 1" in capsys.readouterr().out


def test_a_file_that_cannot_be_read_leaves_the_draft_as_it_is(tmp_path, capsys):
    draft, bad = tmp_path / "draft.json", tmp_path / "bad.json"
    draft.write_text("{}")
    bad.write_text("[]")
    with pytest.raises(SystemExit) as ended:
        call_command(
            "import_models", str(EXAMPLES / "croissant" / "1.0-pass.json"), str(bad), dossier=draft, language="zh"
        )
    assert (ended.value.code, draft.read_text()) == (2, "{}")
    assert "既不是 CycloneDX 物料清单" in capsys.readouterr().out


def test_a_dossier_with_faults_is_not_written(tmp_path):
    with pytest.raises(CommandError):
        call_command("export_models", str(EXAMPLES / "dossiers" / "malformed.json"), output=tmp_path / "bom.json")
    assert not (tmp_path / "bom.json").exists()


# --- over the API, in the workspace, at the desk ---------------------------------------------------------------------------


def test_the_api_gives_and_takes_models(filer):
    client = APIClient()
    client.force_authenticate(filer)
    filing = a_filing(filer, "generative")
    address = f"/api/v1/filings/{filing.uid}/bill_of_materials/"
    for standard in FORMATS:
        assert_valid(client.get(f"{address}?standard={standard}").json(), standard)
    answer = client.post(address, FOREIGN, format="json")
    assert answer.json()["models"] == ["own-7b-1", "qwen3-8b"]
    filing.refresh_from_db()
    names = [model["name"] for model in document_of(filing)["models"]]
    assert {"own-7b", "Qwen/Qwen3-8B"} <= set(names)
    refused = client.post(address, {"a": 1}, format="json")
    assert (refused.status_code, refused.json()["code"]) == (409, "not_readable")
    stale = client.post(address, FOREIGN, format="json", headers={"If-Match": '"0"'})
    assert stale.status_code == 412


def test_a_filer_takes_a_file_in_and_downloads_the_models(filer, organization):
    filing = a_filing(filer, "generative")
    client = Client()
    client.force_login(filer)
    upload = ContentFile((EXAMPLES / "croissant" / "1.0-pass.json").read_bytes(), name="pass.json")
    address = reverse("workspace:read-models", args=[organization.uid, filing.uid])
    page = client.post(address, {"file": upload, "key": "main"}, follow=True).content.decode()
    assert "Read: models 0, data sets 1. Not carried: /citeAs, /description, /recordSet." in page
    assert document_of(filing)["models"][0]["corpora"][-1]["name"] == "PASS"
    bad = ContentFile(b"[]", name="x.json")
    assert "neither a CycloneDX bill of materials" in client.post(address, {"file": bad}, follow=True).content.decode()
    for standard in FORMATS:
        download = client.get(reverse("workspace:bill-of-materials", args=[organization.uid, filing.uid, standard]))
        assert filing.case_number in download.headers["Content-Disposition"]
        assert_valid(download.json(), standard)
    assert (
        client.get(reverse("workspace:bill-of-materials", args=[organization.uid, filing.uid, "x"])).status_code == 404
    )


def test_the_desk_downloads_the_models_of_a_submitted_filing(filer, reviewer):
    filing = a_submitted_filing(filer, "generative")
    client = Client()
    client.force_login(reviewer)
    for standard in FORMATS:
        download = client.get(reverse("admin:compliance_filing_bill", args=[filing.pk, standard]))
        assert_valid(download.json(), standard)
    assert client.get(reverse("admin:compliance_filing_bill", args=[filing.pk, "x"])).status_code == 404


# --- other registers ---------------------------------------------------------------------------------------------------------


def test_annex_viii_names_what_is_there_and_what_is_missing():
    lines = {line.number: line for line in annex_viii(a_dossier("generative"), "en")}
    assert list(lines) == list(range(1, 14))
    assert lines[4].values[0] == a_dossier("generative").service.name
    assert [number for number, line in lines.items() if not line.values] == [2, 3, 7, 8, 9, 10, 11]
    assert all(line.title for line in annex_viii(a_dossier("algorithm"), "zh"))


def test_a_filer_sees_the_fields_of_annex_viii(filer, organization):
    filing = a_filing(filer, "generative")
    client = Client()
    client.force_login(filer)
    address = reverse("workspace:european-fields", args=[organization.uid, filing.uid])
    assert "fields of Section A can be answered from this dossier" in client.get(address).content.decode()
    assert len(client.get(f"{address}?format=json").json()["fields"]) == 13


def test_an_entry_of_the_register_is_linked_data(client, db):
    call_command(
        "import_register", str(Path(demo.__file__).parent / "lists" / "genai_filing_sample.csv"), stdout=io.StringIO()
    )
    row = OfficialNumber.objects.get(number="Beijing-WenXinYiYan-20230821")
    answer = client.get(f"/register/{row.uid}.jsonld")
    data = answer.json()
    assert answer.headers["Content-Type"] == "application/ld+json"
    assert (data["@context"], data["@type"], data["name"]) == ("https://schema.org", "Service", "文心一言")
    assert data["provider"]["name"] == "北京百度网讯科技有限公司"
    certification = data["hasCertification"]
    assert certification["certificationIdentification"] == row.number
    assert certification["certificationStatus"] == "https://schema.org/CertificationActive"
    assert certification["validFrom"] == "2023-08-31"
    assert client.get(f"/register/{OWN_UUID}.jsonld").status_code == 404


@pytest.mark.parametrize("text", ["[1]", "{", '{"models": 5}'])
def test_a_dossier_that_is_none_is_left_as_it_is(tmp_path, text):
    dossier, file = tmp_path / "dossier.json", tmp_path / "bom.json"
    component = {"type": "machine-learning-model", "name": "one"}
    file.write_text(json.dumps({"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [component]}))
    dossier.write_text(text)
    with pytest.raises(CommandError, match="Nothing was written"):
        call_command("import_models", str(file), dossier=dossier)
    assert {path.name: path.read_text() for path in tmp_path.glob("dossier*")} == {"dossier.json": text}
