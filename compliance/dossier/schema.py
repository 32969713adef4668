"""The dossier as types: one filing as one document, field by field in the order of its normal form.

Each class is a plain dataclass whose fields carry their names in both languages. `parsing.py` reads a document
into them strictly (pydantic); `stored.py` loads a stored one again without validating (msgspec). Everything but
`kind`, `applicant.uscc` and `service.name` may be absent: what is missing is a matter of the rules, not of the types.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from compliance.dossier import codes
from compliance.dossier.assessments import Assessment
from compliance.dossier.declaring import STRICT, required, said
from compliance.dossier.fields import AtMost500, Count, Day, OneOf, Province, Sha256, Text, YesNo
from compliance.dossier.labels import Labeling
from compliance.dossier.lineage import Model
from compliance.dossier.parties import Algorithm, Applicant, Service


@dataclass(slots=True, kw_only=True)
class Document:
    __pydantic_config__ = STRICT
    kind: Annotated[str, OneOf(codes.DOCUMENT_KINDS)] | None = said("kind of document", "材料类型")
    title: Text | None = said("title", "标题")
    filename: Text | None = said("file name", "文件名")
    sha256: Sha256 | None = said("SHA-256", "SHA-256")
    size: Count | None = said("size in bytes", "大小（字节）")
    sealed: YesNo | None = said("sealed", "加盖公章")
    not_applicable_reason: Text | None = said("reason why not applicable", "不涉及的理由")
    corpus: Text | None = said("corpus it proves", "所证明的语料")


@dataclass(slots=True, kw_only=True)
class Dossier:
    """One filing as one document."""

    __pydantic_config__ = STRICT
    kind: Annotated[str, OneOf(codes.KINDS)] = required("kind of filing", "备案类型")
    action: Annotated[str, OneOf(codes.ACTIONS)] | None = said("action", "事项")
    amends: Text | None = said("number of the filing it amends", "所变更或注销的备案编号")
    occurred_on: Day | None = said("date of the change or termination", "变更或终止日期")
    jurisdiction: Province | None = said("jurisdiction", "属地")
    reference: Text | None = said("reference of the filer", "填报人自编号")
    applicant: Applicant = required("applicant", "备案主体")
    service: Service = required("service", "服务")
    algorithm: Algorithm | None = said("algorithm", "算法信息")
    models: Annotated[list[Model], AtMost500] | None = said("models", "模型")
    assessment: Assessment | None = said("security assessment", "安全评估")
    labeling: Labeling | None = said("labeling", "标识")
    documents: list[Document] | None = said("documents", "附件")
