"""`check_dossier`: as a linter, without a database."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.building import EXAMPLES

ROOT = Path(__file__).parent.parent.parent


def run(capsys, *arguments: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as ended:
        call_command("check_dossier", *arguments)
    return int(ended.value.code or 0), capsys.readouterr().out


def path(name: str) -> str:
    return str(EXAMPLES / f"{name}.json")


def test_json_holds_one_item_a_file_in_order(capsys):
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


def test_warnings_alone_are_no_failure(capsys, tmp_path):
    document = json.loads((EXAMPLES / "algorithm-complete.json").read_text())
    document["applicant"]["governance"] = document["applicant"]["governance"][:4]
    file = tmp_path / "warned.json"
    file.write_text(json.dumps(document))
    status, out = run(capsys, str(file), "--as-of", "2026-11-20")
    assert (status, "ORG-04" in out) == (0, True)


def test_text_says_where_what_how_and_by_which_article(capsys):
    _, out = run(capsys, path("algorithm-late"), "--as-of", "2026-06-01")
    assert out.splitlines()[1:] == [
        "  error  DDL-01  /service/launched_on  Algorithm filing not submitted in time",
        "      Nothing was submitted by 2026-05-18, the 10th working day after 2026-04-30. In force since 2022-03-01.",
        "      Fix: Submit the filing now; a late submission is recorded, and it is better than none.",
        "      By: Algorithm Recommendation Provisions, Art. 24",
        "",
        "Files checked as of 2026-06-01: 1. Malformed: 0, errors: 1, warnings: 0.",
    ]


def test_text_speaks_chinese(capsys):
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
def test_a_day_that_is_none_is_refused(day):
    with pytest.raises(Exception, match="no day"):
        call_command("check_dossier", path("algorithm-late"), "--as-of", day)
