"""The models of a dossier and what they derive from (模型与基础模型来源)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from compliance.dossier import codes
from compliance.dossier.declaring import STRICT, labeled
from compliance.dossier.fields import AtMost500, Count, Country, Day, OneOf, Text, Uscc, YesNo
from compliance.dossier.training import Annotation, Corpus, Training

# Relations by which a model is trained on its parent's outputs, does not inherit its weights, and gets no copy of them.
TRAINED_ON_OUTPUTS = frozenset({"distillation", "draft_model"})
NO_WEIGHTS = TRAINED_ON_OUTPUTS | {"architecture_only"}
WITHOUT_A_COPY = NO_WEIGHTS | {"api_call"}


@dataclass(slots=True, kw_only=True)
class Developer:
    __pydantic_config__ = STRICT
    name: Text | None = labeled("name of the developer", "研制单位名称")
    country: Country | None = labeled("country of the developer", "研制单位所属国家")
    uscc: Uscc | None = labeled("unified social credit code of the developer", "研制单位统一社会信用代码")


@dataclass(slots=True, kw_only=True)
class Parent:
    """An entry of `derived_from`: one step up the lineage."""

    __pydantic_config__ = STRICT
    key: Text | None = labeled("key of the parent", "基础模型的键")
    relation: Annotated[str, OneOf(codes.RELATIONS)] | None = labeled("relation", "派生关系")
    modified: YesNo | None = labeled("modified", "是否修改")
    evidence: Text | None = labeled("evidence", "依据")


@dataclass(slots=True, kw_only=True)
class Model:
    __pydantic_config__ = STRICT
    key: Text | None = labeled("key of the model", "模型的键")
    name: Text | None = labeled("name of the model", "模型名称")
    version: Text | None = labeled("version", "版本")
    developer: Developer | None = labeled("developer", "研制单位")
    used_by_service: YesNo | None = labeled("used by the service", "由服务使用")
    access: Annotated[str, OneOf(codes.ACCESS)] | None = labeled("access", "接入方式")
    development: Annotated[str, OneOf(codes.DEVELOPMENT)] | None = labeled("development", "研制方式")
    modalities: list[Annotated[str, OneOf(codes.MODALITIES)]] | None = labeled("modalities", "模态")
    parameters: Count | None = labeled("number of parameters", "参数量")
    architecture: Text | None = labeled("architecture", "模型架构")
    context_length: Count | None = labeled("context length", "上下文长度")
    license: Text | None = labeled("license", "许可协议")
    open_weights: YesNo | None = labeled("open weights", "权重开放")
    released_on: Day | None = labeled("release date", "发布日期")
    filing_number: Text | None = labeled("filing number of the model", "模型备案编号")
    license_terms_met: list[Annotated[str, OneOf(codes.LICENSE_TERMS)]] | None = labeled(
        "license terms met", "已履行的许可义务"
    )
    derived_from: list[Parent] | None = labeled("derived from", "派生自")
    training: Training | None = labeled("training", "训练")
    corpora: Annotated[list[Corpus], AtMost500] | None = labeled("corpora", "训练语料")
    annotation: Annotation | None = labeled("annotation", "标注")
