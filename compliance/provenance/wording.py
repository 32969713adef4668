"""
Describe a verdict as text: three separate answers (structure, tokenizer, weights), names in the files, the declaration.

The text gives no probabilities. It shows the value of a structure as evidence by counts of known models, and by the measured
base rates (provenance.md §1).
"""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType

from compliance.language import Bilingual, Language
from compliance.provenance import findings as codes
from compliance.provenance import sketches as weighing
from compliance.provenance import tokenizers as spelling
from compliance.provenance.comparing import NONE
from compliance.provenance.filling import All, Filling, filled
from compliance.provenance.residues import declared_bases
from compliance.provenance.verdict import Verdict
from compliance.provenance.wording_structure import faults, structure

STRUCTURE, TOKENIZER, WEIGHTS, NAMES, DECLARATION = "structure", "tokenizer", "weights", "names", "declaration"
PARTS = MappingProxyType(
    {
        STRUCTURE: Bilingual("Structure", "结构"),
        TOKENIZER: Bilingual("Tokenizer", "分词器"),
        WEIGHTS: Bilingual("Weight origin", "权重来源"),
        NAMES: Bilingual("Names in the files", "文件中的名称"),
        DECLARATION: Bilingual("Declaration and conclusion", "申明与结论"),
    }
)
CAVEAT = Bilingual(
    "A structure identifies an architecture, not the origin of the weights: independent developers often choose the same one. "
    "The comparison is exact and covers only the models in the reference table. A weight sketch is a statement by the filer until "
    "it is recomputed.",
    "结构只能说明架构，不能说明权重来源：相互独立的开发者常选用相同的架构。比对为精确比对，且仅限于参考表中的模型；权重摘要"
    "在复算之前仅为填报人的陈述。",
)


def as_text(verdict: Verdict, language: Language) -> str:
    """Return the verdict as text, one line for each part."""
    lines = []
    for part, sentences in in_parts(verdict, language).items():
        colon, space = ("：", "") if language == "zh" else (": ", " ")
        lines.append(f"{PARTS[part].in_(language)}{colon}{space.join(sentences)}")
    return "\n".join([*lines, CAVEAT.in_(language)])


def in_parts(verdict: Verdict, language: Language) -> dict[str, list[str]]:
    """Return the sentences of each part, in display order."""
    return {
        STRUCTURE: [*faults(verdict, language), *filled(structure(verdict), language)],
        TOKENIZER: list(filled(_tokenizer(verdict), language)),
        WEIGHTS: list(filled(_weights(verdict), language)),
        **({NAMES: names} if (names := list(filled(_names(verdict), language))) else {}),
        DECLARATION: list(filled(_declaration(verdict), language)),
    }


def _tokenizer(verdict: Verdict) -> Iterator[Filling]:
    tokenizer = verdict.tokenizer
    if tokenizer is None:
        yield _NO_TOKENIZER, {}
        return
    for name, like in tokenizer.likenesses:
        yield _LIKENESS[like.kind], {"name": name, "more": abs(like.more), "share": f"{like.in_common:.0%}"}
    if tokenizer.same_features:
        yield _SAME_FEATURES, {"models": list(tokenizer.same_features)}
    elif not tokenizer.likenesses:
        yield _NOTHING_ALIKE, {}
    if tokenizer.same_start:
        yield _SAME_START, {"count": tokenizer.same_start}


