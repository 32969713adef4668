"""The AI models of an organization: what they stand on, under which licenses, and which services use them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from compliance.dossier.lineage import Model
from compliance.dossier.schema import Dossier
from compliance.dossier.stored import load
from compliance.filings import workflow
from compliance.inventory.services import latest_dossiers
from compliance.models import Filing
from compliance.rules.reading import is_applicants
from registry.models import NumberStatus, OfficialNumber, Organization
from registry.names import folded
from registry.numbers.forms import number_key

Identity = tuple[str, str, str]


@dataclass(slots=True)
class ListedModel:
    """
    A model that dossiers of an organization name: `used_by` are the filings of the services that run it, `stands_under` those whose
    models derive from it, directly or not. `bases` are the names and relations of its parents.
    """

    name: str
    version: str
    developer: str
    country: str
    is_own: bool
    licenses: set[str] = field(default_factory=set)
    number: str = ""
    number_status: str = ""
    bases: dict[str, str] = field(default_factory=dict)
    used_by: dict[int, Filing] = field(default_factory=dict)
    stands_under: dict[int, Filing] = field(default_factory=dict)

    @property
    def affected(self) -> list[Filing]:
        """The filings that are affected if the model is revoked or barred."""
        return sorted({**self.used_by, **self.stands_under}.values(), key=lambda filing: filing.service_name)

    @property
    def is_ended(self) -> bool:
        """Whether its filing is suspended, revoked or cancelled."""
        return self.number_status in (NumberStatus.SUSPENDED, NumberStatus.REVOKED, NumberStatus.CANCELLED)


def models_of(organization: Organization) -> list[ListedModel]:
    """Return the models that the current dossiers of an organization name, the own ones first."""
    filings = Filing.objects.filter(applicant=organization).exclude(status__in=workflow.ENDED)
    rows = list(filings.defer("search_text", "search_grams").order_by("-pk"))
    contents, found = latest_dossiers(rows), dict[Identity, ListedModel]()
    for filing in rows:
        _add(found, load(contents[filing.pk]), filing)
    _add_statuses(found.values())
    return sorted(found.values(), key=lambda model: (not model.is_own, model.name.casefold(), model.version))


def _add(found: dict[Identity, ListedModel], dossier: Dossier, filing: Filing) -> None:
    models = {model.key or str(i): model for i, model in enumerate(dossier.models or ())}
    for model in models.values():
        listed = found.setdefault(_identity(model), _listed(model, dossier))
        listed.licenses |= {model.license} if model.license else set()
        listed.number = listed.number or model.filing_number or ""
        for parent in model.derived_from or ():
            if above := models.get(parent.key or ""):
                listed.bases[_called(above)] = parent.relation or ""
    for model in models.values():
        if model.used_by_service:
            found[_identity(model)].used_by[filing.pk] = filing
            for above in _ancestors(model, models):
                found[_identity(above)].stands_under[filing.pk] = filing


def _ancestors(model: Model, models: dict[str, Model]) -> list[Model]:
    reached: dict[str, Model] = {}
    todo = [model]
    while todo:
        for parent in todo.pop().derived_from or ():
            above = models.get(parent.key or "")
            if above is not None and parent.key and parent.key not in reached:
                reached[parent.key] = above
                todo.append(above)
    return list(reached.values())


def _identity(model: Model) -> Identity:
    developer = model.developer
    who = (developer.uscc or folded(developer.name or "")) if developer else ""
    return who, folded(model.name or model.key or ""), folded(model.version or "")


def _listed(model: Model, dossier: Dossier) -> ListedModel:
    developer = model.developer
    name, country = (developer.name or "", developer.country or "") if developer else ("", "")
    return ListedModel(model.name or model.key or "", model.version or "", name, country, is_applicants(model, dossier))


def _called(model: Model) -> str:
    return " ".join(part for part in (model.name or model.key, model.version) if part)


def _add_statuses(models: Iterable[ListedModel]) -> None:
    listed = list(models)
    keys = {number_key(model.number) for model in listed if model.number}
    statuses = dict(OfficialNumber.objects.filter(key__in=keys).values_list("key", "status"))
    for model in listed:
        model.number_status = statuses.get(number_key(model.number), "") if model.number else ""
