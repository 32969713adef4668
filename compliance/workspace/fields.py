"""The fields of a section as its form shows them: label, what is written, help with its article, flags and refusals beside each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from compliance.dossier.naming import in_plain_words
from compliance.dossier.pointer import Pointer
from compliance.forms.answers import NONE_NEEDED, SAYING_NONE, Answers, shown_rows
from compliance.forms.guidance import Guidance
from compliance.forms.sections import section_of_place
from compliance.forms.shape import Entry, Field, Node, Part, Rows
from compliance.forms.values import labels_of, text_of
from compliance.forms.wording import hint_of
from compliance.language import Language
from compliance.models import Flag, Level
from compliance.rules.catalog import CATALOG, Rule
from compliance.rules.instruments import spelled_out
from compliance.rules.wording import message, place
from compliance.workspace.drafts import Draft

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
class _View:
    """What a field, a part and a list have in common: the place, the label, the help with its articles, flags and a notice."""

    at: Pointer
    label: str
    help: str
    articles: list[Article]
    flags: list[FlagView]
    notice: str

    @property
    def id(self) -> str:
        return id_of(self.at)

    @property
    def below(self) -> list[NodeView]:
        return []

    @property
    def is_filled(self) -> bool:
        return any(view.is_filled for view in self.below)

    @property
    def is_marked(self) -> bool:
        """Whether something beside it, or inside it, asks to be looked at."""
        return bool(self.flags or self.notice) or any(view.is_marked for view in self.below)

    def places(self) -> Iterator[str]:
        """Yield the places beside which flags can stand."""
        yield self.at
        for view in self.below:
            yield from view.places()


@dataclass(slots=True)
class FieldView(_View):
    """A field of a form. `texts` is what stands in it; `choices` are triples of a value, its label and whether it is chosen."""

    entry: Entry
    is_required: bool
    texts: list[str]
    choices: list[tuple[str, str, bool]]
    hint: str
    refusal: str
    kind: str = "field"

    @property
    def text(self) -> str:
        return self.texts[-1] if self.texts else ""

    @property
    def is_long(self) -> bool:
        is_text = self.entry is Entry.TEXT
        return is_text and (self.at.rpartition("/")[2] in _LONG or len(self.text) > 60 or "\n" in self.text)

    @property
    def is_filled(self) -> bool:
        return any(self.texts)

    @property
    def is_marked(self) -> bool:
        return bool(self.flags or self.refusal or self.notice)


@dataclass(slots=True)
class PartView(_View):
    """A part of a form, or an entry of a list. `further` are the fields that the kind of filing does not ask for."""

    children: list[NodeView] = field(default_factory=list)
    further: list[NodeView] = field(default_factory=list)
    kind: str = "part"

    @property
    def below(self) -> list[NodeView]:
        return [*self.children, *self.further]

    @property
    def is_further_open(self) -> bool:
        return any(view.is_marked for view in self.further)


@dataclass(slots=True)
class RowsView(_View):
    """A list of equal parts."""

    rows: list[PartView]
    can_say_none: bool
    says_none: bool
    kind: str = "rows"

    @property
    def below(self) -> list[NodeView]:
        return list(self.rows)


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
        return view

    def _is_asked(self, node: Node, at: Pointer, view: NodeView) -> bool:
        return self.guidance.asks_for_node(node, at) or view.is_filled

    def _rows(self, rows: Rows, at: Pointer, tree: Any) -> RowsView:
        known = dict(enumerate(tree)) if isinstance(tree, list) else {}
        numbers = list(known) if self.typed is None or at not in self.typed else shown_rows(at, self.typed)
        label = rows.label.in_(self.language)
        views = [self._part(rows.item, at / i, known.get(i), f"{label} {n}") for n, i in enumerate(numbers, 1)]
        says_none = NONE_NEEDED in self.typed[at] if self.typed and at in self.typed else tree == []
        return RowsView(at, _capital(label), *self._beside_of(at), views, at in SAYING_NONE, says_none)

    def _field(self, field: Field, at: Pointer, value: Any) -> FieldView:
        texts = list(self.typed[at]) if self.typed and at in self.typed else self._texts(field, value)
        return FieldView(
            at,
            _capital(field.label.in_(self.language)),
            *self._beside_of(at),
            field.entry,
            field.is_required,
            texts,
            self._choices(field, texts),
            hint_of(field, self.language),
            self.beside.refusals.get(at, ""),
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
    for flag in by_gravity(flags):
        found.setdefault(flag.at, []).append(flag_view(flag, language))
    return found


def by_gravity(flags: Iterable[Flag]) -> list[Flag]:
    """Sort flags, the gravest first; waived ones come last."""
    order = {str(level): i for i, level in enumerate(Level)}
    return sorted(flags, key=lambda flag: (flag.is_waived, order[flag.level]))


@dataclass(frozen=True, slots=True)
class FlagLine:
    """A flag in a list: with the name of its place, the path of its section, and the id of its field there."""

    flag: FlagView
    where: str
    path: str
    anchor: str


def flag_lines(draft: Draft, flags: Iterable[Flag], language: Language) -> list[FlagLine]:
    """Return flags with their places, the gravest first."""
    return [
        FlagLine(
            flag_view(flag, language),
            place(Pointer(flag.at), language) if flag.at else "",
            section_of_place(draft.sections, flag.at).path,
            id_of(flag.at),
        )
        for flag in by_gravity(flags)
    ]


def flag_view(flag: Flag, language: Language) -> FlagView:
    rule = CATALOG[flag.rule]
    fix = in_plain_words(rule.fix.in_(language), language)
    law = " · ".join(spelled_out(citation, language) for citation in rule.cites)
    return FlagView(flag.rule, flag.level, message(flag.finding, language), fix, law, flag.is_waived)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
