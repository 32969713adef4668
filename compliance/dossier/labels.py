"""How generated content is labeled (标识): the Labeling Measures and GB 45438-2025."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from compliance.dossier import codes
from compliance.dossier.declaring import STRICT, labeled
from compliance.dossier.fields import Amount, Count, OneOf, Rate, Text, YesNo


@dataclass(slots=True, kw_only=True)
class ExplicitLabel:
    __pydantic_config__ = STRICT
    modality: Annotated[str, OneOf(codes.LABEL_MODALITIES)] | None = labeled("modality of the label", "标识模态")
    position: Text | None = labeled("position of the label", "标识位置")
    text: Text | None = labeled("label text", "标识文字")
    seconds: Amount | None = labeled("seconds shown", "持续秒数")
    height_share: Rate | None = labeled(
        "height of the text as a share of the shortest side", "文字高度与画面最短边之比"
    )


@dataclass(slots=True, kw_only=True)
class ImplicitMetadata:
    """The seven keys of GB 45438-2025 annex E, spelled as the standard spells them."""

    __pydantic_config__ = STRICT
    Label: Text | None = labeled("Label", "Label")
    ContentProducer: Text | None = labeled("ContentProducer", "ContentProducer")
    ProduceID: Text | None = labeled("ProduceID", "ProduceID")
    ReservedCode1: Text | None = labeled("ReservedCode1", "ReservedCode1")
    ContentPropagator: Text | None = labeled("ContentPropagator", "ContentPropagator")
    PropagateID: Text | None = labeled("PropagateID", "PropagateID")
    ReservedCode2: Text | None = labeled("ReservedCode2", "ReservedCode2")


@dataclass(slots=True, kw_only=True)
class ImplicitLabel:
    __pydantic_config__ = STRICT
    metadata: ImplicitMetadata | None = labeled("metadata", "文件元数据")
    watermark: YesNo | None = labeled("watermark", "数字水印")


@dataclass(slots=True, kw_only=True)
class Labeling:
    __pydantic_config__ = STRICT
    explicit: list[ExplicitLabel] | None = labeled("explicit labels", "显式标识")
    export_keeps_label: YesNo | None = labeled("exports keep the label", "导出文件保留标识")
    unlabeled_on_request: YesNo | None = labeled("unlabeled output on request", "应请求提供无标识内容")
    log_retention_months: Count | None = labeled("log retention in months", "日志留存月数")
    terms_clause: YesNo | None = labeled("clause in the user agreement", "用户协议中的标识条款")
    implicit: ImplicitLabel | None = labeled("implicit label", "隐式标识")
