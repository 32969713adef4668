"""
The official forms by section, each line with the places of the dossier that fill it in.

The sections are those of forms in use: the information of an algorithm filing (算法备案信息, the system of the authority), the
application to go online (生成式人工智能（大语言模型）上线备案申请表) and the registration form (登记表). Provinces differ in the wording of lines.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Block:
    """A section of a form: pairs of a label and the place that fills it in, or a list with the fields of each entry."""

    title: str
    lines: tuple[tuple[str, str], ...] = ()
    rows_of: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    title: str
    blocks: tuple[Block, ...]
    promise: str
    signatures: tuple[str, ...]


_APPLICANT = Block(
    "一、基本情况（备案主体）",
    (
        ("单位全称", "/applicant/name"),
        ("统一社会信用代码", "/applicant/uscc"),
        ("单位性质", "/applicant/entity_type"),
        ("注册地", "/applicant/region"),
        ("详细地址", "/applicant/address"),
        ("法定代表人", "/applicant/legal_representative"),
        ("联系人", "/applicant/contact/name"),
        ("联系电话", "/applicant/contact/phone"),
        ("电子邮箱", "/applicant/contact/email"),
        ("算法安全责任人", "/applicant/security_officer/name"),
        ("责任人电话", "/applicant/security_officer/phone"),
        ("责任人电子邮箱", "/applicant/security_officer/email"),
        ("安全管理制度", "/applicant/governance"),
    ),
)
_SERVICE = Block(
    "服务情况",
    (
        ("服务名称", "/service/name"),
        ("主要功能", "/service/functions"),
        ("限定领域", "/service/domain"),
        ("服务方式", "/service/forms"),
        ("访问地址", "/service/urls"),
        ("功能访问路径", "/service/access_path"),
        ("功能介绍", "/service/description"),
        ("服务对象（适用人群、场合、用途）", "/service/audience"),
        ("是否面向未成年人", "/service/serves_minors"),
        ("未成年人保护措施", "/service/minor_protection"),
        ("上线时间", "/service/launched_on"),
        ("算法备案编号", "/service/algorithm_filing_number"),
        ("投诉举报入口", "/service/complaint_channel/entry"),
        ("反馈时限（日）", "/service/complaint_channel/response_days"),
    ),
)
_MODELS = Block("模型研制与备案情况", rows_of="/models")
_LABELING = Block(
    "生成合成内容标识",
    (
        ("导出文件保留标识", "/labeling/export_keeps_label"),
        ("用户协议中的标识条款", "/labeling/terms_clause"),
        ("日志留存月数", "/labeling/log_retention_months"),
    ),
)
_EXPLICIT = Block("显式标识", rows_of="/labeling/explicit")
_DOCUMENTS = Block("附件清单", rows_of="/documents")
_SAFETY = Block(
    "服务与安全防范",
    (
        ("监看人员数量", "/assessment/monitoring_staff"),
        ("暂停服务：连续违法输入次数", "/assessment/suspends_after/consecutive"),
        ("暂停服务：单日违法输入次数", "/assessment/suspends_after/daily"),
        ("关键词总数", "/assessment/keywords/total"),
        ("关键词更新日期", "/assessment/keywords/updated_on"),
        ("生成内容测试题总数", "/assessment/questions/total"),
        ("应拒答测试题总数", "/assessment/refusal_questions/total"),
        ("非拒答测试题总数", "/assessment/non_refusal_questions/total"),
        ("模型更新升级", "/assessment/update_policy"),
        ("备份", "/assessment/backup"),
    ),
)
_ASSESSMENT = Block(
    "安全评估",
    (
        ("评估依据标准", "/assessment/standard"),
        ("评估方式", "/assessment/assessor"),
        ("评估机构名称", "/assessment/assessor_name"),
        ("评估日期", "/assessment/assessed_on"),
        ("已评估条款数", "/assessment/clauses_assessed"),
        ("条款总数", "/assessment/clauses_total"),
        ("评估结论", "/assessment/conclusion"),
        ("生成内容人工抽检合格率", "/assessment/content_tests/manual/pass_rate"),
        ("生成内容关键词抽检合格率", "/assessment/content_tests/keyword/pass_rate"),
        ("生成内容分类模型抽检合格率", "/assessment/content_tests/classifier/pass_rate"),
        ("应拒答测试拒答率", "/assessment/refusal_test/refusal_rate"),
        ("非拒答测试拒答率", "/assessment/non_refusal_test/refusal_rate"),
    ),
)
_ALGORITHM = Block(
    "算法信息",
    (
        ("算法名称", "/algorithm/name"),
        ("算法类型", "/algorithm/type"),
        ("角色", "/algorithm/role"),
        ("上线时间", "/algorithm/launched_on"),
        ("应用领域", "/algorithm/domain"),
        ("算法简介", "/algorithm/summary"),
        ("输入数据模态", "/algorithm/input_modalities"),
        ("输出数据模态", "/algorithm/output_modalities"),
        ("数据来源", "/algorithm/data_sources"),
        ("包含生物特征信息", "/algorithm/uses_biometrics"),
        ("包含身份信息", "/algorithm/uses_identity"),
        ("算法基本原理", "/algorithm/principle"),
        ("算法运行机制", "/algorithm/mechanism"),
        ("算法应用场景", "/algorithm/scenario"),
        ("算法目的意图", "/algorithm/purpose"),
        ("干预策略", "/algorithm/intervention_policy"),
        ("结果标识", "/algorithm/result_labeling"),
        ("关闭个性化的选项", "/algorithm/opt_out"),
    ),
)
_RISKS = Block("算法风险与防范机制", rows_of="/algorithm/risk_controls")
_PROMISE = "本单位承诺所填写的内容真实、准确、完整，并依法承担相应的法律责任。"

FORMS = {
    "algorithm": Form(
        "互联网信息服务算法备案信息",
        (_APPLICANT, _ALGORITHM, _RISKS, _SERVICE, _LABELING, _EXPLICIT, _DOCUMENTS),
        _PROMISE,
        ("法定代表人（签字）", "算法安全责任人（签字）", "单位（盖章）"),
    ),
    "generative": Form(
        "生成式人工智能（大语言模型）上线备案申请表",
        (_APPLICANT, _SERVICE, _MODELS, _SAFETY, _ASSESSMENT, _LABELING, _EXPLICIT, _DOCUMENTS),
        _PROMISE,
        ("法定代表人（签字）", "安全评估负责人（签字）", "单位（盖章）"),
    ),
    "registration": Form(
        "生成式人工智能服务登记表",
        (_APPLICANT, _SERVICE, _MODELS, _SAFETY, _LABELING, _EXPLICIT, _DOCUMENTS),
        _PROMISE,
        ("法定代表人（签字）", "单位（盖章）"),
    ),
}
_ACTIONS = {"change": "（变更）", "cancellation": "（注销）"}


def title_of(form: Form, action: str | None) -> str:
    """Return the title of a form for an action."""
    return f"{form.title}{_ACTIONS.get(action or '', '')}"
