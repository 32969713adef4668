"""The sections in which a dossier is filled in, one after the other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from compliance.dossier.naming import name_of
from compliance.dossier.pointer import ROOT, Pointer
from compliance.forms.answers import ABSENT, Answers, entered
from compliance.forms.guidance import Guidance, guidance_of
from compliance.forms.shape import Node, Part, Rows, dossier_shape
from compliance.language import Bilingual

_FILING = ("kind", "action", "amends", "occurred_on", "jurisdiction", "reference")
_BANKS = ("keywords", "questions", "refusal_questions", "non_refusal_questions", "classifier_covers")


@dataclass(frozen=True, slots=True)
class Section:
    """
    Fields of a dossier that are filled in together: those of the part `at` with the given names. `path` stands in the address
    of its page.
    """

    path: str
    at: Pointer
    title: Bilingual
    names: tuple[str, ...]
    is_asked: bool = True

    @property
    def part(self) -> Part:
        """The shape of the section: its part with its own fields only."""
        whole = part_at(self.at)
        return Part(whole.name, self.title, {name: whole.children[name] for name in self.names})

    @property
    def is_model(self) -> bool:
        return self.at.rpartition("/")[0] == "/models"

    def moved_to(self, at: Pointer) -> Section:
        """Return the same section of another entry of its list."""
        return replace(self, at=at, path=at[1:])

    @property
    def is_entry(self) -> bool:
        """Whether the section is an entry of a list, so that it can be removed."""
        return self.at.rpartition("/")[2].isdigit()


def part_at(at: Pointer) -> Part:
    """Return the part of the dossier at a place. Raises KeyError for a place without one."""
    node: Node = dossier_shape()
    for step in at.steps:
        node = node.item if isinstance(node, Rows) else node.children[step] if isinstance(node, Part) else _no(step)
    return node.item if isinstance(node, Rows) else node if isinstance(node, Part) else _no(at)


def _no(step: str) -> Part:
    raise KeyError(step)


def tree_at(document: Any, at: Pointer) -> Any:
    """Return what a document holds at a place; ABSENT if nothing."""
    node = document
    for step in at.steps:
        if isinstance(node, list):
            node = node[int(step)] if step.isdigit() and int(step) < len(node) else ABSENT
        else:
            node = node.get(step, ABSENT) if isinstance(node, dict) else ABSENT
    return node


def own_tree(section: Section, document: Any) -> Any:
    """Return the fields of a section in a document."""
    tree = tree_at(document, section.at)
    return {name: tree[name] for name in section.names if name in tree} if isinstance(tree, dict) else tree


def sections_of(document: Any, day: date) -> list[Section]:
    """Return the sections of a dossier in their order; those that its kind does not ask for, and that are empty, are marked."""
    guidance = guidance_of(document["kind"], document.get("action") or "initial", day)
    return [_marked(section, guidance, document) for section in all_sections(document)]


def _marked(section: Section, guidance: Guidance, document: Any) -> Section:
    holds = tree_at(document, section.at)
    is_filled = isinstance(holds, dict) and any(holds.get(name) for name in section.names)
    is_asked = is_filled or section.is_entry or not section.at or guidance.asks_for_node(section.part, section.at)
    return Section(section.path, section.at, section.title, section.names, is_asked)


def all_sections(document: Any) -> Iterator[Section]:
    yield Section("filing", ROOT, Bilingual("Filing", "申报事项"), _FILING)
    yield from (_whole(name) for name in ("applicant", "service", "algorithm"))
    for i, model in enumerate(document.get("models") or ()):
        yield from _sections_of_model(i, model)
    rest = tuple(name for name in part_at(ROOT / "assessment").children if name not in _BANKS)
    yield Section("assessment", ROOT / "assessment", _title(ROOT / "assessment"), rest)
    banks = Bilingual("Keywords and question banks", "关键词库与测试题库")
    yield Section("banks", ROOT / "assessment", banks, _BANKS)
    yield _whole("labeling")
    yield Section("documents", ROOT, _title(ROOT / "documents"), ("documents",))


def _sections_of_model(i: int, model: Any) -> Iterator[Section]:
    yield model_section(i, model)
    for j, corpus in enumerate(model.get("corpora") or ()):
        yield corpus_section(i, j, corpus)
    yield _whole("models", str(i), "annotation")


def model_section(i: int, model: Any = None) -> Section:
    at = ROOT / "models" / i
    names = tuple(name for name in part_at(at).children if name not in ("corpora", "annotation"))
    called = (model or {}).get("name") or (model or {}).get("key") or str(i + 1)
    return Section(f"models/{i}", at, Bilingual(f"Model: {called}", f"模型：{called}"), names)


def corpus_section(i: int, j: int, corpus: Any = None) -> Section:
    at = ROOT / "models" / i / "corpora" / j
    called = (corpus or {}).get("name") or str(j + 1)
    title = Bilingual(f"Corpus: {called}", f"语料：{called}")
    return Section(f"models/{i}/corpora/{j}", at, title, tuple(part_at(at).children))


def _whole(*steps: str) -> Section:
    at = ROOT
    for step in steps:
        at = at / step
    return Section("/".join(steps), at, _title(at), tuple(part_at(at).children))


def _title(at: Pointer) -> Bilingual:
    name = name_of(at)
    return Bilingual(name.en[:1].upper() + name.en[1:], name.zh)


def find_section(document: Any, path: str, day: date) -> Section | None:
    """Return a section of a dossier by its path, also that of the model or corpus that may be added next; None if there is none."""
    sections = {section.path: section for section in sections_of(document, day)}
    return sections.get(path) or next((section for section in _next_entries(document) if section.path == path), None)


def _next_entries(document: Any) -> Iterator[Section]:
    models = document.get("models") or []
    yield model_section(len(models))
    for i, model in enumerate(models):
        yield corpus_section(i, len(model.get("corpora") or ()))


_OF_ENTRY = re.compile(r"models/([0-9]{1,4})(?:/(?:corpora/([0-9]{1,4})|annotation))?")


def section_of_entry(path: str) -> Section | None:
    """Return the section of a model, a corpus or an annotation by its path, also if it is not there any more."""
    match = _OF_ENTRY.fullmatch(path)
    if match is None:
        return None
    if match[2]:
        return corpus_section(int(match[1]), int(match[2]))
    return _whole("models", match[1], "annotation") if path.endswith("annotation") else model_section(int(match[1]))


def section_of_place(sections: list[Section], at: str) -> Section:
    """Return the section in which a place of the dossier is filled in."""
    fitting = [section for section in sections if _holds(section, at)]
    if not fitting:
        # The list of the corpora of a model belongs to the model.
        fitting = [section for section in sections if section.at and at.startswith(f"{section.at}/")]
    return max(fitting, key=lambda section: len(section.at), default=sections[0])


def _holds(section: Section, at: str) -> bool:
    if at == section.at:
        return True
    prefix = f"{section.at}/"
    return at.startswith(prefix) and at[len(prefix) :].partition("/")[0] in section.names


def with_section(document: Any, section: Section, tree: Any) -> Any:
    """Return a copy of a document in which the fields of a section are those of a tree; ABSENT removes them."""
    copied = _copied(document)
    node = copied
    steps = section.at.steps
    for step, following in zip(steps, [*steps, ""][1:], strict=True):
        node = _step_down(node, step, [] if following.isdigit() else {})
    for name in section.names:
        node.pop(name, None)
    node.update(tree if isinstance(tree, dict) else {})
    return _without_empty_part(copied, document, section)


def _copied(tree: Any) -> Any:
    if isinstance(tree, dict):
        return {name: _copied(child) for name, child in tree.items()}
    return [_copied(child) for child in tree] if isinstance(tree, list) else tree


def _step_down(node: Any, step: str, empty: Any) -> Any:
    if isinstance(node, list):
        if int(step) == len(node):
            node.append(empty)
        return node[int(step)]
    if node.get(step) is None:
        node[step] = empty
    return node[step]


def _without_empty_part(copied: Any, document: Any, section: Section) -> Any:
    """Remove a part that is empty now and was not there, or held something, before."""
    if section.at in ("", "/applicant", "/service") or section.is_entry or tree_at(copied, section.at) != {}:
        return copied
    before = tree_at(document, section.at)
    parent, last = tree_at(copied, Pointer(section.at.rpartition("/")[0])), section.at.steps[-1]
    if before is None:
        parent[last] = None
    elif before != {}:
        del parent[last]
    return copied


def fill_in(document: Any, section: Section, answers: Answers) -> Any:
    """Return a document in which a section holds what was entered in its form, which showed the document."""
    return with_section(document, section, entered(section.part, section.at, answers, own_tree(section, document)))
