"""The fields that templates can use, by purpose, with their meaning and sample values. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from compliance.language import Bilingual

LETTER, BULLETIN, SCORECARD = "letter", "register_bulletin", "scorecard"


@dataclass(frozen=True, slots=True)
class TemplateField:
    """A field: its name, what it holds, and a sample value, with which an uploaded template is tried."""

    name: str
    meaning: Bilingual
    sample: Any


_POINT = {"number": 1, "place": "算法信息", "rule": "ALG-03", "text": "未填写算法运行机制。", "law": "第二十四条"}
_FIGURE = {"title": "编号", "value": "3", "before": "1", "change": "+2"}
_ROW = {"row_number": "1", "place": "北京市", "name": "示例", "holder": "示例公司", "number": "X-1", "day": "2026/1/1"}
_TABLE = {"title": "已备案信息", "headings": ["序号", "名称"], "rows": [_ROW]}
_FILING = {
    "case_number": "F2026-000001",
    "service": "示例服务",
    "status": "已备案",
    "errors": 0,
    "warnings": 1,
    "due_on": "",
}
_OF_REPORTS = (
    TemplateField("title", Bilingual("title of the report", "报告标题"), "备案登记公告"),
    TemplateField("period", Bilingual("first and last day", "报告期"), "2026-01-01 – 2026-01-31"),
    TemplateField("written_at", Bilingual("when it was written", "生成时间"), "2026-02-01 08:00:00"),
    TemplateField("sha256", Bilingual("hash of the report", "报告哈希值"), "0" * 64),
    TemplateField("sentences", Bilingual("the summary in words, a list", "文字摘要（列表）"), ["本期取得编号 3 个。"]),
    TemplateField(
        "figures",
        Bilingual("list of title, value, before, change", "数据列表：title、value、before、change"),
        [_FIGURE],
    ),
)
FIELDS = MappingProxyType(
    {
        LETTER: (
            TemplateField("title", Bilingual("title", "标题"), "补正通知书"),
            TemplateField("number", Bilingual("number of the letter", "文号"), "F2026-000001-C1"),
            TemplateField("applicant", Bilingual("applicant", "备案主体"), "示例公司"),
            TemplateField("uscc", Bilingual("USCC", "统一社会信用代码"), "91440300708461136T"),
            TemplateField("case_number", Bilingual("case number", "案号"), "F2026-000001"),
            TemplateField("service", Bilingual("service", "服务名称"), "示例服务"),
            TemplateField(
                "particulars",
                Bilingual("list of label, value", "要素列表：label、value"),
                [{"label": "案号", "value": "F2026-000001"}],
            ),
            TemplateField("opening", Bilingual("opening paragraphs, a list", "开头段落（列表）"), ["经审查……"]),
            TemplateField(
                "points",
                Bilingual("list of number, place, rule, text, law", "补正事项列表：number、place、rule、text、law"),
                [_POINT],
            ),
            TemplateField(
                "closing", Bilingual("closing paragraphs, a list", "结尾段落（列表）"), ["请于 10 个工作日内补正。"]
            ),
            TemplateField("due_on", Bilingual("answer by", "补正期限"), "2026-02-01"),
            TemplateField("signed", Bilingual("authority that signs", "落款单位"), "广东省互联网信息办公室"),
            TemplateField("day", Bilingual("day of the letter", "日期"), "2026-01-15"),
        ),
        BULLETIN: (
            *_OF_REPORTS,
            TemplateField(
                "tables",
                Bilingual(
                    "list of title, headings, rows; a row has the names of the columns",
                    "表格列表：title、headings、rows；行以栏目名取值",
                ),
                [_TABLE],
            ),
        ),
        SCORECARD: (
            *_OF_REPORTS,
            TemplateField("organization", Bilingual("name of the organization", "单位名称"), "示例公司"),
            TemplateField("uscc", Bilingual("USCC", "统一社会信用代码"), "91440300708461136T"),
            TemplateField(
                "filings",
                Bilingual("list of filings; each has the names of the columns", "申报列表，以栏目名取值"),
                [_FILING],
            ),
        ),
    }
)


def sample_of(purpose: str) -> dict[str, Any]:
    """Return sample values of all fields of a purpose."""
    return {field.name: field.sample for field in FIELDS[purpose]}
