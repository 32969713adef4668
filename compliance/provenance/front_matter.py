"""
Read the YAML front matter of a model card leniently and return the fields under their correct names.

Every scalar is a string. Unreadable parts are reported and do not affect the readable ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any, Protocol

import yaml

from compliance.provenance.faults import Unusable

MOST_BYTES = 2 * 1024 * 1024
# The limit of the front matter in characters; parsing YAML is slow.
MOST_MATTER = 200_000
LONGEST_NAME = 200
NOTHING = frozenset({"", "null", "~", "none", "n/a", "na", "unknown", "[]", "{}"})
REPOSITORY = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}")
# The fields that are read, by the spellings in use; all other fields are ignored.
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
# Other Hub fields whose names are similar to one that is read.
_OTHERS = frozenset({"licenselink", "newversion", "name", "modeltype", "modelid", "metrics", "widget", "inference"})


class AddNote(Protocol):
    """A callback that takes notes: a code of card_notes.NOTES and its values."""

    def __call__(self, code: str, **values: Any) -> None: ...


def _ignore_note(code: str, **values: Any) -> None:
    """Ignore a note."""


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The fields of a card, whether it has front matter, and the text below it."""

    fields: dict[str, Any]
    is_there: bool
    body: str


def read_front_matter(raw: bytes, note: AddNote) -> FrontMatter:
    """Read the front matter of a card; problems are passed to `note`."""
    matter, body = _split_card(_text(raw, note), note)
    return FrontMatter(_fields(matter, note) if matter is not None else {}, matter is not None, body)


def front_matter_of(raw: bytes) -> dict[str, Any]:
    """Return the known fields of a card, as stored with evidence. Raises Unusable: `no_front_matter`."""
    matter, _ = _split_card(_text(raw[:MOST_BYTES], _ignore_note), _ignore_note)
    if matter is None:
        raise Unusable("no_front_matter")
    return _fields(matter, _ignore_note)


def _text(raw: bytes, note: AddNote) -> str:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        note("not_utf8")
        text = raw.decode("utf-8-sig", "ignore")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")


def _split_card(text: str, note: AddNote) -> tuple[str | None, str]:
    """Split a card into its front matter, without the --- lines, and its body."""
    lines = re.sub(r"^\s*(?:<!--.*?-->\s*)?", "", text, count=1, flags=re.DOTALL).split("\n")
    if lines[0].rstrip() != "---":
        note("no_front_matter")
        return None, text
    end = next((i for i, line in enumerate(lines) if i and line.rstrip() in ("---", "...")), None)
    if end is None:
        note("unfinished")
        return None, text
    matter, body = "\n".join(lines[1:end]), "\n".join(lines[end + 1 :])
    if len(matter) > MOST_MATTER:
        note("too_large", limit=MOST_MATTER)
        return None, body
    return matter, body


def _fields(matter: str, note: AddNote) -> dict[str, Any]:
    """Return the fields by their correct names."""
    fields: dict[str, Any] = {}
    for written, value in _pairs(matter, note):
        name = _field_name(written)
        if name is None:
            continue
        if name != written:
            note("misspelt", found=written[:LONGEST_NAME], asked=name)
        if fields.get(name):
            note("twice", found=name)
        else:
            fields[name] = value
    return fields


def _field_name(written: str) -> str | None:
    bare = re.sub(r"[^a-z]", "", written.casefold())
    if bare in _OTHERS:
        return None
    if bare in _FIELDS:
        return _FIELDS[bare]
    near = get_close_matches(bare, _FIELDS, n=1, cutoff=0.86)
    return _FIELDS[near[0]] if near else None


def _pairs(matter: str, note: AddNote) -> Iterator[tuple[str, Any]]:
    """Yield the fields of the front matter. If it is not valid YAML as a whole, yield each field that is valid by itself."""
    read, fault = _yaml(matter)
    if fault is None:
        if isinstance(read, dict):
            yield from _named(read)
        else:
            note("no_mapping")
        return
    for first, part in _top_level(matter):
        read, fault = _yaml(part)
        if fault is None and isinstance(read, dict):
            yield from _named(read)
        elif fault is not None:
            note("not_yaml", line=first + fault, found=part.split("\n")[0][:80])


def _named(read: dict[Any, Any]) -> Iterator[tuple[str, Any]]:
    yield from ((name, value) for name, value in read.items() if isinstance(name, str))


def _yaml(text: str) -> tuple[Any, int | None]:
    """Parse YAML with every scalar as a string (`no` is Norwegian, 3.0 a version). On failure return the line number."""
    try:
        return yaml.load(text.replace("\t", "  "), _Loader), None  # noqa: S506  (a loader of strings, lists and mappings only)
    except yaml.MarkedYAMLError as error:
        return None, error.problem_mark.line + 1 if error.problem_mark else 1
    except (yaml.YAMLError, RecursionError, ValueError):
        return None, 1


class _Loader(yaml.BaseLoader):
    """A loader of strings, lists and mappings only."""


def _mapping(loader: _Loader, node: Any) -> dict[Any, Any]:
    """Build a mapping; a repeated key keeps its first non-empty value."""
    found: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if isinstance(key, str) and not found.get(key):
            found[key] = loader.construct_object(value_node, deep=True)
    return found


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)


def _top_level(matter: str) -> Iterator[tuple[int, str]]:
    """Yield each top-level field: the number of the line before it, and its lines."""
    part: list[str] = []
    first = 0
    for number, line in enumerate(matter.split("\n")):
        if part and re.match(r"[^\s#-][^:]*:", line):
            yield first, "\n".join(part)
            part, first = [], number
        part.append(line)
    yield first, "\n".join(part)


def texts_in(value: Any, depth: int = 0) -> list[str]:
    """Return the strings in a value: a string, a list, nested lists, or a mapping that names one thing."""
    if isinstance(value, list) and depth < _DEEPEST:
        return [text for each in value[:MOST_ENTRIES] for text in texts_in(each, depth + 1)]
    if isinstance(value, dict):
        named = next(
            (value[name] for name in ("name", "id", "path", "model", "type") if isinstance(value.get(name), str)), None
        )
        value = named if named is not None else next((key for key in value if REPOSITORY.fullmatch(str(key))), None)
    if not isinstance(value, str):
        return []
    text = storable(value).strip()
    return [] if text.casefold() in NOTHING else [text[:1_000]]


_DEEPEST, MOST_ENTRIES = 3, 1_000


def storable(text: str) -> str:
    """Return a text without NUL and unpaired surrogates, which escapes in quoted YAML can produce."""
    return text.encode("utf-8", "ignore").decode().replace("\x00", "")
