"""
Parse model cards of the Hugging Face Hub.

A card is a statement by its author, never evidence. Values that cannot be parsed are recorded as notes; nothing is raised.
Source: the Hub's documentation of model cards (`base_model`, `base_model_relation`, `license`, `license_name`, `datasets`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import pycountry

from compliance.language import Bilingual, Language
from compliance.provenance.card_notes import Note
from compliance.provenance.front_matter import (
    LONGEST_NAME,
    MOST_BYTES,
    MOST_ENTRIES,
    NOTHING,
    REPOSITORY,
    read_front_matter,
    storable,
    texts_in,
)
from compliance.provenance.relations import ADAPTER, DRAFT, FINETUNE, MERGE, QUANTIZED, relation_named
from registry.reference.series import base_model_named

MOST_NAMES = 200
_ADAPTER_TAGS = frozenset({"peft", "lora", "qlora", "adapter", "adapter-transformers"})
_MERGE_TAGS = frozenset({"merge", "mergekit", "lazymergekit"})
_QUANTIZED_TAGS = frozenset(
    {"gguf", "gptq", "awq", "exl2", "quantized", "4-bit", "8-bit", "bitsandbytes", "compressed-tensors", "mlx-4bit"}
)
# Draft models for speculative decoding: a head or a small model, trained on what its target gives.
_DRAFT_TAGS = frozenset(
    {
        *("speculative-decoding", "speculator", "speculators", "draft-model", "eagle", "eagle2", "eagle3", "eagle-3"),
        *("medusa", "hydra", "dflash", "specforge"),
    }
)
_LINK = re.compile(r"^\[[^\]]*\]\(([^)\s]+)\)$")
_HUB = re.compile(
    r"^(?:https?://)?(?:www\.)?(?:huggingface\.co|hf\.co|modelscope\.cn/models)/(datasets/)?([^\s?#]+)", re.I
)
_LOCAL = re.compile(r"^(?:[./~\\]|[A-Za-z]:[\\/]|file:|\$)|\\|/.+/")
_LOCAL_FOLDERS = frozenset(
    {"checkpoint", "checkpoints", "output", "outputs", "models", "model", "content", "workspace"}
)

_HEADING, _FILE = Bilingual("the first heading", "首个标题"), Bilingual("the file name", "文件名")
_RELATION_SOURCES = MappingProxyType(
    {
        ADAPTER: Bilingual("the library or tags (PEFT, LoRA)", "库或标签（PEFT、LoRA）"),
        MERGE: Bilingual("several base models or the tags", "多个基础模型或标签"),
        QUANTIZED: Bilingual("the tags", "标签"),
        FINETUNE: Bilingual("the default rule", "默认规则"),
    }
)


@dataclass(slots=True)
class Card:
    """The parsed content of a card: names and the license as written; missing values are None or empty."""

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
    """Read a model card; `file` is its path, used as the model name if the card has none. Nothing is raised."""
    card = Card()
    if len(raw) > MOST_BYTES:
        card.note("too_large", limit=MOST_BYTES)
        return card
    matter = read_front_matter(raw, card.note)
    fields, card.has_front_matter = matter.fields, matter.is_there
    _read_name(card, fields, matter.body, file)
    _read_base_models(card, fields)
    _read_relation(card, fields)
    _read_license(card, fields)
    card.datasets = _datasets(card, fields)
    card.languages = _languages(card, fields)
    card.pipeline = next(iter(texts_in(fields.get("pipeline_tag"))), None)
    return card


def _bounded(card: Card, field: str, names: Iterable[str]) -> list[str]:
    found = list(dict.fromkeys(name[:LONGEST_NAME] for name in names))
    if len(found) > MOST_NAMES:
        card.note("too_many", field=field, limit=MOST_NAMES)
    return found[:MOST_NAMES]


_MOST_BODY_CHARACTERS = 20_000


def _read_name(card: Card, fields: Mapping[str, Any], body: str, file: str) -> None:
    index = fields.get("model-index")
    first = index[0] if isinstance(index, list) and index else index
    names = [*texts_in(fields.get("model_name")), *texts_in(first)]
    if names:
        card.name = names[0][:LONGEST_NAME]
        return
    body_text = re.sub(r"(?ms)^(```|~~~).*?^\1", "", body[:_MOST_BODY_CHARACTERS])
    heading = re.search(r"(?m)^#[ \t]+(\S[^\n]*)$", body_text)
    stem = re.sub(r"\.(md|markdown|txt)$", "", file.replace("\\", "/").rsplit("/", 1)[-1], flags=re.IGNORECASE)
    if heading and (
        shown := re.sub(r"<[^>]*>|[*`]{1,3}|\s#+$", "", re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", heading[1])).strip()
    ):
        card.name = shown[:LONGEST_NAME]
        card.note("name_from", found=_HEADING)
    elif stem and stem.casefold() not in ("readme", "model_card", "modelcard"):
        card.name = stem[:LONGEST_NAME]
        card.note("name_from", found=_FILE)


def _read_base_models(card: Card, fields: Mapping[str, Any]) -> None:
    written = fields.get("base_model")
    if "base_model" in fields and not texts_in(written):
        is_empty = written in (None, "", [], {}) or (isinstance(written, str) and written.strip().casefold() in NOTHING)
        if is_empty or not _has_content(written):
            card.note("empty", found="base_model")
        else:
            card.note("not_understood", field="base_model", found=_shown(written))
    names = [name for text in texts_in(written) for name in _split(text)]
    if not names and (tagged := list(_tagged_bases(fields))):
        names = [name for name, _ in tagged]
        card.note("from_tags", field="base_model", found=", ".join(names)[:LONGEST_NAME])
    card.base_models = _bounded(card, "base_model", (name for each in names if (name := _published(each, card))))
    if not card.base_models and card.has_front_matter:
        card.note("no_base_model")


def _has_content(value: Any) -> bool:
    return not (isinstance(value, list) and all(each in ("", None) for each in value[:MOST_ENTRIES]))


def _shown(value: Any) -> str:
    """Return a short form of the written value; a nested value is shown by its kind."""
    if isinstance(value, dict):
        return "{" + ", ".join(storable(str(key)) for key in list(value)[:5]) + "}"
    return "[…]" if isinstance(value, list) else storable(str(value))[:100]


def _split(text: str) -> list[str]:
    """Split a text into several names if each part is a repository name; otherwise return it as one name."""
    parts = [part.strip() for part in re.split(r"[,;\s]+(?:and\s+|\+\s*)?", text) if part.strip()]
    return parts if len(parts) > 1 and all(REPOSITORY.fullmatch(part) for part in parts) else [text]


def _tagged_bases(fields: Mapping[str, Any]) -> Iterator[tuple[str, str | None]]:
    """Yield base models from tags, with the relation: the Hub writes `base_model:owner/name` or `base_model:adapter:owner/name`."""
    for tag in texts_in(fields.get("tags")):
        if found := re.fullmatch(r"base_model:(?:(\w+):)?([^:\s]+/[^:\s]+)", tag):
            yield found[2], found[1]


def _published(name: str, card: Card) -> str | None:
    """Return a model name on the Hub without its URL, or None for a local path or the URL of another site."""
    if link := _LINK.match(name):
        name = link[1]
    if found := _HUB.match(name):
        return "/".join(found[2].strip("/").split("/")[:2])
    if re.match(r"https?://", name):
        card.note("not_understood", field="base_model", found=name[:LONGEST_NAME])
        return None
    if _is_local(name):
        card.note("local_path", found=name[:LONGEST_NAME])
        if known := base_model_named(name):
            card.note("local_hint", found=name[:LONGEST_NAME], model=known.family)
        return None
    return name


def _is_local(name: str) -> bool:
    return bool(_LOCAL.search(name)) or name.split("/")[0].casefold() in _LOCAL_FOLDERS or "checkpoint-" in name


def _read_relation(card: Card, fields: Mapping[str, Any]) -> None:
    """Set the relation: the one given, otherwise the one the Hub infers from library and tags; None without a base model."""
    written = next(iter(texts_in(fields.get("base_model_relation"))), None)
    written = written or next((relation for _, relation in _tagged_bases(fields) if relation), None)
    relation = relation_named(written)
    if written and relation is None:
        card.note("relation_unknown", found=written[:LONGEST_NAME])
    if not card.base_models:
        return
    card.relation = relation or _inferred(card, fields)
    if relation is None and card.relation == DRAFT:
        card.note("relation_draft")
    elif relation is None:
        card.note("relation_inferred", relation=card.relation, found=_RELATION_SOURCES[card.relation])


def _inferred(card: Card, fields: Mapping[str, Any]) -> str:
    marks = {mark.casefold() for name in ("tags", "library_name") for mark in texts_in(fields.get(name))}
    if marks & _DRAFT_TAGS:
        return DRAFT
    if len(card.base_models) > 1 or marks & _MERGE_TAGS:
        return MERGE
    if marks & _ADAPTER_TAGS:
        return ADAPTER
    return QUANTIZED if marks & _QUANTIZED_TAGS else FINETUNE


def _read_license(card: Card, fields: Mapping[str, Any]) -> None:
    licenses = texts_in(fields.get("license"))
    named = next(iter(texts_in(fields.get("license_name"))), None)
    if not licenses and (tagged := [tag[8:] for tag in texts_in(fields.get("tags")) if tag.startswith("license:")]):
        licenses = tagged
        card.note("from_tags", field="license", found=tagged[0][:LONGEST_NAME])
    if len(licenses) > 1:
        card.note("several_licenses", found=", ".join(licenses)[:LONGEST_NAME])
    card.license = licenses[0][:LONGEST_NAME] if licenses else None
    is_other = (card.license or "other").casefold() == "other"
    card.license_name = named[:LONGEST_NAME] if named and is_other else None
    if card.license and is_other and not named:
        card.note("license_other")
    if "license" in fields and not licenses:
        card.note("empty", found="license")


def _datasets(card: Card, fields: Mapping[str, Any]) -> list[str]:
    names = [name for text in texts_in(fields.get("datasets")) for name in _split(text)]
    names += [tag[8:] for tag in texts_in(fields.get("tags")) if tag.startswith("dataset:") and tag[8:] not in names]
    if "datasets" in fields and not names:
        card.note("empty", found="datasets")
    return _bounded(card, "datasets", (_HUB.sub(lambda found: found[2].rstrip("/"), name) for name in names))


def _languages(card: Card, fields: Mapping[str, Any]) -> list[str]:
    """Return the given languages; if the field is missing, the tags that are language codes, as the Hub does."""
    given = [part for text in texts_in(fields.get("language")) for part in re.split(r"[,;/\s]+", text) if part]
    if given or "language" in fields:
        return _bounded(card, "language", given)
    tagged = [tag for tag in texts_in(fields.get("tags")) if re.fullmatch(r"[a-z]{2}", tag)]
    tagged = [tag for tag in tagged if pycountry.languages.get(alpha_2=tag)]
    if tagged:
        card.note("from_tags", field="language", found=", ".join(tagged))
    return _bounded(card, "language", tagged)
