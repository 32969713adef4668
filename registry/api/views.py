"""The register over the API: AI models with their lineage, organizations, services and training data."""

from __future__ import annotations

from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponseBase
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from registry.api import parameters
from registry.api.ancestry import GraphMLRenderer
from registry.api.endpoint import Endpoint, operation, page_of
from registry.api.etags import etag_of, quoted
from registry.api.lists import ListEndpoint, Listing
from registry.api.requests import user_of
from registry.api.serializers import (
    AIModelDetailSerializer,
    AIModelSerializer,
    LineageSerializer,
    ModelStatementSerializer,
    OrganizationSerializer,
    ServiceDetailSerializer,
    ServiceSerializer,
    ServiceStatementSerializer,
    SourceSerializer,
    TrainingDataDeclarationSerializer,
)
from registry.lineage import walks
from registry.lineage.picture import drawn
from registry.models import (
    AIModel,
    Organization,
    RegistrationStatus,
    Service,
    TrainingDataDeclaration,
    User,
)
from registry.models.ai_models import WITH_NUMBERS, sees_all
from registry.register.precedence import has_value, in_order, shown_values

Rows = TypeVar("Rows", bound="QuerySet[Any]")
# A model may have thousands of statements: those with the highest precedence are returned, with the total number.
MOST_STATEMENTS = 100
Q_PARAMETER = parameters.text("q", "Search in names, in Chinese or Latin script.")
STATUS = parameters.choice("status", RegistrationStatus.values)
COUNTRY = parameters.country("country", "Country code (ISO 3166-1) of the developer.")
THROUGH = parameters.choice(
    "through", ["anything", "weights"], "Relations to follow. Defaults to anything.", "anything"
)


def with_status(rows: Rows, status: str | None, user: User, organization: str) -> Rows:
    """Filter by the status that the user may see: a filing in progress of another organization is not public."""
    if status is None:
        return rows
    if sees_all(user):
        return rows.filter(registration_status=status)
    own = Q(**{f"{organization}__in": user.own_organizations})
    return rows.filter((own & Q(registration_status=status)) | (~own & Q(public_status=status)))


class ModelsView(ListEndpoint):
    """The AI models that the user may see."""

    LISTING = Listing(AIModelSerializer)
    FILTERS = [
        Q_PARAMETER,
        STATUS,
        COUNTRY,
        parameters.uscc("developer", "USCC of the developer."),
        parameters.uuid("base_model", "AI model that must be among the ancestors, at any depth."),
        parameters.country("root_country", "Country code (ISO 3166-1) of a root of the lineage."),
        THROUGH,
        *LISTING.parameters,
    ]

    @operation("models_list", "AI models", {200: page_of(AIModelSerializer)}, parameters=FILTERS)
    def get(self, request: Request) -> HttpResponseBase:
        """List the AI models that you may see, newest first."""
        user, query = user_of(request), self.query
        rows = AIModel.objects.visible_to(user).select_related("developer").prefetch_related(*WITH_NUMBERS)
        rows = with_status(rows, query["status"], user, "developer")
        if query["q"]:
            rows = rows.found_by(query["q"])
        if query["country"]:
            rows = rows.filter(country=query["country"])
        if query["developer"]:
            rows = rows.filter(developer__uscc=query["developer"])
        return self.listed(_by_lineage(rows, query, user), self.LISTING)


def _by_lineage(rows: QuerySet[AIModel], query: dict[str, Any], user: User) -> QuerySet[AIModel]:
    if base := query["base_model"]:
        starts = AIModel.objects.visible_to(user).filter(uid=base).values_list("pk", flat=True)
        below = walks.below(starts, user, through=query["through"])
        rows = rows.filter(pk__in=below).exclude(uid=base)
    if country := query["root_country"]:
        rows = rows.filter(pk__in=walks.below_roots_of(country, user))
    return rows


def find_model(request: Request, uid: UUID) -> AIModel:
    """Return a model that the user may see, or the model it was merged into. Raises Http404 if there is none."""
    record = AIModel.objects.filter(uid=uid).values("pk", "merged_into").first()
    key = (record["merged_into"] or record["pk"]) if record else 0
    rows = AIModel.objects.visible_to(user_of(request)).filter(pk=key).select_related("developer")
    model = rows.prefetch_related(*WITH_NUMBERS).first()
    if model is None:
        raise Http404
    return model


class ModelView(Endpoint):
    """One AI model."""

    @operation("models_read", "AI models", {200: AIModelDetailSerializer})
    def get(self, request: Request, id: UUID) -> Response:
        """
        Return a model: the values in force, each with its source, and the statements that you may see, in order of
        precedence.
        """
        shown = model_json(find_model(request, id), user_of(request))
        return Response(shown, headers={"ETag": quoted(etag_of(shown))})


def model_json(model: AIModel, user: User) -> dict[str, Any]:
    """Return the JSON of a model with its values in force and its statements, as the user may see them."""
    visible = model.statements.visible_to(user).select_related("source")
    statements = in_order(visible[:MOST_STATEMENTS])
    values = {
        name: {"value": _plain(value), "source": SourceSerializer(source).data}
        for name, (value, source) in shown_values(statements).items()
        if has_value(value)
    }
    return {
        **AIModelSerializer(model, context={"user": user}).data,
        "shown": values,
        "statements": ModelStatementSerializer(statements, many=True).data,
        "statement_count": visible.count(),
    }


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


