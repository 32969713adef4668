"""`check_dossier`: a linter for dossiers, without a database."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from django.core.management import CommandError, call_command

from compliance.rules.catalog import CATALOG
from compliance.rules.families import ALL_FAMILIES
from tests.building import EXAMPLES

ROOT = Path(__file__).parent.parent.parent

assert ALL_FAMILIES


def run(capsys, *arguments: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as ended:
        call_command("check_dossier", *arguments)
    return int(ended.value.code or 0), capsys.readouterr().out


def path(name: str) -> str:
    return str(EXAMPLES / f"{name}.json")


def test_json_has_one_item_per_file_in_order(capsys):
    names = [path("malformed"), path("algorithm-late"), path("algorithm-complete")]
    status, out = run(capsys, *names, "--as-of", "2026-06-01", "--format", "json")
    items = json.loads(out)
    assert (status, [item["file"] for item in items]) == (2, names)
    assert [[fault["at"] for fault in item["malformed"]] for item in items] == [
        ["/applicant/uscc", "/assessment/refusal_test/refusal_rate", "/modles"],
        [],
        [],
    ]
    assert [[finding["rule"] for finding in item["findings"]] for item in items] == [[], ["DDL-01"], []]
    assert set(items[1]["findings"][0]) == {"rule", "level", "variant", "at", "title", "message", "cites", "fix"}


@pytest.mark.parametrize(
    ("names", "status"),
    [
        (["algorithm-complete"], 0),
        (["algorithm-complete", "algorithm-incomplete"], 1),
        (["malformed", "algorithm-incomplete"], 2),
        (["algorithm-complete", "no-such-file"], 2),
    ],
)
def test_the_worst_file_decides_the_exit_status(capsys, names, status):
    assert run(capsys, *map(path, names), "--as-of", "2026-11-20")[0] == status


def test_warnings_alone_are_not_a_failure(capsys, tmp_path):
    document = json.loads((EXAMPLES / "algorithm-complete.json").read_text())
    document["applicant"]["governance"] = document["applicant"]["governance"][:4]
    file = tmp_path / "warned.json"
    file.write_text(json.dumps(document))
    status, out = run(capsys, str(file), "--as-of", "2026-11-20")
    assert (status, "ORG-04" in out) == (0, True)


def test_text_shows_place_message_fix_and_legal_basis(capsys):
    _, out = run(capsys, path("algorithm-late"), "--as-of", "2026-06-01")
    assert out.splitlines()[1:] == [
        "  error  DDL-01  /service/launched_on (60:3)  Algorithm filing not submitted in time",
        "      Not submitted by 2026-05-18, the 10th working day after 2026-04-30. In force since 2022-03-01.",
        "      How to fix: Submit the filing now; a late submission is recorded, but it is better than none.",
        "      Legal basis: Algorithm Recommendation Provisions, Art. 24",
        "",
        "Files checked as of 2026-06-01: 1. Malformed: 0, errors: 1, warnings: 0.",
    ]


def test_text_is_available_in_chinese(capsys):
    _, out = run(capsys, path("algorithm-late"), "--as-of", "2026-06-01", "--language", "zh")
    assert "截至 2026-05-18（2026-04-30 后第 10 个工作日）仍未提交。" in out


def test_it_needs_no_database_and_no_settings(tmp_path):
    environment = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none",
        "REDIS_URL": "redis://127.0.0.1:1/0",
    }
    done = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "check_dossier", path("algorithm-complete"), "--as-of", "2026-11-20",
         "--format", "json"],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, json.loads(done.stdout)[0]["findings"], done.stderr) == (0, [], "")


@pytest.mark.parametrize("day", ["2026-13-01", "20261101", "soon"])
def test_an_invalid_day_is_refused(day):
    with pytest.raises(Exception, match="is not a valid"):
        call_command("check_dossier", path("algorithm-late"), "--as-of", day)


GAPS = ["generative-three-gaps", "generative-weak-assessment", "malformed"]


def sarif(capsys, *arguments: str) -> tuple[int, dict]:
    status, out = run(capsys, *arguments, "--as-of", "2026-11-20", "--format", "sarif")
    return status, json.loads(out)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_sarif_is_valid_against_its_schema(capsys, language):
    schema = json.loads((ROOT / "tests" / "schemas" / "sarif-schema-2.1.0.json").read_text())
    _, log = sarif(capsys, str(EXAMPLES), "--language", language)
    jsonschema.validate(log, schema, cls=jsonschema.Draft7Validator)
    assert len(log["runs"][0]["artifacts"]) == len(list(EXAMPLES.glob("*.json")))


def test_sarif_has_rule_place_and_level(capsys):
    status, log = sarif(capsys, *map(path, GAPS))
    results = [
        (
            Path(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]).stem,
            result["ruleId"],
            result["level"],
            result["locations"][0]["logicalLocations"][0]["fullyQualifiedName"],
        )
        for result in log["runs"][0]["results"]
    ]
    assert (status, results) == (
        2,
        [
            ("generative-three-gaps", "DOC-02", "error", "/documents"),
            ("generative-three-gaps", "DOC-02", "error", "/documents"),
            ("generative-weak-assessment", "AS-03", "error", "/assessment/content_tests/manual"),
            ("generative-weak-assessment", "AS-04", "warning", "/assessment/content_tests/manual"),
            ("generative-weak-assessment", "AS-08", "warning", "/assessment/signatories"),
            ("malformed", "MALFORMED", "error", "/applicant/uscc"),
            ("malformed", "MALFORMED", "error", "/assessment/refusal_test/refusal_rate"),
            ("malformed", "MALFORMED", "error", "/modles"),
        ],
    )
    rules = [rule["id"] for rule in log["runs"][0]["tool"]["driver"]["rules"]]
    assert [rules[result["ruleIndex"]] for result in log["runs"][0]["results"]] == [each[1] for each in results]
    prints = [result["partialFingerprints"]["gap/v1"] for result in log["runs"][0]["results"]]
    assert len(set(prints)) == len(prints)


def test_a_finding_has_its_line_and_a_missing_field_the_line_of_its_parent(capsys, tmp_path):
    file = tmp_path / "sp ace.json"
    lines = (EXAMPLES / "registration-unfiled-model.json").read_text().splitlines()
    file.write_text("\n".join(lines))
    _, log = sarif(capsys, str(file), "--select", "PRO-05,DOC")
    found = {result["ruleId"]: result["locations"][0]["physicalLocation"] for result in log["runs"][0]["results"]}
    line = next(i for i, text in enumerate(lines, 1) if '"filing_number"' in text)
    assert found["PRO-05"]["region"]["startLine"] == line
    assert found["PRO-05"]["artifactLocation"]["uri"].endswith("/sp%20ace.json")
    assert found["DOC-03"]["region"]["startLine"] == next(i for i, text in enumerate(lines, 1) if '"documents"' in text)


def test_a_folder_stands_for_all_dossiers_in_it(capsys, tmp_path):
    (tmp_path / "below").mkdir()
    for name in ("b", "below/a"):
        (tmp_path / f"{name}.json").write_bytes((EXAMPLES / "algorithm-complete.json").read_bytes())
    (tmp_path / "notes.txt").write_text("no dossier")
    _, out = run(capsys, str(tmp_path), "--as-of", "2026-11-20", "--format", "json")
    assert [item["file"] for item in json.loads(out)] == [str(tmp_path / "b.json"), str(tmp_path / "below" / "a.json")]


def test_a_folder_without_dossiers_is_reported(capsys, tmp_path):
    status, out = run(capsys, str(tmp_path))
    assert (status, "folder" in out) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "rules"),
    [
        (["--select", "AS"], {"AS-03", "AS-04", "AS-08"}),
        (["--select", "as-03,AS-08"], {"AS-03", "AS-08"}),
        (["--select", "AS-03", "--select", "DOC"], {"AS-03"}),
        (["--ignore", "AS-03"], {"AS-04", "AS-08"}),
        (["--select", "AS", "--ignore", "AS-04,AS-08"], {"AS-03"}),
        (["--select", "DOC"], set()),
    ],
)
def test_rules_are_selected_and_ignored(capsys, arguments, rules):
    status, out = run(
        capsys, path("generative-weak-assessment"), "--as-of", "2026-11-20", "--format", "json", *arguments
    )
    (item,) = json.loads(out)
    assert {finding["rule"] for finding in item["findings"]} == rules
    assert status == (1 if "AS-03" in rules else 0)


@pytest.mark.parametrize("option", ["--select", "--ignore"])
def test_an_unknown_code_is_refused(option):
    with pytest.raises(CommandError, match="'COR-99' is neither a rule code, such as COR-05, nor a family"):
        call_command("check_dossier", path("algorithm-late"), option, "COR-99")


@pytest.mark.parametrize(("language", "duty"), [("en", "at least 4,000 items"), ("zh", "不少于 4000 条")])
def test_a_rule_is_explained_with_its_examples(capsys, language, duty):
    call_command("check_dossier", "--explain", "cor-05", "--language", language)
    out = capsys.readouterr().out
    assert out.startswith("COR-05  ")
    for text in (duty, "2024-02-29 – 2025-11-01", "TC260-003-2024", "/models/0/corpora/0/manual_sample/size: 3999"):
        assert text in out


@pytest.mark.parametrize("code", [rule.code for rule in CATALOG])
def test_every_rule_can_be_explained(capsys, code):
    call_command("check_dossier", "--explain", code)
    assert "Compliant example:" in capsys.readouterr().out


def test_an_unknown_rule_cannot_be_explained():
    with pytest.raises(CommandError, match="Rule COR-99 does not exist"):
        call_command("check_dossier", "--explain", "COR-99")


def test_a_file_or_a_rule_is_required():
    with pytest.raises(CommandError, match="Give a file or a folder"):
        call_command("check_dossier")


def test_two_days_are_compared(capsys):
    name = path("generative-unfiled-base-2024")
    _, out = run(capsys, name, "--as-of", "2025-10-31", "--compare-to", "2025-11-01", "--format", "json")
    compared = json.loads(out)[0]["compared"]
    assert {part: [finding["rule"] for finding in compared[part]] for part in ("new", "gone", "changed")} == {
        "new": ["PRO-04"],
        "gone": ["PRO-03"],
        "changed": [],
    }
    _, text = run(capsys, name, "--as-of", "2025-10-31", "--compare-to", "2025-11-01")
    assert "New on 2025-11-01 compared with 2025-10-31" in text
    assert "No longer applicable on 2025-11-01 compared with 2025-10-31" in text


def test_two_days_with_the_same_requirements(capsys):
    _, text = run(capsys, path("algorithm-complete"), "--as-of", "2026-11-19", "--compare-to", "2026-11-20")
    assert "Nothing changes between 2026-11-19 and 2026-11-20." in text


def test_text_is_colored_only_on_a_terminal(capsys):
    _, plain = run(capsys, path("algorithm-late"), "--as-of", "2026-06-01")
    _, colored = run(capsys, path("algorithm-late"), "--as-of", "2026-06-01", "--force-color")
    assert ("\x1b[" in plain, "\x1b[" in colored) == (False, True)


@pytest.mark.parametrize("text", ['{"kind": "generative",}', "hello", ""])
@pytest.mark.parametrize("form", ["text", "json", "sarif"])
def test_invalid_json_is_reported_as_malformed(capsys, tmp_path, text, form):
    file = tmp_path / "broken.json"
    file.write_text(text)
    assert run(capsys, str(file), path("algorithm-complete"), "--as-of", "2026-11-20", "--format", form)[0] == 2


def test_sarif_covers_one_day():
    with pytest.raises(CommandError, match="The SARIF format covers one day"):
        call_command("check_dossier", path("algorithm-late"), "--format", "sarif", "--compare-to", "2026-01-01")
