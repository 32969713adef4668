"""Filling in a section: saved and checked, refused, merged; nothing typed is lost."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from compliance.filings import actions
from compliance.models import Event, Filing, WorkingCopy
from registry.models import Membership, Organization, User
from tests.building import parsed
from tests.making_filings import document_of, unresolved_flags
from tests.workspace.conftest import signed_in

At = Callable[[str], str]
_FIELD = re.compile(r'<input type="hidden" name="(version|owner|shown)" value="([^"]*)"')


def form_of(web: Client, url: str) -> dict[str, str]:
    """Return the hidden fields of the form of a page."""
    return {name: unescape(value) for name, value in _FIELD.findall(web.get(url).content.decode())}


def save(web: Client, url: str, form: dict[str, Any], **typed: Any) -> Any:
    return web.post(url, {**form, **{name: value for name, value in typed.items() if "/" in name}, "save": "1"})


def test_what_is_typed_is_saved_and_checked_at_once(web: Client, at: At, draft: Filing) -> None:
    url = at("edit/service/")
    answer = web.post(
        url, {**form_of(web, url), "/service/audience": " ", "/service/launched_on": "２０２６年３月１日"}
    )
    assert answer.status_code == 302
    assert document_of(draft)["service"]["launched_on"] == "2026-03-01"
    assert ("SRV-04", "/service/audience") in unresolved_flags(draft)
    assert "SRV-04" in web.get(url).content.decode()


def test_a_refused_value_stores_nothing_and_keeps_what_was_typed(web: Client, at: At, draft: Filing) -> None:
    url, before = at("edit/service/"), document_of(draft)
    typed = {"/service/launched_on": "gestern", "/service/audience": "所有成年用户"}
    answer = web.post(url, {**form_of(web, url), **typed})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert document_of(draft) == before
    assert 'value="gestern"' in page
    assert "所有成年用户" in page
    assert "“gestern” is not a date" in unescape(page)


def test_saving_without_a_change_records_nothing(web: Client, at: At, draft: Filing) -> None:
    url, events = at("edit/applicant/"), Event.objects.count()
    web.post(url, form_of(web, url))
    assert Event.objects.count() == events


def test_two_people_in_different_fields_both_stay(web: Client, at: At, draft: Filing, filer: User) -> None:
    url = at("edit/service/")
    form = form_of(web, url)
    other = parsed("generative", {"/service/audience": "企业用户"})
    actions.edit_dossier(draft, other, by=filer)
    answer = web.post(url, {**form, "/service/terms_url": "https://shili.example/terms-2"}, follow=True)
    service = document_of(draft)["service"]
    assert (service["audience"], service["terms_url"]) == ("企业用户", "https://shili.example/terms-2")
    assert "Kept what somebody else changed meanwhile: audience" in answer.content.decode()


def test_two_people_in_one_field_learn_of_each_other(
    web: Client, at: At, draft: Filing, organization: Organization
) -> None:
    colleague = User.objects.create_user("colleague", first_name="示例同事")
    Membership.objects.create(user=colleague, organization=organization, role="filer")
    url = at("edit/service/")
    form = form_of(web, url)
    actions.edit_dossier(draft, parsed("generative", {"/service/audience": "企业用户"}), by=colleague)
    answer = web.post(url, {**form, "/service/audience": "个人用户"})
    page = unescape(answer.content.decode())
    assert answer.status_code == 409
    assert document_of(draft)["service"]["audience"] == "企业用户"
    assert "示例同事 changed this meanwhile to: 企业用户." in page
    assert "个人用户" in page
    again = dict(_FIELD.findall(answer.content.decode()))
    web.post(url, {**{name: unescape(value) for name, value in again.items()}, "/service/audience": "个人用户"})
    assert document_of(draft)["service"]["audience"] == "个人用户"


def test_saving_again_after_a_conflict_keeps_what_the_other_changed_elsewhere(
    web: Client, at: At, draft: Filing, filer: User
) -> None:
    url = at("edit/service/")
    form = form_of(web, url)
    others = {"/service/audience": "企业用户", "/service/minor_protection": "设置青少年模式"}
    actions.edit_dossier(draft, parsed("generative", others), by=filer)
    shown = parsed("generative").dossier.service
    typed = {"/service/audience": "个人用户", "/service/minor_protection": shown.minor_protection or ""}
    conflict = web.post(url, {**form, **typed}).content.decode()
    assert "\n设置青少年模式</textarea>" in conflict
    again = {name: unescape(value) for name, value in _FIELD.findall(conflict)}
    typed["/service/minor_protection"] = "设置青少年模式"
    web.post(url, {**again, **typed})
    service = document_of(draft)["service"]
    assert (service["audience"], service["minor_protection"]) == ("个人用户", "设置青少年模式")


def test_a_conflict_shows_what_was_typed_wrong_as_it_was_typed(web: Client, at: At, draft: Filing, filer: User) -> None:
    url = at("edit/assessment/")
    form, rate = form_of(web, url), "/assessment/refusal_test/refusal_rate"
    actions.edit_dossier(draft, parsed("generative", {rate: "0.97"}), by=filer)
    conflict = web.post(url, {**form, rate: "fast alle"})
    assert conflict.status_code == 409
    assert 'value="fast alle"' in conflict.content.decode()
    assert "97%" in conflict.content.decode()


def test_a_corpus_keeps_its_place_when_another_is_removed_before_it(
    web: Client, at: At, draft: Filing, filer: User
) -> None:
    corpora = document_of(draft)["models"][0]["corpora"]
    extended = parsed("generative", {"/models/0/corpora": [{"name": "前"}, *corpora]})
    actions.edit_dossier(draft, extended, by=filer)
    url = at("edit/models/0/corpora/1/")
    form = form_of(web, url)
    actions.edit_dossier(draft, parsed("generative"), by=filer)
    web.post(url, {**form, "/models/0/corpora/1/name": "改名"})
    assert document_of(draft)["models"][0]["corpora"][0]["name"] == "改名"


def test_what_was_typed_for_a_removed_corpus_is_shown_again(web: Client, at: At, draft: Filing, filer: User) -> None:
    url = at("edit/models/0/corpora/1/")
    form = form_of(web, url)
    corpora = document_of(draft)["models"][0]["corpora"]
    actions.edit_dossier(draft, parsed("generative", {"/models/0/corpora": corpora[:1]}), by=filer)
    answer = web.post(url, {**form, "/models/0/corpora/1/name": "改名"})
    assert answer.status_code == 409
    assert "改名" in answer.content.decode()
    assert document_of(draft)["models"][0]["corpora"] == corpora[:1]


def test_an_annotation_stays_with_its_model_when_another_is_removed(
    web: Client, at: At, draft: Filing, filer: User
) -> None:
    model = document_of(draft)["models"][0]
    others = [{**model, "key": key, "name": key, "annotation": None} for key in ("first", "second")]
    actions.edit_dossier(draft, parsed("generative", {"/models": [*others, model]}), by=filer)
    url = at("edit/models/0/annotation/")
    form = form_of(web, url)
    actions.edit_dossier(draft, parsed("generative", {"/models": [others[1], model]}), by=filer)
    answer = web.post(url, {**form, "/models/0/annotation/safety_annotators": "7"})
    assert answer.status_code == 409
    assert document_of(draft)["models"][0].get("annotation") is None


def test_a_refused_form_does_not_forget_which_version_it_showed(
    web: Client, at: At, draft: Filing, filer: User
) -> None:
    url = at("edit/service/")
    form = form_of(web, url)
    actions.edit_dossier(draft, parsed("generative", {"/service/audience": "企业用户"}), by=filer)
    typed = {"/service/audience": form_text(draft, "audience"), "/service/launched_on": "gestern"}
    refused = web.post(url, {**form, **typed}).content.decode()
    again = {name: unescape(value) for name, value in _FIELD.findall(refused)}
    web.post(url, {**again, "/service/audience": "所有成年用户", "/service/launched_on": "2026-03-01"})
    assert document_of(draft)["service"]["audience"] == "企业用户"


def form_text(draft: Filing, name: str) -> str:
    return str(json.loads(parsed("generative").canonical.text)["service"][name])


def test_a_new_corpus_whose_answer_was_lost_is_not_added_twice(web: Client, at: At, draft: Filing) -> None:
    count = len(document_of(draft)["models"][0]["corpora"])
    url = at(f"edit/models/0/corpora/{count}/")
    typed = {**form_of(web, url), f"/models/0/corpora/{count}/name": "新语料"}
    web.post(url, typed)
    web.post(url, typed)
    assert len(document_of(draft)["models"][0]["corpora"]) == count + 1


def test_entries_of_a_list_are_added_and_removed_without_scripts(web: Client, at: At, draft: Filing) -> None:
    url = at("edit/models/0/")
    form = form_of(web, url)
    added = web.post(url, {**form, "/models/0/derived_from": "shown", "add": "/models/0/derived_from"})
    assert 'name="/models/0/derived_from/0" value="shown"' in added.content.decode()
    assert "Not saved yet." in added.content.decode()
    rows = {"/models/0/training/compute": "shown", "/models/0/training/compute/0": "shown"}
    removed = web.post(url, {**form, **rows, "remove_row": "/models/0/training/compute/0"})
    assert "/models/0/training/compute/0" not in removed.content.decode()
    assert document_of(draft) == json.loads(parsed("generative").canonical.text)


def test_a_model_and_a_corpus_are_added_by_saving_their_page(web: Client, at: At, draft: Filing) -> None:
    url = at("edit/models/1/")
    web.post(url, {**form_of(web, url), "/models/1/key": "base", "/models/1/name": "Qwen2.5-7B"})
    url = at("edit/models/1/corpora/0/")
    web.post(url, {**form_of(web, url), "/models/1/corpora/0/name": "公开网页"})
    assert document_of(draft)["models"][1] == {"key": "base", "name": "Qwen2.5-7B", "corpora": [{"name": "公开网页"}]}
    assert web.get(at("edit/models/5/")).status_code == 404


def test_a_part_is_removed(web: Client, at: At, draft: Filing) -> None:
    form = form_of(web, at("edit/models/0/"))
    count = len(document_of(draft)["models"][0]["corpora"])
    web.post(at("remove/models/0/corpora/0/"), form)
    assert len(document_of(draft)["models"][0]["corpora"]) == count - 1


def test_hostile_text_is_shown_as_text(web: Client, at: At, draft: Filing) -> None:
    url, hostile = at("edit/service/"), "</textarea><script>alert(1)</script>\"'{{ 1 }}"
    web.post(url, {**form_of(web, url), "/service/name": hostile, "/service/urls": "javascript:alert(1)"})
    assert document_of(draft)["service"]["name"] == hostile
    for path in ("", "edit/service/", "documents/", "messages/"):
        page = web.get(at(path)).content.decode()
        assert "<script>alert" not in page
        assert 'href="javascript:' not in page


@pytest.mark.parametrize(
    "shown",
    [
        "not json",
        "[1]",
        '"x"',
        "null",
        "{}",
        '{"functions":[1,"a"]}',
        '{"name":"\\ud800"}',
        "[" * 5_000,
        '{"a":' * 3_000,
    ],
)
def test_a_forged_memory_of_the_form_harms_nobody(web: Client, at: At, draft: Filing, shown: str) -> None:
    url = at("edit/service/")
    answer = web.post(url, {"version": "forged", "shown": shown, "/service/name": "改名"})
    assert answer.status_code in (302, 409, 422)
    assert answer.status_code == 302 or "改名" in answer.content.decode()


def test_a_session_that_ended_loses_nothing(at: At, draft: Filing, filer: User) -> None:
    ended, url = signed_in(None), at("edit/service/")
    answer = ended.post(url, {"version": "v", "/service/audience": "所有成年用户"})
    assert answer.status_code == 401
    assert '<textarea name="/service/audience" hidden>\n所有成年用户</textarea>' in answer.content.decode()


def test_a_form_with_an_old_token_is_shown_again_with_a_new_one(at: At, filer: User) -> None:
    web, url = signed_in(filer, enforce_csrf_checks=True), at("edit/service/")
    answer = web.post(url, {"/service/audience": "甲"}, headers={"Origin": "http://testserver"})
    assert answer.status_code == 403
    assert "甲" in answer.content.decode()
    for origin in ("http://elsewhere.example", "http://testserver.elsewhere.example", "null"):
        foreign = web.post(url, {"/service/audience": "甲"}, headers={"Origin": origin})
        assert "甲" not in foreign.content.decode()


def test_saving_takes_a_fixed_number_of_queries(web: Client, at: At, draft: Filing) -> None:
    url = at("edit/service/")
    web.post(url, {**form_of(web, url), "/service/audience": "先"})
    form = form_of(web, url)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        web.post(url, {**form, "/service/audience": "后"}, headers={"HX-Request": "true"})
    assert len(queries) <= 60


def test_a_submitted_filing_cannot_be_changed(web: Client, at: At, draft: Filing, filer: User) -> None:
    url = at("edit/service/")
    form = form_of(web, url)
    actions.submit_filing(draft, by=filer)
    answer = web.post(url, {**form, "/service/audience": "晚了"})
    assert answer.status_code == 409
    assert "晚了" in answer.content.decode()
    assert not WorkingCopy.objects.filter(filing=draft).exists()
