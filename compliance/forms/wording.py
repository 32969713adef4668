"""What a form says of its fields: how to write them, and why something written is refused. For people who never see JSON."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from compliance.dossier.faults import Fault
from compliance.forms.shape import Entry, Field
from compliance.forms.values import takes_bytes, takes_large_units
from compliance.language import Bilingual, Language

_HINTS: Mapping[Entry, Bilingual] = MappingProxyType(
    {
        Entry.DAY: Bilingual("For example 2026-03-01", "例如 2026-03-01 或 2026年3月1日"),
        Entry.RATE: Bilingual("For example 98% or 0.98", "例如 98% 或 0.98"),
        Entry.COUNT: Bilingual("A whole number, for example 12,160", "整数，例如 12160"),
        Entry.AMOUNT: Bilingual("For example 3 or 1,500.5", "例如 3 或 1500.5"),
        Entry.USCC: Bilingual("18 characters, as on the business license", "18 位，按营业执照填写"),
        Entry.REGION: Bilingual("Six-digit code of GB/T 2260, such as 110108", "六位行政区划代码，例如 110108"),
        Entry.TEXTS: Bilingual("One on each line", "每行一项"),
        Entry.SHA256: Bilingual("Filled in when the document is uploaded", "上传材料时自动填写"),
    }
)
_DAY = Bilingual(
    "“{written}” is not a date. Write year, month and day, such as 2026-03-01.",
    "“{written}”不是日期。请按年、月、日填写，例如 2026-03-01。",
)
_RATE = Bilingual(
    "“{written}” is not a share between 0 and 100 %. Write it as 98% or 0.98, with at most four decimal places.",
    "“{written}”不是 0 至 100% 之间的比例。请写作 98% 或 0.98，最多四位小数。",
)
_COUNT = Bilingual(
    "“{written}” is not a whole number from 0 to 9,007,199,254,740,992. Write it in digits, such as 12160 or 12,160.",
    "“{written}”不是 0 至 9007199254740992 之间的整数。请用数字填写，例如 12160。",
)
_AMOUNT = Bilingual(
    "“{written}” is not a number. Write it as 3 or 1500.5, with at most four decimal places.",
    "“{written}”不是数值。请写作 3 或 1500.5，最多四位小数。",
)
_CODE = Bilingual(
    "“{written}” is not one of the values of this list. Choose one of them.",
    "“{written}”不在可选项之内。请从列表中选择。",
)
_YES_NO = Bilingual(
    "“{written}” is neither yes nor no. Choose one of them.", "“{written}”既不是“是”也不是“否”。请选择其一。"
)
_UNKNOWN_KEY = Bilingual(
    "No model of this filing has the key “{written}”. Add the parent as a model of its own, or correct the key.",
    "本申报中没有键为“{written}”的模型。请先添加该基础模型，或者更正键。",
)
_OF_ENTRY: Mapping[Entry, Bilingual] = MappingProxyType(
    {
        Entry.DAY: _DAY,
        Entry.RATE: _RATE,
        Entry.COUNT: _COUNT,
        Entry.AMOUNT: _AMOUNT,
        Entry.CODE: _CODE,
        Entry.CODES: _CODE,
        Entry.COUNTRY: _CODE,
        Entry.PROVINCE: _CODE,
        Entry.YES_NO: _YES_NO,
    }
)
# What the strict parser says of a value that cannot be given in a form in another way than by these entries.
_KEPT = frozenset({"required", "impossible_day", "text_too_long", "list_too_long", "unsayable_text"})


_LARGE = Bilingual("For example 12,160, 1.2 million or 7B", "例如 12160、1.2万、70亿")
_BYTES = Bilingual("For example 45 TB", "例如 45 TB")


def hint_of(field: Field, language: Language) -> str:
    """Return how to write the value of a field; empty where nobody needs to know."""
    return hint(field).in_(language)


def hint(field: Field) -> Bilingual:
    if takes_bytes(field):
        return _BYTES
    return _LARGE if takes_large_units(field) else _HINTS.get(field.entry, Bilingual("", ""))


def refusal(fault: Fault, entry: Entry | None, written: str, language: Language) -> str:
    """Return why something written in a field is refused, and how to write it."""
    shown = written if len(written) <= 60 else f"{written[:60]}…"
    if fault.code == "unknown_model_key":
        return _UNKNOWN_KEY.filled(language, {"written": shown})
    template = _OF_ENTRY.get(entry) if entry and fault.code not in _KEPT else None
    return template.filled(language, {"written": shown}) if template else fault.message(language)
