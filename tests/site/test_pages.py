"""The public pages."""

from __future__ import annotations

import pytest

from compliance.rules.catalog import CATALOG


@pytest.mark.parametrize(
    ("language", "heading"), [("en", "What is missing from your filing?"), ("zh-hans", "您的申报还缺什么？")]
)
def test_the_home_page_is_available_in_both_languages(client, language, heading):
    answer = client.get("/", headers={"Accept-Language": language})
    assert (answer.status_code, heading in answer.content.decode()) == (200, True)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_rules_page_shows_every_rule(client, language):
    text = client.get("/rules/", headers={"Accept-Language": language}).content.decode()
    assert all(f'id="{rule.code}"' in text for rule in CATALOG)


def test_the_language_is_switched_and_kept(client):
    client.post("/language/setlang/", {"language": "zh-hans", "next": "/"})
    assert "您的申报还缺什么" in client.get("/", headers={"Accept-Language": "en"}).content.decode()


def test_the_health_check_succeeds_when_the_database_responds(client, db):
    assert client.get("/health/").json() == {"status": "ok"}


def test_an_unknown_page_is_not_found(client):
    answer = client.get("/nothing/")
    assert (answer.status_code, "Not found" in answer.content.decode()) == (404, True)
