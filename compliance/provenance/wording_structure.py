"""Describe the structure part of a verdict, with counts of known models in place of probabilities."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from types import MappingProxyType

from compliance.language import Bilingual, Language
from compliance.provenance import findings as codes
from compliance.provenance.configurations import ConfigurationMatch
from compliance.provenance.filling import All, Filling
from compliance.provenance.known_structures import names_in_files
from compliance.provenance.references import Reference
from compliance.provenance.verdict import Verdict


def faults(verdict: Verdict, language: Language) -> Iterator[str]:
    for file, fault in verdict.faults:
        at = f"{file}{':' if fault.at else ''}{fault.at}"
        yield _UNUSABLE.filled(language, {"at": at, "fault": fault.message(language)})


_UNUSABLE = Bilingual("{at} is invalid: {fault}", "{at} 无效：{fault}")


def structure(verdict: Verdict) -> Iterator[Filling]:
    if not verdict.has_header and not verdict.faults:
        yield from _configuration(verdict)
    elif verdict.has_header and verdict.structure is None and codes.STRUCT_IDENTICAL not in verdict.found:
        yield _NO_LAYERS, {}
    elif verdict.has_header:
        yield from _likeness(verdict)
    if verdict.is_incomplete:
        yield _INCOMPLETE, {}
    yield from _differences(verdict)
    for contradiction in verdict.contradictions:
        yield _CONTRADICTIONS[contradiction.code], contradiction.values
    for difference in verdict.config_differs:
        yield _CONFIG_DIFFERS, {"field": difference.code, **difference.values}


def _configuration(verdict: Verdict) -> Iterator[Filling]:
    match = verdict.configuration
    if match is None:
        yield _NO_HEADER, {}
        return
    if match.models:
        yield (_CONFIGURATION if match.same else _LIKE_CONFIGURATION), {"models": _names_of(match.models)}
        yield from _how_many(match)
    else:
        yield _OWN_CONFIGURATION, {"all": match.compared}
    for role, depth, width in verdict.towers:
        yield _TOWER, {"role": _ROLES[role], "depth": depth or "?", "width": width or "?"}


def _how_many(match: ConfigurationMatch) -> Iterator[Filling]:
    families = Counter(reference.family for reference in match.models)
    values = {"models": len(match.models), "all": match.compared, "count": len(families)}
    yield _CONFIGURATIONS, {**values, "families": All(_counted(families))}


_CONFIGURATION = Bilingual(
    "the configuration has all the sizes of {models}; no header was filed. A configuration can be copied or edited, so it says less "
    "than a header.",
    "配置中的各项尺寸与 {models} 全部相同，但未提交文件头。配置可以照抄或改写，证明力弱于文件头。",
)
_LIKE_CONFIGURATION = Bilingual(
    "the layers in the configuration have the sizes of those of {models}, but depth or vocabulary size differ; no header was filed. "
    "Many independent models share such sizes.",
    "配置中各层的尺寸与 {models} 相同，但层数或词表大小不同，且未提交文件头。许多独立训练的模型也采用相同尺寸。",
)
_CONFIGURATIONS = Bilingual(
    "{models} of {all} known configurations ({count} families) are alike: {families}.",
    "{all} 份已知配置中有 {models} 份与之相同，分属 {count} 个系列：{families}。",
)
_OWN_CONFIGURATION = Bilingual(
    "no file header was filed. None of {all} known configurations is the same.",
    "未提交文件头。{all} 份已知配置中没有与之相同的。",
)
_TOWER = Bilingual("It has a {role} of {depth} layers of width {width}.", "另有{role}：{depth} 层，宽度 {width}。")
_ROLES = MappingProxyType({"vision": Bilingual("vision tower", "视觉塔"), "audio": Bilingual("audio tower", "音频塔")})
_NO_HEADER = Bilingual("no file header was filed.", "未提交文件头。")
_NO_LAYERS = Bilingual("the header contains no layers that can be compared.", "文件头中没有可供比对的层结构。")
_INCOMPLETE = Bilingual(
    "Only some of the shards in the index were filed. Depth and vocabulary are not assessed; request the other shards.",
    "仅提交了索引所列分片中的一部分，未评估层数和词表；请要求提交其余分片。",
)
_CONFIG_DIFFERS = Bilingual(
    "{field} is {found} in config.json but {asked} in the header.",
    "config.json 中 {field} 为 {found}，而文件头显示为 {asked}。",
)
_CONTRADICTIONS = MappingProxyType(
    {
        "gap_or_overlap": Bilingual(
            "The header contradicts itself: {tensor} begins at byte {found}, but the previous tensor ends at {asked}.",
            "文件头自相矛盾：{tensor} 起始于第 {found} 字节，而前一张量止于第 {asked} 字节。",
        ),
        "size": Bilingual(
            "The header contradicts itself: {tensor} takes {found} bytes, but its shape and type require {asked}.",
            "文件头自相矛盾：{tensor} 占 {found} 字节，而按其形状和类型应为 {asked} 字节。",
        ),
        "total_size": Bilingual(
            "The total size is {found} bytes in the index but {asked} in the headers.",
            "索引文件记载总计 {found} 字节，而张量共占 {asked} 字节。",
        ),
        "weight_map": Bilingual(
            "The tensors in the index ({found}) and in the headers ({asked}) are not the same.",
            "索引文件列出 {found} 个张量，文件头中有 {asked} 个，两者不一致。",
        ),
    }
)


def _likeness(verdict: Verdict) -> Iterator[Filling]:
    comparison = verdict.comparison
    models = len(comparison.same_block)
    families = Counter(reference.family for reference in comparison.same_block)
    if codes.STRUCT_IDENTICAL in verdict.found and not models:
        yield _LIKE_A_SKETCH, {}
        return
    if comparison.identical:
        yield _IDENTICAL, {"models": _names_of(comparison.identical)}
    elif models:
        yield _SAME_BLOCK, {"models": _names_of(comparison.closest)}
    else:
        yield _UNKNOWN, {"all": names_in_files().number_of_layers}
        return
    yield (
        _COUNT if len(families) > 1 else _COUNT_ONE if models > 1 else _ONLY_ONE,
        {
            "models": models,
            "all": names_in_files().number_of_layers,
            "count": len(families),
            "families": All(_counted(families)),
        },
    )
    if verdict.structure is not None and verdict.structure.block is None:
        yield _BY_SHAPES, {}


def _counted(families: Counter[str]) -> list[str]:
    """Return each family with the number of its models; a single family needs no number, since the sentence gives it."""
    return [f"{name} ({count})" if len(families) > 1 else name for name, count in sorted(families.items())]


def _names_of(known: Sequence[Reference]) -> list[str]:
    return [reference.name for reference in known]


_IDENTICAL = Bilingual(
    "identical to: {models} (layer block, depth and vocabulary size).",
    "与以下模型完全相同：{models}（层结构、层数和词表大小）。",
)
_SAME_BLOCK = Bilingual(
    "the layer block is the same as in {models}; the depth or the vocabulary size differs.",
    "层结构与 {models} 相同，层数或词表大小不同。",
)
_UNKNOWN = Bilingual("none of the {all} known models has this layer block.", "{all} 个已知模型均无此层结构。")
_COUNT = Bilingual(
    "{models} of {all} known models ({count} families) have this block: {families}.",
    "{all} 个已知模型中有 {models} 个具有该层结构，分属 {count} 个系列：{families}。",
)
_COUNT_ONE = Bilingual(
    "{models} of {all} known models have this block, all of them in the family {families}.",
    "{all} 个已知模型中有 {models} 个具有该层结构，均属 {families} 系列。",
)
_ONLY_ONE = Bilingual(
    "1 of {all} known models has this block, in the family {families}.",
    "{all} 个已知模型中仅有 1 个具有该层结构，属 {families} 系列。",
)
_LIKE_A_SKETCH = Bilingual(
    "the shapes are the same as in a stored reference sketch; no model in the reference table has them.",
    "张量形状与一份已存储的参考摘要相同，参考表中没有这样的模型。",
)
_BY_SHAPES = Bilingual(
    "The roles of the parts of a layer cannot be identified; the shapes of whole layers were compared.",
    "无法识别层内各部分的作用，比对的是整层的张量形状。",
)


def _differences(verdict: Verdict) -> Iterator[Filling]:
    structure, nearest = verdict.structure, verdict.depth_changed_from
    if nearest is not None and structure is not None:
        yield _DEPTH, {"found": structure.depth, "asked": nearest.depth, "model": nearest.name}
    if verdict.vocabulary_change:
        sentence = _EXTENDED if verdict.vocabulary_change > 0 else _REDUCED
        yield sentence, {"by": abs(verdict.vocabulary_change)}
    if verdict.renamed:
        yield _RENAMED, {"count": len(verdict.renamed), "renamed": [str(each) for each in verdict.renamed]}
    for code in (codes.QKV_FUSED, codes.QUANTISED, codes.LORA_ADAPTER):
        if code in verdict.found:
            yield codes.MEANINGS[code], {}


_DEPTH = Bilingual("The model has {found} layers; {model} has {asked}.", "共 {found} 层，{model} 为 {asked} 层。")
_EXTENDED = Bilingual("The vocabulary is larger by {by} tokens.", "词表多 {by} 项。")
_REDUCED = Bilingual("The vocabulary is smaller by {by} tokens.", "词表少 {by} 项。")
_RENAMED = Bilingual("Renamed tensors (found → known): {renamed}.", "张量名称有改动（现名 → 参考名）：{renamed}。")
