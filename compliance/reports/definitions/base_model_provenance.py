"""The report on base-model provenance: on what the models in use stand, as the filings declared it."""

from __future__ import annotations

from collections.abc import Iterator

from compliance.checking.case_facts import day_of
from compliance.dossier import codes
from compliance.dossier.lineage import Model
from compliance.dossier.schema import Dossier
from compliance.filings.workflow import ENDED
from compliance.language import Bilingual, Language, listed
from compliance.models import Kind
from compliance.reports import columns
from compliance.reports.catalog import Breakdown, Chart, Column, ColumnType, Figure, report
from compliance.reports.flags_then import FlagThen, open_flags_then
from compliance.reports.history import CaseThen, cases_then
from compliance.reports.scopes import Row, Scope
from compliance.rules.ancestors import Listed, ancestors_of, any_relation, weights_pass
from compliance.rules.reading import is_applicants, used_models
from registry.reference.series import base_model_named

FOREIGN, DOMESTIC, UNKNOWN = "foreign", "domestic", "unknown"
ORIGINS = {
    FOREIGN: Bilingual("foreign", "境外"),
    DOMESTIC: Bilingual("domestic", "境内"),
    UNKNOWN: Bilingual("unknown", "不明"),
}
FILED, UNFILED, BARRED, NO_BASE = "filed", "unfiled", "barred", "none"
BASE_FILINGS = {
    FILED: Bilingual("no gap found", "未发现问题"),
    UNFILED: Bilingual("a base model has no known filing", "有基础模型未见备案"),
    BARRED: Bilingual("a base model's filing is not in force", "有基础模型备案已失效"),
    NO_BASE: Bilingual("no base model", "无基础模型"),
}
_FILING_RULES = ("PRO-03", "PRO-04", "PRO-05")
_CONTRADICTIONS = ("PRO-07", "PRO-09")
_DUTIES = ("PRO-08",)
_NOT_IN_FORCE = frozenset({"cancelled", "revoked", "suspended", "unlisted_ended"})
_HOME = "CN"
_UNDECLARED = Bilingual("not declared", "未申明")


def _list(name: str, en: str, zh: str, meaning: Bilingual | None = None) -> Column:
    """Return a column of several texts."""

    def text(row: Row, language: Language) -> str:
        return listed(row[name], language)

    return Column(name, Bilingual(en, zh), text=text, meaning=meaning)


def _is_from_scratch(row: Row) -> bool:
    """Return whether the applicant declares a model of its own as developed from scratch."""
    return bool(row["is_own"]) and bool(row["development"] == "from_scratch")


def _stands_on_others(row: Row) -> bool:
    return bool(row["stands_on_others"])


def _has_barred_base(row: Row) -> bool:
    return bool(row["base_filing"] == BARRED)


def _has_unfiled_base(row: Row) -> bool:
    return bool(row["base_filing"] == UNFILED)


def _is_contradicted(row: Row) -> bool:
    return bool(row["is_contradicted"])


def _has_duties(row: Row) -> bool:
    return bool(row["open_duties"])


def _is_self_made_on_others(row: Row) -> bool:
    return _is_from_scratch(row) and _stands_on_others(row)


def _is_foreign(row: Row) -> bool:
    return bool(row["base_origin"] == FOREIGN)


def _month(row: Row) -> str:
    return str(row["first_submitted_on"])[:7]


