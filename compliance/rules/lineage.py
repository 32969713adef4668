"""PRO: the models of a service, and their base models with filings and licenses."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from compliance.dossier.lineage import Model
from compliance.dossier.pointer import Pointer
from compliance.dossier.schema import Dossier
from compliance.rules.ancestors import ancestors, any_relation, used_and_ancestors, weights_pass
from compliance.rules.catalog import (
    ERROR,
    GENERATIVE,
    PRACTICE,
    REGISTRATION,
    SECONDARY,
    UNCONFIRMED,
    WARNING,
    rule,
)
from compliance.rules.context import CANCELLED, REVOKED, SUSPENDED, Context
from compliance.rules.problems import MISSING, Problem, absent
from compliance.rules.reading import MODELS, gaps, gaps_in_section, is_applicants, is_missing, used_models
from registry.numbers.forms import is_filing_number, is_registration_number, number_key

GENERATIVE_KINDS = frozenset({GENERATIVE, REGISTRATION})
BARRED = frozenset({CANCELLED, REVOKED, SUSPENDED})
NEW_STANDARD = date(2025, 11, 1)
MESSAGES_BARRED = {
    CANCELLED: ("The filing {found} of {model} was cancelled.", "{model}的备案 {found} 已注销。"),
    REVOKED: ("The filing {found} of {model} was revoked.", "{model}的备案 {found} 已被撤销。"),
    SUSPENDED: ("The filing {found} of {model} is suspended.", "{model}的备案 {found} 已暂停。"),
}
MESSAGES_UNFILED = {
    **MESSAGES_BARRED,
    MISSING: (
        "The service is built on {model}, which has no known official number.",
        "服务以{model}为基础，该模型没有已知的备案编号。",
    ),
    "unlisted": (
        "According to the register, {model} derives from {ancestor}, which has no known official number.",
        "据登记簿，{model}源自{ancestor}，后者没有已知的备案编号。",
    ),
    "unlisted_ended": (
        "According to the register, {model} derives from {ancestor}, whose filing {found} is no longer in force.",
        "据登记簿，{model}源自{ancestor}，后者的备案 {found} 已失效。",
    ),
}
_NAME_SHOWN = 100


@rule(
    "PRO-01",
    "No model used by the service",
    level=ERROR,
    cites=("IM 7",),
    kinds=GENERATIVE_KINDS,
    messages={MISSING: ("No model is listed as used by the service.", "没有列出由服务使用的模型。")},
)
def names_the_model_it_uses(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    A filing must list at least one model that the service uses.

    Why: Article 7 requires a base model of lawful source, so the model must be known.

    Fix: list the model and mark it as used by the service.

    标题：未填写服务所用模型

    要求：申报须至少列出一个由服务使用的模型。

    理由：第七条要求使用具有合法来源的基础模型，因此须写明是哪个模型。

    补正：列出模型，并标明由服务使用。
    """
    if not any(True for _ in used_models(dossier)):
        yield absent(MODELS)


