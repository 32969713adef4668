"""From a dossier to the register: the statement on its applicant, its service and its AI models."""

from __future__ import annotations

from dataclasses import asdict, fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from compliance.dossier.lineage import Model
from compliance.dossier.pointer import ROOT, Pointer
from compliance.dossier.schema import Dossier
from compliance.dossier.training import Compute, Corpus
from registry.names import folded
from registry.register.statements import Columns, ModelDetails, NamedModel, Parent, Party, ServiceDetails, Statement

_APPLICANT = (
    "name_en",
    "entity_type",
    "region",
    "address",
    "website",
    "legal_representative",
    "governance",
)
_SERVICE = (
    "forms",
    "urls",
    "description",
    "domain",
    "functions",
    "public",
    "opinion_capacity",
    "launched_on",
    "terminated_on",
    "monthly_active_users",
    "registered_users",
    "serves_minors",
    "anthropomorphic",
    "virtual_companion",
    "algorithm_filing_number",
)
_MODEL = (
    "used_by_service",
    "access",
    "development",
    "modalities",
    "parameters",
    "architecture",
    "context_length",
    "license",
    "open_weights",
    "released_on",
    "filing_number",
    "license_terms_met",
)
_CORPUS = (
    "name",
    "stage",
    "source_type",
    "origin",
    "modality",
    "languages",
    "items",
    "tokens",
    "bytes",
    "source_name",
    "source_url",
    "license",
    "collected_from",
    "collected_to",
    "proof",
    "robots_respected",
    "filters",
    "personal_information",
    "personal_information_basis",
    "sensitive_personal_information",
    "separate_consent",
)
_CHECKS = ("source_check", "post_check", "manual_sample", "technical_sample")
_COMPUTE = tuple(field.name for field in fields(Compute))


def statement_of(dossier: Dossier) -> Statement:
    """Return the statement that a dossier makes; fields that are not given are left out."""
    applicant = dossier.applicant
    return Statement(
        declarant=Party(applicant.name or "", applicant.uscc, "CN"),
        organization=_declared(applicant, _APPLICANT),
        services=[_service(dossier)],
        models=[_model(model, key, dossier) for model, key in _keyed(dossier)],
    )


def _service(dossier: Dossier) -> ServiceDetails:
    algorithm = dossier.algorithm
    columns = _declared(dossier.service, _SERVICE)
    if algorithm:
        given = {"algorithm_name": algorithm.name, "algorithm_type": algorithm.type, "algorithm_role": algorithm.role}
        columns |= {name: value for name, value in given.items() if value is not None}
    return ServiceDetails(dossier.service.name, columns)


def _keyed(dossier: Dossier) -> list[tuple[Model, str]]:
    """Return each model with its key; a model without one gets a unique key."""
    models = dossier.models or []
    taken = {model.key for model in models}
    prefix = "#"
    while any((key or "").startswith(prefix) for key in taken):
        prefix += "#"
    return [(model, model.key or f"{prefix}{i}") for i, model in enumerate(models)]


def _model(model: Model, key: str, dossier: Dossier) -> ModelDetails:
    training = model.training
    columns = _declared(model, _MODEL)
    if training:
        given = {
            "framework": training.framework,
            "training_started_on": training.started_on,
            "training_ended_on": training.ended_on,
        }
        columns |= {name: value for name, value in given.items() if value is not None}
    if model.annotation:
        columns["annotation"] = _plain(model.annotation)
    return ModelDetails(
        key=key,
        name=model.name or "",
        version=model.version or "",
        developer=_developer(model, dossier),
        columns=columns,
        parents=[
            Parent(entry.key or "", entry.relation or "", entry.modified, entry.evidence or "")
            for entry in model.derived_from or ()
        ],
        compute=[_declared(entry, _COMPUTE) for entry in (training.compute if training else None) or ()],
        corpora=[_corpus(corpus) for corpus in model.corpora or ()],
    )


def named_numbers(dossier: Dossier) -> list[str]:
    """Return the official numbers that a dossier gives for its models."""
    return [model.filing_number for model in dossier.models or () if model.filing_number]


def named_models(dossier: Dossier) -> dict[Pointer, NamedModel]:
    """Return the models of a dossier by place, in the form in which the register identifies them."""
    return {
        ROOT / "models" / i: NamedModel(_developer(model, dossier), model.name or "", model.version or "")
        for i, model in enumerate(dossier.models or ())
    }


def _developer(model: Model, dossier: Dossier) -> Party:
    """Return the developer of a model; one without a code but with the applicant's name is the applicant."""
    developer = model.developer
    if developer is None:
        return Party()
    name, uscc, country = developer.name or "", developer.uscc or "", developer.country or ""
    if not uscc and name and folded(name) == folded(dossier.applicant.name or ""):
        uscc = dossier.applicant.uscc
    return Party(name, uscc, country)


def _corpus(corpus: Corpus) -> Columns:
    columns = _declared(corpus, _CORPUS)
    checks = {name: _plain(getattr(corpus, name)) for name in _CHECKS if getattr(corpus, name) is not None}
    if checks:
        columns["checks"] = checks
    if corpus.generator:
        given = {"generator_model": corpus.generator.model, "generated_on": corpus.generator.generated_on}
        columns |= {name: value for name, value in given.items() if value is not None}
    return columns


def _declared(owner: Any, names: tuple[str, ...]) -> Columns:
    return {name: getattr(owner, name) for name in names if getattr(owner, name) is not None}


def _plain(section: Any) -> dict[str, Any]:
    """Return a section as plain JSON, with decimals as texts so that no digit is lost."""
    assert is_dataclass(section) and not isinstance(section, type)  # noqa: PT018
    return {name: _json(value) for name, value in asdict(section).items() if value is not None}


def _json(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
