"""What is carried between a dossier and the formats of other tools, and what is lost on the way."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any

from compliance.language import Bilingual, Language

CYCLONEDX, SPDX, CROISSANT = "cyclonedx", "spdx", "croissant"
LARGEST = 20 * 2**20
MOST_MODELS = 1_000
# Longer texts are cut: a description that was pasted into a name is no name.
LONGEST_TEXT = 2_000


class NotReadable(ValueError):
    """A file cannot be read. `code` is one of the keys of REASONS, `values` what its message says."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.code, self.values = code, values

    def message(self, language: Language) -> str:
        return REASONS[self.code].filled(language, self.values)


REASONS: Mapping[str, Bilingual] = MappingProxyType(
    {
        "too_large": Bilingual(
            "The file is larger than {limit} MB. Leave out components that are no models or data sets.",
            "文件超过 {limit} MB，请去掉模型和数据集以外的组件。",
        ),
        "not_json": Bilingual(
            "This is not JSON: {detail}. Export the file again as JSON.",
            "不是有效的 JSON：{detail}。请重新导出为 JSON。",
        ),
        "unknown": Bilingual(
            "This is neither a CycloneDX bill of materials, an SPDX 3 document nor a Croissant description.",
            "该文件既不是 CycloneDX 物料清单、SPDX 3 文档，也不是 Croissant 数据集说明。",
        ),
        "version": Bilingual(
            "{format} {found} cannot be read; these versions can: {known}.",
            "无法读取 {format} {found}，可读取的版本为：{known}。",
        ),
        "no_models": Bilingual(
            "The file names no machine-learning model and no data set.", "文件未列出任何机器学习模型或数据集。"
        ),
        "too_many": Bilingual("The file has more than {limit} models.", "文件中的模型超过 {limit} 个。"),
    }
)


@dataclass(slots=True)
class Carried:
    """Models and corpora from a file, in the form of a dossier, and the members that the dossier has no field for."""

    format: str
    version: str
    models: list[dict[str, Any]] = field(default_factory=list)
    corpora: list[dict[str, Any]] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)

    @property
    def names_of_corpora(self) -> list[str]:
        """The names of all data sets: those of its models, and those that belong to none."""
        owned = [corpus for model in self.models for corpus in model.get("corpora", ())]
        return [corpus["name"] for corpus in (*self.corpora, *owned)]

    def as_json(self) -> dict[str, Any]:
        return {
            "format": self.format,
            "version": self.version,
            "models": self.models,
            "corpora": self.corpora,
            "lost": self.lost,
        }


def document_of(raw: bytes) -> Any:
    """Parse a JSON file. Raises NotReadable."""
    if len(raw) > LARGEST:
        raise NotReadable("too_large", limit=LARGEST // 2**20)
    try:
        return json.loads(raw.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise NotReadable("not_json", detail=" ".join(str(error).split())[:200]) from error


def text_of(value: Any) -> str | None:
    """Return a text without outer blanks, at most LONGEST_TEXT long; None if there is none."""
    if not isinstance(value, str) or not value.strip():
        return None
    # Halves of a pair of surrogates, which JSON may hold, are in no encoding.
    clean = value.replace("\x00", "").encode("utf-8", "ignore").decode("utf-8").strip()
    return clean[:LONGEST_TEXT] or None


def whole_of(value: Any) -> int | None:
    """Return a count that a dossier can hold."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 17:
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 2**53 else None


def day_of(text: str | None) -> str | None:
    """Return the day of a moment in ISO 8601, None if it is none."""
    try:
        return date.fromisoformat((text or "")[:10]).isoformat()
    except ValueError:
        return None


def listed(value: Any) -> list[Any]:
    """Return a list; a value alone as a list of one, as JSON-LD allows."""
    return value if isinstance(value, list) else [] if value is None else [value]


def objects(value: Any) -> Iterator[Mapping[str, Any]]:
    yield from (each for each in listed(value) if isinstance(each, Mapping))


def filled(**values: Any) -> dict[str, Any]:
    """Return the members that have a value."""
    return {name: value for name, value in values.items() if value not in (None, "", [], {})}


def unknown_members(node: Mapping[str, Any], known: Sequence[str], at: str) -> list[str]:
    """Return the places of members that are not carried."""
    return [f"{at}/{name}" for name in node if name not in known and not str(name).startswith("@")]
