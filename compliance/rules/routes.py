"""RTE: the kind of filing that a service needs."""

from __future__ import annotations

from collections.abc import Iterator

from compliance.dossier.schema import Dossier
from compliance.rules.catalog import (
    ALGORITHM,
    ERROR,
    GENERATIVE,
    REGISTRATION,
    SECONDARY,
    WARNING,
    rule,
)
from compliance.rules.context import Context, same_name
from compliance.rules.problems import MISSING, Problem, absent
from compliance.rules.reading import (
    ALGORITHM_AT,
    SERVICE,
    is_applicants,
    is_generative,
    is_missing,
    used_models,
)

UNDER_WAY = frozenset({"submitted", "accepted", "provincial_review", "national_review", "returned", "filed"})


@rule(
    "RTE-01",
    "Registration of an own or modified model",
    level=ERROR,
    basis=SECONDARY,
    cites=("NOT",),
    kinds={REGISTRATION},
    messages={
        "own": (
            "The service uses the applicant's own model; a registration covers only filed models of other developers.",
            "服务所用模型由备案主体研制；登记仅适用于直接调用他人已备案模型的服务。",
        ),
        "modified": (
            "The service uses a modified model; a registration covers only unmodified models.",
            "服务所用模型经过修改；登记仅适用于未经修改的已备案模型。",
        ),
    },
)
def calls_a_model_of_another(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    A registration covers only a service that calls a filed, unmodified model of another developer.

    Why: the safety of an own or modified model has not been reviewed yet.

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
    A public generative service with the capacity to shape opinion must also have an algorithm filing.

    Why: the Interim Measures require both a security assessment and an algorithm filing.

    Fix: file the algorithm for this service and enter its 网信算备 number, or enter the number of an existing filing.

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
    messages={
        "not_public": (
            "The service is declared as not offered to the public; the Interim Measures do not apply to it.",
            "服务申明不面向公众提供；《暂行办法》不适用于此类服务。",
        )
    },
)
def is_offered_to_the_public(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    The Interim Measures apply to services offered to the public in mainland China.

    Why: research and internal use do not need a filing.

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
    An algorithm filing must describe its algorithm and state which of the five types it belongs to.

    Why: the type determines which information the filing needs.

    Fix: fill in the algorithm section, starting with the type.

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
    The filing of a generation algorithm must state whether the applicant is the provider or the technical supporter.

    Why: both must file, but with different information.

    Fix: select provider or technical_supporter.

    标题：未填写深度合成角色

    要求：生成合成类算法须写明备案主体是服务提供者还是服务技术支持者。

    理由：两者均须备案，但填写内容不同。

    补正：选择服务提供者或服务技术支持者。
    """
    algorithm = dossier.algorithm
    if algorithm and algorithm.type == "generation" and is_missing(algorithm.role):
        yield absent(ALGORITHM_AT / "role")
