"""Composing a letter: a draft from the open flags, which a reviewer edits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.utils import timezone

from compliance.checking.case_facts import working_calendar
from compliance.dossier.naming import DOSSIER, in_plain_words
from compliance.language import Bilingual, Language
from compliance.letters.heading import GRANTED_AND_REFUSED, asked_for
from compliance.letters.models import LetterKind
from compliance.models import Action, Filing, Flag
from compliance.rules import thresholds
from compliance.rules.catalog import CATALOG
from compliance.rules.instruments import spelled_out
from compliance.rules.wording import message, place

_FIX = Bilingual("To correct: {fix}", "补正要求：{fix}")
OPENINGS = {
    LetterKind.CORRECTION: Bilingual(
        "We have examined the materials of the {kind} of “{service}”. They are incomplete or do not meet the "
        "requirements in the points below. Please correct them and submit the filing again.",
        "经审查，贵单位提交的“{service}”{kind}材料存在下列不齐全或者不符合要求之处，请予补正后再次提交。",
    ),
    LetterKind.REJECTION: Bilingual(
        "We have examined the materials of the {kind} of “{service}”. The filing is rejected for the following reason.",
        "经审查，贵单位提交的“{service}”{kind}，因下列理由{refused}。",
    ),
    LetterKind.DECISION: Bilingual(
        "We have examined the materials of the {kind} of “{service}”. They are complete and meet the requirements. "
        "The filing is granted.",
        "经审查，贵单位提交的“{service}”{kind}材料齐全、符合要求，{granted}。",
    ),
}
_CLOSING = Bilingual(
    "Submit the corrected filing by {day} ({days} working days after this notice). A filing that is not corrected in "
    "time may be closed.",
    "请于 {day} 前（含当日，自本通知之日起 {days} 个工作日内）补正并再次提交。逾期未补正的，可能予以终止。",
)
_CLOSING_WITHOUT_DAY = Bilingual(
    "Submit the corrected filing within {days} working days after this notice.",
    "请自本通知之日起 {days} 个工作日内补正并再次提交。",
)


@dataclass(frozen=True, slots=True)
class Point:
    """A point of a letter: the flag it comes from, if any, its place, what to correct, and the law."""

    text: str
    rule: str = ""
    at: str = ""
    variant: str = ""
    place: str = ""
    law: str = ""

    @property
    def as_json(self) -> dict[str, str]:
        return {
            "rule": self.rule,
            "at": self.at,
            "variant": self.variant,
            "place": self.place,
            "text": self.text,
            "law": self.law,
        }


@dataclass(frozen=True, slots=True)
class Text:
    """What a letter says: its language, opening and points, and what its closing says besides the period to answer."""

    language: Language
    opening: str
    closing: str = ""
    points: list[Point] = field(default_factory=list)


def language_of_applicant(filing: Filing) -> Language:
    """Return the language in which the applicant is written to: Chinese, unless its name has no Chinese character."""
    return "zh" if any("一" <= character <= "鿿" for character in filing.applicant.name) else "en"


def point_of(flag: Flag, language: Language) -> Point:
    """Return the point that a flag makes: what is wrong, how to mend it, and the article."""
    rule, finding = CATALOG[flag.rule], flag.finding
    where = place(finding.at, language) if finding.at else DOSSIER.in_(language)
    fix = _FIX.filled(language, {"fix": in_plain_words(rule.fix.in_(language), language)})
    law = " · ".join(spelled_out(citation, language) for citation in rule.cites)
    text = f"{message(finding, language)}\n{fix}"
    return Point(text, flag.rule, flag.at, flag.variant, where[:1].upper() + where[1:], law)


def draft(filing: Filing, kind: LetterKind, language: Language, flags: Iterable[Flag] = ()) -> Text:
    """Return a letter as it is proposed: for a correction notice with a point for each of the flags."""
    granted, refused = GRANTED_AND_REFUSED[asked_for(filing)]
    values = {
        "service": filing.service_name,
        "kind": _kind_of(filing, language),
        "granted": granted,
        "refused": refused,
    }
    opening = OPENINGS[kind].filled(language, values)
    if kind != LetterKind.CORRECTION:
        return Text(language, opening)
    return Text(language, opening, points=[point_of(flag, language) for flag in flags])


_KINDS = {
    "algorithm": Bilingual("algorithm filing", "算法备案"),
    "generative": Bilingual("generative-service filing", "生成式人工智能服务备案"),
    "registration": Bilingual("registration", "登记"),
}
_ACTIONS = {
    "initial": Bilingual("{kind}", "{kind}"),
    "change": Bilingual("change of the {kind}", "{kind}变更"),
    "cancellation": Bilingual("cancellation of the {kind}", "{kind}注销"),
}


def _kind_of(filing: Filing, language: Language) -> str:
    return _ACTIONS[filing.action].filled(language, {"kind": _KINDS[filing.kind].in_(language)})


def due_day(filing: Filing, today: date | None = None) -> date | None:
    """
    Return the last day to answer a notice of today; None for a cancellation, for which no period runs, and while the
    holiday notice of that year is not confirmed.
    """
    today = today or timezone.localdate()
    if filing.action == Action.CANCELLATION:
        return None
    return working_calendar().working_day_after(today, thresholds.CORRECTION_DAYS.count_on(today))


def period_to_answer(filing: Filing, language: Language) -> str:
    """Return the sentence that says until when a notice of today is to be answered; empty if no period runs."""
    if filing.action == Action.CANCELLATION:
        return ""
    day, days = due_day(filing), thresholds.CORRECTION_DAYS.count_on(timezone.localdate())
    if day is None:
        return _CLOSING_WITHOUT_DAY.filled(language, {"days": days})
    return _CLOSING.filled(language, {"day": day.isoformat(), "days": days})
