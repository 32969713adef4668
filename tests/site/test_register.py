"""The public register, and the storage of documents."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from compliance import demo
from registry.storage import storage_of

LISTS = sorted((Path(demo.__file__).parent / "lists").glob("*.csv"))


@pytest.fixture
def lists(db):
    call_command("import_register", *map(str, LISTS), stdout=StringIO())


@pytest.mark.parametrize(
    ("query", "shown", "hidden"),
    [
        ("", ["文心一言", "网信算备110108077222703220015号", "考拉push算法"], []),
        ("?q=文心", ["文心一言", "文心大模型算法-2"], ["微博热搜算法"]),
        ("?status=cancelled", ["考拉push算法", "已注销"], ["文心一言"]),
        ("?kind=registration&province=63", ["江源新闻"], ["慧问", "文心一言"]),
        ("?kind=nonsense&page=99", ["文心一言"], []),
        ("?q=nothing", ["No results."], ["文心一言"]),
    ],
)
def test_anyone_can_search_the_official_register(lists, client, query, shown, hidden):
    text = client.get(f"/register/{query}").content.decode()
    body = text.partition("</form>")[2].partition("</form>")[2]
    assert [expected for expected in shown if expected not in text] == []
    assert [unexpected for unexpected in hidden if unexpected in body] == []


def test_the_official_register_is_translated_to_chinese(lists, client):
    text = client.get("/register/", headers={"Accept-Language": "zh-hans"}).content.decode()
    for expected in ("官方备案登记簿", "已注销", "共 24 个编号"):
        assert expected in text


@pytest.mark.parametrize("path", ["/register/?q=%00", "/api/v1/register/?q=a%00", "/api/v1/register/?%00=1"])
def test_a_nul_character_in_a_url_is_refused(db, client, path):
    answer = client.get(path)
    assert answer.status_code == 400
    assert answer.json()["code"] == "bad_request"


def test_documents_are_stored_in_a_folder_or_a_bucket():
    assert storage_of("")["BACKEND"].endswith("FileSystemStorage")
    bucket = storage_of("s3://filings/a/b?endpoint_url=https://s3.example&region_name=cn-north-1")
    assert bucket == {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": "filings",
            "location": "a/b",
            "file_overwrite": False,
            "endpoint_url": "https://s3.example",
            "region_name": "cn-north-1",
        },
    }
    with pytest.raises(ValueError, match="s3://"):
        storage_of("ftp://x")
