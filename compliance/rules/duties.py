"""Which filings a service needs, and why: what the rules of route (RTE) presuppose, told before anything is filed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from compliance.dossier.schema import Dossier
from compliance.language import Bilingual
from compliance.rules.catalog import ALGORITHM, GENERATIVE, REGISTRATION
from compliance.rules.reading import functions, is_applicants, is_generative, is_missing, used_models


class Need(StrEnum):
    """Whether a filing is needed; unclear while something is not given on which it depends."""

    REQUIRED = "required"
    NOT_REQUIRED = "not_required"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Duty:
    """Whether a service needs a kind of filing, why, and the article that says so."""

    kind: str
    need: Need
    why: Bilingual
    cites: str


_NOT_PUBLIC = Bilingual("The service is not offered to the public.", "服务不面向公众提供。")
_NO_CAPACITY = Bilingual(
    "The service has no capacity to shape opinion or mobilize society.", "服务不具有舆论属性或者社会动员能力。"
)
_SAY_PUBLIC = Bilingual("Say whether the service is offered to the public.", "请先填写服务是否面向公众提供。")
_SAY_CAPACITY = Bilingual(
    "Say whether the service has the capacity to shape opinion or mobilize society.",
    "请先填写服务是否具有舆论属性或者社会动员能力。",
)
_SAY_FUNCTIONS = Bilingual("Name the functions of the service.", "请先填写服务的主要功能。")
_SAY_MODELS = Bilingual("Name the models that the service runs on.", "请先填写服务所用的模型。")
_SAY_DEVELOPERS = Bilingual(
    "Name the developer of each model that the service runs on.", "请先填写服务所用模型的研制单位。"
)
_ALGORITHM = Bilingual(
    "A public service with this capacity files its algorithm within 10 working days after the launch.",
    "具有舆论属性或者社会动员能力的服务，应当在提供服务之日起十个工作日内办理算法备案。",
)
_NOT_GENERATIVE = Bilingual("The service does not generate content.", "服务不生成内容。")
_OWN = Bilingual(
    "The service runs on an own or modified model, which needs a security assessment and a generative-service filing.",
    "服务使用自研或者修改过的模型，须开展安全评估并办理生成式人工智能服务备案。",
)
_CALLED = Bilingual(
    "The service calls only unmodified models of others; a registration is enough.",
    "服务仅直接调用他人模型且未作修改，办理登记即可。",
)
_CALLED_UNFILED = Bilingual(
    "The service calls only unmodified models of others; a registration is enough once each has a filing number.",
    "服务仅直接调用他人模型且未作修改，所调用模型均已备案并填写编号后，办理登记即可。",
)
_REGISTERED = Bilingual("A registration covers the service.", "办理登记即可，无须另行备案。")
_FILED = Bilingual("A generative-service filing covers the service.", "办理生成式人工智能服务备案，无须登记。")


def duties_of(dossier: Dossier) -> list[Duty]:
    """Return whether a service needs each kind of filing, and why."""
    return [_algorithm(dossier), *_generative(dossier)]


def _algorithm(dossier: Dossier) -> Duty:
    service = dossier.service
    need, why = _of_public_service(dossier)
    if need is Need.REQUIRED:
        need, why = (
            (Need.REQUIRED, _ALGORITHM) if functions(service) or dossier.algorithm else (Need.UNCLEAR, _SAY_FUNCTIONS)
        )
    return Duty(ALGORITHM, need, why, "ALG 24")


def _of_public_service(dossier: Dossier) -> tuple[Need, Bilingual]:
    service = dossier.service
    if service.public is False:
        return Need.NOT_REQUIRED, _NOT_PUBLIC
    if service.opinion_capacity is False:
        return Need.NOT_REQUIRED, _NO_CAPACITY
    if service.public is None:
        return Need.UNCLEAR, _SAY_PUBLIC
    return (Need.UNCLEAR, _SAY_CAPACITY) if service.opinion_capacity is None else (Need.REQUIRED, _ALGORITHM)


def _generative(dossier: Dossier) -> Iterator[Duty]:
    need, why = _of_public_service(dossier)
    filing = registration = need
    reasons = why, why
    if functions(dossier.service) and not is_generative(dossier.service):
        filing, registration, reasons = Need.NOT_REQUIRED, Need.NOT_REQUIRED, (_NOT_GENERATIVE, _NOT_GENERATIVE)
    elif need is Need.REQUIRED:
        (filing, registration), reasons = _by_models(dossier)
    yield Duty(GENERATIVE, filing, reasons[0], "IM 17")
    yield Duty(REGISTRATION, registration, reasons[1], "NOT")


def _by_models(dossier: Dossier) -> tuple[tuple[Need, Need], tuple[Bilingual, Bilingual]]:
    used = [model for _at, model in used_models(dossier)]
    if not functions(dossier.service):
        return (Need.UNCLEAR, Need.UNCLEAR), (_SAY_FUNCTIONS, _SAY_FUNCTIONS)
    if not used:
        return (Need.UNCLEAR, Need.UNCLEAR), (_SAY_MODELS, _SAY_MODELS)
    if any(is_applicants(model, dossier) or _is_modified(model) for model in used):
        return (Need.REQUIRED, Need.NOT_REQUIRED), (_OWN, _FILED)
    if any(model.developer is None or is_missing(model.developer.name) for model in used):
        return (Need.UNCLEAR, Need.UNCLEAR), (_SAY_DEVELOPERS, _SAY_DEVELOPERS)
    are_filed = not any(is_missing(model.filing_number) for model in used)
    return (Need.NOT_REQUIRED, Need.REQUIRED), (_REGISTERED, _CALLED if are_filed else _CALLED_UNFILED)


def _is_modified(model: object) -> bool:
    return any(parent.modified for parent in getattr(model, "derived_from", None) or ())