class LineageView(Endpoint):
    """The lineage of an AI model."""

    renderer_classes = [JSONRenderer, GraphMLRenderer]
    FILTERS = [
        parameters.choice("direction", ["ancestors", "descendants", "both"], "Defaults to ancestors.", "ancestors"),
        THROUGH,
        parameters.number("depth", "Maximum number of steps. Unlimited by default.", least=1, most=100),
        parameters.choice("format", ["json", "graphml"], "The same as the media type in `Accept`."),
    ]

    @operation(
        "models_lineage",
        "AI models",
        {
            (200, "application/json"): LineageSerializer,
            (200, GraphMLRenderer.media_type): {"type": "string"},
        },
        parameters=FILTERS,
    )
    def get(self, request: Request, id: UUID) -> Response:
        """Return the ancestors and descendants of a model that you may see."""
        names = ("direction", "through", "depth")
        answer = drawn(find_model(request, id), user_of(request), **{name: self.query[name] for name in names})
        return Response(LineageSerializer(answer, context={"user": request.user}).data)


class OrganizationsView(ListEndpoint):
    """The organizations that the user may see."""

    LISTING = Listing(OrganizationSerializer)
    FILTERS = [Q_PARAMETER, parameters.uscc("uscc", "USCC of the organization."), COUNTRY, *LISTING.parameters]

    @operation("organizations_list", "Organizations", {200: page_of(OrganizationSerializer)}, parameters=FILTERS)
    def get(self, request: Request) -> HttpResponseBase:
        """List the organizations that you may see, newest first."""
        rows = Organization.objects.visible_to(user_of(request))
        if query := self.query["q"]:
            rows = rows.found_by(query)
        for name in ("uscc", "country"):
            if value := self.query[name]:
                rows = rows.filter(**{name: value})
        return self.listed(rows, self.LISTING)


class OrganizationView(Endpoint):
    """One organization."""

    @operation("organizations_read", "Organizations", {200: OrganizationSerializer})
    def get(self, request: Request, id: UUID) -> Response:
        """Return an organization."""
        organization = Organization.objects.visible_to(user_of(request)).filter(uid=id).first()
        if organization is None:
            raise Http404
        return Response(OrganizationSerializer(organization).data)


class ServicesView(ListEndpoint):
    """The services that the user may see."""

    LISTING = Listing(ServiceSerializer)
    FILTERS = [
        Q_PARAMETER,
        STATUS,
        parameters.uscc("organization", "USCC of the organization."),
        *LISTING.parameters,
    ]

    @operation("services_list", "Services", {200: page_of(ServiceSerializer)}, parameters=FILTERS)
    def get(self, request: Request) -> HttpResponseBase:
        """List the services that you may see, newest first."""
        user, query = user_of(request), self.query
        rows = Service.objects.visible_to(user).select_related("organization").prefetch_related("official_numbers")
        rows = with_status(rows, query["status"], user, "organization")
        if query["q"]:
            rows = rows.found_by(query["q"])
        if query["organization"]:
            rows = rows.filter(organization__uscc=query["organization"])
        return self.listed(rows, self.LISTING)


class ServiceView(Endpoint):
    """One service."""

    @operation("services_read", "Services", {200: ServiceDetailSerializer})
    def get(self, request: Request, id: UUID) -> Response:
        """Return a service with its statements, latest first."""
        user = user_of(request)
        rows = Service.objects.visible_to(user).filter(uid=id).select_related("organization")
        service = rows.prefetch_related("official_numbers").first()
        if service is None:
            raise Http404
        statements = service.statements.visible_to(user).select_related("source").order_by("-source__stated_at", "-pk")
        answer = ServiceSerializer(service, context={"user": user}).data
        return Response({**answer, "statements": ServiceStatementSerializer(statements, many=True).data})


class DeclarationsView(ListEndpoint):
    """The training-data declarations that the user may see."""

    LISTING = Listing(TrainingDataDeclarationSerializer)
    CODES = {
        "stage": ("pretraining", "optimization"),
        "source_type": ("open_source", "self_collected", "commercial", "user_input", "synthetic"),
        "origin": ("domestic", "overseas"),
        "modality": ("text", "image", "audio", "video"),
    }
    FILTERS = [
        parameters.uuid("model", "AI model that was trained on the corpus."),
        *(parameters.choice(name, codes) for name, codes in CODES.items()),
        *LISTING.parameters,
    ]

    @operation(
        "training_data_list",
        "Training data",
        {200: page_of(TrainingDataDeclarationSerializer)},
        parameters=FILTERS,
    )
    def get(self, request: Request) -> HttpResponseBase:
        """List the training-data declarations that you may see, newest first."""
        rows = TrainingDataDeclaration.objects.visible_to(user_of(request)).select_related("statement__model", "source")
        if model := self.query["model"]:
            rows = rows.filter(Q(statement__model__uid=model) | Q(statement__named_model__uid=model))
        for name in self.CODES:
            if code := self.query[name]:
                rows = rows.filter(**{name: code})
        return self.listed(rows, self.LISTING)