@report(
    "base_model_provenance",
    title=Bilingual("Base-model provenance", "基础模型来源"),
    description=Bilingual(
        "The models that services use, and on what they stand: families, countries, filings of the base models, contradicted "
        "declarations and duties of licenses.",
        "各服务所用模型及其来源：模型系列、国家、基础模型备案情况、与证据不符的申报和许可协议义务。",
    ),
    sentence=Bilingual(
        "{models:model is|models are} in use in {filings:filing|filings}; {foreign:goes|go} back to a foreign base model. "
        "{unfiled:stands|stand} on a base model without a known filing, {barred} on one whose filing is not in force; "
        "{contradicted:declaration is|declarations are} contradicted.",
        "{filings} 项申报使用模型 {models} 个，其中 {foreign} 个源自境外基础模型；基础模型未见备案 {unfiled} 个，备案已失效 {barred} 个，"
        "申报与证据不符 {contradicted} 个。",
    ),
    columns=(
        *columns.CASE,
        columns.STATUS,
        Column("first_submitted_on", Bilingual("first submitted on", "首次提交日期"), ColumnType.DAY),
        Column("model", Bilingual("model", "模型")),
        Column("version", Bilingual("version", "版本")),
        Column("developer", Bilingual("developer", "研制单位")),
        Column("is_own", Bilingual("the applicant's own", "自有模型"), labels=columns.yes_or_no),
        Column("development", Bilingual("declared as", "研制方式"), labels=codes.DEVELOPMENT),
        _list(
            "base_models",
            "base models",
            "基础模型",
            Bilingual("All generations above the model in the dossier.", "申报材料所列各代基础模型。"),
        ),
        _list("families", "families", "模型系列", Bilingual("By the table of base models.", "以基础模型表为准。")),
        _list(
            "countries",
            "countries",
            "来源国家",
            Bilingual(
                "Countries of the developers of the roots (ISO 3166-1).", "最初来源模型研制单位所属国家（ISO 3166-1）。"
            ),
        ),
        Column("base_origin", Bilingual("origin", "境内外"), labels=ORIGINS),
        _list("licenses", "licenses", "许可协议", Bilingual("Of the base models.", "各基础模型的许可协议。")),
        _list("base_numbers", "numbers of the base models", "基础模型备案编号"),
        Column("base_filing", Bilingual("filing of the base models", "基础模型备案情况"), labels=BASE_FILINGS),
        Column(
            "is_contradicted",
            Bilingual("contradicted", "与证据不符"),
            labels=columns.yes_or_no,
            meaning=Bilingual("An open flag of PRO-07 or PRO-09.", "存在 PRO-07 或者 PRO-09 未解决问题。"),
        ),
        Column(
            "stands_on_others",
            Bilingual("stands on others' models", "源自他人模型"),
            labels=columns.yes_or_no,
            meaning=Bilingual(
                "Weights of others' models pass to it, by the dossier, the register or the evidence.",
                "据申报材料、登记簿或者证据，承继了他人模型的权重。",
            ),
        ),
        Column(
            "open_duties",
            Bilingual("open license duties", "未履行的许可义务"),
            ColumnType.NUMBER,
            Bilingual("Open flags of PRO-08.", "PRO-08 未解决问题数。"),
        ),
    ),
    paper=(
        "case_number",
        "service",
        "model",
        "development",
        "base_models",
        "countries",
        "base_filing",
        "is_contradicted",
    ),
    figures=(
        Figure("models", Bilingual("Models in use", "在用模型")),
        Figure("filings", Bilingual("Filings", "申报"), of="filing"),
        Figure("foreign", Bilingual("On a foreign base", "源自境外"), _is_foreign),
        Figure("unfiled", Bilingual("Base without a known filing", "基础模型未见备案"), _has_unfiled_base, is_bad=True),
        Figure("barred", Bilingual("Base not in force", "基础模型备案失效"), _has_barred_base, is_bad=True),
        Figure("contradicted", Bilingual("Contradicted declarations", "申报与证据不符"), _is_contradicted, is_bad=True),
        Figure("duties", Bilingual("With open license duties", "许可义务未履行"), _has_duties, is_bad=True),
        Figure(
            "self_made_on_others",
            Bilingual("“Self-developed” on others' models, %", "“自研”而源自他人模型占比（%）"),
            _is_self_made_on_others,
            share_of=_is_from_scratch,
            is_bad=True,
        ),
    ),
    breakdowns=(
        Breakdown("by_family", Bilingual("By family", "按模型系列"), lambda row: row["families"] or ["–"]),
        Breakdown(
            "by_country", Bilingual("By country of the root", "按来源国家"), lambda row: row["countries"] or ["–"]
        ),
        Breakdown(
            "by_base_filing",
            Bilingual("By filing of the base", "按基础模型备案情况"),
            "base_filing",
            labels=BASE_FILINGS,
        ),
        Breakdown(
            "by_development",
            Bilingual("By declaration", "按研制方式"),
            lambda row: row["development"] or "undeclared",
            part=_is_contradicted,
            part_title=Bilingual("contradicted", "与证据不符"),
            labels={**codes.DEVELOPMENT, "undeclared": _UNDECLARED},
        ),
        Breakdown(
            "self_made_by_month",
            Bilingual("“Self-developed” by month of submission", "“自研”模型按提交月份"),
            _month,
            _is_from_scratch,
            part=_stands_on_others,
            part_title=Bilingual("on others' models", "源自他人模型"),
            chart=Chart.COLUMNS,
        ),
    ),
)
def base_model_provenance(scope: Scope) -> Iterator[Row]:
    """Yield a row for each model in use in the generative filings and registrations that had not ended."""
    for cases in cases_then(scope):
        with_models = [case for case in cases if case.kind != Kind.ALGORITHM and case.status not in ENDED]
        rules = (*_FILING_RULES, *_CONTRADICTIONS, *_DUTIES)
        flags = open_flags_then(with_models, scope, rules=rules) if with_models else {}
        for case in with_models:
            dossier = case.dossier
            for listed_model in used_models(dossier):
                yield _row(case, dossier, listed_model, flags.get(case.key, []))


