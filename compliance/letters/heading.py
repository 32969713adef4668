"""What stands above and below the text of a letter: its title, whom and what it is about, and who signs."""

from __future__ import annotations

from datetime import date

from compliance.language import Bilingual, Language
from compliance.letters.models import LetterKind
from compliance.models import Filing
from registry.reference.regions import PROVINCES

# What the authority does, in the words of the rules, by what is asked for.
GRANTED_AND_REFUSED = {
    "filing": ("予以备案", "不予备案"),
    "registration": ("予以登记", "不予登记"),
    "change": ("准予变更", "不予变更"),
    "cancellation": ("准予注销", "不予注销"),
}
_GRANTED_TITLES = {
    "filing": Bilingual("Notice of filing", "备案通知书"),
    "registration": Bilingual("Notice of registration", "登记通知书"),
    "change": Bilingual("Notice of change", "准予变更通知书"),
    "cancellation": Bilingual("Notice of cancellation", "准予注销通知书"),
}
_APPLICANT, _USCC = Bilingual("Applicant", "备案主体"), Bilingual("USCC", "统一社会信用代码")
_CASE, _SERVICE = Bilingual("Case number", "案号"), Bilingual("Service", "服务名称")
_NUMBER, _DUE = Bilingual("Official number", "编号"), Bilingual("Answer by", "补正期限")
_OFFICE = Bilingual("Cyberspace administration, {province}", "{province}互联网信息办公室")


def asked_for(filing: Filing) -> str:
    """Return what a filing asks for: `filing`, `registration`, `change` or `cancellation`."""
    if filing.action != "initial":
        return str(filing.action)
    return "registration" if filing.kind == "registration" else "filing"


def title_of_kind(filing: Filing, kind: LetterKind) -> Bilingual:
    """Return the title of a letter: it says what is granted or refused."""
    if kind == LetterKind.CORRECTION:
        return Bilingual("Correction notice", "补正通知书")
    if kind == LetterKind.DECISION:
        return _GRANTED_TITLES[asked_for(filing)]
    return Bilingual("Notice of rejection", f"{GRANTED_AND_REFUSED[asked_for(filing)][1]}通知书")


def particulars_of(filing: Filing, language: Language, *, number: str, due_on: date | None) -> list[tuple[str, str]]:
    """Return whom and what a letter is about, as pairs of a label and a value."""
    pairs = [
        (_APPLICANT, filing.applicant.name),
        (_USCC, filing.applicant.uscc or ""),
        (_CASE, filing.case_number),
        (_SERVICE, filing.service_name),
        (_NUMBER, number),
        (_DUE, due_on.isoformat() if due_on else ""),
    ]
    return [(label.in_(language), value) for label, value in pairs if value]


def office_of(filing: Filing, language: Language) -> str:
    """Return the authority that signs: that of the province of the filing."""
    names = PROVINCES.get(filing.province)
    return _OFFICE.filled(language, {"province": names[language == "zh"] if names else ""})