_NO_TOKENIZER = Bilingual("no tokenizer was filed.", "未提交分词器。")
_NOTHING_ALIKE = Bilingual("it matches no known tokenizer.", "没有与之一致的已知分词器。")
_SAME_FEATURES = Bilingual(
    "size, number of merges and first merges are the same as in {models}. Independent models often share a tokenizer; this is no "
    "evidence about weights.",
    "词表大小、合并规则数量和前若干条合并规则与 {models} 一致。相互独立的模型常共用分词器：这不是权重来源的证据。",
)
_SAME_START = Bilingual(
    "{count} known models begin with the same merges. This alone is no evidence.",
    "{count} 个已知模型的前若干条合并规则相同，仅此不构成证据。",
)
_LIKENESS = MappingProxyType(
    {
        spelling.IDENTICAL: Bilingual("the vocabulary is identical to that of {name}.", "整个词表与 {name} 相同。"),
        spelling.EXTENDED: Bilingual(
            "the vocabulary is that of {name} with {more} tokens appended.",
            "词表以 {name} 的整个词表开头，其后增加 {more} 项。",
        ),
        spelling.SHORTENED: Bilingual(
            "the vocabulary is that of {name} without its last {more} tokens.",
            "词表与 {name} 相同，但缺少末尾 {more} 项。",
        ),
        spelling.PERMUTED: Bilingual(
            "it has the same tokens as {name} in a different order.", "词元与 {name} 相同，顺序不同。"
        ),
        spelling.PARTIAL: Bilingual(
            "it has {share} of its tokens in common with {name}.", "与 {name} 共有 {share} 的词元。"
        ),
    }
)


def _weights(verdict: Verdict) -> Iterator[Filling]:
    for file, name in verdict.same_files.items():
        yield _SAME_FILE, {"file": file, "name": name}
    for name, weights in verdict.weights.items():
        yield _COMPARED[weights.verdict], {"name": name, "measures": _measures(weights)}
    if not verdict.has_sketch and not verdict.same_files:
        yield _NO_EVIDENCE, {}
    elif verdict.has_sketch and not verdict.weights:
        yield _NO_REFERENCE, {}


def _measures(weights: weighing.Weights) -> list[Bilingual]:
    measures = (
        ("count sketch", "计数摘要", weights.cs),
        ("anchors", "锚点", weights.gram),
        ("standard deviations", "标准差", weights.pdf),
    )
    return [Bilingual(f"{en} {value:.2f}", f"{zh} {value:.2f}") for en, zh, value in measures if value is not None]


_NO_EVIDENCE = Bilingual("no evidence filed.", "未提交证据。")
_NO_REFERENCE = Bilingual(
    "a weight sketch was filed, but no reference sketch is comparable with it.",
    "已提交权重摘要，但没有可与之比对的参考摘要。",
)
_SAME_FILE = Bilingual(
    "{file} is byte for byte identical to a file of {name} (same SHA-256).",
    "根据 SHA-256，{file} 与 {name} 的文件逐字节相同。",
)
_COMPARED = MappingProxyType(
    {
        weighing.MATCH: Bilingual(
            "strong: the sketch matches {name} ({measures}).", "证据强：权重摘要与 {name} 一致（{measures}）。"
        ),
        weighing.INDEPENDENT: Bilingual("independent of {name} ({measures}).", "与 {name} 无关联（{measures}）。"),
        weighing.UNDECIDED: Bilingual(
            "the comparison with {name} is inconclusive ({measures}); the model counts as independent.",
            "与 {name} 的比对无法得出结论（{measures}），按无关联处理。",
        ),
        weighing.SHARED_PARTS: Bilingual(
            "shared initialization or shared layers with {name} ({measures}); this is not enough to conclude derivation.",
            "与 {name} 的初始化或部分层相同（{measures}），不足以认定为派生。",
        ),
        weighing.NOT_COMPARABLE: Bilingual("not comparable with {name}.", "无法与 {name} 比对。"),
    }
)


def _names(verdict: Verdict) -> Iterator[Filling]:
    for residue in verdict.residues:
        yield _RESIDUE, {"at": residue.at, "written": residue.written, "families": list(residue.families)}


_RESIDUE = Bilingual("{at} contains the name “{written}” ({families}).", "{at} 中含有名称“{written}”（{families}）。")


