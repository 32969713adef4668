"""SRV: the obligations of a service to its users."""

from __future__ import annotations

from collections.abc import Iterator

from compliance.dossier.schema import Dossier
from compliance.rules.catalog import (
    ALGORITHM,
    ALL_KINDS,
    ERROR,
    GENERATIVE,
    INITIAL,
    PRACTICE,
    REGISTRATION,
    SECONDARY,
    TODAY,
    WARNING,
    rule,
)
from compliance.rules.context import FILED, Context
from compliance.rules.problems import MISSING, Problem, absent, not_true
from compliance.rules.reading import SERVICE, gaps, gaps_in_section, has_document, is_missing

GENERATIVE_KINDS = frozenset({GENERATIVE, REGISTRATION})
PERMIT_DOMAINS = frozenset({"medical", "finance", "education", "legal"})


@rule("SRV-01", "No service agreement", level=ERROR, cites=("IM 9",), kinds=GENERATIVE_KINDS)
def has_a_service_agreement(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    The service must have an agreement with its users, given as an address or as a document.

    Why: Article 9 requires an agreement that sets out the rights and obligations of both parties.

    Fix: enter the address of the terms, or list the service agreement among the documents.

    标题：缺少服务协议

    要求：须与使用者签订服务协议：填写协议地址或列入附件。

    理由：第九条要求明确双方权利义务。

    补正：填写服务协议地址，或在附件中列入模型服务协议。
    """
    if is_missing(dossier.service.terms_url) and not has_document(dossier, "service_agreement"):
        yield absent(SERVICE / "terms_url")


@rule("SRV-02", "No privacy policy", level=ERROR, cites=("IM 11",), kinds=GENERATIVE_KINDS)
def has_a_privacy_policy(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    The service must have a privacy policy, given as an address or as a document.

    Why: Article 11 protects users' inputs and usage records.

    Fix: enter the address of the policy, or list the privacy policy among the documents.

    标题：缺少隐私政策

    要求：须有隐私保护政策：填写地址或列入附件。

    理由：第十一条要求保护使用者的输入信息和使用记录。

    补正：填写隐私政策地址，或在附件中列入隐私保护政策。
    """
    if is_missing(dossier.service.privacy_url) and not has_document(dossier, "privacy_policy"):
        yield absent(SERVICE / "privacy_url")


@rule("SRV-03", "Complaint channel incomplete", level=ERROR, cites=("IM 15", "ALG 22"), kinds=ALL_KINDS)
def takes_complaints(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    The service must have a complaint entry and publish the number of days within which it responds.

    Why: users must be able to complain, and to know when to expect a response.

    Fix: enter the complaint entry and the days to respond.

    标题：投诉举报渠道不完整

    要求：服务须设置投诉举报入口并公布反馈时限。

    理由：使用者应能投诉并知晓答复时限。

    补正：填写投诉入口和反馈时限（日）。
    """
    yield from gaps_in_section(
        SERVICE / "complaint_channel", dossier.service.complaint_channel, "entry", "response_days"
    )


@rule("SRV-04", "Audience and uses not published", level=ERROR, cites=("IM 10",), kinds=GENERATIVE_KINDS)
def publishes_its_audience(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    The service must publish its audience, occasions and uses.

    Why: Article 10 requires it, to guide users to an informed use of the service.

    Fix: describe audience, occasions and uses.

    标题：未公开适用人群、场合、用途

    要求：服务须明确并公开其适用人群、场合、用途。

    理由：第十条要求指导使用者科学理性认识和使用。

    补正：填写适用人群、场合、用途。
    """
    yield from gaps(SERVICE, dossier.service, "audience")


@rule("SRV-05", "Minors served without protection", level=ERROR, cites=("IM 10",), kinds=GENERATIVE_KINDS)
def protects_minors(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    A service that serves minors must describe how it protects them.

    Why: Article 10 requires measures against over-reliance and addiction of minors.

    Fix: describe the measures, such as guardian controls, time limits and age-appropriate content.

    标题：面向未成年人但缺少保护措施

    要求：面向未成年人的服务须说明保护措施。

    理由：第十条要求防范未成年人过度依赖或者沉迷。

    补正：说明监护人控制、时长限制、适龄内容等措施。
    """
    if dossier.service.serves_minors and is_missing(dossier.service.minor_protection):
        yield absent(SERVICE / "minor_protection")


@rule(
    "SRV-06",
    "Filed service does not show its number",
    level=ERROR,
    basis=SECONDARY,
    cites=("NOT", "ALG 26", "DS 19"),
    kinds=ALL_KINDS,
    actions={INITIAL},
    judged_on=TODAY,
)
def shows_its_number(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    A filed and launched service must show its number; for an algorithm filing also the public record, otherwise also the model name.

    Why: users must be able to look up the filing.

    Fix: show the missing item in a prominent place, and enter where it is shown.

    标题：已备案服务未公示编号

    要求：已备案并上线的服务须公示编号；算法备案还须公示信息链接，其他还须公示模型名称。

    理由：便于使用者查询备案信息。

    补正：在显著位置公示，并填写公示位置。
    """
    launched_on = dossier.service.launched_on
    if context.facts.status != FILED or launched_on is None or not context.has_reached(launched_on):
        return
    display = dossier.service.display
    at = SERVICE / "display"
    if display is None or is_missing(display.number_shown_at):
        yield absent(at / "number_shown_at")
    if dossier.kind == ALGORITHM and (display is None or is_missing(display.public_record_link)):
        yield absent(at / "public_record_link")
    if dossier.kind != ALGORITHM and (display is None or display.model_name_shown is not True):
        yield not_true(at / "model_name_shown", display.model_name_shown if display else None)


@rule(
    "SRV-07",
    "Forms, functions or domain not given",
    level=ERROR,
    force=PRACTICE,
    basis=SECONDARY,
    cites=("FRM",),
    kinds=GENERATIVE_KINDS,
)
def lists_what_it_offers(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    The filing must give the forms, functions and domain of the service.

    Why: many obligations depend on what the service does.

    Fix: fill in the missing field.

    标题：未填写服务形式、功能或领域

    要求：申报须填写服务形式、主要功能和应用领域。

    理由：许多义务取决于服务的功能。

    补正：补填缺失的项目。
    """
    yield from gaps(SERVICE, dossier.service, "forms", "functions", "domain")


@rule(
    "SRV-08",
    "News service without a news permit",
    level=ERROR,
    cites=("ALG 13", "IM 23"),
    kinds=ALL_KINDS,
    messages={
        MISSING: (
            "The domain of the service is news, but no news permit is listed.",
            "应用领域为新闻，但未列出互联网新闻信息服务许可。",
        )
    },
)
def holds_a_news_permit(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    A news service must hold the permit for internet news information services.

    Why: news information services may not be offered without it.

    Fix: list the permit with its number, or correct the domain.

    标题：新闻服务缺少新闻信息服务许可

    要求：提供互联网新闻信息服务须依法取得许可。

    理由：未经许可不得提供互联网新闻信息服务。

    补正：列出许可及其编号，或更正应用领域。
    """
    holds = any(permit.kind == "news" for permit in dossier.service.permits or ())
    if dossier.service.domain == "news" and not holds:
        yield absent(SERVICE / "permits")


@rule(
    "SRV-09",
    "Permits of a regulated domain not stated",
    level=WARNING,
    cites=("IM 23",),
    kinds=GENERATIVE_KINDS,
    messages={
        MISSING: (
            "The domain of the service is {domain}, but permits are not declared. An empty list means that none is needed.",
            "应用领域为{domain}，但未说明前置许可。空列表表示无需许可。",
        )
    },
)
def declares_its_permits(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    A medical, financial, educational or legal service must declare which permits it holds, or that none is needed.

    Why: other laws and regulations may require a permit.

    Fix: list the permits; an empty list means that none is needed.

    标题：受监管领域未说明许可情况

    要求：医疗、金融、教育、法律类服务须说明所持许可，或说明无需许可。

    理由：其他法律、行政法规可能要求取得许可。

    补正：列出许可；无需许可的填空列表。
    """
    service = dossier.service
    if service.domain in PERMIT_DOMAINS and service.permits is None:
        yield Problem(SERVICE / "permits", MISSING, {"domain": service.domain})


@rule(
    "SRV-10",
    "Public offer or opinion capacity not said",
    level=ERROR,
    force=PRACTICE,
    cites=("ALG 24", "IM 17"),
    kinds=ALL_KINDS,
)
def declares_whether_it_must_be_filed(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    The filing must state whether the service is public, and whether it can shape opinion or mobilize the public.

    Why: the obligation to file depends on both.

    Fix: set both to true or false.

    标题：未说明是否面向公众或是否具有舆论属性

    要求：申报须说明服务是否面向公众，以及是否具有舆论属性或社会动员能力。

    理由：备案义务取决于这两项。

    补正：以 true 或 false 回答。
    """
    yield from gaps(SERVICE, dossier.service, "public", "opinion_capacity")
