"""What makes a document no dossier: each fault with its place and a message in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from compliance.dossier.pointer import ROOT, Pointer
from compliance.language import Bilingual, Language

_MESSAGES = MappingProxyType(
    {
        "not_utf8": Bilingual(
            "The document is not UTF-8 (byte {position}). Save it as UTF-8 and send it again.",
            "文档不是 UTF-8 编码（第 {position} 字节）。请以 UTF-8 保存后重新提交。",
        ),
        "not_json": Bilingual(
            "The document is not JSON: line {line}, column {column}. Mend it there and send it again.",
            "文档不是有效的 JSON：第 {line} 行第 {column} 列。请在该处修正后重新提交。",
        ),
        "too_large": Bilingual(
            "The document has more than {limit} bytes. Send texts as documents, not inside the dossier.",
            "文档超过 {limit} 字节。请将长篇材料作为附件上传，不要写入申报文件。",
        ),
        "too_deep": Bilingual(
            "Nested deeper than {limit} levels. No part of a dossier needs as many.",
            "嵌套超过 {limit} 层。申报文件的任何部分都不需要这么多层。",
        ),
        "too_many_values": Bilingual(
            "The document has more than {limit} values. No dossier needs as many.",
            "文档的值超过 {limit} 个，申报文件不需要这么多。",
        ),
        "doubled_key": Bilingual(
            "This key stands twice in its object. Keep one of the two.",
            "同一对象中该键出现两次。请只保留一个。",
        ),
        "not_a_number": Bilingual(
            "{found} is no JSON number. Write a number, or null when it is not known.",
            "{found} 不是 JSON 数值。请填写数值；未知时填 null。",
        ),
        "unsayable_text": Bilingual(
            "The text holds what no text may hold: a NUL, half a surrogate pair, or over 30 combining marks in a row. Remove it.",
            "文本含有不允许的内容：NUL、不成对的代理码，或连续超过 30 个组合符号。请删除。",
        ),
        "unknown_field": Bilingual(
            "There is no such field. Check the spelling against the dossier's schema, or remove it.",
            "没有这个字段。请对照申报文件的结构核对拼写，或删除该字段。",
        ),
        "required": Bilingual(
            "This field is required: without it the document is no dossier. Give it.",
            "该字段必填：缺少它，文档不构成申报文件。请填写。",
        ),
        "not_an_object": Bilingual("An object {{…}} is expected here.", "此处应为对象 {{…}}。"),
        "not_a_list": Bilingual("A list […] is expected here.", "此处应为列表 […]。"),
        "null_in_list": Bilingual(
            "null cannot stand in a list. Remove it, or say what stands there.",
            "列表中不能出现 null。请删除或填写内容。",
        ),
        "list_too_long": Bilingual(
            "The list has {found} entries; at most {limit} are allowed.",
            "列表有 {found} 项，最多允许 {limit} 项。",
        ),
        "not_a_text": Bilingual('A text in quotes is expected, such as "abc".', '应为带引号的文本，例如 "abc"。'),
        "text_too_long": Bilingual(
            "The text has {found} characters; at most {limit} are allowed. Move the rest into a document.",
            "文本有 {found} 个字符，最多允许 {limit} 个。请将其余内容放入附件。",
        ),
        "not_a_decimal": Bilingual(
            'A decimal is expected, as a number or a text, such as 0.98 or "0.98".',
            '应为小数，写作数值或文本，例如 0.98 或 "0.98"。',
        ),
        "not_a_plain_decimal": Bilingual(
            "{found} is not a plain decimal: digits, at most four places after the point, no exponent, no spaces.",
            "{found} 不是规范的小数：只允许数字，小数点后最多四位，不用指数，不含空格。",
        ),
        "rate_out_of_range": Bilingual(
            "{found} is not between 0 and 1. Write 98 % as 0.98.",
            "{found} 不在 0 与 1 之间。98% 应写作 0.98。",
        ),
        "amount_out_of_range": Bilingual(
            "{found} is not an amount from 0 to 2^53.",
            "{found} 不在 0 与 2^53 之间。",
        ),
        "not_a_count": Bilingual(
            "A whole number without quotes is expected, such as 4000.",
            "应为不带引号的整数，例如 4000。",
        ),
        "count_out_of_range": Bilingual(
            "{found} is not a count from 0 to 2^53.", "{found} 不是 0 至 2^53 之间的计数。"
        ),
        "not_a_day": Bilingual('A date as "YYYY-MM-DD" is expected.', '应为 "YYYY-MM-DD" 格式的日期。'),
        "impossible_day": Bilingual(
            "{found} is no day of the calendar. Correct the date.", "{found} 不是真实存在的日期。请更正。"
        ),
        "not_yes_or_no": Bilingual("true or false is expected, without quotes.", "应为不带引号的 true 或 false。"),
        "not_a_code": Bilingual(
            "One of the codes of this field is expected, as a text.", "应为该字段的代码之一，写作文本。"
        ),
        "unknown_code": Bilingual(
            "{found} is no code of this field. Use one of: {codes}.",
            "{found} 不是该字段的代码。可用代码：{codes}。",
        ),
        "uscc_malformed": Bilingual(
            "This is no unified social credit code: 18 digits and upper-case letters, with digits in places 3 to 8.",
            "这不是统一社会信用代码：应为 18 位数字和大写字母，其中第 3 至 8 位为数字。",
        ),
        "uscc_check_digit": Bilingual(
            "The check digit of this unified social credit code does not fit. Compare it with the business license.",
            "该统一社会信用代码的校验位不符。请与营业执照核对。",
        ),
        "not_a_region": Bilingual(
            "A region is six digits (GB/T 2260), such as 110108.", "地区代码应为六位数字（GB/T 2260），例如 110108。"
        ),
        "not_a_jurisdiction": Bilingual(
            "A jurisdiction is the two digits of a province, such as 11.",
            "属地应为省级两位代码，例如 11。",
        ),
        "not_a_sha256": Bilingual(
            "A SHA-256 is 64 lower-case hexadecimal digits.", "SHA-256 应为 64 位小写十六进制数字。"
        ),
        "not_a_country": Bilingual(
            "A country is two upper-case letters (ISO 3166-1), such as CN.",
            "国家代码应为两位大写字母（ISO 3166-1），例如 CN。",
        ),
        "unknown_country": Bilingual("{found} is no country code of ISO 3166-1.", "{found} 不是 ISO 3166-1 国家代码。"),
        "doubled_model_key": Bilingual(
            "Another model of this dossier has the key {found} already. Give each model a key of its own.",
            "申报文件中已有键为 {found} 的模型。请为每个模型使用不同的键。",
        ),
        "unknown_model_key": Bilingual(
            "No model of this dossier has the key {found}. List the parent under models, or correct the key.",
            "申报文件中没有键为 {found} 的模型。请在 models 中列出该基础模型，或更正键。",
        ),
        "lineage_cycle": Bilingual(
            "This entry closes a cycle: a model would derive from itself. Remove one step of the cycle.",
            "该条目使派生关系形成循环：模型将派生自自身。请删除其中一环。",
        ),
        "no_such_file": Bilingual("There is no such file. Check its path.", "没有这个文件。请检查路径。"),
        "is_a_folder": Bilingual("This is a folder. Name the files in it.", "这是文件夹。请指明其中的文件。"),
        "no_permission": Bilingual("You may not read this file. Ask its owner.", "无权读取该文件。请联系文件所有者。"),
        "unreadable": Bilingual("The file cannot be read ({found}).", "无法读取文件（{found}）。"),
    }
)
CODES = frozenset(_MESSAGES)
FAULTS_SHOWN = 1_000


@dataclass(frozen=True, slots=True)
class Fault:
    """One reason why a document is no dossier."""

    at: Pointer
    code: str
    values: Mapping[str, object] = field(default_factory=dict)

    def message(self, language: Language) -> str:
        return _MESSAGES[self.code].filled(language, self.values)


class Malformed(ValueError):
    """The document is no dossier; `faults` holds the reasons sorted by place, at most FAULTS_SHOWN of `total`."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.total = len(faults)
        self.faults = faults[:FAULTS_SHOWN]


def unreadable(error: OSError) -> Fault:
    """What keeps a file on disk from being read, as a fault of the whole of it."""
    codes = {FileNotFoundError: "no_such_file", IsADirectoryError: "is_a_folder", PermissionError: "no_permission"}
    return Fault(ROOT, codes.get(type(error), "unreadable"), {"found": error.strerror or str(error)})
