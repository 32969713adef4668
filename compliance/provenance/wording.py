"""
A verdict in plain words: three separate answers (structure, tokenizer, weights), what the files still say, the declaration.

No probability is invented: what a structure is worth as evidence is said by counts of known models, and by the base rates that
were measured (provenance.md §1).
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
    "A structure shows an architecture, never whose weights a model holds: independent developers often choose the same one. "
    "The comparison is exact and with the models of the table only; a sketch is the filer's own statement until it is computed "
    "again.",
    "结构只能说明架构，不能说明权重来自何处：相互独立的开发者常选用相同的架构。比对为精确比对，且仅限于参考表中的模型；权重摘要"
    "在复算之前仍是申报者自己的陈述。",
)


def as_text(verdict: Verdict, language: Language) -> str:
    """Return the whole verdict as text, a line for each part."""
    lines = []
    for part, sentences in in_parts(verdict, language).items():
        colon, space = ("：", "") if language == "zh" else (": ", " ")
        lines.append(f"{PARTS[part].in_(language)}{colon}{space.join(sentences)}")
    return "\n".join([*lines, CAVEAT.in_(language)])


def in_parts(verdict: Verdict, language: Language) -> dict[str, list[str]]:
    """Return the sentences of each part, in the order in which they are read."""
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
_NOTHING_ALIKE = Bilingual("none that is known agrees with it.", "没有与之一致的已知分词器。")
_SAME_FEATURES = Bilingual(
    "size, number of merges and first merges agree with {models}. Independent models often share a tokenizer: no evidence about "
    "weights.",
    "词表大小、合并规则数量和前若干条合并规则与 {models} 一致。相互独立的模型常共用分词器：这不是权重来源的证据。",
)
_SAME_START = Bilingual(
    "{count} known models begin with the same merges, which says nothing by itself.",
    "{count} 个已知模型的前若干条合并规则相同，这本身不说明问题。",
)
_LIKENESS = MappingProxyType(
    {
        spelling.IDENTICAL: Bilingual("the whole vocabulary is that of {name}.", "整个词表与 {name} 相同。"),
        spelling.EXTENDED: Bilingual(
            "the vocabulary begins with the whole of {name}'s, with {more} tokens appended.",
            "词表以 {name} 的整个词表开头，其后增加 {more} 项。",
        ),
        spelling.SHORTENED: Bilingual(
            "the vocabulary is the beginning of {name}'s, {more} tokens shorter.",
            "词表为 {name} 词表的开头部分，少 {more} 项。",
        ),
        spelling.PERMUTED: Bilingual("the same tokens as {name}, in another order.", "词元与 {name} 相同，顺序不同。"),
        spelling.PARTIAL: Bilingual("{share} of the tokens in common with {name}.", "与 {name} 共有 {share} 的词元。"),
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
    told = (
        ("count sketch", "计数摘要", weights.cs),
        ("anchors", "锚点", weights.gram),
        ("spread", "离散度", weights.pdf),
    )
    return [Bilingual(f"{en} {value:.2f}", f"{zh} {value:.2f}") for en, zh, value in told if value is not None]


_NO_EVIDENCE = Bilingual("no evidence filed.", "未提交证据。")
_NO_REFERENCE = Bilingual(
    "a sketch is filed; there is no reference sketch that it can be compared with.",
    "已提交权重摘要，但没有可与之比对的参考摘要。",
)
_SAME_FILE = Bilingual(
    "{file} is byte for byte a file of {name}, by its SHA-256.", "按 SHA-256，{file} 与 {name} 的文件逐字节相同。"
)
_COMPARED = MappingProxyType(
    {
        weighing.MATCH: Bilingual(
            "strong: the sketch matches {name} ({measures}).", "证据强：权重摘要与 {name} 一致（{measures}）。"
        ),
        weighing.INDEPENDENT: Bilingual("independent of {name} ({measures}).", "与 {name} 无关联（{measures}）。"),
        weighing.UNDECIDED: Bilingual(
            "undecided against {name} ({measures}); so it counts as independent.",
            "与 {name} 的比对不能定论（{measures}），因此按无关联处理。",
        ),
        weighing.SHARED_PARTS: Bilingual(
            "shared initialization or shared layers with {name} ({measures}); this is not enough to say derived.",
            "与 {name} 的初始化或部分层相同（{measures}），不足以认定为派生。",
        ),
        weighing.NOT_COMPARABLE: Bilingual("not comparable with {name}.", "无法与 {name} 比对。"),
    }
)


def _names(verdict: Verdict) -> Iterator[Filling]:
    for residue in verdict.residues:
        yield _RESIDUE, {"at": residue.at, "written": residue.written, "families": list(residue.families)}


_RESIDUE = Bilingual("{at} says “{written}” ({families}).", "{at} 中写有“{written}”（{families}）。")


def _declaration(verdict: Verdict) -> Iterator[Filling]:
    bases = declared_bases(verdict.declaration)
    yield (
        (_DECLARED, {"bases": bases})
        if bases
        else (_SELF_DEVELOPED if verdict.is_self_developed else _NOT_DECLARED, {})
    )
    told = [code for code in verdict.codes if code in _CONCLUSIONS]
    if codes.RESIDUAL_NAME in told and verdict.names_only_declared:
        told.remove(codes.RESIDUAL_NAME)
    for code in told:
        names = [name for name in verdict.matched if not verdict.is_declared(name)]
        yield _CONCLUSIONS[code], {"families": All(verdict.comparison.families()), "names": names}
    if not told:
        is_elsewhere = bases and verdict.comparison.kind != NONE
        yield (_NOT_COMPARED if is_elsewhere else _NOTHING_AGAINST), {"families": All(verdict.comparison.families())}
    if verdict.wants_sketch:
        yield _ASK_FOR_SKETCH, {}


_DECLARED = Bilingual("declared base model: {bases}.", "申明的基础模型：{bases}。")
_SELF_DEVELOPED = Bilingual("declared: self-developed, no base model.", "申明：自研，无基础模型。")
_NOT_DECLARED = Bilingual("no base model is declared.", "未申明基础模型。")
_NOTHING_AGAINST = Bilingual("Nothing in the evidence speaks against the declaration.", "证据中没有与申明相悖之处。")
_NOT_COMPARED = Bilingual(
    "The table holds no declared base model whose structure would have to be the same; this one is that of {families}.",
    "参考表中没有结构须与之相同的所申明基础模型；该结构属于 {families}。",
)
_ASK_FOR_SKETCH = Bilingual(
    "A weight sketch would tell more: ask for the SHA-256 of every weight file first, then give a seed.",
    "权重摘要可提供进一步证据：先索取每个权重文件的 SHA-256，再发给随机种子。",
)
_CONCLUSIONS = MappingProxyType(
    {
        codes.INTEGRITY_ERROR: Bilingual(
            "Conclusion: the files contradict themselves; ask for them again.", "结论：文件自相矛盾，请重新索取。"
        ),
        codes.RESIDUAL_NAME: Bilingual(
            "Conclusion: the files name a known model; ask what it was used for.",
            "结论：文件中留有已知模型的名称，请询问其用途。",
        ),
        codes.UNDECLARED_ARCHITECTURE_REUSE: Bilingual(
            "Conclusion: architecture reuse not declared ({families}). This says nothing about the weights.",
            "结论：未申明沿用已有架构（{families}）。这不说明权重来源。",
        ),
        codes.DECLARED_BASE_CONSISTENT: Bilingual(
            "Conclusion: the structure fits the declared base model.", "结论：结构与申明的基础模型相符。"
        ),
        codes.DECLARED_BASE_CONTRADICTED: Bilingual(
            "Conclusion: the structure is not that of the declared base model.", "结论：结构与申明的基础模型不符。"
        ),
        codes.LICENSE_NAME_RULE: codes.MEANINGS[codes.LICENSE_NAME_RULE],
        codes.LICENSE_INCOMPATIBLE: codes.MEANINGS[codes.LICENSE_INCOMPATIBLE],
        codes.UNDECLARED_WEIGHT_REUSE: Bilingual(
            "Conclusion: the weights match {names}, which is not declared.",
            "结论：权重与 {names} 一致，而申明中没有该模型。",
        ),
    }
)
