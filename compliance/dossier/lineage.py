"""The models of a dossier and what they derive from (模型与基础模型来源)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from compliance.dossier import codes
from compliance.dossier.declaring import STRICT, said
from compliance.dossier.fields import AtMost500, Count, Country, Day, OneOf, Text, Uscc, YesNo
from compliance.dossier.training import Annotation, Corpus, Training

# What a child takes from its parent without taking its weights; and without getting a copy of them.
NO_WEIGHTS = frozenset({"architecture_only", "distillation"})
WITHOUT_A_COPY = NO_WEIGHTS | {"api_call"}


@dataclass(slots=True, kw_only=True)
class Developer:
    __pydantic_config__ = STRICT
    name: Text | None = said("name of the developer", "研制单位名称")
    country: Country | None = said("country of the developer", "研制单位所属国家")
    uscc: Uscc | None = said("unified social credit code of the developer", "研制单位统一社会信用代码")


@dataclass(slots=True, kw_only=True)
class Parent:
    """An entry of `derived_from`: one step up the lineage."""

    __pydantic_config__ = STRICT
    key: Text | None = said("key of the parent", "基础模型的键")
    relation: Annotated[str, OneOf(codes.RELATIONS)] | None = said("relation", "派生关系")
    modified: YesNo | None = said("modified", "是否修改")
    evidence: Text | None = said("evidence", "依据")


@dataclass(slots=True, kw_only=True)
class Model:
    __pydantic_config__ = STRICT
    key: Text | None = said("key of the model", "模型的键")
    name: Text | None = said("name of the model", "模型名称")
    version: Text | None = said("version", "版本")
    developer: Developer | None = said("developer", "研制单位")
    used_by_service: YesNo | None = said("used by the service", "由服务使用")
    access: Annotated[str, OneOf(codes.ACCESS)] | None = said("access", "接入方式")
    development: Annotated[str, OneOf(codes.DEVELOPMENT)] | None = said("development", "研制方式")
    modalities: list[Annotated[str, OneOf(codes.MODALITIES)]] | None = said("modalities", "模态")
    parameters: Count | None = said("number of parameters", "参数量")
    architecture: Text | None = said("architecture", "模型架构")
    context_length: Count | None = said("context length", "上下文长度")
    license: Text | None = said("license", "许可协议")
    open_weights: YesNo | None = said("open weights", "权重开放")
    released_on: Day | None = said("release date", "发布日期")
    filing_number: Text | None = said("filing number of the model", "模型备案编号")
    license_terms_met: list[Annotated[str, OneOf(codes.LICENSE_TERMS)]] | None = said(
        "license terms met", "已履行的许可义务"
    )
    derived_from: list[Parent] | None = said("derived from", "派生自")
    training: Training | None = said("training", "训练")
    corpora: Annotated[list[Corpus], AtMost500] | None = said("corpora", "训练语料")
    annotation: Annotation | None = said("annotation", "标注")
