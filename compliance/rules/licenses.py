"""PRO-08: the obligations of inherited licenses for the models in use."""

from __future__ import annotations

from collections.abc import Iterator

from compliance.dossier.lineage import Model
from compliance.dossier.pointer import Pointer
from compliance.dossier.schema import Dossier
from compliance.rules.ancestors import a_copy_or_outputs_pass, a_copy_passes, ancestors_of
from compliance.rules.catalog import GENERATIVE, PRACTICE, REGISTRATION, WARNING, rule
from compliance.rules.context import Context
from compliance.rules.lineage import display_name
from compliance.rules.problems import Problem
from compliance.rules.reading import is_applicants, used_models
from registry.names import key_of
from registry.reference.licenses import License, license_named

COMMERCIAL_LICENSE = "commercial_license"
MAX_KEY_LENGTH = 40
_UNCONFIRMED = "_unconfirmed"
_TERM = (
    "{license} of {model} requires: {term}. It is not among the license terms met.",
    "{model}的许可协议 {license} 要求：{term}。已履行的许可义务中未列出。",
)
_PREFIX = (
    "{license} of {model} requires a name that begins with “{asked}”; the name is “{found}”.",
    "{model}的许可协议 {license} 要求模型名称以“{asked}”开头，现为“{found}”。",
)
_USERS = (
    "{license} of {model} requires a commercial license above {asked} monthly active users (currently {found}).",
    "{model}的许可协议 {license} 要求月活跃用户超过 {asked} 时取得商业许可（现为 {found}）。",
)
_USERS_NOT_GIVEN = (
    "{license} of {model} requires a commercial license above {asked} monthly active users; their number is not given.",
    "{model}的许可协议 {license} 要求月活跃用户超过 {asked} 时取得商业许可；申报未填写月活跃用户数。",
)
_LAXER = (
    "The model's own license {found} is more permissive than {license} of {model} allows.",
    "模型自身的许可协议 {found} 宽于{model}的许可协议 {license} 所允许的范围。",
)
_NOT_READ = (" The text of this license was not read; check it first.", "该许可协议原文未经核对，请先查证。")


def _messages() -> dict[str, tuple[str, str]]:
    """Return the messages by variant; those for licenses that were not read have a caveat."""
    plain = {"term": _TERM, "prefix": _PREFIX, "users": _USERS, "users_unsaid": _USERS_NOT_GIVEN, "laxer": _LAXER}
    caveats = {f"{duty}{_UNCONFIRMED}": (en + _NOT_READ[0], zh + _NOT_READ[1]) for duty, (en, zh) in plain.items()}
    return {**plain, **caveats}


@rule(
    "PRO-08",
    "Duty of an inherited license not met",
    level=WARNING,
    force=PRACTICE,
    cites=("IM 7",),
    kinds={GENERATIVE, REGISTRATION},
    messages=_messages(),
)
def meets_inherited_licenses(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    A model in use must meet the licenses of its ancestors: their terms, its name, the number of users, and its own license.

    Why: the source of a base model is lawful only if its license is observed.

    Fix: meet the obligation and list it under license_terms_met, rename the model, or obtain the required license.

    标题：未履行基础模型许可协议的义务

    要求：服务所用模型须履行其各代基础模型许可协议的义务：条款、名称、用户数量和自身许可。

    理由：只有遵守许可协议，基础模型的来源才合法。

    补正：履行义务并在 license_terms_met 中列明，或更改模型名称，或取得所需许可。
    """
    for listed in used_models(dossier):
        for _, ancestor, license in _inherited(listed, dossier):
            yield from _unmet(listed, ancestor, license, dossier)


def _inherited(listed: tuple[Pointer, Model], dossier: Dossier) -> Iterator[tuple[Pointer, Model, License]]:
    """Yield the licenses that a model inherits from ancestors, except the applicant's own models."""
    by_copy = {at for at, _ in ancestors_of(listed, dossier, a_copy_passes)}
    for at, model in ancestors_of(listed, dossier, a_copy_or_outputs_pass):
        license = license_named(model.license)
        if license and not is_applicants(model, dossier) and (at in by_copy or license.reaches_outputs):
            yield at, model, license


def _unmet(listed: tuple[Pointer, Model], ancestor: Model, license: License, dossier: Dossier) -> Iterator[Problem]:
    at, model = listed
    values = {"license": license.name, "model": display_name(ancestor)}
    met = model.license_terms_met or ()
    for term in license.terms:
        if term not in met:
            yield _gap(at / "license_terms_met", "term", license, ancestor, {**values, "term": term}, term)
    if not license.names(model.name):
        found = {"found": display_name(model), "asked": license.prefix}
        yield _gap(at / "name", "prefix", license, ancestor, {**values, **found})
    if _exceeds_the_users(license, dossier) and not {COMMERCIAL_LICENSE} & {*met, *license.terms}:
        users = dossier.service.monthly_active_users
        passed = {"asked": license.users} if users is None else {"found": users, "asked": license.users}
        duty = "users_unsaid" if users is None else "users"
        yield _gap(at / "license_terms_met", duty, license, ancestor, {**values, **passed})
    if license.is_contradicted_by(model.license):
        yield _gap(at / "license", "laxer", license, ancestor, {**values, "found": model.license})


def _gap(at: Pointer, duty: str, license: License, ancestor: Model, values: dict[str, object], *more: str) -> Problem:
    """Return a problem for one obligation and one ancestor; the variant names both."""
    kind = duty if license.is_confirmed else f"{duty}{_UNCONFIRMED}"
    return Problem(at, ":".join([kind, *more, _short(ancestor.key or "–")]), values)


def _short(key: str) -> str:
    """Return a key that fits into a variant: a long one is truncated and gets a hash to stay unique."""
    return key if len(key) <= MAX_KEY_LENGTH else f"{key[: MAX_KEY_LENGTH - 9]}-{key_of(key)[:8]}"


def _exceeds_the_users(license: License, dossier: Dossier) -> bool:
    """Return whether the limit of users is exceeded; a number that is not given counts as exceeding it."""
    users = dossier.service.monthly_active_users
    return license.users is not None and (users is None or users > license.users)
