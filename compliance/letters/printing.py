"""A letter on paper, and as plain text for mail."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils import timezone

from compliance.language import Bilingual, Language, language_of
from compliance.letters.composing import title_of_kind
from compliance.letters.models import Letter, LetterKind
from compliance.typesetting.pdf import pdf_of
from registry.reference.regions import PROVINCES

_APPLICANT, _USCC = Bilingual("Applicant", "备案主体"), Bilingual("USCC", "统一社会信用代码")
_CASE, _SERVICE = Bilingual("Case number", "案号"), Bilingual("Service", "服务名称")
_NUMBER, _DUE = Bilingual("Official number", "编号"), Bilingual("Answer by", "补正期限")
_OFFICE = Bilingual("Cyberspace administration, {province}", "{province}互联网信息办公室")
_DEMO = Bilingual("Made with the AI Model Compliance Registry", "由人工智能模型合规登记系统生成")


def title_of(letter: Letter) -> str:
    return title_of_kind(letter.filing, LetterKind(letter.kind)).in_(language_of(letter.language))


def particulars_of(letter: Letter) -> list[tuple[str, str]]:
    """Return whom and what the letter is about, as pairs of a label and a value."""
    language, filing = language_of(letter.language), letter.filing
    pairs = [
        (_APPLICANT, filing.applicant.name),
        (_USCC, filing.applicant.uscc or ""),
        (_CASE, filing.case_number),
        (_SERVICE, filing.service_name),
        (_NUMBER, _official_number(letter)),
        (_DUE, letter.due_on.isoformat() if letter.due_on else ""),
    ]
    return [(label.in_(language), value) for label, value in pairs if value]


def _official_number(letter: Letter) -> str:
    if letter.kind != LetterKind.DECISION:
        return ""
    return str(letter.event.data.get("number", ""))


def office_of(letter: Letter) -> str:
    """Return the authority that signs: that of the province of the filing."""
    language = language_of(letter.language)
    names = PROVINCES.get(letter.filing.province)
    return _OFFICE.filled(language, {"province": names[language == "zh"] if names else ""})


def as_pdf(letter: Letter) -> bytes:
    """Return the letter as PDF/A-2b. The same letter gives the same bytes. Raises NotSet."""
    day = timezone.localtime(letter.at).date()
    data: dict[str, Any] = {
        "title": title_of(letter),
        "number": letter.number,
        "language": letter.language,
        "footer": f"{_DEMO.in_(language_of(letter.language))} · {settings.BASE_URL}",
        "particulars": particulars_of(letter),
        "opening": letter.opening.splitlines(),
        "points": [{**point, "lines": point["text"].splitlines()} for point in letter.points],
        "closing": letter.closing.splitlines(),
        "signed": office_of(letter),
        "day": day.isoformat(),
        "date": [day.year, day.month, day.day],
    }
    return pdf_of("letter", data)


def as_text(letter: Letter) -> str:
    """Return the letter as plain text."""
    language: Language = language_of(letter.language)
    lines = [title_of(letter), letter.number, ""]
    lines += [f"{label}{'：' if language == 'zh' else ': '}{value}" for label, value in particulars_of(letter)]
    lines += ["", letter.opening, ""]
    for number, point in enumerate(letter.points, 1):
        heading = " ".join(part for part in (point["place"], point["rule"]) if part)
        first = [f"{number}. {heading}", point["text"]] if heading else [f"{number}. {point['text']}"]
        lines += [*first, *filter(None, [point["law"]]), ""]
    lines += [letter.closing, "", office_of(letter), timezone.localtime(letter.at).date().isoformat()]
    return "\n".join(lines).strip()
