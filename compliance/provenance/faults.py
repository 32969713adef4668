"""Faults in evidence, with messages in both languages."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from compliance.language import Bilingual, Language


class Unusable(ValueError):
    """Invalid evidence: `code` names the fault, `at` the place in the file, `values` the values of the message."""

    def __init__(self, code: str, at: str = "", **values: Any) -> None:
        super().__init__(code)
        self.code, self.at, self.values = code, at, values

    def message(self, language: Language) -> str:
        """Return what is wrong and how to fix it."""
        return _MESSAGES[self.code].filled(language, self.values)


_MESSAGES = MappingProxyType(
    {
        "too_large": Bilingual(
            "The file has more than {limit} bytes. Send file headers and configurations, never the weights themselves.",
            "文件超过 {limit} 字节。请提交文件头和配置，不要提交权重本身。",
        ),
        "not_utf8": Bilingual(
            "The file is not UTF-8. Save it as UTF-8 and send it again.",
            "文件不是 UTF-8 编码。请以 UTF-8 保存后重新提交。",
        ),
        "not_json": Bilingual(
            "The file is not valid JSON: line {line}, column {column}. Extract it again with tools/model_evidence.py.",
            "文件不是有效的 JSON：第 {line} 行第 {column} 列。请用 tools/model_evidence.py 重新提取。",
        ),
        "too_deep": Bilingual(
            "The file is nested too deeply. Send it exactly as the model's tools write it.",
            "文件嵌套层次过深。请按模型工具写出的原样提交。",
        ),
        "doubled_key": Bilingual(
            "This key occurs twice in the same object. Keep one of the two.",
            "同一对象中该键出现两次，请只保留一个。",
        ),
        "not_an_object": Bilingual("An object {{…}} is expected here.", "此处应为对象 {{…}}。"),
        "not_a_case": Bilingual(
            "The object `evidence` is missing. Put the extracted data under `evidence` and the declaration under `declaration`.",
            "文件缺少 evidence 对象。请将提取结果写在 evidence 下，申明内容写在 declaration 下。",
        ),
        "nothing_known": Bilingual(
            "This is not a known kind of evidence. Known kinds: {asked}.",
            "不是可识别的证据类型。可识别的类型：{asked}。",
        ),
        "no_front_matter": Bilingual(
            "The card has no front matter (YAML between two lines of ---).",
            "模型卡没有头部元数据（两行 --- 之间的 YAML）。",
        ),
        "unsayable_text": Bilingual(
            "The text contains a character that is not allowed: NUL, or an unpaired surrogate. Remove it.",
            "文本含有不允许的字符：NUL 或不成对的代理码。请删除。",
        ),
        "not_text": Bilingual("A string is expected here.", "此处应为字符串。"),
        "too_many_tensors": Bilingual(
            "The header has {found} tensors; at most {limit} are allowed.",
            "文件头中有 {found} 个张量，最多允许 {limit} 个。",
        ),
        "too_many_tokens": Bilingual(
            "The vocabulary has {found} tokens; at most {limit} are allowed.",
            "词表中有 {found} 个词元，最多允许 {limit} 个。",
        ),
        "tensor_twice": Bilingual(
            "This tensor occurs twice. Extract the header again from the model's files.",
            "该张量重复出现。请从模型文件重新提取文件头。",
        ),
        "bad_name": Bilingual(
            "A tensor name is invalid: it must be a string of 1 to 1,000 characters.",
            "张量名称无效：应为 1 至 1,000 字符的字符串。",
        ),
        "bad_dtype": Bilingual("The data type is missing or is not a string.", "数据类型缺失或不是字符串。"),
        "bad_shape": Bilingual(
            "{found} is not a valid shape: give at most eight positive integers, within the size of a real model.",
            "{found} 不是有效的形状：应为至多八个正整数，且不超出实际模型的大小。",
        ),
        "bad_offsets": Bilingual(
            "The data offsets must be two integers: start and end in bytes.",
            "数据偏移应为两个整数，即起止字节位置。",
        ),
        "no_vocabulary": Bilingual(
            "The vocabulary is missing or invalid: tokens with their ids are expected.",
            "词表缺失或无效：应包含词元及其编号。",
        ),
        "not_a_sketch": Bilingual(
            "This is not a weight sketch in the format {asked}. Create it with tools/model_evidence.py --sketch SEED.",
            "不是 {asked} 格式的权重摘要。请用 tools/model_evidence.py --sketch SEED 生成。",
        ),
        "bad_tensor": Bilingual(
            "This entry of the weight sketch is damaged. Create the sketch again.",
            "权重摘要中的该条目已损坏。请重新生成。",
        ),
        "bad_anchors": Bilingual(
            "The anchors of the weight sketch must be a list of at most 1,024 tokens.",
            "权重摘要的锚点应为至多 1,024 个词元的列表。",
        ),
        "bad_hash": Bilingual(
            "A SHA-256 must have 64 hexadecimal digits. Give the hash of each file under its name.",
            "SHA-256 应为 64 位十六进制数。请按文件名填写各文件的哈希值。",
        ),
    }
)
CODES = frozenset(_MESSAGES)
