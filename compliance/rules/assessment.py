"""AS: the security self-assessment and its outcome (安全自评估)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from compliance.dossier.assessments import Assessment
from compliance.dossier.codes import SIGNATORIES
from compliance.dossier.risks import RISKS
from compliance.dossier.schema import Dossier
from compliance.rules import thresholds
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
from compliance.rules.context import Context
from compliance.rules.problems import MISMATCH, TOO_LOW, Problem, absent, missing_entries
from compliance.rules.reading import ASSESSMENT, above, gaps, is_missing

OLD_STANDARD, NEW_STANDARD, CHANGEOVER = "TC260-003-2024", "GB/T 45654-2025", date(2025, 11, 1)


def assessments(dossier: Dossier) -> Iterator[Assessment]:
    """Yield the assessment if there is one; AS-01 reports a missing one."""
    if dossier.assessment and not is_missing(dossier.assessment):
        yield dossier.assessment


@rule(
    "AS-01",
    "Security assessment missing or not passed",
    level=ERROR,
    cites=("IM 17",),
    kinds={GENERATIVE},
    judged_on=ASSESSMENT_DAY,
    messages={
        "non_conforming": (
            "The conclusion of the assessment is non-conforming.",
            "安全评估结论为不符合。",
        )
    },
)
def is_assessed_and_conforms(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    A generative service must have a security assessment with date, standard and assessor, and the conclusion “conforming”.

    Why: Article 17 requires a security assessment in accordance with the regulations.

    Fix: carry out the assessment and fill in the missing fields; if the service does not conform, correct it and assess it again.

    标题：未开展安全评估或评估未通过

    要求：生成式服务须开展安全评估，写明评估日期、依据标准和评估方式，且结论为符合。

    理由：第十七条要求按照规定开展安全评估。

    补正：开展安全评估并补填缺失的项目；结论为不符合的，整改后重新评估。
    """
    if is_missing(dossier.assessment):
        yield absent(ASSESSMENT)
    for assessment in assessments(dossier):
        yield from gaps(ASSESSMENT, assessment, "assessed_on", "standard", "assessor", "conclusion")
        if assessment.conclusion == "non_conforming":
            yield Problem(ASSESSMENT / "conclusion", "non_conforming")


