"""The flags of a filing for its page: one card a rule with its places, and the flags beside each field."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from compliance.dossier.naming import DOSSIER
from compliance.language import Language
from compliance.models import Flag, Level
from compliance.rules.catalog import CATALOG
from compliance.rules.instruments import spelled_out
from compliance.rules.wording import message, place

# More places of one rule are shown on demand.
MOST_PLACES = 8


@dataclass(frozen=True, slots=True)
class Place:
    """A place that a rule flags: its name, its pointer, the message, and the stored flag."""

    name: str
    at: str
    message: str
    flag: Flag


@dataclass(slots=True)
class Card:
    """The flags of one rule at one level: what is wrong, how to mend it, the law, and the places."""

    rule: str
    level: str
    title: str
    fix: str
    citations: list[str]
    places: list[Place] = field(default_factory=list)

    @property
    def first_places(self) -> list[Place]:
        return self.places[:MOST_PLACES]

    @property
    def more_places(self) -> list[Place]:
        return self.places[MOST_PLACES:]


def cards_of(flags: Iterable[Flag], language: Language) -> list[Card]:
    """Group flags by level and rule, the gravest first."""
    cards: dict[tuple[str, str], Card] = {}
    for flag in flags:
        card = cards.setdefault((flag.level, flag.rule), _card(flag, language))
        card.places.append(_place(flag, language))
    order = {str(level): i for i, level in enumerate(Level)}
    return sorted(cards.values(), key=lambda card: order[card.level])


def _card(flag: Flag, language: Language) -> Card:
    rule = CATALOG[flag.rule]
    citations = [spelled_out(citation, language) for citation in rule.cites]
    return Card(flag.rule, flag.level, rule.title.in_(language), rule.fix.in_(language), citations)


def _place(flag: Flag, language: Language) -> Place:
    finding = flag.finding
    name = place(finding.at, language) if finding.at else DOSSIER.in_(language)
    return Place(name, flag.at, message(finding, language), flag)


@dataclass(frozen=True, slots=True)
class FieldFlag:
    """A flag beside its field: the rule, what is wrong, and the card that says more."""

    rule: str
    title: str
    level: str
    card: str


def by_place(flags: Iterable[Flag], language: Language) -> dict[str, list[FieldFlag]]:
    """Return the unresolved flags by the pointer of their place."""
    found: dict[str, list[FieldFlag]] = defaultdict(list)
    for flag in flags:
        state = "waived" if flag.is_waived else flag.level
        title = CATALOG[flag.rule].title.in_(language)
        found[flag.at].append(FieldFlag(flag.rule, title, flag.level, f"rule-{flag.rule}-{state}"))
    return found
