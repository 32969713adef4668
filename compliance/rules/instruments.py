"""The laws and standards that the rules cite, with the dates on which they enter into force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from compliance.language import Bilingual, Language


@dataclass(frozen=True, slots=True)
class Instrument:
    """A law, standard or set of forms; `since` is None for the forms, which have no date."""

    code: str
    title: Bilingual
    since: date | None = None
    until: date | None = None


_ALL = (
    Instrument(
        "ALG",
        Bilingual("Algorithm Recommendation Provisions", "互联网信息服务算法推荐管理规定"),
        date(2022, 3, 1),
    ),
    Instrument("DS", Bilingual("Deep Synthesis Provisions", "互联网信息服务深度合成管理规定"), date(2023, 1, 10)),
    Instrument(
        "IM",
        Bilingual("Interim Measures for Generative AI Services", "生成式人工智能服务管理暂行办法"),
        date(2023, 8, 15),
    ),
    Instrument(
        "T03",
        Bilingual("TC260-003-2024", "TC260-003-2024 生成式人工智能服务安全基本要求"),
        date(2024, 2, 29),
        date(2025, 11, 1),
    ),
    Instrument(
        "GB4",
        Bilingual("GB/T 45654-2025", "GB/T 45654-2025 生成式人工智能服务安全基本要求"),
        date(2025, 11, 1),
    ),
    Instrument(
        "GB5",
        Bilingual("GB/T 45652-2025", "GB/T 45652-2025 生成式人工智能预训练和优化训练数据安全规范"),
        date(2025, 11, 1),
    ),
    Instrument(
        "GB7",
        Bilingual("GB/T 45674-2025", "GB/T 45674-2025 生成式人工智能数据标注安全规范"),
        date(2025, 11, 1),
    ),
    Instrument(
        "LAB",
        Bilingual("Measures for Labeling AI-Generated Content", "人工智能生成合成内容标识办法"),
        date(2025, 9, 1),
    ),
    Instrument("GB9", Bilingual("GB 45438-2025", "GB 45438-2025 人工智能生成合成内容标识方法"), date(2025, 9, 1)),
    Instrument(
        "ANT",
        Bilingual("Interim Measures for Anthropomorphic AI Interaction Services", "人工智能拟人化互动服务管理暂行办法"),
        date(2026, 7, 15),
    ),
    Instrument(
        "NOT",
        Bilingual(
            "CAC announcements on filed and registered generative AI services", "生成式人工智能服务已备案信息公告"
        ),
        date(2024, 4, 2),
    ),
    Instrument("FRM", Bilingual("Filing forms in use", "备案表及附件")),
)
INSTRUMENTS = MappingProxyType({instrument.code: instrument for instrument in _ALL})
_ARTICLES = frozenset({"ALG", "DS", "IM", "LAB", "ANT"})


def instrument_of(citation: str) -> Instrument:
    """Return the instrument of a citation such as `ALG 24`. Raises KeyError if it is unknown."""
    return INSTRUMENTS[citation.split(" ", 1)[0]]


def spelled_out(citation: str, language: Language) -> str:
    """Return a citation in full: `ALG 24` is Art. 24 of the Algorithm Recommendation Provisions."""
    code, _, place = citation.partition(" ")
    title = INSTRUMENTS[code].title.in_(language)
    if not place:
        return f"《{title}》" if language == "zh" else title
    if code in _ARTICLES:
        return f"《{title}》第{place}条" if language == "zh" else f"{title}, Art. {place}"
    return f"《{title}》{place}" if language == "zh" else f"{title}, {place}"
