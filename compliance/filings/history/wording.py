"""The faults of the log of changes and of anchors, in both languages."""

from __future__ import annotations

from dataclasses import asdict

from compliance.filings.history.anchors import Misfit
from compliance.language import Bilingual, Language
from registry.audit.verification import AuditFault

_LOG = {
    "event_changed": Bilingual("log of changes: event {number} was changed", "变更日志：第 {number} 条被修改"),
    "event_missing": Bilingual("log of changes: event {number} is missing", "变更日志：缺少第 {number} 条"),
    "event_unchained": Bilingual(
        "log of changes: event {number} does not continue from the one before it",
        "变更日志：第 {number} 条与前一条不相衔接",
    ),
    "end_differs": Bilingual(
        "log of changes: its end is not event {number}; events were removed or added there",
        "变更日志：末尾不是第 {number} 条，末尾的记录被删除或插入",
    ),
    "row_changed": Bilingual(
        "{kind} “{label}” was changed by hand: no event accounts for it",
        "{kind}“{label}”被直接修改：没有相应的变更记录",
    ),
    "row_inserted": Bilingual(
        "{kind} “{label}” was inserted by hand: no event accounts for it",
        "{kind}“{label}”被直接插入：没有相应的变更记录",
    ),
    "row_removed": Bilingual(
        "{kind} “{label}” was removed by hand: no event accounts for it",
        "{kind}“{label}”被直接删除：没有相应的变更记录",
    ),
}
_KINDS = {
    "user": Bilingual("user", "用户"),
    "staffrole": Bilingual("staff role", "工作人员角色"),
    "membership": Bilingual("membership", "成员资格"),
    "apitoken": Bilingual("API token", "API 令牌"),
    "authenticator": Bilingual("authenticator", "验证器"),
    "socialaccount": Bilingual("account of single sign-on", "单点登录账号"),
    "correction": Bilingual("correction", "更正"),
    "addedfamily": Bilingual("family of base models", "基座模型系列"),
    "referencesketch": Bilingual("reference sketch", "参考摘要"),
}
_BROKEN = Bilingual(
    "anchors: line {at} does not continue from the line before it; the file of anchors was changed",
    "锚点：第 {at} 行与前一行不相衔接，锚点文件被修改",
)
_SINCE = Bilingual(
    "anchors: the history until {fits} is as it was; what happened between then and {until} was changed later",
    "锚点：截至 {fits} 的历史与当时一致；此后至 {until} 之间的记录事后被修改",
)
_NEVER = Bilingual(
    "anchors: the history until {until}, the first anchor, is not as it was",
    "锚点：截至首个锚点 {until} 的历史与当时不一致",
)


def described(fault: AuditFault, language: Language) -> str:
    """Return a fault of the log of changes as a sentence."""
    kind = _KINDS[fault.kind].in_(language) if fault.kind in _KINDS else fault.kind
    return _LOG[fault.code].filled(language, {**asdict(fault), "kind": kind})


def misfit_text(misfit: Misfit, language: Language) -> str:
    """Return where anchors and history part, as a sentence."""
    if misfit.code == "broken_file":
        return _BROKEN.filled(language, {"at": misfit.at})
    return (_SINCE if misfit.fits else _NEVER).filled(language, {"fits": misfit.fits, "until": misfit.until})
