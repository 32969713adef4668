"""
Assess a model by its evidence. Structure, tokenizer and weights give three separate answers, never one score.

Only a weight sketch or a file hash supports a finding about weights. If the evidence is ambiguous, models count as independent.
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
from compliance.provenance.configurations import compared_configuration
from compliance.provenance.declared import is_consistent, is_contradicted, license_findings
from compliance.provenance.faults import Unusable
from compliance.provenance.front_matter import front_matter_of
from compliance.provenance.known_structures import References, names_in_files, references
from compliance.provenance.naming import is_fused_otherwise, renamings
from compliance.provenance.residues import Residue, adapter_base, declared_bases, explains, named_bases, residues
from compliance.provenance.sketches import Sketch
from compliance.provenance.structure import Structure, structure_of
from compliance.provenance.tensors import Header, is_part_of, read_gguf, read_safetensors, total_size_differs
from compliance.provenance.tokenizers import tokenizer_finding
from compliance.provenance.verdict import Verdict
from compliance.provenance.weighing import assess_weights
from registry.names import folded_model
from registry.reference.series import base_model_named


def stem_of(name: str) -> str:
    """Return an architecture name without its task: LlamaForCausalLM, LlamaModel and LlamaForSequenceClassification are one stem."""
    return re.sub(r"(?:For[A-Z]\w*|LMHeadModel|Model)$", "", name)


def assess(
    declaration: Mapping[str, Any],
    evidence: Mapping[str, Any],
    *,
    known: References | None = None,
    sketches: Sequence[tuple[str, Sketch]] = (),
    public_files: Mapping[str, str] | None = None,
) -> Verdict:
    """
    Assess a model by its evidence.

    `declaration` holds `model_name`, `claim`, `base_model`, `base_model_relation` and `license`. `evidence` maps file names to
    their contents, as in the reference examples. `known` are the models to compare structures with (default: the whole table).
    `sketches` are reference sketches with the names of their models. `public_files` maps the SHA-256 of a weight file to the
    name of a public model. Invalid evidence gives the finding INTEGRITY_ERROR; nothing is raised.
    """
    known = references() if known is None else known
    evidence = _with_front_matter(evidence)
    verdict = Verdict(declaration)
    config = config_of(evidence)
    _assess_structure(verdict, evidence, config, known)
    _assess_names(verdict, evidence, config)
    _assess_declared_base(verdict, known)
    verdict.found |= license_findings(declaration, evidence.get("model_card_front_matter"))
    _assess_tokenizer(verdict, evidence, known)
    assess_weights(verdict, evidence, sketches, public_files or {})
    if verdict.contradictions or verdict.faults:
        verdict.found.add(codes.INTEGRITY_ERROR)
    return verdict


def _with_front_matter(evidence: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the evidence with parsed front matter: a model card may be filed as raw text or as front-matter fields."""
    text = evidence.get("README.md")
    if not isinstance(text, str) or "model_card_front_matter" in evidence:
        return evidence
    try:
        return {**evidence, "model_card_front_matter": front_matter_of(text.encode("utf-8", "replace"))}
    except Unusable:
        return evidence


def _assess_structure(verdict: Verdict, evidence: Mapping[str, Any], config: Config, known: References) -> None:
    header = _header(verdict, evidence)
    if header is None:
        _assess_configuration(verdict, evidence, config, known)
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
        _assess_differences(verdict, structure, comparison, is_gguf=header.is_gguf)


def _assess_configuration(verdict: Verdict, evidence: Mapping[str, Any], config: Config, known: References) -> None:
    """Compare a configuration without a header: evidence of a weaker kind, which contradicts nothing by itself."""
    if verdict.faults or not plain_config(evidence):
        return
    verdict.towers = config.towers
    verdict.configuration = compared_configuration(config, known)
    if verdict.configuration and verdict.configuration.models:
        verdict.found.add(codes.CONFIG_KNOWN)


_STRUCTURE = {
    IDENTICAL: codes.STRUCT_IDENTICAL,
    SAME_BLOCK: codes.STRUCT_SAME_BLOCK,
    NONE: codes.STRUCT_NONE,
}


def _header(verdict: Verdict, evidence: Mapping[str, Any]) -> Header | None:
    """
    Read all filed headers, shards as one model. A GGUF copy is used only if no other header was filed. Unreadable headers are
    recorded as faults.
    """
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


def _assess_differences(verdict: Verdict, structure: Structure, comparison: Comparison, *, is_gguf: bool) -> None:
    if comparison.kind == SAME_BLOCK and not verdict.is_incomplete:
        verdict.depth_changed_from = depth_change(structure, comparison)
        verdict.vocabulary_change = vocabulary_change(structure, comparison)
    verdict.renamed = renamings(structure, comparison, is_gguf=is_gguf)
    happened = {
        codes.DEPTH_CHANGED: verdict.depth_changed_from is not None,
        codes.VOCAB_SIZE_EXTENDED: verdict.vocabulary_change > 0,
        codes.VOCAB_SIZE_REDUCED: verdict.vocabulary_change < 0,
        codes.TENSORS_RENAMED: bool(verdict.renamed),
        codes.QKV_FUSED: is_fused_otherwise(structure, comparison),
    }
    verdict.found |= {code for code, applies in happened.items() if applies}


