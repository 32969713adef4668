"""What a reader of a model card should know: what was not understood, and where something was taken from."""

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
            "The front matter begins and does not end: a line of --- is missing after it.",
            "头部元数据没有结束标记：其后缺少一行 ---。",
        ),
        "too_large": Bilingual("The card has more than {limit} bytes and was not read.", "模型卡超过 {limit} 字节，未读取。"),
        "not_utf8": Bilingual("The card is not UTF-8; what could not be read was left out.", "模型卡不是 UTF-8 编码，无法读取的部分已略去。"),
        "not_yaml": Bilingual(
            "Line {line} of the front matter is no YAML ({found}); what is around it was read.",
            "头部元数据第 {line} 行不是有效的 YAML（{found}），其余部分已读取。",
        ),
        "no_mapping": Bilingual("The front matter holds no fields.", "头部元数据中没有字段。"),
        "misspelt": Bilingual("“{found}” was read as “{asked}”.", "“{found}”按“{asked}”读取。"),
        "twice": Bilingual("“{found}” stands in it twice; the first one that says something counts.", "“{found}”出现多次，以首个有内容的为准。"),
        "empty": Bilingual("“{found}” is empty.", "“{found}”为空。"),
        "not_understood": Bilingual("“{field}” was not understood: {found}.", "“{field}”无法理解：{found}。"),
        "local_path": Bilingual(
            "The base model “{found}” is a path on somebody's machine, not a published model; name the model it holds.",
            "基础模型“{found}”是本地路径，不是已公开的模型；请写明其中的模型。",
        ),
        "local_hint": Bilingual(
            "The path “{found}” looks like {model}; ask.", "路径“{found}”疑似 {model}，请核实。"
        ),
        "from_tags": Bilingual("{field} taken from the tags: {found}.", "{field} 取自标签：{found}。"),
        "relation_inferred": Bilingual(
            "The card does not say how the base model was used; “{relation}” by {found}, as the Hub infers it.",
            "模型卡未说明如何使用基础模型；根据{found}推断为“{relation}”，与 Hub 的推断方式相同。",
        ),
        "relation_unknown": Bilingual("The relation “{found}” is none that is known.", "派生关系“{found}”不在已知之列。"),
        "license_other": Bilingual(
            "The license is “other” and not named; the license text tells which.", "许可协议为“other”且未写明名称，须查阅许可文本。"
        ),
        "several_licenses": Bilingual("Several licenses are given: {found}; the first counts.", "给出了多个许可协议：{found}；以第一个为准。"),
        "name_from": Bilingual("The name was taken from {found}.", "名称取自{found}。"),
        "no_base_model": Bilingual(
            "No base model is named. That is no declaration that there is none.", "未写明基础模型。这不等于申明没有基础模型。"
        ),
        "too_many": Bilingual("“{field}” has more than {limit} entries; the rest was left out.", "“{field}”超过 {limit} 项，其余已略去。"),
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Note:
    """Something that a reader of the card should know: a code of NOTES, and its values."""

    code: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def message(self, language: Language) -> str:
        shown = {
            name: value.in_(language) if isinstance(value, Bilingual) else value for name, value in self.values.items()
        }
        return NOTES[self.code].filled(language, shown)