def _declaration(verdict: Verdict) -> Iterator[Filling]:
    bases = declared_bases(verdict.declaration)
    yield (
        (_DECLARED, {"bases": bases})
        if bases
        else (_SELF_DEVELOPED if verdict.is_self_developed else _NOT_DECLARED, {})
    )
    conclusions = [code for code in verdict.codes if code in _CONCLUSIONS]
    if codes.RESIDUAL_NAME in conclusions and verdict.names_only_declared:
        conclusions.remove(codes.RESIDUAL_NAME)
    for code in conclusions:
        names = [name for name in verdict.matched if not verdict.is_declared(name)]
        is_of_the_adapter = code == codes.DECLARED_BASE_CONTRADICTED and verdict.adapter_of
        values = {"families": All(verdict.comparison.families()), "names": names, "adapted": list(verdict.adapter_of)}
        yield _CONCLUSIONS[_ADAPTER if is_of_the_adapter else code], values
    if not conclusions:
        is_elsewhere = bases and verdict.comparison.kind != NONE
        yield (_NOT_COMPARED if is_elsewhere else _NOTHING_AGAINST), {"families": All(verdict.comparison.families())}
    if verdict.needs_sketch:
        yield _ASK_FOR_SKETCH, {}
    if verdict.needs_header:
        yield _ASK_FOR_HEADER, {}


_DECLARED = Bilingual("declared base model: {bases}.", "申明的基础模型：{bases}。")
_SELF_DEVELOPED = Bilingual("declared: self-developed, no base model.", "申明：自研，无基础模型。")
_NOT_DECLARED = Bilingual("no base model is declared.", "未申明基础模型。")
_NOTHING_AGAINST = Bilingual("The evidence does not contradict the declaration.", "证据与申明不矛盾。")
_NOT_COMPARED = Bilingual(
    "The reference table has no declared base model that the structure can be compared with; the structure matches {families}.",
    "参考表中没有可供比对的所申明基础模型；该结构与 {families} 相同。",
)
_ASK_FOR_SKETCH = Bilingual(
    "A weight sketch would give further evidence: request the SHA-256 of every weight file first, then provide a seed.",
    "权重摘要可提供进一步证据：请先要求提供每个权重文件的 SHA-256，再提供随机种子。",
)
_ASK_FOR_HEADER = Bilingual(
    "Request the header of the weight files: the configuration alone shows neither the structure nor the origin of the weights.",
    "请要求提交权重文件头：仅凭配置既不能说明结构，也不能说明权重来源。",
)
_ADAPTER = "adapter"
_CONCLUSIONS = MappingProxyType(
    {
        codes.INTEGRITY_ERROR: Bilingual(
            "Conclusion: the files are invalid or contradict themselves; request them again.",
            "结论：文件无效或自相矛盾，请要求重新提交。",
        ),
        codes.RESIDUAL_NAME: Bilingual(
            "Conclusion: the files name a known model; ask the filer what it was used for.",
            "结论：文件中留有已知模型的名称，请向填报人询问其用途。",
        ),
        codes.UNDECLARED_ARCHITECTURE_REUSE: Bilingual(
            "Conclusion: undeclared reuse of an architecture ({families}). This is no evidence about the origin of the weights.",
            "结论：未申明沿用已有架构（{families}）。这不能证明权重来源。",
        ),
        codes.DECLARED_BASE_CONSISTENT: Bilingual(
            "Conclusion: the structure matches the declared base model.", "结论：结构与申明的基础模型相符。"
        ),
        codes.DECLARED_BASE_CONTRADICTED: Bilingual(
            "Conclusion: the structure does not match the declared base model.", "结论：结构与申明的基础模型不符。"
        ),
        _ADAPTER: Bilingual(
            "Conclusion: the adapter names its base model ({adapted}); the declaration does not.",
            "结论：适配器写明了其基础模型（{adapted}），而申明未写明。",
        ),
        codes.LICENSE_NAME_RULE: codes.MEANINGS[codes.LICENSE_NAME_RULE],
        codes.LICENSE_INCOMPATIBLE: codes.MEANINGS[codes.LICENSE_INCOMPATIBLE],
        codes.UNDECLARED_WEIGHT_REUSE: Bilingual(
            "Conclusion: the weights match {names}, which is not declared.",
            "结论：权重与 {names} 一致，但未申明该模型。",
        ),
    }
)