def _row(case: CaseThen, dossier: Dossier, used: Listed, flags: list[FlagThen]) -> Row:
    at, model = used
    above = list(ancestors_of(used, dossier, any_relation))
    places = (at, *(place for place, _ in above))
    own = [flag for flag in flags if any(flag.at == place or flag.at.startswith(f"{place}/") for place in places)]
    countries = sorted(_countries_of_roots([model, *(each for _, each in above)]))
    developer = model.developer
    return {
        **case.row,
        "first_submitted_on": str(day_of(case.first_submitted_at)),
        "model": model.name or "",
        "version": model.version or "",
        "developer": (developer and developer.name) or "",
        "is_own": is_applicants(model, dossier),
        "development": model.development,
        "base_models": [each.name or "–" for _, each in above],
        "families": _families([model, *(each for _, each in above)]),
        "countries": countries,
        "base_origin": _origin(countries),
        "licenses": list(dict.fromkeys(each.license for _, each in above if each.license)),
        "base_numbers": list(dict.fromkeys(each.filing_number for _, each in above if each.filing_number)),
        "base_filing": _base_filing(own, has_base=bool(above)),
        "is_contradicted": any(flag.rule in _CONTRADICTIONS for flag in own),
        "stands_on_others": _is_built_on_others(used, dossier, own),
        "open_duties": sum(flag.rule in _DUTIES for flag in own),
    }


def _countries_of_roots(models: list[Model]) -> set[str]:
    """Return the countries of the developers of the models that derive from none."""
    roots = [model for model in models if not model.derived_from] or models
    return {root.developer.country for root in roots if root.developer and root.developer.country}


def _origin(countries: list[str]) -> str:
    if not countries:
        return UNKNOWN
    return DOMESTIC if countries == [_HOME] else FOREIGN


def _families(models: list[Model]) -> list[str]:
    named = (base_model_named(model.name) for model in models)
    return sorted({found.family for found in named if found})


def _base_filing(flags: list[FlagThen], *, has_base: bool) -> str:
    gaps = [flag for flag in flags if flag.rule in _FILING_RULES]
    if any(flag.variant.split(":")[0] in _NOT_IN_FORCE for flag in gaps):
        return BARRED
    if gaps:
        return UNFILED
    return FILED if has_base else NO_BASE


def _is_built_on_others(used: Listed, dossier: Dossier, flags: list[FlagThen]) -> bool:
    """Return whether weights of others' models pass to a model, by its dossier, the register or the evidence."""
    if any(not is_applicants(model, dossier) for _, model in ancestors_of(used, dossier, weights_pass)):
        return True
    if not is_applicants(used[1], dossier):
        return True
    return any(flag.rule in _CONTRADICTIONS or flag.variant.startswith("unlisted") for flag in flags)
