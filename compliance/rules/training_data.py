"""COR: the declarations on training data (训练语料)."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType

from compliance.dossier.lineage import Model
from compliance.dossier.pointer import Pointer
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
from compliance.rules.problems import Problem, absent, lacking, not_true
from compliance.rules.reading import ASSESSMENT, gaps, gaps_in_section, is_missing, own_corpora, own_models

PROOFS = MappingProxyType(
    {
        "open_source": ("license",),
        "self_collected": ("collection_record",),
        "commercial": ("contract", "supplier_commitment"),
        "user_input": ("user_authorization",),
        "synthetic": ("generation_record",),
    }
)
FILTERS = ("keywords", "classifier", "manual")


@rule(
    "COR-01",
    "Training data not declared",
    level=ERROR,
    cites=("IM 7",),
    kinds={GENERATIVE},
    judged_on=ASSESSMENT_DAY,
)
def declares_its_training_data(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    Each model that the applicant developed or derived declares its corpora.

    Why: Article 7 asks for training data of lawful source, and Article 19 for its source, scale and type.

    Fix: list each corpus of the model, also those of fine-tuning.

    标题：未申明训练语料

    要求：备案主体自研或派生的模型须申明其训练语料。

    理由：第七条要求训练数据来源合法，第十九条要求说明其来源、规模和类型。

    补正：逐项列出该模型的语料，包括优化训练所用语料。
    """
    for at, model in own_models(dossier):
        if not model.corpora:
            yield absent(at / "corpora")


