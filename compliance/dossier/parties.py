"""The parts of a dossier that say who files what: applicant, service and algorithm (备案主体, 服务, 算法信息)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from compliance.dossier import codes
from compliance.dossier.declaring import STRICT, required, said
from compliance.dossier.fields import Count, Day, OneOf, Region, SaidText, Text, Uscc, YesNo


@dataclass(slots=True, kw_only=True)
class Person:
    __pydantic_config__ = STRICT
    name: Text | None = said("name", "姓名")
    phone: Text | None = said("telephone", "电话")
    email: Text | None = said("e-mail", "电子邮箱")


@dataclass(slots=True, kw_only=True)
class Applicant:
    __pydantic_config__ = STRICT
    name: Text | None = said("name of the applicant", "主体名称")
    name_en: Text | None = said("English name", "英文名称")
    uscc: Uscc = required("unified social credit code", "统一社会信用代码")
    entity_type: Annotated[str, OneOf(codes.ENTITY_TYPES)] | None = said("entity type", "主体类型")
    region: Region | None = said("region", "注册地")
    address: Text | None = said("address", "详细地址")
    website: Text | None = said("website", "网址")
    legal_representative: Text | None = said("legal representative", "法定代表人")
    security_officer: Person | None = said("algorithm security officer", "算法安全责任人")
    contact: Person | None = said("contact", "联系人")
    governance: list[Annotated[str, OneOf(codes.GOVERNANCE)]] | None = said("safety systems", "安全管理制度")


@dataclass(slots=True, kw_only=True)
class Permit:
    __pydantic_config__ = STRICT
    kind: Annotated[str, OneOf(codes.PERMIT_KINDS)] | None = said("kind of permit", "许可类型")
    number: Text | None = said("permit number", "许可证号")


@dataclass(slots=True, kw_only=True)
class ComplaintChannel:
    __pydantic_config__ = STRICT
    entry: Text | None = said("complaint entry", "投诉入口")
    response_days: Count | None = said("days to respond", "反馈时限（日）")


@dataclass(slots=True, kw_only=True)
class Display:
    __pydantic_config__ = STRICT
    number_shown_at: Text | None = said("address where the number is shown", "备案编号公示位置")
    public_record_link: Text | None = said("link to the public record", "公示信息链接")
    model_name_shown: YesNo | None = said("model name shown", "公示模型名称")


@dataclass(slots=True, kw_only=True)
class Service:
    __pydantic_config__ = STRICT
    name: SaidText = required("name of the service", "服务名称")
    forms: list[Annotated[str, OneOf(codes.FORMS)]] | None = said("service forms", "服务形式")
    urls: list[Text] | None = said("addresses", "访问地址")
    access_path: list[Text] | None = said("access path", "功能访问路径")
    description: Text | None = said("description", "功能介绍")
    domain: Annotated[str, OneOf(codes.DOMAINS)] | None = said("domain of the service", "应用领域")
    functions: list[Annotated[str, OneOf(codes.FUNCTIONS)]] | None = said("functions", "主要功能")
    permits: list[Permit] | None = said("permits", "前置许可")
    algorithm_filing_number: Text | None = said("algorithm filing number", "算法备案编号")
    public: YesNo | None = said("offered to the public", "面向公众提供")
    opinion_capacity: YesNo | None = said("capacity to shape opinion or mobilize", "具有舆论属性或社会动员能力")
    launched_on: Day | None = said("launch date", "上线日期")
    terminated_on: Day | None = said("termination date", "终止日期")
    monthly_active_users: Count | None = said("monthly active users", "月活跃用户数")
    registered_users: Count | None = said("registered users", "注册用户数")
    audience: Text | None = said("audience, occasions and uses", "适用人群、场合、用途")
    serves_minors: YesNo | None = said("serves minors", "面向未成年人")
    minor_protection: Text | None = said("protection of minors", "未成年人保护措施")
    anthropomorphic: YesNo | None = said("anthropomorphic interaction", "拟人化互动")
    virtual_companion: YesNo | None = said("virtual companion", "虚拟陪伴")
    identity_verification: Annotated[str, OneOf(codes.IDENTITY_VERIFICATION)] | None = said(
        "identity verification", "真实身份信息认证"
    )
    separate_consent_for_biometrics: YesNo | None = said("separate consent for biometrics", "生物识别信息单独同意")
    complaint_channel: ComplaintChannel | None = said("complaint channel", "投诉举报渠道")
    terms_url: Text | None = said("address of the terms of service", "服务协议地址")
    privacy_url: Text | None = said("address of the privacy policy", "隐私政策地址")
    display: Display | None = said("public display", "公示")


@dataclass(slots=True, kw_only=True)
class RiskControl:
    __pydantic_config__ = STRICT
    risk: Text | None = said("risk", "风险")
    measure: Text | None = said("preventive measure", "防范措施")


@dataclass(slots=True, kw_only=True)
class Algorithm:
    __pydantic_config__ = STRICT
    name: Text | None = said("name of the algorithm", "算法名称")
    type: Annotated[str, OneOf(codes.ALGORITHM_TYPES)] | None = said("algorithm type", "算法类型")
    role: Annotated[str, OneOf(codes.ROLES)] | None = said("role", "角色")
    launched_on: Day | None = said("launch date of the algorithm", "算法上线时间")
    domain: Annotated[str, OneOf(codes.DOMAINS)] | None = said("domain of the algorithm", "算法应用领域")
    summary: Text | None = said("summary", "算法简介")
    principle: Text | None = said("basic principle", "算法基本原理")
    mechanism: Text | None = said("operating mechanism", "算法运行机制")
    scenario: Text | None = said("application scenario", "算法应用场景")
    purpose: Text | None = said("purpose", "算法目的意图")
    input_modalities: list[Annotated[str, OneOf(codes.MODALITIES)]] | None = said("input modalities", "输入数据模态")
    output_modalities: list[Annotated[str, OneOf(codes.MODALITIES)]] | None = said("output modalities", "输出数据模态")
    data_sources: Text | None = said("data sources", "数据来源")
    uses_biometrics: YesNo | None = said("uses biometrics", "包含生物特征信息")
    uses_identity: YesNo | None = said("uses identity information", "包含身份信息")
    intervention_policy: Text | None = said("intervention policy", "干预策略")
    result_labeling: Text | None = said("labeling of results", "结果标识")
    risk_controls: list[RiskControl] | None = said("risks and their prevention", "算法风险与防范机制")
    opt_out: YesNo | None = said("switch to turn personalization off", "关闭个性化的选项")
