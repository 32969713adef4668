"""Notes on a parsed model card: what could not be parsed, and where a value was taken from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from compliance.language import Bilingual, Language

NOTES = MappingProxyType(
    {
        "no_front_matter": Bilingual("The card has no front matter.", "模型卡没有头部元数据。"),
        "unfinished": Bilingual(
            "The front matter has no end: the closing line --- is missing.",
            "头部元数据没有结束标记：其后缺少一行 ---。",
        ),
        "too_large": Bilingual("The card is larger than {limit} bytes and was not read.", "模型卡超过 {limit} 字节，未读取。"),
        "not_utf8": Bilingual("The card is not UTF-8; unreadable parts were ignored.", "模型卡不是 UTF-8 编码，无法读取的部分已忽略。"),
        "not_yaml": Bilingual(
            "Line {line} of the front matter is not valid YAML ({found}); the rest was read.",
            "头部元数据第 {line} 行不是有效的 YAML（{found}），其余部分已读取。",
        ),
        "no_mapping": Bilingual("The front matter contains no fields.", "头部元数据中没有字段。"),
        "misspelt": Bilingual("“{found}” was read as “{asked}”.", "“{found}”按“{asked}”读取。"),
        "twice": Bilingual("“{found}” occurs more than once; the first non-empty value is used.", "“{found}”出现多次，采用首个非空值。"),
        "empty": Bilingual("“{found}” is empty.", "“{found}”为空。"),
        "not_understood": Bilingual("“{field}” could not be parsed: {found}.", "“{field}”无法解析：{found}。"),
        "local_path": Bilingual(
            "The base model “{found}” is a local path, not a published model; give the name of the model.",
            "基础模型“{found}”是本地路径，不是已公开的模型；请写明模型名称。",
        ),
        "local_hint": Bilingual(
            "The path “{found}” looks like {model}; please check.", "路径“{found}”疑似 {model}，请核实。"
        ),
        "from_tags": Bilingual("“{field}” was taken from the tags: {found}.", "“{field}”取自标签：{found}。"),
        "relation_inferred": Bilingual(
            "The card does not state the relation to the base model; “{relation}” was inferred from {found}, as the Hub does.",
            "模型卡未说明与基础模型的派生关系；根据{found}推断为“{relation}”，与 Hub 的推断方式相同。",
        ),
        "relation_draft": Bilingual(
            "By its tags this is a draft model for speculative decoding. Its base model is the model that it drafts for: it was trained on "
            "that model's outputs and holds none of its weights.",
            "根据标签，这是用于投机解码的草稿模型。其基础模型是它所服务的目标模型：草稿模型用目标模型的输出训练，不含其权重。",
        ),
        "relation_unknown": Bilingual("The relation “{found}” is unknown.", "派生关系“{found}”未知。"),
        "license_other": Bilingual(
            "The license is “other” without a name; see the license text.", "许可协议为“other”且未写明名称，须查阅许可文本。"
        ),
        "several_licenses": Bilingual("Several licenses are given: {found}; the first one is used.", "给出了多个许可协议：{found}；采用第一个。"),
        "name_from": Bilingual("The name was taken from {found}.", "名称取自{found}。"),
        "no_base_model": Bilingual(
            "No base model is named. This does not declare that there is none.", "未写明基础模型。这不等于申明没有基础模型。"
        ),
        "too_many": Bilingual("“{field}” has more than {limit} entries; the rest was ignored.", "“{field}”超过 {limit} 项，其余已忽略。"),
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Note:
    """A note on a card: a code of NOTES and the values of its message."""

    code: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def message(self, language: Language) -> str:
        shown = {
            name: value.in_(language) if isinstance(value, Bilingual) else value for name, value in self.values.items()
        }
        return NOTES[self.code].filled(language, shown)
