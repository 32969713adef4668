"""Evidence that no file can hold: the fault, and its message in both languages."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from compliance.language import Bilingual, Language


class Unusable(ValueError):
    """Evidence that no file can hold: `code` names the fault, `at` the place in the file, `values` what was found."""

    def __init__(self, code: str, at: str = "", **values: Any) -> None:
        super().__init__(code)
        self.code, self.at, self.values = code, at, values

    def message(self, language: Language) -> str:
        """Say what is wrong, and how to mend it."""
        return _MESSAGES[self.code].filled(language, self.values)


_MESSAGES = MappingProxyType(
    {
        "too_large": Bilingual(
            "The file has more than {limit} bytes. File headers and configurations, never the weights themselves.",
            "文件超过 {limit} 字节。请提交文件头和配置，不要提交权重本身。",
        ),
        "not_utf8": Bilingual(
            "The file is not UTF-8. Save it as UTF-8 and send it again.",
            "文件不是 UTF-8 编码。请以 UTF-8 保存后重新提交。",
        ),
        "not_json": Bilingual(
            "The file is not JSON: line {line}, column {column}. Extract it again with tools/model_evidence.py.",
            "文件不是有效的 JSON：第 {line} 行第 {column} 列。请用 tools/model_evidence.py 重新提取。",
        ),
        "too_deep": Bilingual(
            "The file is nested beyond all bounds. Send it as the model's tools write it.",
            "文件嵌套层次过深。请按模型工具写出的原样提交。",
        ),
        "doubled_key": Bilingual(
            "This key stands twice in its object. No file of a model says a thing twice: keep one of the two.",
            "同一对象中该键出现两次。模型文件不会重复说明同一事项，请只保留一个。",
        ),
        "not_an_object": Bilingual("An object {{…}} is expected here.", "此处应为对象 {{…}}。"),
        "not_a_case": Bilingual(
            "The file holds no object `evidence`. Write what was found under `evidence`, what is declared under `declaration`.",
            "文件中没有 evidence 对象。请将提取结果写在 evidence 下，申明内容写在 declaration 下。",
        ),
        "nothing_known": Bilingual(
            "Nothing in it is evidence that is known. Known are: {asked}.",
            "其中没有可识别的证据。可识别的有：{asked}。",
        ),
        "no_front_matter": Bilingual(
            "The card has no front matter between two lines of ---.", "模型卡没有位于两行 --- 之间的头部元数据。"
        ),
        "unsayable_text": Bilingual(
            "The text holds what no text may hold: a NUL, or half a surrogate pair. Remove it.",
            "文本含有不允许的内容：NUL 或不成对的代理码。请删除。",
        ),
        "not_text": Bilingual("A text is expected here.", "此处应为文本。"),
        "too_many_tensors": Bilingual(
            "{found} tensors; a model of {limit} is the largest that is read.",
            "张量共 {found} 个，最多读取 {limit} 个。",
        ),
        "too_many_tokens": Bilingual(
            "{found} tokens; a vocabulary of {limit} is the largest that is read.",
            "词元共 {found} 个，最多读取 {limit} 个。",
        ),
        "tensor_twice": Bilingual(
            "This tensor stands in it twice. Extract the header again from the model's files.",
            "该张量重复出现。请从模型文件重新提取文件头。",
        ),
        "bad_name": Bilingual(
            "A tensor has no usable name (a text of 1 to 1,000 characters).",
            "张量名称无效（应为 1 至 1,000 字符的文本）。",
        ),
        "bad_dtype": Bilingual("The data type is missing or no text.", "数据类型缺失或不是文本。"),
        "bad_shape": Bilingual(
            "{found} is no shape: up to eight positive whole numbers, of a size that a model can have.",
            "{found} 不是有效的形状：应为至多八个正整数，且大小合理。",
        ),
        "bad_offsets": Bilingual(
            "The data offsets are not two whole numbers, the start and the end in bytes.",
            "数据偏移应为两个整数，即起止字节位置。",
        ),
        "no_vocabulary": Bilingual(
            "No vocabulary: tokens with their ids are expected.", "没有词表：应包含词元及其编号。"
        ),
        "not_a_sketch": Bilingual(
            "This is no weight sketch of the format {asked}. Make it with tools/model_evidence.py --sketch SEED.",
            "不是 {asked} 格式的权重摘要。请用 tools/model_evidence.py --sketch SEED 生成。",
        ),
        "bad_tensor": Bilingual(
            "This entry of the sketch is damaged. Make the sketch again.", "权重摘要中的该条目已损坏。请重新生成。"
        ),
        "bad_anchors": Bilingual(
            "The anchors of the sketch are no list of at most 1,024 tokens.",
            "权重摘要的锚点应为至多 1,024 个词元的列表。",
        ),
        "bad_hash": Bilingual(
            "A SHA-256 has 64 hexadecimal digits. Write the hash of each file under its name.",
            "SHA-256 应为 64 位十六进制数。请按文件名填写各文件的哈希值。",
        ),
    }
)
CODES = frozenset(_MESSAGES)
