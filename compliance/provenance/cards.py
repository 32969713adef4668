"""
Model cards of the Hugging Face Hub: the YAML front matter as people really write it, and what was understood of it.

A card is what its author says, never evidence. What cannot be understood is told in a note; nothing is raised.
Source: the Hub's documentation of model cards (`base_model`, `base_model_relation`, `license`, `license_name`, `datasets`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any

import pycountry
import yaml

from compliance.provenance.faults import Unusable
from compliance.provenance.relations import ADAPTER, FINETUNE, MERGE, QUANTIZED, relation_named
from compliance.words import Language, Words
from registry.reference.series import base_model_named

MOST_BYTES = 2 * 1024 * 1024
# What a front matter holds at most, in characters; YAML is slow to read.
MOST_MATTER = 200_000
MOST_NAMES = 200
LONGEST_NAME = 200

# The fields that are read, and how else people write them; the rest of a card is left alone.
_FIELDS = MappingProxyType(
    {
        "basemodel": "base_model",
        "basemodels": "base_model",
        "parentmodel": "base_model",
        "basemodelrelation": "base_model_relation",
        "modelname": "model_name",
        "modelindex": "model-index",
        "license": "license",
        "licence": "license",
        "licenses": "license",
        "licensename": "license_name",
        "licencename": "license_name",
        "licenselink": "license_link",
        "dataset": "datasets",
        "datasets": "datasets",
        "language": "language",
        "languages": "language",
        "lang": "language",
        "libraryname": "library_name",
        "library": "library_name",
        "tags": "tags",
        "tag": "tags",
        "pipelinetag": "pipeline_tag",
    }
)
_KNOWN_FIELDS = frozenset(_FIELDS.values())
# Fields of the Hub whose names are near to one that is read and mean something else.
_OTHERS = frozenset({"licenselink", "newversion", "name", "modeltype", "modelid", "metrics", "widget", "inference"})
_ADAPTER_TAGS = frozenset({"peft", "lora", "qlora", "adapter", "adapter-transformers"})
_MERGE_TAGS = frozenset({"merge", "mergekit", "lazymergekit"})
_QUANTIZED_TAGS = frozenset(
    {"gguf", "gptq", "awq", "exl2", "quantized", "4-bit", "8-bit", "bitsandbytes", "compressed-tensors", "mlx-4bit"}
)
_NOTHING = frozenset({"", "null", "~", "none", "n/a", "na", "unknown", "[]", "{}"})
_REPOSITORY = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}")
_LINK = re.compile(r"^\[[^\]]*\]\(([^)\s]+)\)$")
_HUB = re.compile(
    r"^(?:https?://)?(?:www\.)?(?:huggingface\.co|hf\.co|modelscope\.cn/models)/(datasets/)?([^\s?#]+)", re.I
)
_LOCAL = re.compile(r"^(?:[./~\\]|[A-Za-z]:[\\/]|file:|\$)|\\|/.+/")
_LOCAL_FOLDERS = frozenset(
    {"checkpoint", "checkpoints", "output", "outputs", "models", "model", "content", "workspace"}
)

NOTES = MappingProxyType(
    {
        "no_front_matter": Words("The card has no front matter.", "模型卡没有头部元数据。"),
        "unfinished": Words(
            "The front matter begins and does not end: a line of --- is missing after it.",
            "头部元数据没有结束标记：其后缺少一行 ---。",
        ),
        "too_large": Words("The card has more than {limit} bytes and was not read.", "模型卡超过 {limit} 字节，未读取。"),
        "not_utf8": Words("The card is not UTF-8; what could not be read was left out.", "模型卡不是 UTF-8 编码，无法读取的部分已略去。"),
        "not_yaml": Words(
            "Line {line} of the front matter is no YAML ({found}); what is around it was read.",
            "头部元数据第 {line} 行不是有效的 YAML（{found}），其余部分已读取。",
        ),
        "no_mapping": Words("The front matter holds no fields.", "头部元数据中没有字段。"),
        "misspelt": Words("“{found}” was read as “{asked}”.", "“{found}”按“{asked}”读取。"),
        "twice": Words("“{found}” stands in it twice; the first one that says something counts.", "“{found}”出现多次，以首个有内容的为准。"),
        "empty": Words("“{found}” is empty.", "“{found}”为空。"),
        "not_understood": Words("“{field}” was not understood: {found}.", "“{field}”无法理解：{found}。"),
        "local_path": Words(
            "The base model “{found}” is a path on somebody's machine, not a published model; name the model it holds.",
            "基础模型“{found}”是本地路径，不是已公开的模型；请写明其中的模型。",
        ),
        "local_hint": Words(
            "The path “{found}” looks like {model}; ask.", "路径“{found}”疑似 {model}，请核实。"
        ),
        "from_tags": Words("{field} taken from the tags: {found}.", "{field} 取自标签：{found}。"),
        "relation_inferred": Words(
            "The card does not say how the base model was used; “{relation}” by {found}, as the Hub infers it.",
            "模型卡未说明如何使用基础模型；根据{found}推断为“{relation}”，与 Hub 的推断方式相同。",
        ),
        "relation_unknown": Words("The relation “{found}” is none that is known.", "派生关系“{found}”不在已知之列。"),
        "license_other": Words(
            "The license is “other” and not named; the license text tells which.", "许可协议为“other”且未写明名称，须查阅许可文本。"
        ),
        "several_licenses": Words("Several licenses are given: {found}; the first counts.", "给出了多个许可协议：{found}；以第一个为准。"),
        "name_from": Words("The name was taken from {found}.", "名称取自{found}。"),
        "no_base_model": Words(
            "No base model is named. That is no declaration that there is none.", "未写明基础模型。这不等于申明没有基础模型。"
        ),
        "too_many": Words("“{field}” has more than {limit} entries; the rest was left out.", "“{field}”超过 {limit} 项，其余已略去。"),
    }
)  # fmt: skip
_HEADING, _FILE = Words("the first heading", "首个标题"), Words("the name of the file", "文件名")
_RELATION_SOURCES = MappingProxyType(
    {
        ADAPTER: Words("its library or tags (PEFT, LoRA)", "库或标签（PEFT、LoRA）"),
        MERGE: Words("several base models or its tags", "多个基础模型或标签"),
        QUANTIZED: Words("its tags", "标签"),
        FINETUNE: Words("default", "默认规则"),
    }
)


@dataclass(frozen=True, slots=True)
class Note:
    """Something that a reader of the card should know: a code of NOTES, and its values."""

    code: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def message(self, language: Language) -> str:
        shown = {
            name: value.in_(language) if isinstance(value, Words) else value for name, value in self.values.items()
        }
        return NOTES[self.code].filled(language, shown)


@dataclass(slots=True)
class Card:
    """What was understood of a card; names and the license as the card writes them, what is not said is None or empty."""

    has_front_matter: bool = False
    name: str | None = None
    base_models: list[str] = field(default_factory=list)
    relation: str | None = None
    license: str | None = None
    license_name: str | None = None
    datasets: list[str] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    pipeline: str | None = None
    notes: list[Note] = field(default_factory=list)

    def note(self, code: str, **values: Any) -> None:
        self.notes.append(Note(code, values))

    def as_json(self, file: str, language: Language) -> dict[str, Any]:
        """Return `{file, front_matter, name, base_models, relation, license, datasets, languages, notes}`."""
        return {
            "file": file,
            "front_matter": self.has_front_matter,
            "name": self.name,
            "base_models": self.base_models,
            "relation": self.relation,
            "license": self.license_name or self.license,
            "datasets": self.datasets,
            "languages": self.languages,
            "notes": [note.message(language) for note in self.notes],
        }


def read_card(raw: bytes, file: str = "") -> Card:
    """Read a model card; `file` is its path, which names the model where nothing else does. Nothing is raised."""
    card = Card()
    if len(raw) > MOST_BYTES:
        card.note("too_large", limit=MOST_BYTES)
        return card
    text = _text(raw, card)
    matter, body = _parted(text, card)
    told = _fields(matter, card) if matter is not None else {}
    _read_name(card, told, body, file)
    _read_base_models(card, told)
    _read_relation(card, told)
    _read_license(card, told)
    card.datasets = _datasets(card, told)
    card.languages = _languages(card, told)
    card.pipeline = next(iter(_texts(told.get("pipeline_tag"))), None)
    return card


def front_matter_of(raw: bytes) -> dict[str, Any]:
    """Return the fields of a card that are read, as evidence keeps them. Raises Unusable: `no_front_matter`."""
    card = Card()
    matter, _ = _parted(_text(raw[:MOST_BYTES], card), card)
    if matter is None:
        raise Unusable("no_front_matter")
    return _fields(matter, card)


def _text(raw: bytes, card: Card) -> str:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        card.note("not_utf8")
        text = raw.decode("utf-8-sig", "ignore")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")


def _parted(text: str, card: Card) -> tuple[str | None, str]:
    """Part a card into its front matter, without the lines of ---, and its body."""
    lines = re.sub(r"^\s*(?:<!--.*?-->\s*)?", "", text, count=1, flags=re.DOTALL).split("\n")
    if lines[0].rstrip() != "---":
        card.note("no_front_matter")
        return None, text
    end = next((i for i, line in enumerate(lines) if i and line.rstrip() in ("---", "...")), None)
    if end is None:
        card.note("unfinished")
        return None, text
    card.has_front_matter = True
    matter, body = "\n".join(lines[1:end]), "\n".join(lines[end + 1 :])
    if len(matter) > MOST_MATTER:
        card.note("too_large", limit=MOST_MATTER)
        return None, body
    return matter, body


def _fields(matter: str, card: Card) -> dict[str, Any]:
    """Return the fields by the names that they should have."""
    told: dict[str, Any] = {}
    for written, value in _pairs(matter, card):
        name = _field_meant(written)
        if name is None:
            continue
        if name != written:
            card.note("misspelt", found=written[:LONGEST_NAME], asked=name)
        if told.get(name):
            card.note("twice", found=name)
        else:
            told[name] = value
    return told


def _field_meant(written: str) -> str | None:
    bare = re.sub(r"[^a-z]", "", written.casefold())
    if bare in _OTHERS:
        return None
    if bare in _FIELDS:
        return _FIELDS[bare]
    near = get_close_matches(bare, _FIELDS, n=1, cutoff=0.86)
    return _FIELDS[near[0]] if near else None


def _pairs(matter: str, card: Card) -> Iterator[tuple[str, Any]]:
    """The fields of the front matter. Where it is no YAML as a whole, each field that is YAML by itself."""
    read, fault = _yaml(matter)
    if fault is None:
        if isinstance(read, dict):
            yield from _named(read)
        else:
            card.note("no_mapping")
        return
    for first, part in _top_level(matter):
        read, fault = _yaml(part)
        if fault is None and isinstance(read, dict):
            yield from _named(read)
        elif fault is not None:
            card.note("not_yaml", line=first + fault, found=part.split("\n")[0][:80])


def _named(read: dict[Any, Any]) -> Iterator[tuple[str, Any]]:
    yield from ((name, value) for name, value in read.items() if isinstance(name, str))


def _yaml(text: str) -> tuple[Any, int | None]:
    """Read YAML with every plain value as text: `no` is Norwegian and 3.0 a version. On failure return the line of it."""
    try:
        return yaml.load(text.replace("\t", "  "), _Loader), None  # noqa: S506  (a loader of texts, lists and mappings only)
    except yaml.MarkedYAMLError as error:
        return None, error.problem_mark.line + 1 if error.problem_mark else 1
    except (yaml.YAMLError, RecursionError, ValueError):
        return None, 1


class _Loader(yaml.BaseLoader):
    """Texts, lists and mappings only."""


def _mapping(loader: _Loader, node: Any) -> dict[Any, Any]:
    """A mapping in which a key that stands twice keeps its first value that says something."""
    found: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if isinstance(key, str) and not found.get(key):
            found[key] = loader.construct_object(value_node, deep=True)
    return found


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)


def _top_level(matter: str) -> Iterator[tuple[int, str]]:
    """Each top-level field with the lines that belong to it, and the number of the line before its first."""
    part: list[str] = []
    first = 0
    for number, line in enumerate(matter.split("\n")):
        if part and re.match(r"[^\s#-][^:]*:", line):
            yield first, "\n".join(part)
            part, first = [], number
        part.append(line)
    yield first, "\n".join(part)


def _texts(value: Any, depth: int = 0) -> list[str]:
    """Whatever was written, as a list of the texts in it: a text, a list, lists in it, a mapping of one thing."""
    if isinstance(value, list) and depth < _DEEPEST:
        return [text for each in value[:MOST_ENTRIES] for text in _texts(each, depth + 1)]
    if isinstance(value, dict):
        named = next(
            (value[name] for name in ("name", "id", "path", "model", "type") if isinstance(value.get(name), str)), None
        )
        value = named if named is not None else next((key for key in value if _REPOSITORY.fullmatch(str(key))), None)
    if not isinstance(value, str):
        return []
    text = _sayable(value).strip()
    return [] if text.casefold() in _NOTHING else [text[:1_000]]


_DEEPEST, MOST_ENTRIES = 3, 1_000


def _sayable(text: str) -> str:
    """Escapes in quoted YAML can write half a pair of surrogates, or NUL; nobody can say those."""
    return text.encode("utf-8", "ignore").decode().replace("\x00", "")


def _bounded(card: Card, field: str, names: Iterable[str]) -> list[str]:
    found = list(dict.fromkeys(name[:LONGEST_NAME] for name in names))
    if len(found) > MOST_NAMES:
        card.note("too_many", field=field, limit=MOST_NAMES)
    return found[:MOST_NAMES]


_READ_OF_A_BODY = 20_000


def _read_name(card: Card, told: Mapping[str, Any], body: str, file: str) -> None:
    index = told.get("model-index")
    first = index[0] if isinstance(index, list) and index else index
    names = [*_texts(told.get("model_name")), *_texts(first)]
    if names:
        card.name = names[0][:LONGEST_NAME]
        return
    prose = re.sub(r"(?ms)^(```|~~~).*?^\1", "", body[:_READ_OF_A_BODY])
    heading = re.search(r"(?m)^#[ \t]+(\S[^\n]*)$", prose)
    stem = re.sub(r"\.(md|markdown|txt)$", "", file.replace("\\", "/").rsplit("/", 1)[-1], flags=re.IGNORECASE)
    if heading and (
        shown := re.sub(r"<[^>]*>|[*`]{1,3}|\s#+$", "", re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", heading[1])).strip()
    ):
        card.name = shown[:LONGEST_NAME]
        card.note("name_from", found=_HEADING)
    elif stem and stem.casefold() not in ("readme", "model_card", "modelcard"):
        card.name = stem[:LONGEST_NAME]
        card.note("name_from", found=_FILE)


def _read_base_models(card: Card, told: Mapping[str, Any]) -> None:
    written = told.get("base_model")
    if "base_model" in told and not _texts(written):
        is_empty = written in (None, "", [], {}) or (
            isinstance(written, str) and written.strip().casefold() in _NOTHING
        )
        if is_empty or not _says_anything(written):
            card.note("empty", found="base_model")
        else:
            card.note("not_understood", field="base_model", found=_shown(written))
    names = [name for text in _texts(written) for name in _split(text)]
    if not names and (tagged := list(_tagged_bases(told))):
        names = [name for name, _ in tagged]
        card.note("from_tags", field="base_model", found=", ".join(names)[:LONGEST_NAME])
    card.base_models = _bounded(card, "base_model", (name for each in names if (name := _published(each, card))))
    if not card.base_models and card.has_front_matter:
        card.note("no_base_model")


def _says_anything(value: Any) -> bool:
    return not (isinstance(value, list) and all(each in ("", None) for each in value[:MOST_ENTRIES]))


def _shown(value: Any) -> str:
    """What was written, in short; a thing of things is told by its kind."""
    if isinstance(value, dict):
        return "{" + ", ".join(_sayable(str(key)) for key in list(value)[:5]) + "}"
    return "[…]" if isinstance(value, list) else _sayable(str(value))[:100]


def _split(text: str) -> list[str]:
    """Several names in one text are told apart where each is the name of a repository."""
    parts = [part.strip() for part in re.split(r"[,;\s]+(?:and\s+|\+\s*)?", text) if part.strip()]
    return parts if len(parts) > 1 and all(_REPOSITORY.fullmatch(part) for part in parts) else [text]


def _tagged_bases(told: Mapping[str, Any]) -> Iterator[tuple[str, str | None]]:
    """The Hub repeats a base model as a tag: `base_model:owner/name`, `base_model:adapter:owner/name`."""
    for tag in _texts(told.get("tags")):
        if found := re.fullmatch(r"base_model:(?:(\w+):)?([^:\s]+/[^:\s]+)", tag):
            yield found[2], found[1]


def _published(name: str, card: Card) -> str | None:
    """The name of a model on the Hub, without its address; a path on somebody's machine is none, nor another address."""
    if link := _LINK.match(name):
        name = link[1]
    if found := _HUB.match(name):
        return "/".join(found[2].strip("/").split("/")[:2])
    if re.match(r"https?://", name):
        card.note("not_understood", field="base_model", found=name[:LONGEST_NAME])
        return None
    if _is_local(name):
        card.note("local_path", found=name[:LONGEST_NAME])
        if meant := base_model_named(name):
            card.note("local_hint", found=name[:LONGEST_NAME], model=meant.family)
        return None
    return name


