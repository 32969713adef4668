"""COR: the declarations on training data (训练语料)."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType

from compliance.dossier.pointer import Pointer
from compliance.dossier.schema import Dossier
from compliance.rules.catalog import (
    ASSESSMENT_DAY,
    ERROR,
    GENERATIVE,
    SECONDARY,
    rule,
)
from compliance.rules.context import Context
from compliance.rules.problems import Problem, absent, not_true
from compliance.rules.reading import ASSESSMENT, gaps_in_section, is_missing, own_corpora, own_models

PROOFS = MappingProxyType(
    {
        "open_source": ("license",),
        "self_collected": ("collection_record",),
        "commercial": ("contract", "supplier_commitment"),
        "user_input": ("user_authorization",),
        "synthetic": ("generation_record",),
    }
)


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
    Each model that the applicant developed or derived must declare its corpora.

    Why: Article 7 requires training data of lawful source, and Article 19 requires its source, scale and type.

    Fix: list each corpus of the model, including those for fine-tuning.

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
    messages={
        "lacks": (
            "A corpus of the source type {source_type} requires as proof: {proof}.",
            "来源类型为{source_type}的语料须有：{proof}。",
        )
    },
)
def proves_where_it_comes_from(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    Each corpus must have the proof that its source type requires: license, collection record, contract and commitment, authorization or generation record.

    Why: a source without proof is not a lawful source.

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
    messages={
        "no_basis": (
            "The corpus contains personal information, but its basis is declared as none.",
            "语料包含个人信息，但处理依据填为“无”。",
        )
    },
)
def has_a_basis_for_personal_data(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    A corpus with personal information must be based on consent or law; with sensitive information, on separate consent.

    Why: Article 7 requires the individual's consent or another legal basis.

    Fix: declare the basis, obtain the consent, or remove the personal information.

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
    Self-collected data must respect robots.txt and other declarations that forbid collection.

    Why: data whose owner forbids its collection has no lawful source.

    Fix: remove the data that must not be collected, then set robots_respected to true.

    标题：自采语料未遵守不可采集声明

    要求：自采语料须遵守 robots.txt 等不可采集声明。

    理由：权利人已声明不可采集的数据，不具有合法来源。

    补正：删除不可采集的内容，并将 robots_respected 填为 true。
    """
    for at, corpus in own_corpora(dossier):
        if corpus.source_type == "self_collected" and corpus.robots_respected is not True:
            yield not_true(at / "robots_respected", corpus.robots_respected)


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
    Intellectual property in training data must have a person in charge, a policy and a complaint channel.

    Why: Article 7 forbids training that infringes the intellectual property of others.

    Fix: name the person, describe the policy, and enter the channel.

    标题：训练数据知识产权管理不完整

    要求：须有训练数据知识产权负责人、管理策略和投诉渠道。

    理由：第七条要求不得侵害他人依法享有的知识产权。

    补正：填写负责人、管理策略和投诉渠道。
    """
    if dossier.assessment and not is_missing(dossier.assessment):
        yield from gaps_in_section(ASSESSMENT / "ip", dossier.assessment.ip, "owner", "policy", "complaint_channel")


def corpus_sections(dossier: Dossier, *names: str) -> Iterator[tuple[Pointer, object]]:
    """Yield the named sections of each corpus of the applicant's models, with their places."""
    for at, corpus in own_corpora(dossier):
        for name in names:
            yield at / name, getattr(corpus, name)
