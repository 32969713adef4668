"""PRO, continued: the training of a model, and evidence of its origin."""

from __future__ import annotations

from collections.abc import Iterator

from compliance.dossier.lineage import Model
from compliance.dossier.pointer import Pointer
from compliance.dossier.schema import Dossier
from compliance.rules.ancestors import ancestors_of, any_relation
from compliance.rules.catalog import ERROR, GENERATIVE, PRACTICE, SECONDARY, WARNING, rule
from compliance.rules.context import Context, Evidence
from compliance.rules.problems import Problem, absent
from compliance.rules.reading import MODELS, gaps, gaps_in_section, is_missing, own_models, used_models
from registry.names import folded_model
from registry.reference.series import base_model_named


@rule(
    "PRO-09",
    "Structure of the model contradicts its declared origin",
    level=WARNING,
    force=PRACTICE,
    cites=("IM 19",),
    kinds={GENERATIVE},
    messages={
        "weights": (
            "The weights match {families}, which the declared lineage does not include.",
            "权重与 {families} 一致，而申明的来源未列出该模型。",
        ),
        "adapter": (
            "The filed adapter names {families} as its base; the declared lineage includes none of them.",
            "提交的适配器写明其基础模型属 {families}，而申明的来源均未列出。",
        ),
        "structure": (
            "The structure is identical to {families}; the declared lineage includes none of them. "
            "A structure alone does not prove the origin of the weights.",
            "结构与 {families} 完全相同，而申明的来源均未列出。仅凭结构不能说明权重来源。",
        ),
        "block": (
            "The layer block is that of {families}; the declared lineage includes none of them. "
            "A structure alone does not prove the origin of the weights.",
            "层结构与 {families} 相同，而申明的来源均未列出。仅凭结构不能说明权重来源。",
        ),
    },
)
def matches_its_declared_lineage(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    The uploaded evidence on the structure of a model must be consistent with its declared lineage.

    Why: many models declared as self-developed turned out to reuse a known base model.

    Fix: list the base model under derived_from (architecture_only if only the structure was reused), or explain.

    标题：模型结构与申明的来源不符

    要求：上传的模型结构信息须与申明的模型来源一致。

    理由：不少申明为自研的模型后来被发现沿用了已知的基础模型。

    补正：在 derived_from 中写明基础模型（仅沿用结构的填 architecture_only），或作出说明。
    """
    for i, model in enumerate(dossier.models or ()):
        unexplained: dict[str, list[str]] = {}
        for evidence in context.facts.evidence.get(MODELS / i, ()):
            if not _is_explained(evidence, (MODELS / i, model), dossier):
                unexplained.setdefault(evidence.part, []).extend(evidence.families)
        for part, families in unexplained.items():
            yield Problem(MODELS / i / "derived_from", part, {"families": families})


def _is_explained(evidence: Evidence, listed: tuple[Pointer, Model], dossier: Dossier) -> bool:
    """
    Return whether the lineage includes one of the families; any is enough if several share a structure. The model itself
    may be of the family, but identical weights count as its own only if it has exactly the name of the family.
    """
    lineage = [model.name for _, model in ancestors_of(listed, dossier, any_relation) if model.name]
    named = {folded_model(name.rsplit("/", 1)[-1]) for name in [*lineage, listed[1].name or ""] if name}
    if named & {folded_model(family.rsplit("/", 1)[-1]) for family in evidence.families}:
        return True
    names = lineage if evidence.part == "weights" else [*lineage, listed[1].name]
    meant = (base_model_named(name) for name in names)
    return any(set(base.families) & set(evidence.families) for base in meant if base)


@rule(
    "PRO-10",
    "Training compute not described",
    level=ERROR,
    force=PRACTICE,
    basis=SECONDARY,
    cites=("FRM",),
    kinds={GENERATIVE},
)
def describes_its_training_compute(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    Each of the applicant's models must list its training compute: accelerator, country of the vendor, number.

    Why: the form requires the training hardware, which helps to distinguish a trained model from a renamed one.

    Fix: list the accelerators with their number and the country of the vendor.

    标题：未填写训练算力资源

    要求：备案主体研制的模型须填写训练算力的型号、厂商所属国家和数量。

    理由：备案表要求说明训练所用硬件，据此可区分自行训练与更名使用。

    补正：列出算力型号、数量和厂商所属国家。
    """
    for at, model in own_models(dossier):
        if model.training is None or is_missing(model.training):
            yield absent(at / "training")
        elif not model.training.compute:
            yield absent(at / "training" / "compute")
        else:
            for j, compute in enumerate(model.training.compute):
                yield from gaps(at / "training" / "compute" / j, compute, "accelerator", "vendor_country", "count")


@rule(
    "PRO-11",
    "Model not fully described",
    level=WARNING,
    force=PRACTICE,
    basis=SECONDARY,
    cites=("FRM",),
    kinds={GENERATIVE},
)
def describes_its_models(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    Each model in use must have a number of parameters, an architecture, modalities and a training framework.

    Why: the form has a field for each, and reviewers compare them with the report.

    Fix: fill in the missing field.

    标题：模型信息不完整

    要求：服务所用模型须填写参数量、架构、模态和训练框架。

    理由：备案表逐项要求填写，审核时与评估报告核对。

    补正：补填缺失的项目。
    """
    for at, model in used_models(dossier):
        yield from gaps(at, model, "parameters", "architecture", "modalities")
        yield from gaps_in_section(at / "training", model.training, "framework")
