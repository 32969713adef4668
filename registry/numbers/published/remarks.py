"""Parsing remarks, which are prose: the status of a number, and renamings. Pure."""

from __future__ import annotations

import re

_CLAUSE = re.compile("[,;。;]")
_STATUS_IN_PROSE = (
    (
        re.compile(r"已.{0,14}注销|予以注销|^注销$|^注销\(|\d{1,2}月(\d{1,2}日)?(主动)?注销|备案注销|注销备案$"),
        "cancelled",
    ),
    (re.compile(r"已.{0,14}撤销|予以撤销|^撤销$|被撤销|\d{1,2}月(\d{1,2}日)?撤销|备案撤销|撤销备案$"), "revoked"),
    (re.compile(r"已.{0,14}暂停|^暂停$|暂停备案$"), "suspended"),
)
# Words that negate or postpone the status, or apply it to something else.
_NOT_SO = re.compile("未|不予|恢复|撤回|取消|申请|拟|审核|产品|应用|小程序|APP|网站|功能|继续有效", re.IGNORECASE)
_ABOUT_STATUS = re.compile("注销|撤销|暂停|失效|终止|取消备案|吊销")
_MARKS = "“”\"「」《》''‘’『』: "
_RENAMED = re.compile(
    "原?(?P<what>主体名称|备案主体|备案单位|单位名称|公司名称|企业名称|算法名称|模型名称|服务名称|应用名称|主体|名称)"
    rf"(?:由|为)?(?P<old>[^,;。]*?)[{_MARKS},]*(?:于?\d{{4}}年\d{{1,2}}月(?:\d{{1,2}}日)?)?\s*(?:现|已|再)?\s*"
    "(?:变更|更名|更改|修改)为(?P<new>[^,;。]+)"
)
HOLDERS = frozenset({"主体名称", "主体", "备案主体", "备案单位", "单位名称", "公司名称", "企业名称"})
_ABOUT_NAMES = re.compile("更名|变更为|更改为|(更新|变更).{0,6}(主体|单位|企业|公司)?名称")


def status_in(remark: str) -> str | None:
    """Return the status that a remark states unambiguously: a clause states it and no word of the remark contradicts it."""
    for clause in _CLAUSE.split(remark):
        for pattern, status in _STATUS_IN_PROSE:
            if pattern.search(clause.strip()):
                return None if _NOT_SO.search(remark) else status
    return None


def rename_in(clause: str) -> tuple[str, str, str] | None:
    """Return what was renamed, the old name, and the new name (the last one of a chain)."""
    found = _RENAMED.search(clause)
    if found is None:
        return None
    chain = re.split("变更为|更名为|更改为|修改为", clause[found.start() :])
    new = _bare(re.split("[,;。]", chain[-1])[0])
    return (found["what"], _bare(found["old"]), new) if new else None


def _bare(name: str) -> str:
    """Return a name without surrounding marks and without a trailing date."""
    return re.sub(r"\(?\d{4}年.*$", "", name.strip(_MARKS)).strip(_MARKS + "(")


def is_about_status(remark: str) -> bool:
    """Say whether a remark mentions cancelling, revoking or suspending, unambiguously or not."""
    return _ABOUT_STATUS.search(remark) is not None


def is_about_names(remark: str) -> bool:
    """Say whether a remark mentions a renaming."""
    return _ABOUT_NAMES.search(remark) is not None
