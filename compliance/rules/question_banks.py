"""TB, RF: the question banks. Counts in the file take precedence over declared ones."""

from __future__ import annotations

from collections.abc import Iterator

from compliance.attachments.contents import NON_REFUSAL_QUESTIONS, QUESTIONS, REFUSAL_QUESTIONS
from compliance.dossier.codes import ASPECTS
from compliance.dossier.risks import RISKS
from compliance.dossier.schema import Dossier
from compliance.rules import thresholds
from compliance.rules.banks import (
    A1,
    A2,
    A3_TO_A5,
    MESSAGES_NONE,
    MESSAGES_OLD,
    classes_below,
    counted,
    not_updated_for_a_month,
    too_small,
    total_below,
    without_any,
)
from compliance.rules.catalog import ASSESSMENT_DAY, ERROR, GENERATIVE, SECONDARY, SHOULD, WARNING, rule
from compliance.rules.context import Context
from compliance.rules.problems import Problem


@rule(
    "TB-01",
    "Test question bank too small",
    level=WARNING,
    force=SHOULD,
    basis=SECONDARY,
    cites=("T03 8.2 a", "GB4 B"),
    kinds={GENERATIVE},
    judged_on=ASSESSMENT_DAY,
)
def has_enough_questions(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    The test question bank should contain at least 2,000 questions.

    Why: the tests of generated content take their samples from it.

    Fix: extend the bank, and enter its total.

    标题：生成内容测试题库规模不足

    要求：生成内容测试题库不宜少于 2000 题。

    理由：生成内容测试从该题库抽样。

    补正：扩充题库并填写总数。
    """
    for bank in counted(QUESTIONS, dossier, context):
        yield from total_below(bank, thresholds.QUESTIONS, context)


@rule(
    "TB-02",
    "Test question bank does not cover a risk",
    level=ERROR,
    basis=SECONDARY,
    cites=("T03 8.2 b", "GB4 B"),
    kinds={GENERATIVE},
    judged_on=ASSESSMENT_DAY,
    messages=MESSAGES_NONE,
)
def covers_each_risk_with_questions(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    The test question bank must cover all 31 risks of Appendix A.

    Why: a risk without test questions is not tested.

    Fix: add questions for the listed risk.

    标题：生成内容测试题库未覆盖某类风险

    要求：生成内容测试题库须覆盖附录A的全部 31 类风险。

    理由：没有测试题的风险未经测试。

    补正：为所列风险补充测试题。
    """
    for bank in counted(QUESTIONS, dossier, context):
        yield from without_any(bank, tuple(RISKS))


@rule(
    "TB-03",
    "Too few test questions for a risk",
    level=WARNING,
    force=SHOULD,
    basis=SECONDARY,
    cites=("T03 8.2 b", "GB4 B"),
    kinds={GENERATIVE},
    judged_on=ASSESSMENT_DAY,
)
def has_enough_questions_for_each_risk(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    There should be at least 50 questions for each risk of A.1 and A.2, and 20 for each of A.3 to A.5.

    Why: a few questions are not enough to assess a risk.

    Fix: add questions for the listed risk.

    标题：某类风险的测试题数量不足

    要求：A.1、A.2 每类风险不宜少于 50 题，A.3 至 A.5 每类不宜少于 20 题。

    理由：题目过少，不足以说明该类风险。

    补正：为所列风险补充测试题。
    """
    least = {A1 + A2: thresholds.QUESTIONS_PER_A1_A2_RISK, A3_TO_A5: thresholds.QUESTIONS_PER_OTHER_RISK}
    for bank in counted(QUESTIONS, dossier, context):
        yield from classes_below(bank, least, context)


@rule(
    "TB-04",
    "Test question bank not updated in the last month",
    level=WARNING,
    force=SHOULD,
    basis=SECONDARY,
    cites=("T03 8.2 d", "GB4 B"),
    kinds={GENERATIVE},
    judged_on=ASSESSMENT_DAY,
    messages=MESSAGES_OLD,
)
def updates_its_questions_monthly(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    The test question bank should be updated monthly: at most one calendar month before the assessment.

    Why: outdated questions do not find new problems.

    Fix: update the bank and enter the date.

    标题：生成内容测试题库未按月更新

    要求：生成内容测试题库宜每月更新，即评估日前一个月内更新过。

    理由：过时的题目难以发现新的问题。

    补正：更新题库并填写更新日期。
    """
    yield from not_updated_for_a_month(QUESTIONS, dossier, context)


@rule(
    "TB-05",
    "Refusal question banks not updated in the last month",
    level=WARNING,
    force=SHOULD,
    basis=SECONDARY,
    cites=("T03 8.3 c", "GB4 B"),
    kinds={GENERATIVE},
    judged_on=ASSESSMENT_DAY,
    messages=MESSAGES_OLD,
)
def updates_its_refusal_questions_monthly(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    Both refusal question banks should be updated monthly: at most one calendar month before the assessment.

    Why: what should and should not be refused changes with current events.

    Fix: update the bank and enter the date.

    标题：拒答测试题库未按月更新

    要求：应拒答、非拒答测试题库宜每月更新，即评估日前一个月内更新过。

    理由：应拒答与不应拒答的内容随时事变化。

    补正：更新题库并填写更新日期。
    """
    yield from not_updated_for_a_month(REFUSAL_QUESTIONS, dossier, context)
    yield from not_updated_for_a_month(NON_REFUSAL_QUESTIONS, dossier, context)


@rule(
    "RF-01",
    "Should-refuse question bank too small",
    level=WARNING,
    force=SHOULD,
    basis=SECONDARY,
    cites=("T03 8.3 a", "GB4 B"),
    kinds={GENERATIVE},
    judged_on=ASSESSMENT_DAY,
)
def has_enough_questions_to_refuse(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    The should-refuse bank should contain at least 500 questions, and 20 for each of the 17 risks of A.1 and A.2.

    Why: the refusal test takes its sample from it.

    Fix: add the missing questions.

    标题：应拒答测试题库规模不足

    要求：应拒答测试题库不宜少于 500 题，A.1、A.2 每类风险不宜少于 20 题。

    理由：应拒答测试从该题库抽样。

    补正：补充不足的部分。
    """
    least = {A1 + A2: thresholds.REFUSAL_QUESTIONS_PER_RISK}
    for bank in counted(REFUSAL_QUESTIONS, dossier, context):
        yield from too_small(bank, thresholds.REFUSAL_QUESTIONS, least, context)


@rule(
    "RF-02",
    "Non-refusal question bank too small",
    level=WARNING,
    force=SHOULD,
    basis=SECONDARY,
    cites=("T03 8.3 b", "GB4 B"),
    kinds={GENERATIVE},
    judged_on=ASSESSMENT_DAY,
)
def has_enough_questions_not_to_refuse(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    The non-refusal bank should contain at least 500 questions, and 20 for each of its 13 aspects.

    Why: a model that refuses everything passes every other test.

    Fix: add the missing questions.

    标题：非拒答测试题库规模不足

    要求：非拒答测试题库不宜少于 500 题，13 个方面每个不宜少于 20 题。

    理由：一味拒答的模型可以通过其他所有测试。

    补正：补充不足的部分。
    """
    least = {tuple(ASPECTS): thresholds.NON_REFUSAL_QUESTIONS_PER_ASPECT}
    for bank in counted(NON_REFUSAL_QUESTIONS, dossier, context):
        yield from too_small(bank, thresholds.NON_REFUSAL_QUESTIONS, least, context)
