"""
Judging a model by its evidence: structure, tokenizer and weights as three separate answers, never one score.

Only a weight sketch or the hash of a file can say "weights". Where the evidence is ambiguous, models count as independent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from compliance.provenance import findings as codes
from compliance.provenance.cleaning import weights_of
from compliance.provenance.comparing import (
    IDENTICAL,
    NONE,
    SAME_BLOCK,
    Comparison,
    compared,
    depth_change,
    vocabulary_change,
)
from compliance.provenance.configs import Config, config_of, mismatches, plain_config
from compliance.provenance.declared import is_consistent, is_contradicted, license_findings
from compliance.provenance.faults import Unusable
from compliance.provenance.front_matter import front_matter_of
from compliance.provenance.naming import is_fused_otherwise, renamings
from compliance.provenance.references import Reference, known_classes, known_types, references
from compliance.provenance.residues import Residue, declared_bases, named_bases, residues
from compliance.provenance.sketches import Sketch
from compliance.provenance.structure import Structure, structure_of
from compliance.provenance.tensors import Header, is_part_of, read_gguf, read_safetensors, total_size_differs
from compliance.provenance.tokenizers import tokenizer_finding
from compliance.provenance.verdict import Verdict
from compliance.provenance.weighing import judge_weights
from registry.names import folded_model
from registry.reference.series import base_model_named


def stem_of(name: str) -> str:
    """The name of an architecture without the task: LlamaForCausalLM, LlamaModel and LlamaForSequenceClassification are one."""
    return re.sub(r"(?:For[A-Z]\w*|LMHeadModel|Model)$", "", name)


def assess(
    declaration: Mapping[str, Any],
    evidence: Mapping[str, Any],
    *,
    known: Sequence[Reference] | None = None,
    sketches: Sequence[tuple[str, Sketch]] = (),
    public_files: Mapping[str, str] | None = None,
) -> Verdict:
    """
    Judge a model by its evidence.

    `declaration` holds `model_name`, `claim`, `base_model`, `base_model_relation` and `license`; `evidence` the files by name, as
    the examples of the reference do. `known` are the models to compare structures with (all of the table without it),
    `sketches` reference sketches with the names of their models, `public_files` names of public models by the SHA-256 of a
    weight file. Evidence that no file can hold is told as INTEGRITY_ERROR; nothing is raised.
    """
    known = references() if known is None else known
    evidence = _with_front_matter(evidence)
    verdict = Verdict(declaration)
    config = config_of(evidence)
    _judge_structure(verdict, evidence, config, known)
    _judge_names(verdict, evidence, config)
    _judge_declared_base(verdict, known)
    verdict.found |= license_findings(declaration, evidence.get("model_card_front_matter"))
    _judge_tokenizer(verdict, evidence, known)
    judge_weights(verdict, evidence, sketches, public_files or {})
    if verdict.contradictions or verdict.faults:
        verdict.found.add(codes.INTEGRITY_ERROR)
    return verdict


def _with_front_matter(evidence: Mapping[str, Any]) -> Mapping[str, Any]:
    """A model card may come as it is written, or as the fields of its front matter."""
    text = evidence.get("README.md")
    if not isinstance(text, str) or "model_card_front_matter" in evidence:
        return evidence
    try:
        return {**evidence, "model_card_front_matter": front_matter_of(text.encode("utf-8", "replace"))}
    except Unusable:
        return evidence


def _judge_structure(verdict: Verdict, evidence: Mapping[str, Any], config: Config, known: Sequence[Reference]) -> None:
    header = _header(verdict, evidence)
    if header is None:
        return
    weights = weights_of(header, plain_config(evidence))
    verdict.has_header = True
    verdict.found |= {codes.QUANTISED} if weights.is_quantized else set()
    verdict.found |= {codes.LORA_ADAPTER} if weights.adapters else set()
    if weights.unreadable or not weights.tensors:
        return
    verdict.structure = structure = structure_of(weights.tensors, config)
    if structure is None:
        return
    verdict.comparison = comparison = compared(structure, known, plain_config(evidence))
    verdict.config_differs = [] if verdict.is_incomplete else list(mismatches(config, structure))
    verdict.found |= {codes.CONFIG_HEADER_MISMATCH} if verdict.config_differs else set()
    verdict.found.add(_STRUCTURE[comparison.kind])
    if comparison.kind != NONE:
        _judge_differences(verdict, structure, comparison, is_gguf=header.is_gguf)


_STRUCTURE = {
    IDENTICAL: codes.STRUCT_IDENTICAL,
    SAME_BLOCK: codes.STRUCT_SAME_BLOCK,
    NONE: codes.STRUCT_NONE,
}


def _header(verdict: Verdict, evidence: Mapping[str, Any]) -> Header | None:
    """Read all headers that were filed, shards as one model, a GGUF copy only where it is alone; what cannot be read is told."""
    headers: list[Header] = []
    for file, document, read in _files(evidence):
        try:
            headers.append(read(document))
        except Unusable as fault:
            verdict.faults.append((file, fault))
    try:
        header = _joined([each for each in headers if not each.is_gguf] or headers)
    except Unusable as fault:
        verdict.faults.append(("safetensors_headers", fault))
        return None
    index = evidence.get("model.safetensors.index.json")
    if header is not None:
        verdict.contradictions = header.contradictions
        verdict.is_incomplete = is_part_of(header, index)
        if not header.is_gguf and not verdict.is_incomplete:
            verdict.contradictions += total_size_differs(header, index)
    return None if verdict.faults else header


def _files(evidence: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    if (document := evidence.get("safetensors_header")) is not None:
        yield "safetensors_header", document, read_safetensors
    shards = evidence.get("safetensors_headers")
    for name, shard in shards.items() if isinstance(shards, Mapping) else ():
        yield f"safetensors_headers/{name}", shard, read_safetensors
    if (document := evidence.get("gguf_header")) is not None:
        yield "gguf_header", document, read_gguf


def _joined(headers: list[Header]) -> Header | None:
    joined: Header | None = None
    for header in headers:
        joined = header if joined is None else joined.joined(header)
    return joined


def _judge_differences(verdict: Verdict, structure: Structure, comparison: Comparison, *, is_gguf: bool) -> None:
    if comparison.kind == SAME_BLOCK and not verdict.is_incomplete:
        verdict.depth_of = depth_change(structure, comparison)
        verdict.vocabulary_change = vocabulary_change(structure, comparison)
    verdict.renamed = renamings(structure, comparison, is_gguf=is_gguf)
    happened = {
        codes.DEPTH_CHANGED: verdict.depth_of is not None,
        codes.VOCAB_SIZE_EXTENDED: verdict.vocabulary_change > 0,
        codes.VOCAB_SIZE_REDUCED: verdict.vocabulary_change < 0,
        codes.TENSORS_RENAMED: bool(verdict.renamed),
        codes.QKV_FUSED: is_fused_otherwise(structure, comparison),
    }
    verdict.found |= {code for code, is_so in happened.items() if is_so}


def _judge_names(verdict: Verdict, evidence: Mapping[str, Any], config: Config) -> None:
    name = verdict.declaration.get("model_name")
    verdict.residues = residues(evidence, name if isinstance(name, str) else None)
    verdict.residues += _undeclared_in_the_card(verdict, evidence)
    if verdict.residues:
        verdict.found.add(codes.RESIDUAL_NAME)
    families = set(verdict.comparison.families())
    declared = {named.family for named in named_bases(verdict.declaration)}
    verdict.goes_by_own_names = _goes_by_own_names(verdict, config)
    if verdict.is_self_developed and families and not families & declared and verdict.goes_by_own_names:
        verdict.found.add(codes.UNDECLARED_ARCHITECTURE_REUSE)


def _undeclared_in_the_card(verdict: Verdict, evidence: Mapping[str, Any]) -> Iterator[Residue]:
    """A model card is the filer's statement too; where it names a base model that the declaration does not, it is told."""
    card = evidence.get("model_card_front_matter")
    named = card.get("base_model") if isinstance(card, Mapping) else None
    declared = {folded_model(name) for name in declared_bases(verdict.declaration)}
    for name in named if isinstance(named, list) else [named]:
        if isinstance(name, str) and folded_model(name) not in declared and (base := base_model_named(name)):
            yield Residue("model_card_front_matter/base_model", name[:200], (base.family,))


def _goes_by_own_names(verdict: Verdict, config: Config) -> bool:
    """Own names of tensors or of classes; where no class is named, an own type of model."""
    if verdict.renamed:
        return True
    if config.classes:
        return not {stem_of(name) for name in known_classes()} & {stem_of(name) for name in config.classes}
    return bool(config.model_type) and config.model_type not in known_types()


def _judge_declared_base(verdict: Verdict, known: Sequence[Reference]) -> None:
    """Compare the structure with that of the declared base model, where the relation keeps it and the table has it."""
    if verdict.structure is None:
        return
    same_block = [reference.id for reference in verdict.comparison.same_block]
    if is_consistent(verdict.declaration, same_block):
        verdict.found.add(codes.DECLARED_BASE_CONSISTENT)
    elif is_contradicted(verdict.declaration, same_block, has_block=verdict.structure.block is not None, known=known):
        verdict.found.add(codes.DECLARED_BASE_CONTRADICTED)


def _judge_tokenizer(verdict: Verdict, evidence: Mapping[str, Any], known: Sequence[Reference]) -> None:
    try:
        verdict.tokenizer = tokenizer_finding(evidence, known)
    except Unusable as fault:
        verdict.faults.append(("tokenizer.json", fault))
