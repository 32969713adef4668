"""The reasons for rejecting a document as malformed: each fault has a place and a message in both languages."""

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
            "The document is not JSON: line {line}, column {column}. Correct it there and send it again.",
            "文档不是有效的 JSON：第 {line} 行第 {column} 列。请在该处修正后重新提交。",
        ),
        "too_large": Bilingual(
            "The document has more than {limit} bytes. Attach long texts as documents; do not include them in the dossier.",
            "文档超过 {limit} 字节。请将长篇材料作为附件上传，不要写入申报文件。",
        ),
        "too_deep": Bilingual(
            "The document is nested deeper than {limit} levels. No part of a dossier needs that many.",
            "嵌套超过 {limit} 层。申报文件的任何部分都不需要这么多层。",
        ),
        "too_many_values": Bilingual(
            "The document has more than {limit} values. No dossier needs that many.",
            "文档的值超过 {limit} 个，申报文件不需要这么多。",
        ),
        "doubled_key": Bilingual(
            "This key occurs more than once in its object. Keep one occurrence.",
            "同一对象中该键重复出现。请只保留一个。",
        ),
        "not_a_number": Bilingual(
            "{found} is not a JSON number. Enter a number, or null if it is unknown.",
            "{found} 不是 JSON 数值。请填写数值；未知时填 null。",
        ),
        "unsayable_text": Bilingual(
            "The text contains a NUL, an unpaired surrogate, or more than 30 combining marks in a row. Remove them.",
            "文本含有 NUL、不成对的代理码，或连续超过 30 个组合符号。请删除。",
        ),
        "unknown_field": Bilingual(
            "Unknown field. Check its spelling against the dossier schema, or remove it.",
            "没有这个字段。请对照申报文件的结构核对拼写，或删除该字段。",
        ),
        "required": Bilingual(
            "This field is required. Fill it in.",
            "该字段必填。请填写。",
        ),
        "not_an_object": Bilingual("Expected an object {{…}}.", "此处应为对象 {{…}}。"),
        "not_a_list": Bilingual("Expected a list […].", "此处应为列表 […]。"),
        "null_in_list": Bilingual(
            "null is not allowed in a list. Remove it, or replace it with a value.",
            "列表中不能出现 null。请删除或填写内容。",
        ),
        "list_too_long": Bilingual(
            "The list has {found} entries; at most {limit} are allowed.",
            "列表有 {found} 项，最多允许 {limit} 项。",
        ),
        "not_a_text": Bilingual('Expected a text in quotes, such as "abc".', '应为带引号的文本，例如 "abc"。'),
        "text_too_long": Bilingual(
            "The text has {found} characters; at most {limit} are allowed. Move the rest into a document.",
            "文本有 {found} 个字符，最多允许 {limit} 个。请将其余内容放入附件。",
        ),
        "not_a_decimal": Bilingual(
            'Expected a decimal, written as a number or a text, such as 0.98 or "0.98".',
            '应为小数，写作数值或文本，例如 0.98 或 "0.98"。',
        ),
        "not_a_plain_decimal": Bilingual(
            "{found} is not a plain decimal: digits, at most four places after the point, no exponent, no spaces.",
            "{found} 不是规范的小数：只允许数字，小数点后最多四位，不用指数，不含空格。",
        ),
        "rate_out_of_range": Bilingual(
            "{found} is not between 0 and 1. Enter 98 % as 0.98.",
            "{found} 不在 0 与 1 之间。98% 应写作 0.98。",
        ),
        "amount_out_of_range": Bilingual(
            "{found} is not an amount between 0 and 2^53.",
            "{found} 不在 0 与 2^53 之间。",
        ),
        "not_a_count": Bilingual(
            "Expected a whole number without quotes, such as 4000.",
            "应为不带引号的整数，例如 4000。",
        ),
        "count_out_of_range": Bilingual(
            "{found} is not a count between 0 and 2^53.", "{found} 不是 0 至 2^53 之间的计数。"
        ),
        "not_a_day": Bilingual('Expected a date in the format "YYYY-MM-DD".', '应为 "YYYY-MM-DD" 格式的日期。'),
        "impossible_day": Bilingual(
            "{found} is not a valid calendar date. Correct it.", "{found} 不是真实存在的日期。请更正。"
        ),
        "not_yes_or_no": Bilingual("Expected true or false, without quotes.", "应为不带引号的 true 或 false。"),
        "not_a_code": Bilingual(
            "Expected one of the codes of this field, as a text.", "应为该字段的代码之一，写作文本。"
        ),
        "unknown_code": Bilingual(
            "{found} is not a code of this field. Use one of: {codes}.",
            "{found} 不是该字段的代码。可用代码：{codes}。",
        ),
        "uscc_malformed": Bilingual(
            "Not a unified social credit code: it must have 18 digits and upper-case letters, with digits in positions 3 to 8.",
            "这不是统一社会信用代码：应为 18 位数字和大写字母，其中第 3 至 8 位为数字。",
        ),
        "not_an_icp_number": Bilingual(
            "Not an ICP number: write 京ICP备12345678号-1, 京ICP证030173号 or 粤B2-20090059, without blanks.",
            "这不是 ICP 备案号或许可证号：应写作 京ICP备12345678号-1、京ICP证030173号 或 粤B2-20090059，不含空格。",
        ),
        "not_a_public_security_number": Bilingual(
            "Not a public-security filing number: write 京公网安备11010802020134号, with 14 digits and without blanks.",
            "这不是公安联网备案号：应写作 京公网安备11010802020134号，含 14 位数字，不含空格。",
        ),
        "uscc_check_digit": Bilingual(
            "The check digit of this unified social credit code is wrong. Compare it with the business license.",
            "该统一社会信用代码的校验位不符。请与营业执照核对。",
        ),
        "not_a_region": Bilingual(
            "A region must be six digits (GB/T 2260), such as 110108.",
            "地区代码应为六位数字（GB/T 2260），例如 110108。",
        ),
        "not_a_jurisdiction": Bilingual(
            "A jurisdiction must be the two-digit code of a province, such as 11.",
            "属地应为省级两位代码，例如 11。",
        ),
        "not_a_sha256": Bilingual(
            "A SHA-256 must be 64 lower-case hexadecimal digits.", "SHA-256 应为 64 位小写十六进制数字。"
        ),
        "not_a_country": Bilingual(
            "A country must be two upper-case letters (ISO 3166-1), such as CN.",
            "国家代码应为两位大写字母（ISO 3166-1），例如 CN。",
        ),
        "unknown_country": Bilingual(
            "{found} is not a country code of ISO 3166-1.", "{found} 不是 ISO 3166-1 国家代码。"
        ),
        "doubled_model_key": Bilingual(
            "Another model of this dossier already has the key {found}. Give each model a unique key.",
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
        "no_such_file": Bilingual("File not found. Check the path.", "没有这个文件。请检查路径。"),
        "is_a_folder": Bilingual("This is a directory. Name the files in it.", "这是文件夹。请指明其中的文件。"),
        "no_permission": Bilingual(
            "You are not allowed to read this file. Ask its owner.", "无权读取该文件。请联系文件所有者。"
        ),
        "unreadable": Bilingual("The file cannot be read ({found}).", "无法读取文件（{found}）。"),
    }
)
CODES = frozenset(_MESSAGES)
FAULTS_SHOWN = 1_000


@dataclass(frozen=True, slots=True)
class Fault:
    """One reason why a document was rejected, with its place and the values for its message."""

    at: Pointer
    code: str
    values: Mapping[str, object] = field(default_factory=dict)

    def message(self, language: Language) -> str:
        return _MESSAGES[self.code].filled(language, self.values)


class Malformed(ValueError):
    """The document is not a valid dossier. `faults` are sorted by place, at most FAULTS_SHOWN of `total`."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.total = len(faults)
        self.faults = faults[:FAULTS_SHOWN]


def unreadable(error: OSError) -> Fault:
    """Return the fault, at the root of the document, for an error on reading its file."""
    codes = {FileNotFoundError: "no_such_file", IsADirectoryError: "is_a_folder", PermissionError: "no_permission"}
    return Fault(ROOT, codes.get(type(error), "unreadable"), {"found": error.strerror or str(error)})
