"""The security self-assessment of a dossier (安全自评估)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from compliance.dossier import codes
from compliance.dossier.declaring import STRICT, labeled
from compliance.dossier.fields import Count, Day, OneOf, Rate, Text, YesNo
from compliance.dossier.risks import RISKS


@dataclass(slots=True, kw_only=True)
class CountedByRisk:
    __pydantic_config__ = STRICT
    total: Count | None = labeled("total", "总数")
    per_risk: dict[Annotated[str, OneOf(RISKS)], Count | None] | None = labeled("count per risk", "各类风险数量")
    updated_on: Day | None = labeled("last update", "更新日期")


@dataclass(slots=True, kw_only=True)
class CountedByAspect:
    __pydantic_config__ = STRICT
    total: Count | None = labeled("total", "总数")
    per_aspect: dict[Annotated[str, OneOf(codes.ASPECTS)], Count | None] | None = labeled(
        "count per aspect", "各方面数量"
    )
    updated_on: Day | None = labeled("last update", "更新日期")


@dataclass(slots=True, kw_only=True)
class ContentTest:
    __pydantic_config__ = STRICT
    sampled: Count | None = labeled("questions sampled", "抽样数量")
    pass_rate: Rate | None = labeled("pass rate", "合格率")


@dataclass(slots=True, kw_only=True)
class ContentTests:
    __pydantic_config__ = STRICT
    manual: ContentTest | None = labeled("manual test", "人工抽检")
    keyword: ContentTest | None = labeled("keyword test", "关键词抽检")
    classifier: ContentTest | None = labeled("classifier test", "分类模型抽检")


@dataclass(slots=True, kw_only=True)
class RefusalTest:
    __pydantic_config__ = STRICT
    sampled: Count | None = labeled("questions sampled", "抽样数量")
    refusal_rate: Rate | None = labeled("refusal rate", "拒答率")


@dataclass(slots=True, kw_only=True)
class IntellectualProperty:
    __pydantic_config__ = STRICT
    owner: Text | None = labeled("person in charge of intellectual property", "知识产权负责人")
    policy: Text | None = labeled("intellectual property policy", "知识产权管理策略")
    complaint_channel: Text | None = labeled("intellectual property complaint channel", "知识产权投诉渠道")


@dataclass(slots=True, kw_only=True)
class Suspension:
    __pydantic_config__ = STRICT
    consecutive: Count | None = labeled("harmful inputs in a row", "连续违法输入次数")
    daily: Count | None = labeled("harmful inputs in a day", "单日违法输入次数")


@dataclass(slots=True, kw_only=True)
class Assessment:
    __pydantic_config__ = STRICT
    standard: Annotated[str, OneOf(codes.STANDARDS)] | None = labeled("standard", "评估依据标准")
    assessed_on: Day | None = labeled("assessment date", "评估日期")
    assessor: Annotated[str, OneOf(codes.ASSESSORS)] | None = labeled("assessor", "评估方式")
    assessor_name: Text | None = labeled("name of the assessor", "评估机构名称")
    conclusion: Annotated[str, OneOf(codes.CONCLUSIONS)] | None = labeled("conclusion", "评估结论")
    clauses_assessed: Count | None = labeled("clauses assessed", "已评估条款数")
    clauses_total: Count | None = labeled("clauses in all", "条款总数")
    signatories: list[Annotated[str, OneOf(codes.SIGNATORIES)]] | None = labeled("signatories", "签字人")
    keywords: CountedByRisk | None = labeled("keyword library", "关键词库")
    questions: CountedByRisk | None = labeled("test question bank", "生成内容测试题库")
    refusal_questions: CountedByRisk | None = labeled("should-refuse question bank", "应拒答测试题库")
    non_refusal_questions: CountedByAspect | None = labeled("non-refusal question bank", "非拒答测试题库")
    content_tests: ContentTests | None = labeled("tests of generated content", "生成内容测试")
    refusal_test: RefusalTest | None = labeled("refusal test", "应拒答测试")
    non_refusal_test: RefusalTest | None = labeled("non-refusal test", "非拒答测试")
    classifier_covers: list[Annotated[str, OneOf(RISKS)]] | None = labeled(
        "risks the classifier covers", "分类模型覆盖的风险"
    )
    ip: IntellectualProperty | None = labeled("intellectual property", "知识产权")
    input_opt_out_clicks: Count | None = labeled(
        "clicks to opt out of training on inputs", "关闭输入用于训练的点击次数"
    )
    suspends_after: Suspension | None = labeled("suspension of service", "暂停服务的条件")
    monitoring_staff: Count | None = labeled("monitoring staff", "监看人员数量")
    update_policy: Text | None = labeled("model update policy", "模型更新策略")
    backup: Text | None = labeled("backup", "备份")
    separate_training_inference: YesNo | None = labeled("training and inference separated", "训练与推理环境隔离")
