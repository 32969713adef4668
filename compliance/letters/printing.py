"""A letter on paper, and as plain text for mail."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from compliance.language import Bilingual, Language, language_of
from compliance.letters.models import Letter
from compliance.typesetting.pdf import pdf_of

_FOOTER = Bilingual("Made with the AI Model Compliance Registry", "由人工智能模型合规登记系统生成")


def as_pdf(letter: Letter) -> bytes:
    """Return the letter as PDF/A-2b. The same letter gives the same bytes. Raises NotSet."""
    day = timezone.localtime(letter.at).date()
    data: dict[str, Any] = {
        "title": letter.title,
        "number": letter.number,
        "language": letter.language,
        "footer": _FOOTER.in_(language_of(letter.language)),
        "particulars": letter.particulars,
        "opening": letter.opening.splitlines(),
        "points": [{**point, "lines": point["text"].splitlines()} for point in letter.points],
        "closing": letter.closing.splitlines(),
        "signed": letter.signed,
        "day": day.isoformat(),
        "date": [day.year, day.month, day.day],
    }
    return pdf_of("letter", data)


def as_text(letter: Letter) -> str:
    """Return the letter as plain text."""
    language: Language = language_of(letter.language)
    lines = [letter.title, letter.number, ""]
    lines += [f"{label}{'：' if language == 'zh' else ': '}{value}" for label, value in letter.particulars]
    lines += ["", letter.opening, ""]
    for number, point in enumerate(letter.points, 1):
        heading = " ".join(part for part in (point["place"], point["rule"]) if part)
        first = [f"{number}. {heading}", point["text"]] if heading else [f"{number}. {point['text']}"]
        lines += [*first, *filter(None, [point["law"]]), ""]
    lines += [letter.closing, "", letter.signed, timezone.localtime(letter.at).date().isoformat()]
    return "\n".join(lines).strip()
