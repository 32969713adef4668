"""PRO-05: filing numbers of the models that a registered service calls."""

from __future__ import annotations

from collections.abc import Iterator

from compliance.dossier.schema import Dossier
from compliance.rules.catalog import (
    ERROR,
    REGISTRATION,
    SECONDARY,
    rule,
)
from compliance.rules.context import Context
from compliance.rules.lineage import BARRED, MESSAGES_BARRED, display_name
from compliance.rules.problems import MISSING, Problem
from compliance.rules.reading import is_missing, used_models
from registry.numbers.forms import is_filing_number, is_registration_number, number_key


@rule(
    "PRO-05",
    "Called model is not filed",
    level=ERROR,
    basis=SECONDARY,
    cites=("NOT",),
    kinds={REGISTRATION},
    messages={
        **MESSAGES_BARRED,
        MISSING: ("{model} has no filing number.", "{model}未填写备案编号。"),
        "format": (
            "“{found}” of {model} does not have the format of a filing number.",
            "{model}的“{found}”不符合备案编号的格式。",
        ),
        "registration_number": (
            "{found} of {model} is a registration number (with S), not the number of a filed model.",
            "{model}的 {found} 是登记编号（含 S），不是已备案模型的编号。",
        ),
    },
)
def calls_a_filed_model(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    A registration must give the filing number of each model that the service calls.

    Why: only a service that calls filed models may be registered instead of filed.

    Fix: copy the number from the published list; if the model is not filed, open a generative-service filing.

    标题：所调用模型未备案

    要求：登记须写明服务所调用的每个模型的备案编号。

    理由：仅调用已备案模型的服务适用登记。

    补正：按公布清单填写编号；模型未备案的，应办理生成式人工智能服务备案。
    """
    for at, model in used_models(dossier):
        number = model.filing_number or ""
        if variant := _fault_of_called(number, context):
            values = {"model": display_name(model), **({"found": number[:100]} if variant != MISSING else {})}
            yield Problem(at / "filing_number", variant, values)


def _fault_of_called(number: str, context: Context) -> str | None:
    if is_missing(number):
        return MISSING
    if is_registration_number(number):
        return "registration_number"
    if not is_filing_number(number):
        return "format"
    status = context.facts.number_status.get(number_key(number))
    return status if status in BARRED else None
