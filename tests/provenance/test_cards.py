"""Model cards in all their variants: what is parsed, and the notes on the rest."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import CommandError, call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.dossier.parsing import parse
from compliance.dossier.patching import changed
from compliance.provenance.card_notes import NOTES
from compliance.provenance.cards import read_card
from compliance.provenance.drafting import NoName, NoSuchModel, drafted
from registry.reference.identifying import identified
from tests.building import a_document

CARDS = Path(__file__).parent.parent / "examples" / "modelcards"
READ = ("name", "base_models", "relation", "license", "datasets", "languages")


def read(text: str | bytes, file: str = "README.md") -> dict[str, Any]:
    raw = text if isinstance(text, bytes) else text.encode()
    return read_card(raw, file).as_json(file, "en")


def matter(*lines: str) -> dict[str, Any]:
    return read("\n".join(["---", *lines, "---", ""]))


def codes_of(*lines: str) -> list[str]:
    return [note.code for note in read_card("\n".join(["---", *lines, "---", ""]).encode()).notes]


# fmt: off
SIX = {
    "x43577602565": ("Chinese QA LoRA Model", ["THUDM/chatglm-6b"], "adapter", "apache-2.0", [], ["zh"]),
    "x46500835448": ("vpet_v0.11", ["THUDM/chatglm3-6b"], "adapter", "other", [], []),
    "x55424505917": ("x55424505917-Yi-Coder-9B-Chat", ["01-ai/Yi-Coder-9B"], "finetune", "apache-2.0", [], []),
    "x61964210505": ("DeepSeek-R1-Distill-Qwen-14B Fast-Math-R1 SFT", ["deepseek-ai/DeepSeek-R1-Distill-Qwen-14B"],
                     "finetune", "mit", ["RabotniKuma/Fast-Math-R1-SFT"], ["en"]),
    "x62820532822": ("VisioMind Qwen2.5-3B Industrial Planner LoRA", ["Qwen/Qwen2.5-3B-Instruct"], "adapter",
                     "qwen-research", [], ["zh", "en"]),
    "x70964188582": ("BINMAN-LM adapter", ["Qwen/Qwen2.5-3B-Instruct"], "adapter", "qwen-research", [], ["en"]),
}
# fmt: on


@pytest.mark.parametrize("start", SIX)
def test_the_six_example_cards_are_parsed(start):
    (path,) = CARDS.glob(f"{start}*.md")
    card = read(path.read_bytes(), str(path))
    assert card["front_matter"] is True
    assert tuple(card[name] for name in READ) == SIX[start]


COLLECTED = yaml.safe_load((CARDS.parent / "model_cards.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", COLLECTED, ids=lambda case: case["card"])
def test_a_collected_card_becomes_a_model_on_a_known_base(case):
    written = case["matter"]
    card = read_card(f"---\n{yaml.safe_dump(written)}---\n# {case['card']}\n".encode(), "README.md")
    languages = written.get("language", [])
    expected = [languages] if isinstance(languages, str) else languages
    assert (card.base_models, card.datasets, card.languages) == (
        [written["base_model"]],
        written.get("datasets", []),
        expected,
    )
    draft = drafted({}, card)
    document = parse(json.dumps(a_document("generative") | {"models": draft.document["models"]}).encode())
    model, base = document.dossier.models
    assert [edge.key for edge in model.derived_from] == [base.key]
    assert identified(written["base_model"]).model.id == case["base"]


def test_the_command_prints_one_item_per_file(capsys):
    files = [str(path) for path in sorted(CARDS.glob("x*.md"))] + ["no such file"]
    with pytest.raises(SystemExit) as ended:
        call_command("import_model_card", *files, "--dry-run", "--format", "json")
    items = json.loads(capsys.readouterr().out)
    assert (ended.value.code, [item["file"] for item in items]) == (2, files)
    assert {tuple(item) for item in items} == {
        ("file", "front_matter", "name", "base_models", "relation", "license", "datasets", "languages", "notes")
    }


@pytest.mark.parametrize(
    ("lines", "bases"),
    [
        (["base_model: a/b"], ["a/b"]),
        (["base_model: [a/b, c/d]"], ["a/b", "c/d"]),
        (["base_model:", "- a/b", "- ''", "- a/b"], ["a/b"]),
        (["base_model: ''"], []),
        (["base_model:"], []),
        (["base_model: null"], []),
        (["base_model: a/b, c/d"], ["a/b", "c/d"]),
        (["base_model: {name: a/b}"], ["a/b"]),
        (["base_model: https://huggingface.co/a/b/tree/main"], ["a/b"]),
        (["base_model: bert-base-uncased"], ["bert-base-uncased"]),
        (["base_model: ./out/checkpoint-500"], []),
        (["base_model: /data/models/Llama-2-7b"], []),
        (["base_model: 'C:\\models\\x'"], []),
        (["base_model: models/llama"], []),
        (["base-model: a/b"], ["a/b"]),
        (["base_modle: a/b"], ["a/b"]),
        (["Base_Model: a/b"], ["a/b"]),
        (["tags:", "- base_model:quantized:a/b"], ["a/b"]),
        (["tags: base_model:a/b"], ["a/b"]),
        (["base_model:\ta/b"], ["a/b"]),
        (["base_model: a/b", "base_model: c/d"], ["a/b"]),
    ],
)
def test_a_base_model_is_found_in_every_spelling(lines, bases):
    assert matter(*lines)["base_models"] == bases


@pytest.mark.parametrize(
    ("lines", "relation"),
    [
        (["base_model: a/b", "base_model_relation: quantized"], "quantized"),
        (["base_model: a/b", "base_model_relation: LoRA"], "adapter"),
        (["base_model: a/b", "base_model_relation: strange"], "finetune"),
        (["base_model: a/b", "library_name: peft"], "adapter"),
        (["base_model: a/b", "tags: [mergekit, merge]"], "merge"),
        (["base_model: [a/b, c/d]"], "merge"),
        (["base_model: a/b", "tags: [GGUF]"], "quantized"),
        (["base_model: a/b"], "finetune"),
        (["library_name: peft"], None),
    ],
)
def test_the_relation_is_the_given_one_or_the_one_the_hub_infers(lines, relation):
    assert matter(*lines)["relation"] == relation


@pytest.mark.parametrize(
    ("lines", "license"),
    [
        (["license: apache-2.0"], "apache-2.0"),
        (["licence: mit"], "mit"),
        (["license: [mit, apache-2.0]"], "mit"),
        (["license: other", "license_name: yi-license"], "yi-license"),
        (["license: other"], "other"),
        (["license: ''"], None),
        (["license: 3.0"], "3.0"),
        (["tags: ['license:llama2']"], "llama2"),
    ],
)
def test_a_license_is_kept_as_written(lines, license):
    assert matter(*lines)["license"] == license


def test_no_is_parsed_as_norwegian():
    assert matter("language: no")["languages"] == ["no"]
    assert matter("language: [en, zh]")["languages"] == ["en", "zh"]
    assert matter("tags: [zh, lora]")["languages"] == ["zh"]


def test_windows_line_endings_and_a_byte_order_mark_are_ignored():
    plain = "---\nlicense: mit\nbase_model: a/b\n---\n# A name\n"
    assert read(plain.replace("\n", "\r\n")) == read("\ufeff" + plain) == read(plain)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("# Only a heading", "no_front_matter"),
        ("", "no_front_matter"),
        ("---\nlicense: mit\n", "unfinished"),
        ("---\n- a\n---\n", "no_mapping"),
        (b"\xff" * 3_000_000, "too_large"),
    ],
)
def test_missing_or_unreadable_front_matter_is_noted(text, code):
    card = read_card(text if isinstance(text, bytes) else text.encode())
    assert code in [note.code for note in card.notes]
    assert (card.base_models, card.license, card.datasets) == ([], None, [])


def test_one_bad_field_does_not_affect_the_others():
    card = matter("license: mit", "widget: : {", "base_model: a/b", "datasets: [unclosed", "language: zh")
    assert (card["license"], card["base_models"], card["languages"]) == ("mit", ["a/b"], ["zh"])
    assert codes_of("license: mit", "widget: : {", "base_model: a/b").count("not_yaml") == 1


def test_a_yaml_reference_bomb_is_read_quickly():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 30)]
    assert matter(*lines, "datasets: *a29", "license: mit")["license"] == "mit"
    assert read("---\na: " + "[" * 50_000 + "\nlicense: mit\n---\n")["license"] == "mit"


def test_notes_are_given_in_both_languages():
    card = read_card(b"---\nlicence: other\nbase_model: ./x\n---\n")
    assert [note.code for note in card.notes] == ["misspelt", "local_path", "no_base_model", "license_other"]
    assert all(text.en and text.zh for text in NOTES.values())
    assert "本地路径" in card.notes[1].message("zh")


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200), st.text(max_size=100))
def test_any_text_is_read_without_an_exception(inside, after):
    for text in (f"---\n{inside}\n---\n{after}", inside, f"---\nbase_model: {inside}\n---\n"):
        read(text)


CARD = b"---\nbase_model: meta-llama/Llama-2-13b-hf\nlicense: llama2\ndatasets: [a/corpus]\n---\n# Cloud 13B\n"


def test_a_card_creates_a_model_with_lineage_corpora_and_license():
    made = drafted({}, read_card(CARD))
    assert (made.key, made.kept) == ("cloud-13b", ())
    assert made.document["models"] == [
        {
            "key": "cloud-13b",
            "name": "Cloud 13B",
            "used_by_service": True,
            "license": "LicenseRef-Llama-2",
            "development": "derived",
            "derived_from": [{"key": "llama-2-13b-hf", "relation": "finetune"}],
            "corpora": [
                {
                    "name": "a/corpus",
                    "stage": "optimization",
                    "source_type": "open_source",
                    "source_name": "Hugging Face Hub",
                    "source_url": "https://huggingface.co/datasets/a/corpus",
                }
            ],
        },
        {
            "key": "llama-2-13b-hf",
            "name": "Llama-2-13b-hf",
            "used_by_service": False,
            "developer": {"name": "meta-llama"},
        },
    ]


def test_a_base_model_of_the_catalog_gets_the_values_of_the_catalog():
    made = drafted({}, read_card(b"---\nbase_model: 01-ai/Yi-34B\n---\n# X\n"))
    assert made.document["models"][1] == {
        "key": "yi-34b",
        "name": "Yi-34B",
        "used_by_service": False,
        "developer": {"name": "01.AI", "country": "CN"},
        "license": "Apache-2.0",
        "open_weights": True,
    }


def test_a_dossier_is_extended_and_its_values_are_kept():
    document = a_document("generative")
    made = drafted(document, read_card(CARD), "main")
    main, base = made.document["models"]
    assert made.kept == ("license", "development")
    assert (main["license"], main["derived_from"], base["name"]) == (
        "LicenseRef-Proprietary",
        [{"key": "llama-2-13b-hf", "relation": "finetune"}],
        "Llama-2-13b-hf",
    )
    assert drafted(made.document, read_card(CARD), "main").document == made.document
    parse(json.dumps(made.document).encode())


def test_an_unknown_key_and_a_card_without_a_name_are_refused():
    with pytest.raises(NoSuchModel):
        drafted(a_document("generative"), read_card(CARD), "other")
    with pytest.raises(NoName):
        drafted({}, read_card(b"---\nlicense: mit\n---\n"))


def test_a_draft_on_disk_is_created_then_extended_and_written_completely_or_not_at_all(tmp_path, capsys):
    card, dossier = tmp_path / "README.md", tmp_path / "dossier.json"
    card.write_bytes(CARD)
    with pytest.raises(SystemExit):
        call_command("import_model_card", str(card), "--dossier", str(dossier))
    assert [model["key"] for model in json.loads(dossier.read_text())["models"]] == ["cloud-13b", "llama-2-13b-hf"]
    written = dossier.read_bytes()
    with pytest.raises(CommandError, match="no model"):
        call_command("import_model_card", str(card), "--dossier", str(dossier), "--key", "nothing")
    assert dossier.read_bytes() == written
    with pytest.raises(CommandError, match="--dry-run"):
        call_command("import_model_card", str(card))


@pytest.mark.parametrize(
    "text",
    ['{"reference": "a", "reference": "b"}', '{"service": {"monthly_active_users": 1e5}}', '{"models": "x"}', "{"],
)
def test_a_draft_that_cannot_be_extended_without_loss_is_left_unchanged(tmp_path, text):
    card, dossier = tmp_path / "README.md", tmp_path / "dossier.json"
    card.write_bytes(CARD)
    dossier.write_text(text)
    with pytest.raises(CommandError, match="Nothing was written"):
        call_command("import_model_card", str(card), "--dossier", str(dossier))
    assert dossier.read_text() == text


def test_one_unreadable_card_prevents_writing_any(tmp_path, capsys):
    card, dossier = tmp_path / "README.md", tmp_path / "dossier.json"
    card.write_bytes(CARD)
    with pytest.raises(SystemExit) as ended:
        call_command(
            "import_model_card", str(card), str(tmp_path / "none.md"), "--dossier", str(dossier), language="zh"
        )
    assert (ended.value.code, dossier.exists(), "没有这个文件" in capsys.readouterr().out) == (2, False, True)


def test_numbers_of_a_dossier_are_kept_as_written(tmp_path):
    card, dossier = tmp_path / "README.md", tmp_path / "dossier.json"
    card.write_bytes(CARD)
    document = changed(a_document("generative"), {"/assessment/refusal_test/refusal_rate": 0.9700})
    dossier.write_text(json.dumps(document).replace("0.97", "0.9700"))
    with pytest.raises(SystemExit):
        call_command("import_model_card", str(card), "--dossier", str(dossier), "--key", "main")
    assert '"refusal_rate": 0.9700' in dossier.read_text()
