"""ANN: how training data was annotated (标注)."""

from __future__ import annotations

from collections.abc import Iterator

from compliance.dossier.pointer import Pointer
from compliance.dossier.risks import RISKS
from compliance.dossier.schema import Dossier
from compliance.dossier.training import Annotation
from compliance.rules import thresholds
from compliance.rules.catalog import ASSESSMENT_DAY, ERROR, GENERATIVE, PRACTICE, SECONDARY, rule
from compliance.rules.context import Context
from compliance.rules.problems import Problem, absent, missing_entries, not_true
from compliance.rules.reading import below, is_missing, own_models


def _annotations(dossier: Dossier) -> Iterator[tuple[Pointer, Annotation]]:
    """Yield the annotations that are given; ANN-05 reports missing ones."""
    for at, model in own_models(dossier):
        if model.annotation and not is_missing(model.annotation):
            yield at / "annotation", model.annotation


@rule(
    "ANN-01",
    "Annotators not trained or not examined",
    level=ERROR,
    cites=("IM 8",),
    kinds={GENERATIVE},
    judged_on=ASSESSMENT_DAY,
)
def trains_its_annotators(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    Annotators must be trained and examined before they annotate.

    Why: Article 8 requires training, because the model learns from the annotations.

    Fix: train and examine the annotators, then set trained and examined to true.

    标题：标注人员未经培训或考核

    要求：标注人员须经培训和考核后上岗。

    理由：第八条要求对标注人员进行必要培训，标注结果直接影响模型。

    补正：完成培训和考核，并将 trained、examined 填为 true。
    """
    for at, annotation in _annotations(dossier):
        for name in ("trained", "examined"):
            if getattr(annotation, name) is not True:
                yield not_true(at / name, getattr(annotation, name))


@rule(
    "ANN-02",
    "Annotation and review not separated",
    level=ERROR,
    basis=SECONDARY,
    cites=("T03 5.3", "GB7"),
    kinds={GENERATIVE},
    judged_on=ASSESSMENT_DAY,
)
def separates_annotation_and_review(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    The same person must not annotate and review in the same task.

    Why: people rarely find errors in their own work.

    Fix: separate the roles, then set roles_separated to true.

    标题：标注与审核未分离

    要求：同一标注任务中，标注和审核不得由同一人担任。

    理由：自行审核自己的标注，难以发现问题。

    补正：分设标注与审核岗位，并将 roles_separated 填为 true。
    """
    for at, annotation in _annotations(dossier):
        if annotation.roles_separated is not True:
            yield not_true(at / "roles_separated", annotation.roles_separated)


@rule(
    "ANN-03",
    "Annotation rules do not cover all risks",
    level=ERROR,
    basis=SECONDARY,
    cites=("T03 5.3", "GB7"),
    kinds={GENERATIVE},
    judged_on=ASSESSMENT_DAY,
)
def covers_all_risks_in_its_rules(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    The rules for safety annotation must cover all 31 risks of Appendix A.

    Why: without a rule, annotators judge a risk by personal opinion.

    Fix: write rules for the listed risks, then add these risks to rules_cover.

    标题：标注规则未覆盖全部风险

    要求：安全性标注规则须覆盖附录A的全部 31 类风险。

    理由：缺少规则的风险只能凭个人判断标注。

    补正：为所列风险补充标注规则，并在 rules_cover 中列明。
    """
    for at, annotation in _annotations(dossier):
        yield from missing_entries(at / "rules_cover", RISKS, annotation.rules_cover)


@rule(
    "ANN-04",
    "Annotation not checked enough",
    level=ERROR,
    basis=SECONDARY,
    cites=("T03 5.3",),
    kinds={GENERATIVE},
    judged_on=ASSESSMENT_DAY,
)
def checks_its_annotation(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    Every item of safety annotation must be reviewed, and every batch of functional annotation sampled.

    Why: one wrong safety label teaches the model a wrong answer.

    Fix: review all safety annotation, sample each batch, and declare both.

    标题：标注结果核验不足

    要求：安全性标注须逐条审核，功能性标注须逐批抽检。

    理由：一条错误的安全性标注就可能教会模型错误的回答。

    补正：逐条审核安全性标注，逐批抽检功能性标注，并如实填写。
    """
    for at, annotation in _annotations(dossier):
        yield from below(at, annotation, context, safety_reviewed_share=thresholds.SAFETY_REVIEWED_SHARE)
        if annotation.functional_sampled_per_batch is not True:
            yield not_true(at / "functional_sampled_per_batch", annotation.functional_sampled_per_batch)


@rule(
    "ANN-05",
    "Annotation neither described nor excused",
    level=ERROR,
    force=PRACTICE,
    basis=SECONDARY,
    cites=("FRM",),
    kinds={GENERATIVE},
    judged_on=ASSESSMENT_DAY,
)
def describes_or_excuses_its_annotation(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    The annotation of each of the applicant's models must be described, or the annotation rules must give a reason.

    Why: attachment 3 of the form requires the annotation rules, or 不涉及 (not applicable) with a reason.

    Fix: describe the annotation, or list annotation_rules with a not_applicable_reason.

    标题：未说明标注情况

    要求：备案主体研制的模型须说明标注情况，不涉及标注的须在标注规则一项写明理由。

    理由：附件3要求提交语料标注规则，或写明“不涉及”及理由。

    补正：填写标注情况，或在材料清单的标注规则中填写不涉及的理由。
    """
    if _is_excused(dossier):
        return
    for at, model in own_models(dossier):
        if is_missing(model.annotation):
            yield absent(at / "annotation")


def _is_excused(dossier: Dossier) -> bool:
    return any(
        document.kind == "annotation_rules" and not is_missing(document.not_applicable_reason)
        for document in dossier.documents or ()
    )
