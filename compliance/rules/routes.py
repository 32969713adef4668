"""RTE: which kind of filing a service needs, and where."""

from __future__ import annotations

from collections.abc import Iterator

from compliance.dossier.pointer import ROOT
from compliance.dossier.schema import Dossier
from compliance.rules.catalog import (
    ALGORITHM,
    ALL_KINDS,
    CANCELLATION,
    CHANGE,
    ERROR,
    EVERY_ACTION,
    GENERATIVE,
    PRACTICE,
    REGISTRATION,
    SECONDARY,
    WARNING,
    rule,
)
from compliance.rules.context import Context, FilingFact, same_name
from compliance.rules.problems import MISMATCH, MISSING, UNKNOWN, Problem, absent
from compliance.rules.reading import (
    ALGORITHM_AT,
    SERVICE,
    is_applicants,
    is_generative,
    is_missing,
    used_models,
)
from registry.official_numbers import normalized
from registry.reference.regions import PROVINCES

UNDER_WAY = frozenset({"submitted", "accepted", "provincial_review", "national_review", "returned", "filed"})
DECIDED = frozenset({"filed", "cancelled", "revoked", "suspended", "rejected", "withdrawn"})
STANDING_NUMBERS = frozenset({"filed", "suspended"})


@rule(
    "RTE-01",
    "Registration of an own or modified model",
    level=ERROR,
    basis=SECONDARY,
    cites=("NOT",),
    kinds={REGISTRATION},
    says={
        "own": (
            "The model that the service uses is the applicant's own; a registration covers only filed models of others.",
            "服务所用模型由备案主体研制；登记仅适用于直接调用他人已备案模型的服务。",
        ),
        "modified": (
            "The model that the service uses was modified; a registration covers only unmodified models.",
            "服务所用模型经过修改；登记仅适用于未经修改的已备案模型。",
        ),
    },
)
def calls_a_model_of_another(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    A registration covers a service that calls a filed model of another, unmodified.

    Why: an own or changed model has safety properties that nobody has reviewed yet.

    Fix: open a generative-service filing for this service.

    标题：自研或修改过的模型不适用登记

    要求：登记仅适用于直接调用他人已备案模型且未作修改的服务。

    理由：自研或修改过的模型，其安全性尚未经过审核。

    补正：为该服务办理生成式人工智能服务备案。
    """
    for at, model in used_models(dossier):
        if is_applicants(model, dossier):
            yield Problem(at / "developer", "own")
        for j, parent in enumerate(model.derived_from or ()):
            if parent.modified:
                yield Problem(at / "derived_from" / j / "modified", "modified")


@rule(
    "RTE-02",
    "No algorithm filing covers the service",
    level=ERROR,
    cites=("IM 17",),
    kinds={GENERATIVE, REGISTRATION},
)
def is_covered_by_an_algorithm_filing(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    A public generative service with the capacity to shape opinion also has an algorithm filing.

    Why: the Interim Measures ask for both: the security assessment and the algorithm filing.

    Fix: file the algorithm for this service, then give its 网信算备 number; or give the number that covers it already.

    标题：服务缺少算法备案

    要求：具有舆论属性或者社会动员能力、面向公众的生成式服务，还须履行算法备案手续。

    理由：《暂行办法》同时要求开展安全评估和履行算法备案手续。

    补正：为该服务办理算法备案并填写网信算备编号；已有备案的，填写其编号。
    """
    service = dossier.service
    if not (service.public and service.opinion_capacity and is_generative(service)):
        return
    if is_missing(service.algorithm_filing_number) and not _has_algorithm_filing(dossier, context):
        level = WARNING if dossier.kind == REGISTRATION else None
        yield Problem(SERVICE / "algorithm_filing_number", MISSING, level=level)


def _has_algorithm_filing(dossier: Dossier, context: Context) -> bool:
    name = same_name(dossier.service.name)
    return any(
        filing.kind == ALGORITHM and filing.status in UNDER_WAY and same_name(filing.service_name) == name
        for filing in context.facts.other_filings or ()
    )


@rule(
    "RTE-03",
    "Service not offered to the public",
    level=WARNING,
    cites=("IM 2",),
    kinds={GENERATIVE, REGISTRATION},
    says={
        "not_public": (
            "The service is declared as not offered to the public; the Interim Measures do not reach it.",
            "服务申明不面向公众提供；《暂行办法》不适用于此类服务。",
        )
    },
)
def is_offered_to_the_public(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    The Interim Measures reach services offered to the public in mainland China.

    Why: research and internal use need no filing, and a filing for them only takes time.

    Fix: correct the declaration if the service is public; otherwise withdraw the filing.

    标题：服务不面向公众

    要求：《暂行办法》适用于向中华人民共和国境内公众提供的服务。

    理由：研发和内部使用无须备案。

    补正：服务面向公众的，更正申明；否则撤回申报。
    """
    if dossier.service.public is False:
        yield Problem(SERVICE / "public", "not_public")


@rule("RTE-04", "Algorithm type not given", level=ERROR, cites=("ALG 2",), kinds={ALGORITHM})
def gives_the_algorithm_type(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    An algorithm filing describes its algorithm and says which of the five types it is.

    Why: the type decides which particulars the filing needs.

    Fix: fill in the algorithm section, beginning with the type.

    标题：未填写算法类型

    要求：算法备案须填写算法信息，并写明属于五类算法中的哪一类。

    理由：算法类型决定备案需要填写的内容。

    补正：填写算法信息，首先选择算法类型。
    """
    if is_missing(dossier.algorithm):
        yield absent(ALGORITHM_AT)
    elif dossier.algorithm and is_missing(dossier.algorithm.type):
        yield absent(ALGORITHM_AT / "type")


@rule("RTE-05", "Role in deep synthesis not given", level=ERROR, cites=("DS 19",), kinds={ALGORITHM})
def gives_the_role_in_deep_synthesis(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    A filing of a generation algorithm says whether the applicant is the provider or the technical supporter.

    Why: both file, but with different particulars.

    Fix: choose provider or technical_supporter.

    标题：未填写深度合成角色

    要求：生成合成类算法须写明备案主体是服务提供者还是服务技术支持者。

    理由：两者均须备案，但填写内容不同。

    补正：选择服务提供者或服务技术支持者。
    """
    algorithm = dossier.algorithm
    if algorithm and algorithm.type == "generation" and is_missing(algorithm.role):
        yield absent(ALGORITHM_AT / "role")


@rule(
    "RTE-06",
    "Change or cancellation without its filing",
    level=ERROR,
    basis=SECONDARY,
    cites=("FRM",),
    kinds=ALL_KINDS,
    actions={CHANGE, CANCELLATION},
    says={
        UNKNOWN: (
            "{found} is the number of no filing of this applicant.",
            "{found} 不是该备案主体任何备案的编号。",
        ),
        "not_standing": (
            "The filing with the number {found} is neither filed nor suspended; it cannot be amended.",
            "编号为 {found} 的备案既非已备案也非暂停状态，不能变更或注销。",
        ),
    },
)
def amends_a_standing_filing(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    A change or a cancellation names the filing it amends, and the day on which it happened.

    Why: the number ties it to the filing, and the deadline runs from the day.

    Fix: give the official number of the filing as published, and the day of the change or termination.

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
    """Where numbers are not known nothing is said; where they are, it must be a standing number of the applicant."""
    others = context.facts.other_filings
    if others is None or not context.facts.numbers_are_known:
        return
    named = normalized(dossier.amends or "")
    target = next((filing for filing in others if _bears(filing, named)), None)
    if target is None:
        yield Problem(ROOT / "amends", UNKNOWN, {"found": dossier.amends})
    elif context.facts.status not in DECIDED and target.status not in STANDING_NUMBERS:
        yield Problem(ROOT / "amends", "not_standing", {"found": dossier.amends})


def _bears(filing: FilingFact, number: str) -> bool:
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
    says={
        MISMATCH: (
            "The jurisdiction is {found}, the applicant's region lies in {asked}.",
            "属地为 {found}，注册地位于 {asked}。",
        ),
        UNKNOWN: ("{found} is the code of no province.", "{found} 不是省级行政区划代码。"),
    },
)
def is_filed_in_the_applicants_province(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    A filing goes to the authority of the province where the applicant is registered.

    Why: another province usually sends it back.

    Fix: correct the jurisdiction or the region; where the province agreed otherwise, keep its consent at hand.

    标题：属地与注册地省份不一致

    要求：申报应提交注册地所在省份的主管部门。

    理由：其他省份通常会退回申报。

    补正：更正属地或注册地；经其他省份同意的，留存书面意见。
    """
    jurisdiction, province = dossier.jurisdiction, (dossier.applicant.region or "")[:2]
    if is_missing(jurisdiction) or jurisdiction == province:
        return
    if province in PROVINCES:
        yield Problem(ROOT / "jurisdiction", MISMATCH, {"found": jurisdiction, "asked": province})
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
    says={
        "self_deployed": (
            "The called model is accessed by {access}; provinces differ on whether a registration is enough.",
            "所调用模型的接入方式为{access}；各地对是否可以登记的口径不一。",
        )
    },
)
def calls_the_model_where_it_is_offered(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    A registered service calls the model where its developer offers it.

    Why: some provinces ask for a full filing when the applicant runs the model itself.

    Fix: ask the provincial authority before submitting; keep its answer with the filing.

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
    A filing names the province whose authority accepts it.

    Why: without it nobody is responsible for reading the filing.

    Fix: give the two-digit code of the province, usually that of the applicant's region.

    标题：未填写属地

    要求：申报须写明受理的属地省份。

    理由：缺少属地则无法确定受理部门。

    补正：填写省级两位代码，一般为注册地所在省份。
    """
    if is_missing(dossier.jurisdiction):
        yield absent(ROOT / "jurisdiction")
