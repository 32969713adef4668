"""
The fields of Annex VIII, Section A, of the EU AI Act (Regulation (EU) 2024/1689, Art. 49 (1)), filled in from a dossier.

Facts for those who file in both places: what is there, and what the European database asks besides. Not legal advice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from compliance.dossier.codes import FUNCTIONS, MODALITIES
from compliance.dossier.schema import Dossier
from compliance.language import Bilingual, Language, listed

Answer = Callable[[Dossier, Language], list[str | None]]


@dataclass(frozen=True, slots=True)
class Line:
    """One field of the annex, and what a dossier says on it; `values` is empty if it says nothing."""

    number: int
    title: str
    values: tuple[str, ...]
    is_complete: bool

    def as_json(self) -> dict[str, object]:
        return {"number": self.number, "title": self.title, "values": list(self.values), "complete": self.is_complete}


def annex_viii(dossier: Dossier, language: Language) -> Iterator[Line]:
    """Yield the thirteen fields of Section A. A field of several parts is complete if every part is said."""
    for number, (title, answer) in _FIELDS.items():
        parts = answer(dossier, language)
        values = tuple(part.strip() for part in parts if part and part.strip())
        yield Line(number, title.in_(language), values, bool(parts) and len(values) == len(parts))


def _provider(dossier: Dossier, language: Language) -> list[str | None]:
    applicant = dossier.applicant
    contact = applicant.contact
    reach = (contact.email or contact.phone) if contact else None
    return [applicant.name_en or applicant.name, applicant.address, reach]


def _trade_name(dossier: Dossier, language: Language) -> list[str | None]:
    return [dossier.service.name, dossier.amends or dossier.reference]


def _purpose(dossier: Dossier, language: Language) -> list[str | None]:
    functions = listed([FUNCTIONS[code].in_(language) for code in dossier.service.functions or ()], language)
    return [dossier.service.audience or dossier.service.description, functions]


def _logic(dossier: Dossier, language: Language) -> list[str | None]:
    algorithm = dossier.algorithm
    modalities = {code for model in dossier.models or () for code in model.modalities or ()}
    data = [corpus.name or "–" for model in dossier.models or () for corpus in model.corpora or ()]
    inputs = (algorithm.input_modalities if algorithm else None) or [code for code in MODALITIES if code in modalities]
    logic = (algorithm.principle or algorithm.mechanism) if algorithm else None
    inputs_and_data = [MODALITIES[code].in_(language) for code in inputs] + data
    return [listed(inputs_and_data, language), logic]


def _status(dossier: Dossier, language: Language) -> list[str | None]:
    service = dossier.service
    if service.terminated_on:
        return [_ENDED.filled(language, {"day": service.terminated_on.isoformat()})]
    return [_IN_SERVICE.filled(language, {"day": service.launched_on.isoformat()})] if service.launched_on else [None]


def _instructions(dossier: Dossier, language: Language) -> list[str | None]:
    return [dossier.service.terms_url]


def _address(dossier: Dossier, language: Language) -> list[str | None]:
    return [next(iter(dossier.service.urls or ()), None)]


def _nothing(dossier: Dossier, language: Language) -> list[str | None]:
    """The dossier has no field for it."""
    return [None]


_ENDED = Bilingual("no longer in service since {day}", "自 {day} 起停止服务")
_IN_SERVICE = Bilingual("in service since {day}", "自 {day} 起提供服务")
_FIELDS: Mapping[int, tuple[Bilingual, Answer]] = MappingProxyType(
    {
        1: (Bilingual("Provider: name, address, contact", "提供者：名称、地址、联系方式"), _provider),
        2: (Bilingual("Person who submits on its behalf", "代为提交者"), _nothing),
        3: (Bilingual("Authorized representative in the Union", "欧盟授权代表"), _nothing),
        4: (Bilingual("Trade name and unambiguous reference", "商品名称与唯一标识"), _trade_name),
        5: (Bilingual("Intended purpose, components and functions", "预期用途、组成与功能"), _purpose),
        6: (Bilingual("Data and inputs, and operating logic", "所用数据、输入与运行逻辑"), _logic),
        7: (Bilingual("Status", "状态"), _status),
        8: (Bilingual("Certificate of the notified body", "公告机构证书"), _nothing),
        9: (Bilingual("Scanned copy of the certificate", "证书扫描件"), _nothing),
        10: (Bilingual("Member States", "投放成员国"), _nothing),
        11: (Bilingual("EU declaration of conformity", "欧盟符合性声明"), _nothing),
        12: (Bilingual("Electronic instructions for use", "电子使用说明"), _instructions),
        13: (Bilingual("Address for more information (optional)", "更多信息的网址（可选）"), _address),
    }
)
