"""ORG: the applicant and its safety systems."""

from __future__ import annotations

from collections.abc import Iterator

from compliance.dossier.schema import Dossier
from compliance.rules.catalog import (
    ALGORITHM,
    ALL_KINDS,
    ERROR,
    EVERY_ACTION,
    GENERATIVE,
    PRACTICE,
    REGISTRATION,
    SECONDARY,
    WARNING,
    rule,
)
from compliance.rules.context import Context
from compliance.rules.problems import MISSING, UNKNOWN, Problem
from compliance.rules.reading import APPLICANT, gaps, gaps_in_section
from registry.reference.regions import NATIONAL, is_known_region

FOUR_SYSTEMS = ("self_assessment", "monitoring", "incident_response", "violation_handling")
TWO_MORE = ("ethics_review", "data_protection")


@rule(
    "ORG-01",
    "Applicant not fully identified",
    level=ERROR,
    cites=("ALG 24",),
    kinds=ALL_KINDS,
    actions=EVERY_ACTION,
)
def identifies_the_applicant(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    A filing must give the applicant's name, unified social credit code, entity type, region, address and legal representative.

    Why: the authority files a provider, not a product, and must be able to identify it.

    Fix: copy the missing information from the business license.

    标题：备案主体信息不完整

    要求：申报须写明备案主体的名称、统一社会信用代码、主体类型、注册地、详细地址和法定代表人。

    理由：备案的对象是服务提供者，缺少这些信息无法确认主体身份。

    补正：按营业执照补齐缺失的主体信息。
    """
    yield from gaps(
        APPLICANT,
        dossier.applicant,
        "name",
        "uscc",
        "entity_type",
        "region",
        "address",
        "legal_representative",
    )


@rule(
    "ORG-02",
    "Algorithm security officer not reachable",
    level=ERROR,
    force=PRACTICE,
    basis=SECONDARY,
    cites=("FRM",),
    kinds={ALGORITHM},
)
def names_a_security_officer(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    An algorithm filing must name the algorithm security officer, with telephone and e-mail.

    Why: the authority must be able to reach this person when a security problem occurs.

    Fix: enter the officer's name, mobile number and e-mail address.

    标题：算法安全责任人信息不完整

    要求：算法备案须填写算法安全责任人的姓名、电话和电子邮箱。

    理由：出现安全问题时，主管部门须能联系到责任人。

    补正：补齐算法安全责任人的姓名、手机号码和电子邮箱。
    """
    yield from gaps_in_section(
        APPLICANT / "security_officer", dossier.applicant.security_officer, "name", "phone", "email"
    )


@rule(
    "ORG-03",
    "Required algorithm safety system not in place",
    level=ERROR,
    cites=("ALG 7",),
    kinds={ALGORITHM},
    messages={MISSING: ("Missing from the safety systems: {system}.", "安全管理制度中缺少{system}。")},
)
def has_the_four_safety_systems(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    The applicant must have systems for self-assessment, monitoring, incident response and violation handling.

    Why: the provider is responsible for the security of its algorithm, and these four systems are the basis for it.

    Fix: set up the system, describe it in the responsibility statement, then list it under governance.

    标题：缺少必备的算法安全管理制度

    要求：备案主体须建立算法安全自评估、安全监测、安全事件应急处置和违法违规处置制度。

    理由：算法推荐服务提供者应当落实算法安全主体责任，这四项制度是落实的基础。

    补正：建立该制度，写入《落实算法安全主体责任基本情况》，并在 governance 中列明。
    """
    for system in FOUR_SYSTEMS:
        if system not in (dossier.applicant.governance or ()):
            yield Problem(APPLICANT / "governance", f"{MISSING}:{system}", {"system": system})


@rule(
    "ORG-04",
    "Ethics review or data protection not in place",
    level=WARNING,
    cites=("ALG 7",),
    kinds={ALGORITHM, GENERATIVE},
    messages={MISSING: ("Missing from the safety systems: {systems}.", "安全管理制度中缺少：{systems}。")},
)
def has_ethics_review_and_data_protection(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    The applicant must have a science and technology ethics review, and systems to protect data and personal information.

    Why: Article 7 lists both among the systems that a provider must set up.

    Fix: set up the missing systems and list them under governance.

    标题：缺少科技伦理审查或数据保护制度

    要求：备案主体须建立科技伦理审查、数据安全和个人信息保护制度。

    理由：第七条将两者列为服务提供者应当建立的制度。

    补正：建立缺失的制度，并在 governance 中列明。
    """
    missing = [system for system in TWO_MORE if system not in (dossier.applicant.governance or ())]
    if missing:
        yield Problem(APPLICANT / "governance", MISSING, {"systems": missing})


@rule(
    "ORG-05",
    "Region of the applicant unknown",
    level=WARNING,
    force=PRACTICE,
    cites=("FRM",),
    kinds=ALL_KINDS,
    actions=EVERY_ACTION,
    messages={
        UNKNOWN: (
            "{found} is not a current or former region of GB/T 2260.",
            "{found} 不是 GB/T 2260 中现行或曾用的行政区划代码。",
        )
    },
)
def has_a_known_region(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    The region in the credit code (positions 3 to 8) and the applicant's region must be regions of GB/T 2260.

    Why: the region decides which provincial authority accepts the filing.

    Fix: compare both with the business license, and correct the wrong one.

    标题：主体行政区划代码未知

    要求：统一社会信用代码第 3 至 8 位和注册地须为 GB/T 2260 中的行政区划代码。

    理由：行政区划决定由哪一省级主管部门受理。

    补正：与营业执照核对，更正错误的代码。
    """
    in_code = dossier.applicant.uscc[2:8]
    if in_code != NATIONAL and not is_known_region(in_code):
        yield Problem(APPLICANT / "uscc", UNKNOWN, {"found": in_code})
    region = dossier.applicant.region
    if region and not is_known_region(region):
        yield Problem(APPLICANT / "region", UNKNOWN, {"found": region})


@rule(
    "ORG-06",
    "Contact not reachable",
    level=ERROR,
    force=PRACTICE,
    basis=SECONDARY,
    cites=("FRM",),
    kinds={GENERATIVE, REGISTRATION},
)
def names_a_contact(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    The filing must name a contact with a telephone number.

    Why: the provincial authority contacts the applicant by telephone.

    Fix: enter the contact's name and telephone number.

    标题：联系人信息不完整

    要求：申报须填写联系人的姓名和电话。

    理由：属地网信部门通过电话联系补正事宜。

    补正：补齐联系人的姓名和电话。
    """
    yield from gaps_in_section(APPLICANT / "contact", dossier.applicant.contact, "name", "phone")
