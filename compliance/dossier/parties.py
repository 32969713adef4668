"""The sections on the applicant, the service and the algorithm (备案主体, 服务, 算法信息)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from compliance.dossier import codes
from compliance.dossier.declaring import STRICT, labeled, required
from compliance.dossier.fields import (
    Amount,
    Count,
    Day,
    IcpNumber,
    OneOf,
    PublicSecurityNumber,
    Rate,
    Region,
    RequiredText,
    Text,
    Uscc,
    YesNo,
)


@dataclass(slots=True, kw_only=True)
class Person:
    __pydantic_config__ = STRICT
    name: Text | None = labeled("name", "姓名")
    phone: Text | None = labeled("telephone", "电话")
    email: Text | None = labeled("e-mail", "电子邮箱")


@dataclass(slots=True, kw_only=True)
class Applicant:
    __pydantic_config__ = STRICT
    name: Text | None = labeled("name of the applicant", "主体名称")
    name_en: Text | None = labeled("English name", "英文名称")
    uscc: Uscc = required("unified social credit code", "统一社会信用代码")
    entity_type: Annotated[str, OneOf(codes.ENTITY_TYPES)] | None = labeled("entity type", "主体类型")
    region: Region | None = labeled("region", "注册地")
    address: Text | None = labeled("address", "详细地址")
    website: Text | None = labeled("website", "网址")
    legal_representative: Text | None = labeled("legal representative", "法定代表人")
    security_officer: Person | None = labeled("algorithm security officer", "算法安全责任人")
    contact: Person | None = labeled("contact", "联系人")
    registered_capital: Amount | None = labeled("registered capital in yuan", "注册资本（元）")
    foreign_shareholding: Rate | None = labeled("share held by foreign owners", "外资持股比例")
    governance: list[Annotated[str, OneOf(codes.GOVERNANCE)]] | None = labeled("safety systems", "安全管理制度")


@dataclass(slots=True, kw_only=True)
class Permit:
    __pydantic_config__ = STRICT
    kind: Annotated[str, OneOf(codes.PERMIT_KINDS)] | None = labeled("kind of permit", "许可类型")
    number: Text | None = labeled("permit number", "许可证号")


@dataclass(slots=True, kw_only=True)
class IcpRecord:
    """The numbers under which one site or app of a service is filed with MIIT (ICP) and with the police."""

    __pydantic_config__ = STRICT
    form: Annotated[str, OneOf(codes.FORMS)] | None = labeled("service form", "服务形式")
    address: Text | None = labeled("domain of the site or name of the app", "网站域名或应用名称")
    number: IcpNumber | None = labeled("ICP filing or license number", "ICP备案号或许可证号")
    public_security_number: PublicSecurityNumber | None = labeled("public-security filing number", "公安联网备案号")


@dataclass(slots=True, kw_only=True)
class ComplaintChannel:
    __pydantic_config__ = STRICT
    entry: Text | None = labeled("complaint entry", "投诉入口")
    response_days: Count | None = labeled("days to respond", "反馈时限（日）")


@dataclass(slots=True, kw_only=True)
class Display:
    __pydantic_config__ = STRICT
    number_shown_at: Text | None = labeled("address where the number is shown", "备案编号公示位置")
    public_record_link: Text | None = labeled("link to the public record", "公示信息链接")
    model_name_shown: YesNo | None = labeled("model name shown", "公示模型名称")


@dataclass(slots=True, kw_only=True)
class Service:
    __pydantic_config__ = STRICT
    name: RequiredText = required("name of the service", "服务名称")
    forms: list[Annotated[str, OneOf(codes.FORMS)]] | None = labeled("service forms", "服务形式")
    urls: list[Text] | None = labeled("addresses", "访问地址")
    access_path: list[Text] | None = labeled("access path", "功能访问路径")
    description: Text | None = labeled("description", "功能介绍")
    domain: Annotated[str, OneOf(codes.DOMAINS)] | None = labeled("domain of the service", "应用领域")
    functions: list[Annotated[str, OneOf(codes.FUNCTIONS)]] | None = labeled("functions", "主要功能")
    permits: list[Permit] | None = labeled("permits", "前置许可")
    icp_records: list[IcpRecord] | None = labeled("ICP filings of the sites and apps", "网站和应用的 ICP 备案")
    algorithm_filing_number: Text | None = labeled("algorithm filing number", "算法备案编号")
    public: YesNo | None = labeled("offered to the public", "面向公众提供")
    opinion_capacity: YesNo | None = labeled("capacity to shape opinion or mobilize", "具有舆论属性或社会动员能力")
    launched_on: Day | None = labeled("launch date", "上线日期")
    terminated_on: Day | None = labeled("termination date", "终止日期")
    monthly_active_users: Count | None = labeled("monthly active users", "月活跃用户数")
    registered_users: Count | None = labeled("registered users", "注册用户数")
    audience: Text | None = labeled("audience, occasions and uses", "适用人群、场合、用途")
    serves_minors: YesNo | None = labeled("serves minors", "面向未成年人")
    minor_protection: Text | None = labeled("protection of minors", "未成年人保护措施")
    anthropomorphic: YesNo | None = labeled("anthropomorphic interaction", "拟人化互动")
    virtual_companion: YesNo | None = labeled("virtual companion", "虚拟陪伴")
    identity_verification: Annotated[str, OneOf(codes.IDENTITY_VERIFICATION)] | None = labeled(
        "identity verification", "真实身份信息认证"
    )
    separate_consent_for_biometrics: YesNo | None = labeled("separate consent for biometrics", "生物识别信息单独同意")
    complaint_channel: ComplaintChannel | None = labeled("complaint channel", "投诉举报渠道")
    terms_url: Text | None = labeled("address of the terms of service", "服务协议地址")
    privacy_url: Text | None = labeled("address of the privacy policy", "隐私政策地址")
    display: Display | None = labeled("public display", "公示")


@dataclass(slots=True, kw_only=True)
class RiskControl:
    __pydantic_config__ = STRICT
    risk: Text | None = labeled("risk", "风险")
    measure: Text | None = labeled("preventive measure", "防范措施")


@dataclass(slots=True, kw_only=True)
class Algorithm:
    __pydantic_config__ = STRICT
    name: Text | None = labeled("name of the algorithm", "算法名称")
    type: Annotated[str, OneOf(codes.ALGORITHM_TYPES)] | None = labeled("algorithm type", "算法类型")
    role: Annotated[str, OneOf(codes.ROLES)] | None = labeled("role", "角色")
    launched_on: Day | None = labeled("launch date of the algorithm", "算法上线时间")
    domain: Annotated[str, OneOf(codes.DOMAINS)] | None = labeled("domain of the algorithm", "算法应用领域")
    summary: Text | None = labeled("summary", "算法简介")
    principle: Text | None = labeled("basic principle", "算法基本原理")
    mechanism: Text | None = labeled("operating mechanism", "算法运行机制")
    scenario: Text | None = labeled("application scenario", "算法应用场景")
    purpose: Text | None = labeled("purpose", "算法目的意图")
    input_modalities: list[Annotated[str, OneOf(codes.MODALITIES)]] | None = labeled("input modalities", "输入数据模态")
    output_modalities: list[Annotated[str, OneOf(codes.MODALITIES)]] | None = labeled(
        "output modalities", "输出数据模态"
    )
    data_sources: Text | None = labeled("data sources", "数据来源")
    uses_biometrics: YesNo | None = labeled("uses biometrics", "包含生物特征信息")
    uses_identity: YesNo | None = labeled("uses identity information", "包含身份信息")
    intervention_policy: Text | None = labeled("intervention policy", "干预策略")
    result_labeling: Text | None = labeled("labeling of results", "结果标识")
    risk_controls: list[RiskControl] | None = labeled("risks and their prevention", "算法风险与防范机制")
    opt_out: YesNo | None = labeled("switch to turn personalization off", "关闭个性化的选项")
