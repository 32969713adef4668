"""ANT: anthropomorphic interaction services (拟人化互动)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from compliance.dossier.schema import Dossier
from compliance.rules import thresholds
from compliance.rules.catalog import ERROR, GENERATIVE, REGISTRATION, SECONDARY, rule
from compliance.rules.context import Context
from compliance.rules.problems import MISSING, Problem
from compliance.rules.reading import ASSESSMENT, SERVICE, is_missing

IN_FORCE = date(2026, 7, 15)


@rule(
    "ANT-01",
    "Virtual companion offered to minors",
    level=ERROR,
    basis=SECONDARY,
    cites=("ANT 14",),
    kinds={GENERATIVE, REGISTRATION},
    since=IN_FORCE,
    messages={
        "for_minors": (
            "The service is anthropomorphic, offers a virtual companion and serves minors.",
            "服务为拟人化互动服务，提供虚拟陪伴，且面向未成年人。",
        )
    },
)
def offers_minors_no_virtual_companion(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    An anthropomorphic service must not offer minors a virtual relative or partner.

    Why: Article 14 protects minors from emotional dependence on a machine.

    Fix: close the virtual companion or the service to minors, then correct the declaration.

    标题：向未成年人提供虚拟陪伴

    要求：拟人化互动服务不得向未成年人提供虚拟亲属、虚拟伴侣等服务。

    理由：第十四条防止未成年人对机器产生情感依赖。

    补正：对未成年人关闭虚拟陪伴功能或服务，并更正申明。
    """
    service = dossier.service
    if service.anthropomorphic and service.virtual_companion and service.serves_minors:
        yield Problem(SERVICE / "virtual_companion", "for_minors")


@rule(
    "ANT-02",
    "Large anthropomorphic service without assessment",
    level=ERROR,
    basis=SECONDARY,
    cites=("ANT 22",),
    kinds={GENERATIVE, REGISTRATION},
    since=IN_FORCE,
    messages={
        MISSING: (
            "No security assessment: the service has {found} registered users; above {asked}, an assessment is required.",
            "未开展安全评估；服务注册用户为 {found}，超过 {asked} 须开展安全评估。",
        )
    },
)
def assesses_a_large_anthropomorphic_service(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    An anthropomorphic service with more than one million registered users must have a security assessment.

    Why: Article 22 requires an assessment of services of this size.

    Fix: carry out the assessment and fill in the assessment section.

    标题：大型拟人化互动服务未开展安全评估

    要求：注册用户超过一百万的拟人化互动服务须开展安全评估。

    理由：第二十二条要求达到该规模的服务开展安全评估。

    补正：开展安全评估并填写评估信息。
    """
    service, limit = dossier.service, thresholds.MANY_USERS.count_on(context.day)
    users = service.registered_users
    if service.anthropomorphic and users is not None and users > limit and is_missing(dossier.assessment):
        yield Problem(ASSESSMENT, MISSING, {"found": users, "asked": limit})
