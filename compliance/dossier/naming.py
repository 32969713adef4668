"""Human-readable names of the places in a dossier, in both languages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache, lru_cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from compliance.dossier.codes import ASPECTS, DEVELOPMENT, RELATIONS
from compliance.dossier.fields import OneOf
from compliance.dossier.pointer import Pointer
from compliance.dossier.risks import RISKS
from compliance.dossier.schema import Dossier
from compliance.language import Bilingual, Language

DOSSIER = Bilingual("dossier", "申报文件")


@lru_cache(maxsize=4096)
def name_of(at: Pointer) -> Bilingual:
    """Return the label of the field at a place; a list entry is named after its list, with its number."""
    return _at(at)[1]


def code_label(at: Pointer, value: str) -> Bilingual:
    """Return the label of a code at a place, or the value itself if the field has no codes."""
    label = _codes_at(at).get(value)
    return label if isinstance(label, Bilingual) else Bilingual(value, value)


def in_plain_words(text: str, language: Language) -> str:
    """
    Replace the names of fields in a text by their labels, for readers of forms. In English only names with an underscore
    are replaced: others are ordinary words.
    """
    found = re.compile(r"(?<![A-Za-z0-9_./-])[a-z]+(?:_[a-z]+)+(?![A-Za-z0-9_/-])") if language == "en" else _NAME
    plain = found.sub(lambda match: _label_of(match[0], language), text)
    # Chinese quotation marks take no spaces.
    return re.sub(" ?(“[^”]*”) ?", r"\1", plain) if language == "zh" else plain


_NAME = re.compile(r"(?<![A-Za-z0-9_./-])[a-z]+(?:_[a-z]+)*(?![A-Za-z0-9_/-])")
_ANSWERS = {"true": Bilingual("yes", "是"), "false": Bilingual("no", "否")}


def _label_of(name: str, language: Language) -> str:
    label = {**_labels(), **DEVELOPMENT, **RELATIONS, **_ANSWERS}.get(name)
    if label is None:
        return name
    return f"“{label.in_(language)}”"


@cache
def _labels() -> dict[str, Bilingual]:
    """The labels of all fields by their names. Of fields with the same name, that of the outermost one."""
    found: dict[str, Bilingual] = {}
    todo: list[Any] = [Dossier]
    while todo:
        kind = _plain(todo.pop(0))
        todo.extend(_plain(argument) for argument in get_args(kind))
        if isinstance(kind, type) and is_dataclass(kind):
            for field in fields(kind):
                found.setdefault(field.name, _field_name(kind, field.name))
            todo.extend(types_of(kind).values())
    return found


@lru_cache(maxsize=4096)
def _codes_at(at: Pointer) -> Mapping[str, Any]:
    notes = getattr(_at(at)[0], "__metadata__", ())
    return next((note.codes for note in notes if isinstance(note, OneOf)), {})


@cache
def types_of(kind: Any) -> dict[str, Any]:
    """The types of the fields of a part of the dossier. To resolve them takes longer than all else here."""
    return get_type_hints(kind, include_extras=True)


def _at(at: Pointer) -> tuple[Any, Bilingual]:
    kind, name = Dossier, DOSSIER
    for step in at.steps:
        kind, name = _down(kind, name, step)
    return kind, name


def _down(kind: Any, name: Bilingual, step: str) -> tuple[Any, Bilingual]:
    origin, arguments = get_origin(kind), get_args(kind)
    if isinstance(kind, type) and is_dataclass(kind):
        return _plain(types_of(kind).get(step)), _field_name(kind, step)
    if origin is list:
        nth = int(step) + 1 if step.isdigit() else step
        return _plain(arguments[0]), Bilingual(f"{name.en} {nth}", f"{name.zh} {nth}")
    if origin is dict:
        code = {**RISKS, **ASPECTS}.get(step, Bilingual(step, step))
        return None, Bilingual(f"{name.en}, {step} {code.en}", f"{name.zh}：{step} {code.zh}")
    return None, Bilingual(step, step)


def _field_name(kind: Any, step: str) -> Bilingual:
    for field in fields(kind):
        if field.name == step:
            return Bilingual(field.metadata["en"], field.metadata["zh"])
    return Bilingual(step, step)


def _plain(kind: Any) -> Any:
    """Strip `| None` and the annotations around a list."""
    if get_origin(kind) in (Union, UnionType):
        return _plain(next(argument for argument in get_args(kind) if argument is not type(None)))
    if get_origin(kind) is Annotated and not any(isinstance(note, OneOf) for note in kind.__metadata__):
        return _plain(get_args(kind)[0])
    return kind
