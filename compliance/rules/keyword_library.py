"""KW: the keyword library. Counts in the file take precedence over declared ones."""

from __future__ import annotations

from collections.abc import Iterator

from compliance.attachments.contents import KEYWORDS
from compliance.dossier.days import days_after
from compliance.dossier.schema import Dossier
from compliance.rules import thresholds
from compliance.rules.banks import (
    A1,
    A2,
    MESSAGES_NONE,
    MESSAGES_OLD,
    classes_below,
    counted,
    day_of_update,
    not_updated,
    total_below,
    without_any,
)
from compliance.rules.catalog import ASSESSMENT_DAY, ERROR, GENERATIVE, SECONDARY, SHOULD, WARNING, rule
from compliance.rules.context import Context
from compliance.rules.problems import Problem


@rule(
    "KW-01",
    "Keyword library too small",
    level=WARNING,
    force=SHOULD,
    basis=SECONDARY,
    cites=("T03 8.1 a", "GB4 B"),
    kinds={GENERATIVE},
    judged_on=ASSESSMENT_DAY,
)
def has_enough_keywords(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    The keyword library should contain at least 10,000 keywords.

    Why: the same word can be written in many ways, and a small library misses most of them.

    Fix: extend the library, and enter its total.

    标题：关键词库规模不足

    要求：关键词库一般不宜少于 10000 个。

    理由：同一词语有多种写法，规模过小会遗漏大部分。

    补正：扩充关键词库并填写总数。
    """
    for bank in counted(KEYWORDS, dossier, context):
        yield from total_below(bank, thresholds.KEYWORDS, context)


@rule(
    "KW-02",
    "Keyword library does not cover a risk",
    level=ERROR,
    basis=SECONDARY,
    cites=("T03 8.1 b", "GB4 B"),
    kinds={GENERATIVE},
    judged_on=ASSESSMENT_DAY,
    messages=MESSAGES_NONE,
)
def covers_each_risk_with_keywords(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    The keyword library must cover each of the 17 risks of A.1 and A.2.

    Why: a risk without keywords cannot be blocked.

    Fix: add keywords for the listed risk.

    标题：关键词库未覆盖某类风险

    要求：关键词库须覆盖 A.1、A.2 共 17 类风险。

    理由：没有关键词的风险无法拦截。

    补正：为所列风险补充关键词。
    """
    for bank in counted(KEYWORDS, dossier, context):
        yield from without_any(bank, A1 + A2)


@rule(
    "KW-03",
    "Too few keywords for a risk",
    level=WARNING,
    force=SHOULD,
    basis=SECONDARY,
    cites=("T03 8.1 b", "GB4 B"),
    kinds={GENERATIVE},
    judged_on=ASSESSMENT_DAY,
)
def has_enough_keywords_for_each_risk(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    There should be at least 200 keywords for each risk of A.1, and 100 for each of A.2.

    Why: a risk with only a few keywords is covered in name only.

    Fix: add keywords for the listed risk.

    标题：某类风险的关键词数量不足

    要求：A.1 每类风险的关键词不宜少于 200 个，A.2 每类不宜少于 100 个。

    理由：关键词过少，仅在名义上覆盖了该类风险。

    补正：为所列风险补充关键词。
    """
    least = {A1: thresholds.KEYWORDS_PER_A1_RISK, A2: thresholds.KEYWORDS_PER_A2_RISK}
    for bank in counted(KEYWORDS, dossier, context):
        yield from classes_below(bank, least, context)


@rule(
    "KW-04",
    "Keyword library not updated in the last week",
    level=WARNING,
    force=SHOULD,
    basis=SECONDARY,
    cites=("T03 8.1 c", "GB4 B"),
    kinds={GENERATIVE},
    judged_on=ASSESSMENT_DAY,
    messages=MESSAGES_OLD,
)
def updates_its_keywords_weekly(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    The keyword library should be updated weekly: at most 7 days before the assessment.

    Why: new words appear every week.

    Fix: update the library and enter the date.

    标题：关键词库未按周更新

    要求：关键词库宜每周更新，即评估日前 7 日内更新过。

    理由：每周都会出现新词。

    补正：更新关键词库并填写更新日期。
    """
    days, updated_on = thresholds.KEYWORD_UPDATE_DAYS.count_on(context.day), day_of_update(KEYWORDS, dossier)
    over = days_after(updated_on, days + 1) if updated_on else None
    yield from not_updated(KEYWORDS, over, "seven_days", dossier, context)
