"""
Find names of known models left in a model's own files: cheap and strong evidence, since the filer provided the files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from compliance.provenance.known_structures import names_in_files
from registry.names import folded_model
from registry.reference.identifying import identified
from registry.reference.series import Named, base_model_named, model_with_a_size

MOST_RESIDUES = 20
# Folders of an account's own, and those of one run of training.
_FOLDER = re.compile(
    r"\.{0,2}|~|[a-z]:|(?:model|checkpoint|output|result|run|weight|experiment|exp|log|adapter|save|stage|step|epoch|pretrained?)s?"
    r"(?:[-_]\w+|\d+)?|ckpts?(?:[-_]\w+)?|data|disk|home|mnt|nas|out|path|root|saved?|share|srv|ssd|temp|tmp|train(?:ed|ing)?|usr|workspace",
    re.IGNORECASE,
)
_RUN = re.compile(
    r"(?:step|stage|checkpoint|ckpt|epoch|run|iter|phase|round|exp|global[-_]?step|version|v)[-_]?\d*", re.IGNORECASE
)
_NOT_A_NAME = re.compile(r"^[./~\\]*$")


@dataclass(frozen=True, slots=True)
class Residue:
    """A name that was found: its place, its spelling, and the families that it refers to."""

    at: str
    written: str
    families: tuple[str, ...]


def residues(evidence: Mapping[str, Any], own_name: str | None) -> list[Residue]:
    """Return the names of known models in config, adapter config, GGUF metadata and merge files, except the model's own name."""
    own = folded_model((own_name or "").rsplit("/", 1)[-1])
    found: dict[tuple[str, str], Residue] = {}
    for at, written in _written(evidence):
        if not isinstance(written, str) or _NOT_A_NAME.match(written) or _is_own(written, own):
            continue
        if families := _families(at, written):
            found.setdefault((at, written), Residue(at, written[:200], families))
    return list(found.values())[:MOST_RESIDUES]


def _is_own(written: str, own: str) -> bool:
    """Whether a name, or a folder of a path, is the model's own name."""
    return bool(own) and own in (folded_model(part) for part in re.split(r"[/\\]", written[:1_000]))


def _families(at: str, written: str) -> tuple[str, ...]:
    if named := named_in_a_file(written[:500]):
        return (named.family,)
    if "auto_map" in at:
        written = written.rsplit(".", 1)[-1]
        return tuple(sorted(names_in_files().classes.get(written, ())))
    return ()


def named_in_a_file(written: str) -> Named | None:
    """
    Return the known model that a file names. A folder of the filer's own counts only if it holds the name of a model with its
    size: `out/step-1` is a stage of training, and `./atom` may be anything.
    """
    if not _is_local(written):
        return base_model_named(written)
    parts = [part for part in re.split(r"[/\\]", written) if part and not _RUN.fullmatch(part)]
    return next((named for part in reversed(parts) if (named := model_with_a_size(part))), None)


def _is_local(written: str) -> bool:
    if "models--" in written:
        return False
    parts = re.split(r"[/\\]", written)
    is_hub_id = len(parts) == 2 and not _FOLDER.fullmatch(parts[0])
    return len(parts) > 1 and "://" not in written and not is_hub_id


def _written(evidence: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    yield from _in_config(evidence.get("config.json"))
    adapter = evidence.get("adapter_config.json")
    if isinstance(adapter, Mapping):
        yield "adapter_config.json/base_model_name_or_path", adapter.get("base_model_name_or_path")
        yield from _custom_classes("adapter_config.json", adapter.get("auto_mapping"))
    header = evidence.get("gguf_header")
    values = header.get("kv") if isinstance(header, Mapping) else None
    for name, value in values.items() if isinstance(values, Mapping) else ():
        if name in ("general.name", "general.basename") or re.fullmatch(
            r"general\.base_model\.\d+\.(name|repo_url)", str(name)
        ):
            yield f"gguf_header/{name}", value
    yield from _in_merge(evidence.get("mergekit_config.yml"))


def _in_config(config: Any) -> Iterator[tuple[str, Any]]:
    if not isinstance(config, Mapping):
        return
    for name in ("_name_or_path", "name_or_path"):
        yield f"config.json/{name}", config.get(name)
    own = config.get("architectures")
    for at, written in _custom_classes("config.json", config.get("auto_map")):
        # A class that the model itself is published under is not a residue.
        if not (isinstance(own, list) and written.rsplit(".", 1)[-1] in own):
            yield at, written


def _custom_classes(file: str, mapping: Any) -> Iterator[tuple[str, str]]:
    for name, written in mapping.items() if isinstance(mapping, Mapping) else ():
        for each in written if isinstance(written, list) else [written]:
            if not isinstance(each, str):
                continue
            repository, _, place = each.rpartition("--")
            if repository:
                yield f"{file}/auto_map/{name} (repository)", repository
            if place.rsplit(".", 1)[-1] in names_in_files().classes:
                yield f"{file}/auto_map/{name}", place


def _in_merge(text: Any) -> Iterator[tuple[str, str]]:
    """Yield the models that a mergekit configuration names: the relevant YAML lines are simple enough for a pattern."""
    for found in re.finditer(
        r"(?m)^[ \t]*(?:-[ \t]*)?(?:model|base_model)[ \t]*:[ \t]*[\"']?([^\s\"'#]+)", str(text or "")[:200_000]
    ):
        yield "mergekit_config.yml", found[1]


def adapter_base(evidence: Mapping[str, Any], own_name: str | None) -> Named | None:
    """
    Return the known model that an adapter names as its base, unless that is the model itself: an adapter holds no model without
    it. A family alone, without one of its models, is too little to contradict anybody.
    """
    adapter = evidence.get("adapter_config.json")
    written = adapter.get("base_model_name_or_path") if isinstance(adapter, Mapping) else None
    if not isinstance(written, str) or _NOT_A_NAME.match(written):
        return None
    if _is_own(written, folded_model((own_name or "").rsplit("/", 1)[-1])):
        return None
    named = named_in_a_file(written[:500])
    if named is not None and named.models and not _is_of(own_name, named):
        return named
    return None


def _is_of(own_name: str | None, named: Named) -> bool:
    """Whether a model has a known name of that family: its developer files it himself."""
    own = identified(own_name or "")
    families = own.families or ((own.family.name,) if own.family else ())
    return bool(set(families) & set(named.families))


def explains(declaration: Mapping[str, Any], base: Named) -> bool:
    """
    Whether a declaration names what a file names: a model of the same family, of one on which it stands or that stands on it, or
    a series to which it belongs. PRO-09 asks the same of the declared lineage.
    """
    return any(set(declared.families) & set(base.families) for declared in named_bases(declaration))


def declared_bases(declaration: Mapping[str, Any]) -> list[str]:
    """Return the base models that a declaration names."""
    named = declaration.get("base_model")
    names = named if isinstance(named, list) else [named]
    return [name for name in names if isinstance(name, str) and name.strip()]


def named_bases(declaration: Mapping[str, Any]) -> list[Named]:
    return [named for name in declared_bases(declaration) if (named := base_model_named(name))]