@rule("PRO-02", "Base model not declared", level=ERROR, cites=("IM 7",), kinds=GENERATIVE_KINDS)
def declares_the_base_model(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    Each model in use must be declared as developed from scratch or as derived from a base model, which must be named.

    Why: the source of a model is lawful only if all models that it is built on are of lawful source.

    Fix: select from_scratch or derived; for a derived model, list the base model and name it under derived_from.

    标题：未申明基础模型

    要求：服务所用模型须写明是自研还是基于其他模型，后者须写明基础模型。

    理由：模型来源是否合法，取决于其所基于的全部模型。

    补正：选择自研或基于其他模型；后者须列出基础模型并在 derived_from 中写明。
    """
    for at, model in used_models(dossier):
        if model.development is None:
            yield absent(at / "development")
        elif model.development == "derived" and not model.derived_from:
            yield absent(at / "derived_from")


@rule(
    "PRO-03",
    "Base model without a filing",
    level=ERROR,
    basis=SECONDARY,
    cites=("T03 6",),
    kinds={GENERATIVE},
    since=date(2024, 2, 29),
    until=NEW_STANDARD,
    messages=MESSAGES_UNFILED,
)
def uses_filed_base_models(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    Every third-party model whose weights the service is built on, directly or through any generation, must be filed.

    Why: TC260-003 §6 requires base models that are filed with the authority; a new name does not replace a filing.

    Fix: enter the official number of that model, or use a filed base model.

    标题：基础模型未备案

    要求：服务直接或经各代派生所基于的第三方模型，均须已经主管部门备案。

    理由：TC260-003 第6章要求使用已经主管部门备案的基础模型，更名不等于备案。

    补正：填写该模型的备案编号，或改用已备案的基础模型。
    """
    yield from _without_a_number_in_force(dossier, context)


@rule(
    "PRO-04",
    "Base model without a filing (advice since November 2025)",
    level=WARNING,
    force=PRACTICE,
    basis=UNCONFIRMED,
    cites=("GB4 6",),
    kinds={GENERATIVE},
    since=NEW_STANDARD,
    messages=MESSAGES_UNFILED,
)
def should_use_filed_base_models(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    Every third-party model whose weights the service is built on, directly or through any generation, should be filed.

    Why: GB/T 45654-2025 is believed to have dropped this requirement, but provincial reviewers still ask about it.

    Fix: enter the official number of that model, or be prepared to prove its lawful source.

    标题：基础模型未备案（2025年11月起为建议）

    要求：服务直接或经各代派生所基于的第三方模型，宜已经主管部门备案。

    理由：一般认为 GB/T 45654-2025 已不含该要求，但属地审核仍常问及。

    补正：填写该模型的备案编号，或准备其合法来源的证明。
    """
    yield from _without_a_number_in_force(dossier, context)


def _without_a_number_in_force(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """Yield the models without a number in force; the unlisted ancestors of such a model are not reported as well."""
    for at, model in used_and_ancestors(dossier, weights_pass):
        found = [] if is_applicants(model, dossier) else list(_number_gap(at, model, context))
        yield from found or _unlisted_gaps(at, model, context)


def _unlisted_gaps(at: Pointer, model: Model, context: Context) -> Iterator[Problem]:
    """Yield the ancestors of a listed model that only the register knows and that have no number in force."""
    for ancestor in context.facts.unlisted.get(at, ()):
        values = {"model": display_name(model), "ancestor": ancestor.name[:_NAME_SHOWN]}
        variant = f"{{}}:{ancestor.name[:_NAME_SHOWN]}"
        if not ancestor.numbers:
            yield Problem(at / "derived_from", variant.format("unlisted"), values)
        elif all(status in BARRED for status in ancestor.numbers.values()):
            found = next(iter(ancestor.numbers))
            yield Problem(at / "derived_from", variant.format("unlisted_ended"), {**values, "found": found})


def _number_gap(at: Pointer, model: Model, context: Context) -> Iterator[Problem]:
    """Yield a problem unless the model has a number in force; NUM-01 reports a number in a wrong format."""
    number = model.filing_number or ""
    if is_missing(number):
        numbers = context.facts.numbers_of_models.get(at, {})
    elif is_filing_number(number) or is_registration_number(number):
        numbers = {number: context.facts.number_status.get(number_key(number), "filed")}
    else:
        return
    if not numbers:
        yield Problem(at / "filing_number", MISSING, {"model": display_name(model)})
    elif all(status in BARRED for status in numbers.values()):
        found, status = next(iter(numbers.items()))
        yield Problem(at / "filing_number", status, {"model": display_name(model), "found": found})


def display_name(model: Model) -> str:
    """Return the name of a model for a message."""
    return (model.name or model.key or "–")[:100]


@rule("PRO-06", "License of a base model not declared", level=ERROR, cites=("IM 7",), kinds=GENERATIVE_KINDS)
def declares_inherited_licenses(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    The license of each ancestor of a model in use, through every generation, must be declared.

    Why: whether the source is lawful depends on what the license allows.

    Fix: enter the SPDX identifier of the license, or `LicenseRef-…` if it has none.

    标题：未申明基础模型的许可协议

    要求：服务所用模型直接或经各代派生所基于的模型，均须写明许可协议。

    理由：来源是否合法取决于许可协议的约定。

    补正：填写许可协议的 SPDX 标识；没有的，以 LicenseRef- 开头填写。
    """
    for at, model in ancestors(dossier, any_relation):
        yield from gaps(at, model, "license")


@rule(
    "PRO-07",
    "Declared as developed from scratch, yet derived",
    level=ERROR,
    cites=("IM 7",),
    kinds=GENERATIVE_KINDS,
    messages={
        "derived": (
            "Declared as developed from scratch, but derived_from lists models whose weights it inherits: {parents}.",
            "申明为自研，但 derived_from 中列有其权重所基于的模型：{parents}。",
        )
    },
)
def is_from_scratch_as_declared(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    A model declared as developed from scratch must not take weights from another model.

    Why: the declaration contradicts itself, and the origin of the weights is the first thing that reviewers check.

    Fix: declare the model as derived, or correct the relation if only the architecture was reused.

    标题：申明为自研，但列有基础模型

    要求：申明为自研的模型不得取用其他模型的权重。

    理由：申明自相矛盾，而权重来源正是审核首先关注的内容。

    补正：改为基于其他模型；仅沿用架构的，更正派生关系。
    """
    for i, model in enumerate(dossier.models or ()):
        parents = [parent for parent in model.derived_from or () if weights_pass(parent)]
        if model.development == "from_scratch" and parents:
            yield Problem(MODELS / i / "development", "derived", {"parents": [parent.key or "–" for parent in parents]})


@rule(
    "PRO-12",
    "Model or its developer not named",
    level=ERROR,
    cites=("IM 7",),
    kinds=GENERATIVE_KINDS,
)
def names_each_model_and_its_developer(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    Each listed model must have a name, and a developer with name and country.

    Why: the register identifies a model by developer, name and version; without them it cannot be found.

    Fix: fill in the missing fields, as the developer writes them.

    标题：未填写模型名称或研制单位

    要求：列出的每个模型须写明名称、研制单位名称及其所属国家。

    理由：登记簿以研制单位、名称和版本识别模型，缺少则无从查找。

    补正：按研制单位的写法补填。
    """
    for i, model in enumerate(dossier.models or ()):
        yield from gaps(MODELS / i, model, "name")
        yield from gaps_in_section(MODELS / i / "developer", model.developer, "name", "country")
