"""ALG: the details of an algorithm filing (算法信息)."""

from __future__ import annotations

from collections.abc import Iterator

from compliance.dossier.schema import Dossier
from compliance.rules import thresholds
from compliance.rules.catalog import ALGORITHM, ERROR, PRACTICE, SECONDARY, WARNING, rule
from compliance.rules.context import Context
from compliance.rules.problems import TOO_LONG, Problem, absent, not_true
from compliance.rules.reading import ALGORITHM_AT, SERVICE, gaps, is_missing


def _gaps_in_algorithm(dossier: Dossier, *names: str) -> Iterator[Problem]:
    """Report the missing fields of the algorithm section; RTE-04 reports a missing section."""
    if not is_missing(dossier.algorithm):
        yield from gaps(ALGORITHM_AT, dossier.algorithm, *names)


@rule("ALG-01", "Service form or domain not given", level=ERROR, cites=("ALG 24",), kinds={ALGORITHM})
def gives_form_and_domain(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    An algorithm filing must give the service forms and the domains of the service and of the algorithm.

    Why: Article 24 lists service form and application domain among the information to be filed.

    Fix: list the forms in which the service is offered, and select the domains.

    标题：未填写服务形式或应用领域

    要求：算法备案须填写服务形式以及服务和算法的应用领域。

    理由：第二十四条将服务形式、应用领域列为备案信息。

    补正：列出服务形式并选择应用领域。
    """
    yield from gaps(SERVICE, dossier.service, "forms", "domain")
    yield from _gaps_in_algorithm(dossier, "domain")


@rule("ALG-02", "Algorithm not named or not dated", level=ERROR, cites=("ALG 24",), kinds={ALGORITHM})
def names_and_dates_the_algorithm(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    An algorithm filing must give the algorithm's name and its launch date.

    Why: the public list shows the name, and the deadline runs from the launch.

    Fix: enter the name as it will be published, and the launch date.

    标题：未填写算法名称或上线时间

    要求：算法备案须填写算法名称和上线时间。

    理由：公示清单列示算法名称，备案期限自上线之日起算。

    补正：填写拟公示的算法名称和上线时间。
    """
    yield from _gaps_in_algorithm(dossier, "name", "launched_on")


@rule(
    "ALG-03",
    "Content to be publicized incomplete",
    level=ERROR,
    cites=("ALG 16", "ALG 24"),
    kinds={ALGORITHM},
)
def explains_the_algorithm_to_the_public(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    The content to be publicized must give the algorithm's principle, mechanism, scenario and purpose.

    Why: users have the right to know how the content that they see is selected or generated.

    Fix: add the missing part in language that users understand.

    标题：拟公示内容不完整

    要求：拟公示内容须写明算法基本原理、运行机制、应用场景和目的意图。

    理由：用户有权了解所见内容的推荐或生成原理。

    补正：用用户能够理解的语言补写缺失部分。
    """
    yield from _gaps_in_algorithm(dossier, "principle", "mechanism", "scenario", "purpose")


@rule(
    "ALG-04",
    "Summary, data sources or modalities not given",
    level=ERROR,
    force=PRACTICE,
    basis=SECONDARY,
    cites=("FRM",),
    kinds={ALGORITHM},
)
def describes_data_and_modalities(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    An algorithm filing must give a summary, the data sources, and the input and output modalities.

    Why: the filing system requires each of them.

    Fix: fill in the missing field.

    标题：未填写算法简介、数据来源或数据模态

    要求：算法备案须填写算法简介、数据来源、输入和输出数据模态。

    理由：备案系统逐项要求填写。

    补正：补填缺失的项目。
    """
    yield from _gaps_in_algorithm(dossier, "summary", "data_sources", "input_modalities", "output_modalities")


@rule(
    "ALG-05",
    "Risks or their prevention not described",
    level=ERROR,
    force=PRACTICE,
    basis=SECONDARY,
    cites=("FRM",),
    kinds={ALGORITHM},
)
def prevents_each_risk(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    An algorithm filing must list the algorithm's risks, each with a preventive measure.

    Why: a risk without a preventive measure remains unhandled.

    Fix: list the risks and describe the preventive measure for each.

    标题：未说明算法风险或防范机制

    要求：算法备案须列出算法风险，并逐项写明防范措施。

    理由：没有防范措施的风险无人处置。

    补正：列出风险并逐项填写防范措施。
    """
    algorithm = dossier.algorithm
    if algorithm is None or is_missing(algorithm):
        return
    if not algorithm.risk_controls:
        yield absent(ALGORITHM_AT / "risk_controls")
    for i, control in enumerate(algorithm.risk_controls or ()):
        if is_missing(control.measure):
            yield absent(ALGORITHM_AT / "risk_controls" / i / "measure")


@rule("ALG-06", "Personalization cannot be switched off", level=ERROR, cites=("ALG 17",), kinds={ALGORITHM})
def lets_users_switch_personalization_off(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    A personalized push service must let its users turn personalization off.

    Why: Article 17 gives users this choice, with immediate effect.

    Fix: offer the option in the product, then set opt_out to true.

    标题：未提供关闭个性化推荐的选项

    要求：个性化推送类服务须向用户提供关闭算法推荐服务的选项。

    理由：第十七条赋予用户选择权，关闭应立即生效。

    补正：在产品中提供关闭选项，并将 opt_out 填为 true。
    """
    algorithm = dossier.algorithm
    if algorithm and algorithm.type == "personalized_push" and algorithm.opt_out is not True:
        yield not_true(ALGORITHM_AT / "opt_out", algorithm.opt_out)


@rule(
    "ALG-07",
    "Description too long or access path not given",
    level=WARNING,
    force=PRACTICE,
    basis=SECONDARY,
    cites=("FRM",),
    kinds={ALGORITHM},
)
def describes_the_access_path(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    The description must have at most 500 characters, and a provider must list the steps that lead to the function.

    Why: the form limits the length, and the reviewer follows the steps to find the function.

    Fix: shorten the description; list the steps in order, starting where the user starts.

    标题：功能介绍过长或未填写功能访问路径

    要求：功能介绍不超过 500 字；服务提供者须填写功能访问路径。

    理由：表单限制字数，审核人员按访问路径查看功能。

    补正：精简功能介绍；从用户入口开始按顺序列出访问步骤。
    """
    limit = thresholds.DESCRIPTION_LENGTH.count_on(context.day)
    length = len(dossier.service.description or "")
    if length > limit:
        yield Problem(SERVICE / "description", TOO_LONG, {"found": length, "asked": limit})
    supports_only = dossier.algorithm is not None and dossier.algorithm.role == "technical_supporter"
    if not supports_only and is_missing(dossier.service.access_path):
        yield absent(SERVICE / "access_path")


@rule(
    "ALG-08",
    "Intervention policy or labeling of results not given",
    level=ERROR,
    force=PRACTICE,
    basis=SECONDARY,
    cites=("FRM",),
    kinds={ALGORITHM},
)
def describes_intervention_and_labeling(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    An algorithm filing must describe the intervention policy and how results are labeled.

    Why: the filing system requires both as parts of the algorithm's strategy.

    Fix: add the missing description.

    标题：未填写干预策略或结果标识

    要求：算法备案须填写干预策略和结果标识。

    理由：两者是备案系统要求填写的算法策略。

    补正：补填缺失的项目。
    """
    yield from _gaps_in_algorithm(dossier, "intervention_policy", "result_labeling")
