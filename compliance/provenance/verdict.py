"""
The verdict on a model's evidence: structure, tokenizer and weights as three separate answers, never one score.

Only a weight sketch or the hash of a file can say "weights". Where the evidence is ambiguous, models count as independent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from compliance.provenance import findings as codes
from compliance.provenance import sketches as weighing
from compliance.provenance.cards import front_matter_of
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
from compliance.provenance.faults import Unusable
from compliance.provenance.naming import Renaming, is_fused_otherwise, renamings
from compliance.provenance.references import Reference, known_classes, known_types, references
from compliance.provenance.residues import Residue, declared_bases, named_bases, residues
from compliance.provenance.structure import Structure, structure_of
from compliance.provenance.tensors import (
    Contradiction,
    Header,
    is_part_of,
    read_gguf,
    read_safetensors,
    total_size_differs,
)
from compliance.provenance.tokenizers import TokenizerFinding, tokenizer_finding
from registry.names import folded_model
from registry.reference.hub import base_model_named, license_of_card
from registry.reference.licenses import License, license_named

SELF_DEVELOPED = "self-developed"
# Relations by which a child keeps the layers of its parent as they are, and those by which it takes no weights at all.
KEEPS_THE_BLOCK = frozenset({"finetune", "continued_pretraining", "adapter", "quantized", None})
WITHOUT_WEIGHTS = frozenset({"architecture_only", "api_call", "distillation"})


def relation_of(declaration: Mapping[str, Any]) -> str | None:
    """The declared relation, however it is spelled; None where none is said."""
    said = str(declaration.get("base_model_relation") or "").strip().casefold()
    folded = re.sub(r"[\s_-]+", "", said)
    return _RELATIONS.get(folded, said) or None


_RELATIONS = {
    "finetune": "finetune",
    "finetuned": "finetune",
    "finetuning": "finetune",
    "continuedpretraining": "continued_pretraining",
    "lora": "adapter",
    "quantised": "quantized",
    "quantization": "quantized",
    "architectureonly": "architecture_only",
    "apicall": "api_call",
}


def stem_of(name: str) -> str:
    """The name of an architecture without the task: LlamaForCausalLM, LlamaModel and LlamaForSequenceClassification are one."""
    return re.sub(r"(?:For[A-Z]\w*|LMHeadModel|Model)$", "", name)


@dataclass(slots=True)
class Verdict:
    """All that the evidence of one model shows; `codes` in the order of findings.py, everything else what they rest on."""

    declaration: Mapping[str, Any]
    found: set[str] = field(default_factory=set)
    structure: Structure | None = None
    comparison: Comparison = field(default_factory=lambda: Comparison(NONE))
    has_header: bool = False
    goes_by_own_names: bool = False
    is_incomplete: bool = False
    depth_of: Reference | None = None
    vocabulary_change: int = 0
    renamed: list[Renaming] = field(default_factory=list)
    contradictions: list[Contradiction] = field(default_factory=list)
    config_differs: list[Contradiction] = field(default_factory=list)
    residues: list[Residue] = field(default_factory=list)
    tokenizer: TokenizerFinding | None = None
    weights: dict[str, weighing.Weights] = field(default_factory=dict)
    has_sketch: bool = False
    same_files: dict[str, str] = field(default_factory=dict)
    faults: list[tuple[str, Unusable]] = field(default_factory=list)

    @property
    def codes(self) -> list[str]:
        return codes.in_order(self.found)

    @property
    def matched(self) -> list[str]:
        """The references whose weights match."""
        by_sketch = [name for name, weights in self.weights.items() if weights.verdict == weighing.MATCH]
        return list(dict.fromkeys([*self.same_files.values(), *by_sketch]))

    @property
    def is_self_developed(self) -> bool:
        claim = re.sub(r"[\s_-]+", "-", str(self.declaration.get("claim") or "").strip().casefold())
        return claim == SELF_DEVELOPED or (not claim and not declared_bases(self.declaration))

    @property
    def names_only_declared(self) -> bool:
        """Whether every known model that the files still name is of a declared family."""
        declared = {base.family for base in named_bases(self.declaration)}
        return all(set(residue.families) <= declared for residue in self.residues)

    @property
    def wants_sketch(self) -> bool:
        """Whether a sketch matters (provenance.md §1): a known structure without a base model, or a base that does not fit."""
        is_open = self.is_self_developed and self.comparison.kind != NONE
        return not self.has_sketch and (is_open or codes.DECLARED_BASE_CONTRADICTED in self.found)

    def is_declared(self, name: str) -> bool:
        """Whether a reference is the model itself, or a base model that the declaration names."""
        own = self.declaration.get("model_name")
        names = [*declared_bases(self.declaration), own if isinstance(own, str) else ""]
        folded = {folded_model(each.rsplit("/", 1)[-1]) for each in names if each}
        if folded_model(name.rsplit("/", 1)[-1]) in folded:
            return True
        matched = base_model_named(name)
        return matched is not None and any(base.family == matched.family for base in named_bases(self.declaration))


def assess(
    declaration: Mapping[str, Any],
    evidence: Mapping[str, Any],
    *,
    known: Sequence[Reference] | None = None,
    sketches: Sequence[tuple[str, weighing.Sketch]] = (),
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
    _judge_licenses(verdict, evidence)
    _judge_tokenizer(verdict, evidence, known)
    _judge_weights(verdict, evidence, sketches, public_files or {})
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
    if _is_consistent(verdict.declaration, same_block):
        verdict.found.add(codes.DECLARED_BASE_CONSISTENT)
    elif is_contradicted(verdict.declaration, same_block, has_block=verdict.structure.block is not None, known=known):
        verdict.found.add(codes.DECLARED_BASE_CONTRADICTED)


def _is_consistent(declaration: Mapping[str, Any], same_block: Sequence[str]) -> bool:
    """Whether a declared base model is among the known models with this block."""
    families = {reference.family for reference in references() if reference.id in same_block}
    return any(
        bool(set(base.models) & set(same_block)) if base.models else base.family in families
        for base in named_bases(declaration)
    )


def is_contradicted(
    declaration: Mapping[str, Any],
    same_block: Sequence[str],
    *,
    has_block: bool,
    known: Sequence[Reference] | None = None,
) -> bool:
    """
    Whether a structure cannot be that of any declared base model. `same_block` are the ids of the known models with the
    same block. Only relations that keep the layers as they are say so, only base models that the table holds, and only layers
    whose parts can be told by their roles.
    """
    bases = named_bases(declaration)
    keeps = relation_of(declaration) in KEEPS_THE_BLOCK
    if not bases or not keeps or not has_block or _is_consistent(declaration, same_block):
        return False
    held = {reference.id for reference in (references() if known is None else known)}
    return all(held & set(base.models) for base in bases)


def _judge_licenses(verdict: Verdict, evidence: Mapping[str, Any]) -> None:
    """The licenses of declared base models, where by the declared relation weights, or outputs, reach the model."""
    relation = relation_of(verdict.declaration)
    name = verdict.declaration.get("model_name")
    own_name = name.rsplit("/", 1)[-1] if isinstance(name, str) else None
    for base in named_bases(verdict.declaration):
        license = license_named(base.license)
        if license is None or (relation in WITHOUT_WEIGHTS and not _by_outputs(relation, license)):
            continue
        if own_name and not license.names(own_name):
            verdict.found.add(codes.LICENSE_NAME_RULE)
        if any(license.is_contradicted_by(own) for own in _own_licenses(verdict, evidence)):
            verdict.found.add(codes.LICENSE_INCOMPATIBLE)


def _by_outputs(relation: Any, license: License) -> bool:
    return relation == "distillation" and license.reaches_outputs


def _own_licenses(verdict: Verdict, evidence: Mapping[str, Any]) -> Iterator[str | None]:
    card = evidence.get("model_card_front_matter")
    for told in (verdict.declaration.get("license"), card.get("license") if isinstance(card, Mapping) else None):
        for each in told if isinstance(told, list) else [told]:
            if isinstance(each, str):
                yield license_of_card(each)


def _judge_tokenizer(verdict: Verdict, evidence: Mapping[str, Any], known: Sequence[Reference]) -> None:
    try:
        verdict.tokenizer = tokenizer_finding(evidence, known)
    except Unusable as fault:
        verdict.faults.append(("tokenizer.json", fault))


def _judge_weights(
    verdict: Verdict,
    evidence: Mapping[str, Any],
    sketches: Sequence[tuple[str, weighing.Sketch]],
    public_files: Mapping[str, str],
) -> None:
    hashes = evidence.get("file_hashes")
    for file, digest in hashes.items() if isinstance(hashes, Mapping) else ():
        if isinstance(digest, str) and (name := public_files.get(digest.lower())):
            verdict.same_files[str(file)] = name
    _weigh(verdict, evidence, sketches)
    told = [weights.verdict for weights in verdict.weights.values()]
    if verdict.matched:
        verdict.found.add(codes.WEIGHTS_MATCH)
    elif told and all(answer == weighing.INDEPENDENT for answer in told):
        verdict.found.add(codes.WEIGHTS_INDEPENDENT)
    if any(not verdict.is_declared(name) for name in verdict.matched):
        verdict.found.add(codes.UNDECLARED_WEIGHT_REUSE)


def _weigh(verdict: Verdict, evidence: Mapping[str, Any], sketches: Sequence[tuple[str, weighing.Sketch]]) -> None:
    document = evidence.get("weight_sketch")
    if document is None:
        return
    try:
        found = weighing.read_sketch(document)
        beside = evidence.get("reference_sketches")
        read = {
            str(name): weighing.read_sketch(each)
            for name, each in (beside.items() if isinstance(beside, Mapping) else ())
        }
    except Unusable as fault:
        verdict.faults.append(("weight_sketch", fault))
        return
    verdict.has_sketch = True
    for name, reference in [*sketches, *read.items()]:
        weights = weighing.compared(found, reference)
        held = verdict.weights.get(name)
        # A model may have several sketches, under several seeds; what says most counts.
        if weights.verdict != weighing.NOT_COMPARABLE and (held is None or weights.says_more_than(held)):
            verdict.weights[name] = weights
        _compare_shapes(verdict, found, reference)


def _compare_shapes(verdict: Verdict, found: weighing.Sketch, reference: weighing.Sketch) -> None:
    """A reference sketch shows a structure too: that of a model that the table may not have."""
    if verdict.comparison.kind == NONE and _is_of(found, verdict.structure) and found.shapes == reference.shapes:
        verdict.comparison = Comparison(IDENTICAL)
        verdict.found = (verdict.found - {codes.STRUCT_NONE}) | {codes.STRUCT_IDENTICAL}


def _is_of(sketch: weighing.Sketch, structure: Structure | None) -> bool:
    """Whether a sketch can be that of a structure: as deep, and as large a vocabulary of the same width."""
    if structure is None or structure.vocabulary is None:
        return False
    embed = sketch.shapes.get(("embed", None), ())
    return sketch.depth == structure.depth and sorted(embed) == sorted((structure.vocabulary, structure.width))
