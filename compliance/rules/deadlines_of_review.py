"""DDL, continued: the authority's period for a decision, and the period to correct a returned filing."""

from __future__ import annotations

from collections.abc import Iterator

from compliance.dossier.schema import Dossier
from compliance.rules.catalog import (
    ALGORITHM,
    ALL_KINDS,
    INFO,
    PRACTICE,
    SECONDARY,
    TODAY,
    WARNING,
    rule,
)
from compliance.rules.context import Context
from compliance.rules.deadlines import passed
from compliance.rules.due_dates import correction_deadline, decision_deadline
from compliance.rules.problems import OVERDUE, Problem


@rule(
    "DDL-04",
    "Authority's own period has passed",
    level=INFO,
    cites=("ALG 25",),
    kinds={ALGORITHM},
    judged_on=TODAY,
    messages={
        OVERDUE: (
            "Accepted on {start}; the period of {asked} working days for a decision ended on {deadline}.",
            "已于 {start} 受理；{asked} 个工作日的决定期限已于 {deadline} 届满。",
        )
    },
)
def is_decided_within_thirty_working_days(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    The authority must decide within 30 working days of receiving the complete materials.

    Why: Article 25 binds the authority, not the filer.

    Fix: decide the filing, or return it with a list of what is missing.

    标题：主管部门办理期限已届满

    要求：主管部门收到齐全材料后，须在三十个工作日内予以备案或者通知理由。

    理由：第二十五条约束的是主管部门，而非备案主体。

    补正：作出备案决定，或退回并说明所缺材料。
    """
    yield from passed(decision_deadline(dossier, context), context)


@rule(
    "DDL-07",
    "Returned filing not resubmitted",
    level=WARNING,
    force=PRACTICE,
    basis=SECONDARY,
    cites=("FRM",),
    kinds=ALL_KINDS,
    judged_on=TODAY,
    messages={
        OVERDUE: (
            "Returned for correction on {start}; the period of {asked} working days ended on {deadline}.",
            "已于 {start} 退回补正；其后 {asked} 个工作日已于 {deadline} 届满。",
        )
    },
)
def is_resubmitted_within_fifteen_working_days(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    A filing returned for correction must be resubmitted within 15 working days.

    Why: provincial authorities usually close a filing that is not corrected in time.

    Fix: make the corrections named in the notice and resubmit, or withdraw the filing.

    标题：退回补正后未再次提交

    要求：退回补正的申报须在十五个工作日内补正并再次提交。

    理由：逾期未补正的，属地通常予以终止。

    补正：按补正通知修改后再次提交，或撤回申报。
    """
    yield from passed(correction_deadline(context), context)