@rule(
    "COR-02",
    "Source of a corpus not proven",
    level=ERROR,
    basis=SECONDARY,
    cites=("T03 5.1", "GB4 5.1"),
    kinds={GENERATIVE},
    judged_on=ASSESSMENT_DAY,
    says={
        "lacks": (
            "A corpus of source type {source_type} needs as proof: {proof}.",
            "来源类型为{source_type}的语料须有：{proof}。",
        )
    },
)
def proves_where_it_comes_from(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    Each corpus has the proof that its type of source asks for, from the license to the record of generation.

    Why: a source that cannot be shown is no lawful source.

    Fix: obtain the document and list it under proof; for synthetic data name the model that generated it.

    标题：语料来源缺少证明

    要求：语料须具有与其来源类型相应的证明，如许可、采集记录、合同和承诺、授权记录、生成记录。

    理由：无法证明的来源不是合法来源。

    补正：取得证明并在 proof 中列明；合成语料还须写明生成模型。
    """
    for at, corpus in own_corpora(dossier):
        for proof in PROOFS.get(corpus.source_type or "", ()):
            if proof not in (corpus.proof or ()):
                values = {"source_type": corpus.source_type, "proof": proof}
                yield Problem(at / "proof", f"lacks:{proof}", values)
        if corpus.source_type == "synthetic":
            yield from gaps_in_section(at / "generator", corpus.generator, "model")


@rule(
    "COR-09",
    "Personal data without a lawful basis",
    level=ERROR,
    cites=("IM 7",),
    kinds={GENERATIVE},
    judged_on=ASSESSMENT_DAY,
    says={
        "no_basis": (
            "The corpus holds personal information, and its basis is declared as none.",
            "语料包含个人信息，但处理依据填为“无”。",
        )
    },
)
def has_a_basis_for_personal_data(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    A corpus with personal information rests on consent or law; with sensitive information, on separate consent.

    Why: Article 7 asks for the individual's consent or another basis in law.

    Fix: declare the basis, obtain the consent, or take the personal information out.

    标题：处理个人信息缺少合法依据

    要求：语料包含个人信息的，须取得个人同意或符合法律规定；包含敏感个人信息的，须取得单独同意。

    理由：第七条要求取得个人同意或者符合法律、行政法规规定的其他情形。

    补正：写明依据，取得同意，或删除个人信息。
    """
    for at, corpus in own_corpora(dossier):
        if corpus.personal_information:
            if corpus.personal_information_basis is None:
                yield absent(at / "personal_information_basis")
            elif corpus.personal_information_basis == "none":
                yield Problem(at / "personal_information_basis", "no_basis")
        if corpus.sensitive_personal_information and corpus.separate_consent is not True:
            yield not_true(at / "separate_consent", corpus.separate_consent)


@rule(
    "COR-10",
    "Collected without regard to what may not be collected",
    level=ERROR,
    basis=SECONDARY,
    cites=("T03 5.1",),
    kinds={GENERATIVE},
    judged_on=ASSESSMENT_DAY,
)
def respects_the_robots_protocol(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    What was collected by the applicant itself respects robots.txt and declared refusals.

    Why: data that its owner marked as not collectable has no lawful source.

    Fix: take out what may not be collected, then declare robots_respected as true.

    标题：自采语料未遵守不可采集声明

    要求：自采语料须遵守 robots.txt 等不可采集声明。

    理由：权利人已声明不可采集的数据，不具有合法来源。

    补正：删除不可采集的内容，并将 robots_respected 填为 true。
    """
    for at, corpus in own_corpora(dossier):
        if corpus.source_type == "self_collected" and corpus.robots_respected is not True:
            yield not_true(at / "robots_respected", corpus.robots_respected)


@rule(
    "COR-11",
    "Training data from a single source",
    level=WARNING,
    basis=UNCONFIRMED,
    cites=("T03 5.1", "GB5 6.1"),
    kinds={GENERATIVE},
    judged_on=ASSESSMENT_DAY,
    says={
        "one_source": (
            "All corpora of the modality {modality} come from one source.",
            "模态为{modality}的语料全部来自同一来源。",
        ),
        "overseas_only": (
            "There are corpora from overseas and none from within China.",
            "有境外来源语料，而没有境内来源语料。",
        ),
    },
)
def mixes_its_sources(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    The corpora of each modality come from several sources, and foreign ones are mixed with domestic ones.

    Why: a single source makes a model as one-sided as the source.

    Fix: add a corpus of another source, or name the sources where a corpus is made of several.

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
    says={
        "no_size": (
            "The size of the corpus is not given: neither items nor tokens nor bytes.",
            "未填写语料规模：条数、词元数、存储规模均未填写。",
        )
    },
)
def describes_each_corpus(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    Each corpus gives its type of source, its origin, its modality and its size.

    Why: the form asks for source and scale of all training data.

    Fix: fill in what is missing; one of items, tokens and bytes is enough for the size.

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
    Each corpus was filtered by keywords, by a classification model and by hand.

    Why: each way finds what the others miss.

    Fix: filter in the missing way, then list it under filters.

    标题：语料未采用三种方式过滤

    要求：语料须经关键词、分类模型和人工抽检三种方式过滤。

    理由：每种方式都能发现其他方式遗漏的内容。

    补正：补充缺少的过滤方式，并在 filters 中列明。
    """
    for at, corpus in own_corpora(dossier):
        yield from lacking(at / "filters", FILTERS, corpus.filters)


@rule(
    "COR-14",
    "Intellectual property not looked after",
    level=ERROR,
    cites=("IM 7",),
    kinds={GENERATIVE},
    judged_on=ASSESSMENT_DAY,
)
def looks_after_intellectual_property(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    Somebody is in charge of intellectual property in training data, with a policy and a channel for complaints.

    Why: Article 7 asks that training infringes nobody's intellectual property.

    Fix: name the person, describe the policy, and give the channel.

    标题：训练数据知识产权管理不完整

    要求：须有训练数据知识产权负责人、管理策略和投诉渠道。

    理由：第七条要求不得侵害他人依法享有的知识产权。

    补正：填写负责人、管理策略和投诉渠道。
    """
    if dossier.assessment and not is_missing(dossier.assessment):
        yield from gaps_in_section(ASSESSMENT / "ip", dossier.assessment.ip, "owner", "policy", "complaint_channel")


def corpus_sections(dossier: Dossier, *names: str) -> Iterator[tuple[Pointer, object]]:
    """Yield the named sections of each own corpus with their places."""
    for at, corpus in own_corpora(dossier):
        for name in names:
            yield at / name, getattr(corpus, name)
