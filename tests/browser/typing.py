"""Somebody who types a dossier off into the forms of the workspace, and never sees JSON."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

from playwright.sync_api import Page, expect

from compliance.dossier.pointer import Pointer
from compliance.forms.answers import SHOWN
from compliance.forms.sections import Section, own_tree, sections_of
from tests.forms.filled import sent_for

UNFOLD = "document.querySelectorAll('#editor details.further').forEach((part) => { part.open = true; })"
ROW = re.compile(r"/\d+$")


def types_off(page: Page, filing: str, document: Any, but: tuple[str, ...] = ("documents",)) -> None:
    """Fill in every section of a dossier that has something in it, in the order of the sections."""
    for section in sections_of(document, date.today()):
        tree = own_tree(section, document)
        if (
            section.path not in but
            and isinstance(tree, dict)
            and any(value not in (None, [], {}) for value in tree.values())
        ):
            page.goto(f"{filing}edit/{section.path}/")
            types(page, section, tree)


def types(page: Page, section: Section, tree: Any) -> None:
    """Fill in a section and save it."""
    sent = sent_for(section.part, section.at, tree)
    for at in sent:
        if ROW.search(at):
            _adds_entry(page, at)
    page.evaluate(UNFOLD)
    for at, texts in sent.items():
        _fills(page, at, texts)
    saves(page)


def saves(page: Page) -> None:
    page.locator(".save button.main-button").click()
    expect(page.locator(".sheet .message-success")).to_be_visible()


def _adds_entry(page: Page, at: Pointer) -> None:
    if not page.locator(f'input[name="{at}"]').count():
        page.locator(f'button[name="add"][value="{ROW.sub("", at)}"]').click()
        expect(page.locator(f'input[name="{at}"]')).to_be_attached()


def _fills(page: Page, at: Pointer, texts: list[str]) -> None:
    fields = page.locator(f"[name={json.dumps(at)}]")
    kind = fields.last.evaluate("(field) => field.type")
    if kind == "checkbox":
        for text in set(texts) - {"", SHOWN}:
            page.locator(f"[name={json.dumps(at)}][value={json.dumps(text)}]").check()
    elif kind == "select-one":
        fields.last.select_option(texts[-1])
    elif kind != "hidden" and texts[-1]:
        fields.last.fill(texts[-1].replace("\r\n", "\n"))
