"""
What the forms ask for and no rule requires: information, never a gap.

Practitioners name the absence of an ICP number among the reasons for return; the form asks for “营业执照 scan, ICP备案 proof”
(filing-rules.md, §1.1, fields of the filing subject).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from compliance.dossier.pointer import ROOT, Pointer
from compliance.dossier.schema import Dossier
from compliance.language import Bilingual, Language

# Forms of a service that stand under an ICP number of their own.
WITH_AN_ICP_NUMBER = ("website", "app", "mini_program")


@dataclass(frozen=True, slots=True)
class Information:
    """Something that a form asks for besides, and the field where it is entered."""

    at: Pointer
    text: Bilingual

    def in_(self, language: Language) -> str:
        return self.text.in_(language)


_NO_ICP = Bilingual(
    "The filing form asks for the ICP filing or license number of each site and app (“ICP备案 proof”), and packages have been returned "
    "for want of it. Enter it under ICP filings of the sites and apps.",
    "备案表要求提供各网站和应用的 ICP 备案号或许可证号（“ICP备案证明”），曾有材料因缺少该项被退回。请在“网站和应用的 ICP 备案”中填写。",
)


def asked_besides(dossier: Dossier) -> Iterator[Information]:
    """Yield what the forms ask for besides and the dossier does not say."""
    service = dossier.service
    is_filed_online = set(service.forms or ()) & set(WITH_AN_ICP_NUMBER)
    if service.public and is_filed_online and not any(record.number for record in service.icp_records or ()):
        yield Information(ROOT / "service" / "icp_records", _NO_ICP)
