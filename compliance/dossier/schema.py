"""The types of the dossier: one filing as one document, with its fields in the order of the normal form.

Each class is a plain dataclass whose fields have labels in both languages. `parsing.py` parses a document into them
strictly (pydantic); `stored.py` loads a stored one without validation (msgspec). All fields except `kind`,
`applicant.uscc` and `service.name` are optional: the rules, not the types, report missing information.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from compliance.dossier import codes
from compliance.dossier.assessments import Assessment
from compliance.dossier.declaring import STRICT, labeled, required
from compliance.dossier.fields import AtMost500, Count, Day, OneOf, Province, Sha256, Text, YesNo
from compliance.dossier.labels import Labeling
from compliance.dossier.lineage import Model
from compliance.dossier.parties import Algorithm, Applicant, Service


@dataclass(slots=True, kw_only=True)
class Document:
    __pydantic_config__ = STRICT
    kind: Annotated[str, OneOf(codes.DOCUMENT_KINDS)] | None = labeled("kind of document", "材料类型")
    title: Text | None = labeled("title", "标题")
    filename: Text | None = labeled("file name", "文件名")
    sha256: Sha256 | None = labeled("SHA-256", "SHA-256")
    size: Count | None = labeled("size in bytes", "大小（字节）")
    sealed: YesNo | None = labeled("sealed", "加盖公章")
    not_applicable_reason: Text | None = labeled("reason why not applicable", "不涉及的理由")
    corpus: Text | None = labeled("corpus it proves", "所证明的语料")


@dataclass(slots=True, kw_only=True)
class Dossier:
    """One filing as one document."""

    __pydantic_config__ = STRICT
    kind: Annotated[str, OneOf(codes.KINDS)] = required("kind of filing", "备案类型")
    action: Annotated[str, OneOf(codes.ACTIONS)] | None = labeled("action", "事项")
    amends: Text | None = labeled("number of the filing it amends", "所变更或注销的备案编号")
    occurred_on: Day | None = labeled("date of the change or termination", "变更或终止日期")
    jurisdiction: Province | None = labeled("jurisdiction", "属地")
    reference: Text | None = labeled("reference of the filer", "填报人自编号")
    applicant: Applicant = required("applicant", "备案主体")
    service: Service = required("service", "服务")
    algorithm: Algorithm | None = labeled("algorithm", "算法信息")
    models: Annotated[list[Model], AtMost500] | None = labeled("models", "模型")
    assessment: Assessment | None = labeled("security assessment", "安全评估")
    labeling: Labeling | None = labeled("labeling", "标识")
    documents: list[Document] | None = labeled("documents", "附件")
