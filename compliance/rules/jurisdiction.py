"""RTE, continued: the amended filing, the accepting authority, and the deployment of a called model."""

from __future__ import annotations

from collections.abc import Iterator

from compliance.dossier.pointer import ROOT
from compliance.dossier.schema import Dossier
from compliance.rules.catalog import (
    ALL_KINDS,
    CANCELLATION,
    CHANGE,
    ERROR,
    EVERY_ACTION,
    PRACTICE,
    REGISTRATION,
    SECONDARY,
    WARNING,
    rule,
)
from compliance.rules.context import Context, FilingFact
from compliance.rules.problems import MISMATCH, UNKNOWN, Problem, absent
from compliance.rules.reading import (
    is_missing,
    used_models,
)
from registry.numbers.forms import normalized
from registry.reference.regions import PROVINCES

DECIDED = frozenset({"filed", "cancelled", "revoked", "suspended", "rejected", "withdrawn"})
NUMBERS_IN_FORCE = frozenset({"filed", "suspended"})


@rule(
    "RTE-06",
    "Change or cancellation without its filing",
    level=ERROR,
    basis=SECONDARY,
    cites=("FRM",),
    kinds=ALL_KINDS,
    actions={CHANGE, CANCELLATION},
    messages={
        UNKNOWN: (
            "This applicant has no filing with the number {found}.",
            "{found} 不是该备案主体任何备案的编号。",
        ),
        "not_standing": (
            "The filing with the number {found} is neither filed nor suspended, so it cannot be changed or cancelled.",
            "编号为 {found} 的备案既非已备案也非暂停状态，不能变更或注销。",
        ),
    },
)
def amends_a_filing_in_force(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    A change or a cancellation must give the number of the filing that it amends, and the date on which it occurred.

    Why: the number identifies the original filing, and the deadline runs from the date.

    Fix: enter the official number of the filing as published, and the date of the change or termination.

    标题：变更或注销未对应有效备案

    要求：变更或注销须写明所涉备案的编号以及发生日期。

    理由：编号用于对应原备案，期限自发生之日起算。

    补正：按公布的编号填写 amends，并填写变更或终止日期。
    """
    if is_missing(dossier.amends):
        yield absent(ROOT / "amends")
    else:
        yield from _amended(dossier, context)
    if dossier.occurred_on is None:
        yield absent(ROOT / "occurred_on")


def _amended(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """Check the number against the applicant's filings; without a registry nothing is reported."""
    others = context.facts.other_filings
    if others is None:
        return
    number = normalized(dossier.amends or "")
    target = next((filing for filing in others if _has_number(filing, number)), None)
    if target is None:
        yield Problem(ROOT / "amends", UNKNOWN, {"found": (dossier.amends or "")[:100]})
    elif context.facts.status not in DECIDED and target.status not in NUMBERS_IN_FORCE:
        yield Problem(ROOT / "amends", "not_standing", {"found": (dossier.amends or "")[:100]})


def _has_number(filing: FilingFact, number: str) -> bool:
    return filing.number is not None and normalized(filing.number).casefold() == number.casefold()


@rule(
    "RTE-07",
    "Jurisdiction is not the applicant's province",
    level=WARNING,
    force=PRACTICE,
    basis=SECONDARY,
    cites=("FRM",),
    kinds=ALL_KINDS,
    actions=EVERY_ACTION,
    messages={
        MISMATCH: (
            "The jurisdiction is {jurisdiction}, but the applicant's region is in {province}.",
            "属地为 {jurisdiction}，注册地位于 {province}。",
        ),
        UNKNOWN: ("{found} is not the code of a province.", "{found} 不是省级行政区划代码。"),
    },
)
def is_filed_in_the_applicants_province(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    A filing must be submitted to the authority of the province where the applicant is registered.

    Why: other provinces usually return the filing.

    Fix: correct the jurisdiction or the region; if another province agreed to accept the filing, keep its written consent.

    标题：属地与注册地省份不一致

    要求：申报应提交注册地所在省份的主管部门。

    理由：其他省份通常会退回申报。

    补正：更正属地或注册地；经其他省份同意的，留存书面意见。
    """
    jurisdiction, province = dossier.jurisdiction, (dossier.applicant.region or "")[:2]
    if is_missing(jurisdiction) or jurisdiction == province:
        return
    if province in PROVINCES:
        yield Problem(ROOT / "jurisdiction", MISMATCH, {"jurisdiction": jurisdiction, "province": province})
    elif jurisdiction not in PROVINCES:
        yield Problem(ROOT / "jurisdiction", UNKNOWN, {"found": jurisdiction})


@rule(
    "RTE-08",
    "Called model deployed by the applicant itself",
    level=WARNING,
    force=PRACTICE,
    basis=SECONDARY,
    cites=("NOT",),
    kinds={REGISTRATION},
    messages={
        "self_deployed": (
            "Access to the called model: {access}; provinces differ on whether a registration is enough.",
            "所调用模型的接入方式为{access}；各地对是否可以登记的口径不一。",
        )
    },
)
def calls_the_model_where_it_is_offered(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    A registered service should call the model through the interface of its developer.

    Why: some provinces require a full filing if the applicant deploys the model itself.

    Fix: ask the provincial authority before submission, and keep its answer with the filing.

    标题：所调用模型由备案主体自行部署

    要求：登记的服务通常通过研制单位提供的接口调用模型。

    理由：备案主体自行部署模型时，部分地区要求办理备案。

    补正：提交前咨询属地网信部门，并留存答复。
    """
    for at, model in used_models(dossier):
        if model.access in ("own_deployment", "on_device"):
            yield Problem(at / "access", "self_deployed", {"access": model.access})


@rule(
    "RTE-09",
    "Accepting authority not given",
    level=ERROR,
    force=PRACTICE,
    basis=SECONDARY,
    cites=("FRM",),
    kinds=ALL_KINDS,
    actions=EVERY_ACTION,
)
def names_the_accepting_authority(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    A filing must name the province whose authority accepts it.

    Why: without it, the responsible authority cannot be determined.

    Fix: enter the two-digit code of the province, usually that of the applicant's region.

    标题：未填写属地

    要求：申报须写明受理的属地省份。

    理由：缺少属地则无法确定受理部门。

    补正：填写省级两位代码，一般为注册地所在省份。
    """
    if is_missing(dossier.jurisdiction):
        yield absent(ROOT / "jurisdiction")
