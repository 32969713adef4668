"""The training of a model: compute, corpora and annotation (训练, 训练语料, 标注)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from compliance.dossier import codes
from compliance.dossier.declaring import STRICT, labeled
from compliance.dossier.fields import Amount, Count, Country, Day, OneOf, Rate, Text, YesNo
from compliance.dossier.risks import RISKS


@dataclass(slots=True, kw_only=True)
class Compute:
    __pydantic_config__ = STRICT
    accelerator: Text | None = labeled("accelerator", "算力型号")
    vendor: Text | None = labeled("vendor", "算力厂商")
    vendor_country: Country | None = labeled("country of the vendor", "厂商所属国家")
    count: Count | None = labeled("number of accelerators", "数量")
    hours: Amount | None = labeled("hours", "使用小时数")
    location: Text | None = labeled("location", "所在地")
    ownership: Annotated[str, OneOf(codes.OWNERSHIP)] | None = labeled("ownership", "来源方式")


@dataclass(slots=True, kw_only=True)
class Training:
    __pydantic_config__ = STRICT
    framework: Text | None = labeled("training framework", "训练框架")
    started_on: Day | None = labeled("training start", "训练开始日期")
    ended_on: Day | None = labeled("training end", "训练结束日期")
    compute: list[Compute] | None = labeled("training compute", "训练算力资源")


@dataclass(slots=True, kw_only=True)
class SourceCheck:
    __pydantic_config__ = STRICT
    sampled: Count | None = labeled("items sampled", "抽样数量")
    illegal_share: Rate | None = labeled("share of illegal content", "违法不良信息占比")


@dataclass(slots=True, kw_only=True)
class ManualSample:
    __pydantic_config__ = STRICT
    size: Count | None = labeled("sample size", "抽样数量")
    pass_rate: Rate | None = labeled("pass rate", "合格率")


@dataclass(slots=True, kw_only=True)
class TechnicalSample:
    __pydantic_config__ = STRICT
    share: Rate | None = labeled("share sampled", "抽样比例")
    pass_rate: Rate | None = labeled("pass rate", "合格率")


@dataclass(slots=True, kw_only=True)
class Generator:
    __pydantic_config__ = STRICT
    model: Text | None = labeled("generating model", "生成模型")
    generated_on: Day | None = labeled("generation date", "生成日期")


@dataclass(slots=True, kw_only=True)
class Corpus:
    __pydantic_config__ = STRICT
    name: Text | None = labeled("name of the corpus", "语料名称")
    stage: Annotated[str, OneOf(codes.STAGES)] | None = labeled("stage", "训练阶段")
    source_type: Annotated[str, OneOf(codes.SOURCE_TYPES)] | None = labeled("source type", "来源类型")
    origin: Annotated[str, OneOf(codes.ORIGINS)] | None = labeled("origin", "境内外来源")
    modality: Annotated[str, OneOf(codes.MODALITIES)] | None = labeled("modality", "模态")
    languages: list[Text] | None = labeled("languages", "语种")
    items: Count | None = labeled("items", "语料条数")
    tokens: Count | None = labeled("tokens", "词元数")
    bytes: Count | None = labeled("bytes", "存储规模（字节）")
    source_name: Text | None = labeled("name of the source", "来源名称")
    source_url: Text | None = labeled("address of the source", "来源地址")
    license: Text | None = labeled("license of the corpus", "语料许可协议")
    collected_from: Day | None = labeled("collected from", "采集开始日期")
    collected_to: Day | None = labeled("collected to", "采集结束日期")
    proof: list[Annotated[str, OneOf(codes.PROOFS)]] | None = labeled("proof of source", "来源证明")
    robots_respected: YesNo | None = labeled("robots exclusion respected", "遵守不可采集声明")
    source_check: SourceCheck | None = labeled("check before collecting", "采集前核验")
    post_check: SourceCheck | None = labeled("check after collecting", "采集后核验")
    manual_sample: ManualSample | None = labeled("manual sample", "人工抽检")
    technical_sample: TechnicalSample | None = labeled("technical sample", "技术抽检")
    filters: list[Annotated[str, OneOf(codes.FILTERS)]] | None = labeled("filters", "过滤方式")
    personal_information: YesNo | None = labeled("holds personal information", "包含个人信息")
    personal_information_basis: Annotated[str, OneOf(codes.PERSONAL_INFORMATION_BASES)] | None = labeled(
        "basis for personal information", "处理个人信息的依据"
    )
    sensitive_personal_information: YesNo | None = labeled("holds sensitive personal information", "包含敏感个人信息")
    separate_consent: YesNo | None = labeled("separate consent", "单独同意")
    generator: Generator | None = labeled("generator", "合成数据生成方式")


@dataclass(slots=True, kw_only=True)
class Annotation:
    __pydantic_config__ = STRICT
    functional_annotators: Count | None = labeled("functional annotators", "功能性标注人员数量")
    safety_annotators: Count | None = labeled("safety annotators", "安全性标注人员数量")
    trained: YesNo | None = labeled("annotators trained", "标注人员培训")
    examined: YesNo | None = labeled("annotators examined", "标注人员考核")
    roles_separated: YesNo | None = labeled("annotation and review separated", "标注与审核分离")
    rules_cover: list[Annotated[str, OneOf(RISKS)]] | None = labeled("risks the rules cover", "标注规则覆盖的风险")
    functional_sampled_per_batch: YesNo | None = labeled("every batch sampled", "功能性标注逐批抽检")
    safety_reviewed_share: Rate | None = labeled("share of safety annotation reviewed", "安全性标注审核比例")
    isolated_safety_data: YesNo | None = labeled("safety data isolated", "安全性标注数据隔离存储")