@rule(
    "AS-02",
    "Standard not in force on the day of assessment",
    level=ERROR,
    force=PRACTICE,
    basis=SECONDARY,
    cites=("T03", "GB4"),
    kinds={GENERATIVE},
    judged_on=ASSESSMENT_DAY,
    messages={
        MISMATCH: (
            "Assessed under {found} on {day}; the standard in force on that day was {asked}.",
            "于 {day} 依据 {found} 评估；当日适用的标准为 {asked}。",
        )
    },
)
def is_assessed_by_the_standard_of_the_day(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    The assessment must use the standard in force on its date: TC260-003-2024 before 2025-11-01, GB/T 45654-2025 from then on.

    Why: an assessment under another standard is returned.

    Fix: assess again under the standard in force, or correct the date or the standard.

    标题：评估依据标准与评估日期不符

    要求：评估须依据当日适用的标准：2025年11月1日前为 TC260-003-2024，此后为 GB/T 45654-2025。

    理由：依据其他标准的评估会被退回。

    补正：依据现行标准重新评估，或更正评估日期、依据标准。
    """
    for assessment in assessments(dossier):
        found, day = assessment.standard, assessment.assessed_on
        if found and day and found != (asked := OLD_STANDARD if day < CHANGEOVER else NEW_STANDARD):
            values = {"found": found, "asked": asked, "day": day.isoformat()}
            yield Problem(ASSESSMENT / "standard", MISMATCH, values)


@rule(
    "AS-08",
    "Assessment not signed by all who must",
    level=WARNING,
    basis=UNCONFIRMED,
    cites=("T03 9.1 d",),
    kinds={GENERATIVE},
    judged_on=ASSESSMENT_DAY,
)
def is_signed_by_all_three(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    The report must be signed by the legal representative and by the heads of the security and the legality assessments.

    Why: the signatures show who is responsible for the report.

    Fix: have the report signed, then list the signatories.

    标题：评估报告签字不全

    要求：评估报告须由法定代表人、安全评估负责人和合法性评估负责人签字。

    理由：签字表明由谁对报告负责。

    补正：补齐签字并填写签字人。
    """
    for assessment in assessments(dossier):
        yield from missing_entries(ASSESSMENT / "signatories", SIGNATORIES, assessment.signatories)


@rule(
    "AS-09",
    "Not every clause assessed",
    level=WARNING,
    basis=UNCONFIRMED,
    cites=("T03 9.1 b",),
    kinds={GENERATIVE},
    judged_on=ASSESSMENT_DAY,
)
def assesses_every_clause(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    Every clause of the standard must have a result: conforming, non-conforming, or not applicable.

    Why: a clause without a result has not been assessed.

    Fix: assess the remaining clauses, and enter the number of clauses assessed.

    标题：未逐条评估

    要求：标准的每一条款均须有评估结果：符合、不符合或不适用。

    理由：没有结果的条款等于未经评估。

    补正：补充评估遗漏的条款，并填写已评估条款数。
    """
    for assessment in assessments(dossier):
        assessed, total = assessment.clauses_assessed, assessment.clauses_total
        if assessed is None:
            yield absent(ASSESSMENT / "clauses_assessed")
        elif total is not None and assessed < total:
            yield Problem(ASSESSMENT / "clauses_assessed", TOO_LOW, {"found": assessed, "asked": total})


@rule(
    "AS-10",
    "Classifier does not cover all risks",
    level=WARNING,
    basis=UNCONFIRMED,
    cites=("T03 8.4",),
    kinds={GENERATIVE},
    judged_on=ASSESSMENT_DAY,
)
def classifies_all_risks(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    The classification model must cover all 31 risks of Appendix A.

    Why: it filters training data and generated content, and lets through the risks that it does not cover.

    Fix: train it on the listed risks, then add these to classifier_covers.

    标题：分类模型未覆盖全部风险

    要求：分类模型须覆盖附录A的全部 31 类风险。

    理由：分类模型用于过滤语料和生成内容，未覆盖的风险会被放过。

    补正：补充训练所列风险，并在 classifier_covers 中列明。
    """
    for assessment in assessments(dossier):
        yield from missing_entries(ASSESSMENT / "classifier_covers", RISKS, assessment.classifier_covers)


@rule(
    "AS-11",
    "Opt-out too far away or misuse not stopped",
    level=WARNING,
    basis=UNCONFIRMED,
    cites=("T03 7",),
    kinds={GENERATIVE},
    judged_on=ASSESSMENT_DAY,
)
def protects_inputs_and_stops_misuse(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    Users must reach the opt-out within 4 clicks; the service must be suspended after 3 harmful inputs in a row or 5 in a day.

    Why: inputs belong to the users, and repeated harmful input is not accidental.

    Fix: shorten the way to the opt-out or lower the limits, and enter the figures.

    标题：关闭入口过深或未及时暂停服务

    要求：关闭输入用于训练的操作不超过 4 次点击；连续 3 次或一日累计 5 次违法输入应暂停服务。

    理由：输入信息属于使用者，而反复违法输入并非偶然。

    补正：缩短关闭路径或调低暂停条件，并填写数值。
    """
    for assessment in assessments(dossier):
        yield from above(ASSESSMENT, assessment, context, input_opt_out_clicks=thresholds.OPT_OUT_CLICKS)
        yield from above(
            ASSESSMENT / "suspends_after",
            assessment.suspends_after,
            context,
            consecutive=thresholds.HARMFUL_IN_A_ROW,
            daily=thresholds.HARMFUL_IN_A_DAY,
        )