def _is_local(name: str) -> bool:
    return bool(_LOCAL.search(name)) or name.split("/")[0].casefold() in _LOCAL_FOLDERS or "checkpoint-" in name


def _read_relation(card: Card, told: Mapping[str, Any]) -> None:
    """The relation that is said, else what the Hub infers from library and tags; none without a base model."""
    said = next(iter(_texts(told.get("base_model_relation"))), None)
    said = said or next((relation for _, relation in _tagged_bases(told) if relation), None)
    relation = relation_named(said)
    if said and relation is None:
        card.note("relation_unknown", found=said[:LONGEST_NAME])
    if not card.base_models:
        return
    card.relation = relation or _inferred(card, told)
    if relation is None:
        card.note("relation_inferred", relation=card.relation, found=_RELATION_SOURCES[card.relation])


def _inferred(card: Card, told: Mapping[str, Any]) -> str:
    marks = {mark.casefold() for name in ("tags", "library_name") for mark in _texts(told.get(name))}
    if len(card.base_models) > 1 or marks & _MERGE_TAGS:
        return MERGE
    if marks & _ADAPTER_TAGS:
        return ADAPTER
    return QUANTIZED if marks & _QUANTIZED_TAGS else FINETUNE


def _read_license(card: Card, told: Mapping[str, Any]) -> None:
    licenses = _texts(told.get("license"))
    named = next(iter(_texts(told.get("license_name"))), None)
    if not licenses and (tagged := [tag[8:] for tag in _texts(told.get("tags")) if tag.startswith("license:")]):
        licenses = tagged
        card.note("from_tags", field="license", found=tagged[0][:LONGEST_NAME])
    if len(licenses) > 1:
        card.note("several_licenses", found=", ".join(licenses)[:LONGEST_NAME])
    card.license = licenses[0][:LONGEST_NAME] if licenses else None
    is_other = (card.license or "other").casefold() == "other"
    card.license_name = named[:LONGEST_NAME] if named and is_other else None
    if card.license and is_other and not named:
        card.note("license_other")
    if "license" in told and not licenses:
        card.note("empty", found="license")


def _datasets(card: Card, told: Mapping[str, Any]) -> list[str]:
    names = [name for text in _texts(told.get("datasets")) for name in _split(text)]
    names += [tag[8:] for tag in _texts(told.get("tags")) if tag.startswith("dataset:") and tag[8:] not in names]
    if "datasets" in told and not names:
        card.note("empty", found="datasets")
    return _bounded(card, "datasets", (_HUB.sub(lambda found: found[2].rstrip("/"), name) for name in names))


def _languages(card: Card, told: Mapping[str, Any]) -> list[str]:
    """The languages that are said; where none is, tags that are the code of a language, as the Hub reads them."""
    said = [part for text in _texts(told.get("language")) for part in re.split(r"[,;/\s]+", text) if part]
    if said or "language" in told:
        return _bounded(card, "language", said)
    tagged = [tag for tag in _texts(told.get("tags")) if re.fullmatch(r"[a-z]{2}", tag)]
    tagged = [tag for tag in tagged if pycountry.languages.get(alpha_2=tag)]
    if tagged:
        card.note("from_tags", field="language", found=", ".join(tagged))
    return _bounded(card, "language", tagged)
