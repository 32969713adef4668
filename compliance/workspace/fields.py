"""The fields of a section as its form shows them: label, what is written, help with its article, flags and refusals beside each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from compliance.dossier.naming import in_plain_words
from compliance.dossier.pointer import Pointer
from compliance.forms.answers import NONE_NEEDED, SAYING_NONE, Answers, shown_rows
from compliance.forms.guidance import Guidance
from compliance.forms.shape import Entry, Field, Node, Part, Rows
from compliance.forms.values import labels_of, text_of
from compliance.forms.wording import hint_of
from compliance.language import Language
from compliance.models import Flag
from compliance.rules.catalog import CATALOG, Rule
from compliance.rules.instruments import spelled_out
from compliance.rules.wording import message

MOST_ARTICLES = 3
_LONG = frozenset(
    {"description", "summary", "principle", "mechanism", "scenario", "purpose", "audience", "minor_protection"}
)


@dataclass(frozen=True, slots=True)
class FlagView:
    """A flag beside its field: what is wrong, how to mend it, and the law."""

    rule: str
    level: str
    message: str
    fix: str
    law: str
    is_waived: bool


@dataclass(frozen=True, slots=True)
class Article:
    rule: str
    law: str


@dataclass(slots=True)
class FieldView:
    """A field of a form. `texts` is what stands in it; `choices` are triples of a value, its label and whether it is chosen."""

    at: Pointer
    label: str
    entry: Entry
    is_required: bool
    texts: list[str]
    choices: list[tuple[str, str, bool]]
    hint: str
    help: str
    articles: list[Article]
    flags: list[FlagView]
    refusal: str
    notice: str
    kind: str = "field"

    @property
    def id(self) -> str:
        return id_of(self.at)

    @property
    def text(self) -> str:
        return self.texts[-1] if self.texts else ""

    @property
    def is_long(self) -> bool:
        return self.entry is Entry.TEXT and (
            self.at.rpartition("/")[2] in _LONG or len(self.text) > 60 or "\n" in self.text
        )

    @property
    def is_marked(self) -> bool:
        return bool(self.flags or self.refusal or self.notice)


@dataclass(slots=True)
class PartView:
    """A part of a form, or an entry of a list. `further` are the fields that the kind of filing does not ask for."""

    at: Pointer
    label: str
    help: str
    articles: list[Article]
    flags: list[FlagView]
    notice: str
    children: list[Any] = field(default_factory=list)
    further: list[Any] = field(default_factory=list)
    is_further_open: bool = False
    kind: str = "part"

    @property
    def id(self) -> str:
        return id_of(self.at)


@dataclass(slots=True)
class RowsView:
    """A list of equal parts."""

    at: Pointer
    label: str
    help: str
    articles: list[Article]
    flags: list[FlagView]
    notice: str
    rows: list[PartView]
    can_say_none: bool
    says_none: bool
    kind: str = "rows"

    @property
    def id(self) -> str:
        return id_of(self.at)


NodeView = FieldView | PartView | RowsView


def id_of(at: str) -> str:
    """Return the id of a field in a page."""
    return "f" + at.replace("/", "-").replace(".", "_")


@dataclass(frozen=True)
class Beside:
    """What a form shows beside its fields, by pointer: flags, refusals of what was typed, and what somebody else changed."""

    flags: Mapping[str, list[FlagView]] = field(default_factory=dict)
    refusals: Mapping[str, str] = field(default_factory=dict)
    notices: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class FormBuilder:
    """Builds the view of a section from its tree or, where something was typed, from that."""

    guidance: Guidance
    language: Language
    beside: Beside
    typed: Answers | None = None

    def build(self, node: Node, at: Pointer, tree: Any) -> NodeView:
        if isinstance(node, Part):
            return self._part(node, at, tree, node.label.in_(self.language))
        return self._rows(node, at, tree) if isinstance(node, Rows) else self._field(node, at, tree)

    def _part(self, part: Part, at: Pointer, tree: Any, label: str) -> PartView:
        known = tree if isinstance(tree, dict) else {}
        view = PartView(at, _capital(label), *self._beside_of(at))
        for name, child in part.children.items():
            built = self.build(child, at / name, known.get(name))
            (view.children if self._is_asked(child, at / name, built) else view.further).append(built)
        view.is_further_open = any(_is_marked(child) for child in view.further)
        return view

    def _is_asked(self, node: Node, at: Pointer, view: NodeView) -> bool:
        return self.guidance.asks_for_node(node, at) or _is_filled(view)

    def _rows(self, rows: Rows, at: Pointer, tree: Any) -> RowsView:
        known = dict(enumerate(tree)) if isinstance(tree, list) else {}
        numbers = list(known) if self.typed is None or at not in self.typed else shown_rows(at, self.typed)
        label = rows.label.in_(self.language)
        views = [self._part(rows.item, at / i, known.get(i), f"{label} {n}") for n, i in enumerate(numbers, 1)]
        says_none = NONE_NEEDED in self.typed[at] if self.typed and at in self.typed else tree == []
        return RowsView(at, _capital(label), *self._beside_of(at), views, at in SAYING_NONE, says_none)

    def _field(self, field: Field, at: Pointer, value: Any) -> FieldView:
        texts = list(self.typed[at]) if self.typed and at in self.typed else self._texts(field, value)
        explained, articles, flags, notice = self._beside_of(at)
        return FieldView(
            at,
            _capital(field.label.in_(self.language)),
            field.entry,
            field.is_required,
            texts,
            self._choices(field, texts),
            hint_of(field, self.language),
            explained,
            articles,
            flags,
            self.beside.refusals.get(at, ""),
            notice,
        )

    def _texts(self, field: Field, value: Any) -> list[str]:
        if field.entry is Entry.CODES:
            return list(value or ())
        return [text_of(value, field)]

    def _choices(self, field: Field, texts: list[str]) -> list[tuple[str, str, bool]]:
        labels = labels_of(field)
        choices = [(code, _capital(label.in_(self.language)), code in texts) for code, label in labels.items()]
        # What is not in the list stays visible, so that it can be corrected.
        unknown = [(text, text, True) for text in texts if labels and text and text not in labels]
        return [*choices, *unknown]

    def _beside_of(self, at: Pointer) -> tuple[str, list[Article], list[FlagView], str]:
        rules = self.guidance.rules_at(at)
        flags, notice = self.beside.flags.get(at, []), self.beside.notices.get(at, "")
        return self._help(rules), self._articles(rules), flags, notice

    def _help(self, rules: tuple[Rule, ...]) -> str:
        return in_plain_words(rules[0].duty.in_(self.language), self.language) if rules else ""

    def _articles(self, rules: tuple[Rule, ...]) -> list[Article]:
        return [Article(rule.code, spelled_out(rule.cites[0], self.language)) for rule in rules[:MOST_ARTICLES]]


def flag_views(flags: Iterable[Flag], language: Language) -> dict[str, list[FlagView]]:
    """Return unresolved flags by their places, the gravest first."""
    found: dict[str, list[FlagView]] = {}
    order = {"error": 0, "warning": 1, "info": 2}
    for flag in sorted(flags, key=lambda flag: (flag.is_waived, order[flag.level])):
        found.setdefault(flag.at, []).append(flag_view(flag, language))
    return found


def flag_view(flag: Flag, language: Language) -> FlagView:
    rule = CATALOG[flag.rule]
    fix = in_plain_words(rule.fix.in_(language), language)
    law = " · ".join(spelled_out(citation, language) for citation in rule.cites)
    return FlagView(flag.rule, flag.level, message(flag.finding, language), fix, law, flag.is_waived)


def places_shown(view: NodeView) -> Iterator[str]:
    """Yield the places of a form beside which flags can stand."""
    yield view.at
    below = (
        view.rows
        if isinstance(view, RowsView)
        else [*view.children, *view.further]
        if isinstance(view, PartView)
        else []
    )
    for child in below:
        yield from places_shown(child)


def _is_filled(view: NodeView) -> bool:
    if isinstance(view, FieldView):
        return any(view.texts)
    return any(map(_is_filled, view.rows if isinstance(view, RowsView) else [*view.children, *view.further]))


def _is_marked(view: NodeView) -> bool:
    if isinstance(view, FieldView):
        return view.is_marked
    below = view.rows if isinstance(view, RowsView) else [*view.children, *view.further]
    return bool(view.flags or view.notice) or any(map(_is_marked, below))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
