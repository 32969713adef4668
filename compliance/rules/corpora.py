"""COR, continued: the sources of a model's corpora, and the description and filtering of each corpus."""

from __future__ import annotations

from collections.abc import Iterator

from compliance.dossier.lineage import Model
from compliance.dossier.schema import Dossier
from compliance.dossier.training import Corpus
from compliance.rules.catalog import (
    ASSESSMENT_DAY,
    ERROR,
    GENERATIVE,
    PRACTICE,
    SECONDARY,
    UNCONFIRMED,
    WARNING,
    rule,
)
from compliance.rules.context import Context, same_name
from compliance.rules.problems import Problem, missing_entries
from compliance.rules.reading import gaps, own_corpora, own_models

FILTERS = ("keywords", "classifier", "manual")


@rule(
    "COR-11",
    "Training data from a single source",
    level=WARNING,
    basis=UNCONFIRMED,
    cites=("T03 5.1", "GB5 6.1"),
    kinds={GENERATIVE},
    judged_on=ASSESSMENT_DAY,
    messages={
        "one_source": (
            "All corpora of the modality {modality} come from one source.",
            "模态为{modality}的语料全部来自同一来源。",
        ),
        "overseas_only": (
            "There are corpora from overseas, but none from China.",
            "有境外来源语料，而没有境内来源语料。",
        ),
    },
)
def mixes_its_sources(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    The corpora of each modality should come from several sources, and overseas corpora should be combined with domestic ones.

    Why: a model trained on a single source is as one-sided as that source.

    Fix: add a corpus from another source; if a corpus combines several sources, list them separately.

    标题：训练语料来源单一

    要求：每种模态的语料应有多个来源，境外语料应与境内语料合理搭配。

    理由：来源单一，模型也会随之片面。

    补正：补充其他来源的语料；一项语料含多个来源的，分别列出。
    """
    for at, model in own_models(dossier):
        for modality in _from_one_source(model):
            yield Problem(at / "corpora", f"one_source:{modality}", {"modality": modality})
        origins = {corpus.origin for corpus in model.corpora or ()}
        if "overseas" in origins and "domestic" not in origins:
            yield Problem(at / "corpora", "overseas_only")


def _from_one_source(model: Model) -> Iterator[str]:
    sources: dict[str, set[str]] = {}
    for i, corpus in enumerate(model.corpora or ()):
        if corpus.modality:
            sources.setdefault(corpus.modality, set()).add(_source(corpus) or f"unnamed {i}")
    for modality, named in sources.items():
        if len(named) == 1:
            yield modality


def _source(corpus: Corpus) -> str:
    return same_name(corpus.source_name or "") or same_name(corpus.name or "")


@rule(
    "COR-12",
    "Corpus not fully described",
    level=ERROR,
    force=PRACTICE,
    basis=SECONDARY,
    cites=("FRM",),
    kinds={GENERATIVE},
    judged_on=ASSESSMENT_DAY,
    messages={
        "no_size": (
            "The size of the corpus is not given: neither items nor tokens nor bytes.",
            "未填写语料规模：条数、词元数、存储规模均未填写。",
        )
    },
)
def describes_each_corpus(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    Each corpus must have a source type, an origin, a modality and a size.

    Why: the form requires the source and the scale of all training data.

    Fix: fill in the missing fields; one of items, tokens and bytes is enough for the size.

    标题：语料信息不完整

    要求：每项语料须填写来源类型、境内外来源、模态和规模。

    理由：备案表要求说明全部训练语料的来源与规模。

    补正：补填缺失的项目；规模填写条数、词元数、存储规模之一即可。
    """
    for at, corpus in own_corpora(dossier):
        yield from gaps(at, corpus, "source_type", "origin", "modality")
        if corpus.items is None and corpus.tokens is None and corpus.bytes is None:
            yield Problem(at / "items", "no_size")


@rule(
    "COR-13",
    "Corpus not filtered in all three ways",
    level=WARNING,
    basis=SECONDARY,
    cites=("T03 5.2",),
    kinds={GENERATIVE},
    judged_on=ASSESSMENT_DAY,
)
def filters_each_corpus(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    Each corpus must be filtered by keywords, by a classification model and manually.

    Why: each method finds content that the others miss.

    Fix: apply the missing method, then list it under filters.

    标题：语料未采用三种方式过滤

    要求：语料须经关键词、分类模型和人工抽检三种方式过滤。

    理由：每种方式都能发现其他方式遗漏的内容。

    补正：补充缺少的过滤方式，并在 filters 中列明。
    """
    for at, corpus in own_corpora(dossier):
        yield from missing_entries(at / "filters", FILTERS, corpus.filters)