def _assess_names(verdict: Verdict, evidence: Mapping[str, Any], config: Config) -> None:
    name = verdict.declaration.get("model_name")
    verdict.residues = residues(evidence, name if isinstance(name, str) else None)
    verdict.residues += _undeclared_in_the_card(verdict, evidence)
    if verdict.residues:
        verdict.found.add(codes.RESIDUAL_NAME)
    declared = {family for named in named_bases(verdict.declaration) for family in named.families}
    declared |= _added_and_declared(verdict)
    verdict.has_own_names = _has_own_names(verdict, config)
    if verdict.is_self_developed and (reused := _reused_families(verdict, evidence)) and not reused & declared:
        verdict.found.add(codes.UNDECLARED_ARCHITECTURE_REUSE)
    _assess_adapter(verdict, evidence)


def _added_and_declared(verdict: Verdict) -> set[str]:
    """Return the families that a registry added and whose models a declaration names, or that the model itself is of."""
    added = (each for each in verdict.comparison.same_block if not references().has(each.id))
    return {each.family for each in added if verdict.is_declared(each.name)}


def _reused_families(verdict: Verdict, evidence: Mapping[str, Any]) -> set[str]:
    """
    Return the families whose architecture a model reuses under names of its own, or under a name that its own header gives: a
    GGUF file names the architecture that runs it. Only an identical structure counts then, and not that of the family whose
    name the model has: many designs of their own are run as Llama.
    """
    if verdict.has_own_names:
        return set(verdict.comparison.families())
    header = evidence.get("gguf_header")
    if header is None or plain_config(evidence) or "safetensors_header" in evidence:
        return set()
    name = verdict.declaration.get("model_name")
    own = base_model_named(name) if isinstance(name, str) else None
    families = set(verdict.comparison.identical_families())
    return set() if own and families & set(own.families) else families


def _assess_adapter(verdict: Verdict, evidence: Mapping[str, Any]) -> None:
    """An adapter that names a known base contradicts a declaration that names none, or another one, by itself."""
    if isinstance(evidence.get("adapter_config.json"), Mapping):
        verdict.found.add(codes.LORA_ADAPTER)
    name = verdict.declaration.get("model_name")
    base = adapter_base(evidence, name if isinstance(name, str) else None)
    if base is None:
        return
    verdict.adapter_of = base.families
    says_something = verdict.is_self_developed or named_bases(verdict.declaration)
    if says_something and not explains(verdict.declaration, base):
        verdict.found.add(codes.DECLARED_BASE_CONTRADICTED)


def _undeclared_in_the_card(verdict: Verdict, evidence: Mapping[str, Any]) -> Iterator[Residue]:
    """Yield base models that the model card names and the declaration does not: the card is a statement of the filer, too."""
    card = evidence.get("model_card_front_matter")
    named = card.get("base_model") if isinstance(card, Mapping) else None
    declared = {folded_model(name) for name in declared_bases(verdict.declaration)}
    for name in named if isinstance(named, list) else [named]:
        if isinstance(name, str) and folded_model(name) not in declared and (base := base_model_named(name)):
            yield Residue("model_card_front_matter/base_model", name[:200], (base.family,))


def _has_own_names(verdict: Verdict, config: Config) -> bool:
    """Whether tensors or classes have names of their own; if no class is named, whether the model type is unknown."""
    if verdict.renamed:
        return True
    if config.classes:
        return not {stem_of(name) for name in names_in_files().classes} & {stem_of(name) for name in config.classes}
    return bool(config.model_type) and config.model_type not in names_in_files().types


def _assess_declared_base(verdict: Verdict, known: References) -> None:
    """Compare the structure with the declared base model, if the relation preserves structure and the table has the model."""
    if verdict.structure is None:
        return
    same_block = [reference.id for reference in verdict.comparison.same_block]
    if is_consistent(verdict.declaration, same_block):
        verdict.found.add(codes.DECLARED_BASE_CONSISTENT)
    elif is_contradicted(verdict.declaration, same_block, has_block=verdict.structure.block is not None, known=known):
        verdict.found.add(codes.DECLARED_BASE_CONTRADICTED)


def _assess_tokenizer(verdict: Verdict, evidence: Mapping[str, Any], known: References) -> None:
    try:
        verdict.tokenizer = tokenizer_finding(evidence, known)
    except Unusable as fault:
        verdict.faults.append(("tokenizer.json", fault))
