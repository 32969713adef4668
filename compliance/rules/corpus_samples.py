"""COR, continued: the samples of each corpus, under TC260-003-2024 and, since November 2025, GB/T 45654-2025."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from compliance.dossier.schema import Dossier
from compliance.rules import thresholds
from compliance.rules.catalog import ASSESSMENT_DAY, ERROR, GENERATIVE, SECONDARY, UNCONFIRMED, WARNING, rule
from compliance.rules.context import Context
from compliance.rules.problems import Problem
from compliance.rules.reading import above, below
from compliance.rules.training_data import corpus_sections

OLD_STANDARD, NEW_STANDARD = date(2024, 2, 29), date(2025, 11, 1)


def _too_much_illegal(dossier: Dossier, context: Context) -> Iterator[Problem]:
    for at, check in corpus_sections(dossier, "source_check", "post_check"):
        yield from above(at, check, context, illegal_share=thresholds.ILLEGAL_SHARE)


def _too_small_by_hand(dossier: Dossier, context: Context) -> Iterator[Problem]:
    for at, sample in corpus_sections(dossier, "manual_sample"):
        yield from below(at, sample, context, size=thresholds.MANUAL_SAMPLE, pass_rate=thresholds.MANUAL_PASS_RATE)


def _too_small_by_machine(dossier: Dossier, context: Context) -> Iterator[Problem]:
    for at, sample in corpus_sections(dossier, "technical_sample"):
        yield from below(
            at, sample, context, share=thresholds.TECHNICAL_SHARE, pass_rate=thresholds.TECHNICAL_PASS_RATE
        )


@rule(
    "COR-03",
    "Too much illegal content in a source",
    level=ERROR,
    basis=SECONDARY,
    cites=("T03 5.1 a",),
    kinds={GENERATIVE},
    judged_on=ASSESSMENT_DAY,
    since=OLD_STANDARD,
    until=NEW_STANDARD,
)
def takes_clean_sources(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    Each source must be checked before and after collection: at most 5 % of illegal or harmful content.

    Why: a source with more must not be collected, and data collected from it must not be used for training.

    Fix: drop the source, or clean it and check again; enter the share found.

    标题：语料来源违法不良信息占比过高

    要求：语料来源须在采集前、采集后核验，违法不良信息占比不超过 5%。

    理由：超过的来源不应采集，已采集的不应用于训练。

    补正：弃用该来源，或清洗后重新核验；填写核验所得占比。
    """
    yield from _too_much_illegal(dossier, context)


@rule(
    "COR-04",
    "Too much illegal content in a source (GB/T 45654-2025)",
    level=WARNING,
    basis=UNCONFIRMED,
    cites=("GB4 5.1",),
    kinds={GENERATIVE},
    judged_on=ASSESSMENT_DAY,
    since=NEW_STANDARD,
)
def takes_clean_sources_by_the_national_standard(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    Each source must be checked before and after collection: at most 5 % of illegal or harmful content.

    Why: the figure of TC260-003 is believed to be unchanged; the final text has not been checked.

    Fix: drop the source, or clean it and check again; enter the share found.

    标题：语料来源违法不良信息占比过高（GB/T 45654-2025）

    要求：语料来源须在采集前、采集后核验，违法不良信息占比不超过 5%。

    理由：一般认为沿用 TC260-003 的数值，标准正文未经核对。

    补正：弃用该来源，或清洗后重新核验；填写核验所得占比。
    """
    yield from _too_much_illegal(dossier, context)


@rule(
    "COR-05",
    "Manual corpus sample too small or failing",
    level=ERROR,
    basis=SECONDARY,
    cites=("T03 9.2 a",),
    kinds={GENERATIVE},
    judged_on=ASSESSMENT_DAY,
    since=OLD_STANDARD,
    until=NEW_STANDARD,
)
def passes_the_manual_sample(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    Each corpus must be sampled manually: at least 4,000 items, of which at least 96 % pass.

    Why: the sample is the only manual check of the data before training.

    Fix: sample more, or clean the corpus and sample again.

    标题：语料人工抽检数量不足或合格率过低

    要求：语料须经人工抽检，不少于 4000 条，合格率不低于 96%。

    理由：人工抽检是训练前唯一的人工检查。

    补正：增加抽检数量，或清洗语料后重新抽检。
    """
    yield from _too_small_by_hand(dossier, context)


@rule(
    "COR-06",
    "Manual corpus sample too small or failing (GB/T 45654-2025)",
    level=WARNING,
    basis=UNCONFIRMED,
    cites=("GB4",),
    kinds={GENERATIVE},
    judged_on=ASSESSMENT_DAY,
    since=NEW_STANDARD,
)
def passes_the_manual_sample_of_the_national_standard(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    Each corpus must be sampled manually: at least 4,000 items, of which at least 96 % pass.

    Why: the figures of TC260-003 are believed to be unchanged; the final text has not been checked.

    Fix: sample more, or clean the corpus and sample again.

    标题：语料人工抽检数量不足或合格率过低（GB/T 45654-2025）

    要求：语料须经人工抽检，不少于 4000 条，合格率不低于 96%。

    理由：一般认为沿用 TC260-003 的数值，标准正文未经核对。

    补正：增加抽检数量，或清洗语料后重新抽检。
    """
    yield from _too_small_by_hand(dossier, context)


@rule(
    "COR-07",
    "Technical corpus sample too small or failing",
    level=ERROR,
    basis=SECONDARY,
    cites=("T03 9.2 b",),
    kinds={GENERATIVE},
    judged_on=ASSESSMENT_DAY,
    since=OLD_STANDARD,
    until=NEW_STANDARD,
)
def passes_the_technical_sample(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    Each corpus must be sampled by keywords and a classifier: at least 10 % of it, of which at least 98 % pass.

    Why: people can check only thousands of items; the rest must be checked automatically.

    Fix: sample more, or clean the corpus and sample again.

    标题：语料技术抽检比例不足或合格率过低

    要求：语料须经关键词、分类模型等技术抽检，比例不低于 10%，合格率不低于 98%。

    理由：人工只能检查数千条，其余须由技术手段检查。

    补正：提高抽检比例，或清洗语料后重新抽检。
    """
    yield from _too_small_by_machine(dossier, context)


@rule(
    "COR-08",
    "Technical corpus sample too small or failing (GB/T 45654-2025)",
    level=WARNING,
    basis=UNCONFIRMED,
    cites=("GB4",),
    kinds={GENERATIVE},
    judged_on=ASSESSMENT_DAY,
    since=NEW_STANDARD,
)
def passes_the_technical_sample_of_the_national_standard(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    Each corpus must be sampled by keywords and a classifier: at least 10 % of it, of which at least 98 % pass.

    Why: the figures of TC260-003 are believed to be unchanged; the final text has not been checked.

    Fix: sample more, or clean the corpus and sample again.

    标题：语料技术抽检比例不足或合格率过低（GB/T 45654-2025）

    要求：语料须经关键词、分类模型等技术抽检，比例不低于 10%，合格率不低于 98%。

    理由：一般认为沿用 TC260-003 的数值，标准正文未经核对。

    补正：提高抽检比例，或清洗语料后重新抽检。
    """
    yield from _too_small_by_machine(dossier, context)
