"""The register over the API: AI models with their lineage, organizations, services and training data."""

from __future__ import annotations

from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, OpenApiTypes, extend_schema
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from registry.api.ancestry import GraphMLRenderer
from registry.api.requests import (
    CursorPages,
    choice_param,
    pattern_param,
    refuse_unknown,
    user_of,
    uuid_param,
)
from registry.api.serializers import (
    AIModelSerializer,
    LineageSerializer,
    ModelStatementSerializer,
    OrganizationSerializer,
    ServiceSerializer,
    ServiceStatementSerializer,
    SourceSerializer,
    TrainingDataDeclarationSerializer,
    plain,
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
Q_PARAMETER = OpenApiParameter("q", str, description="Search in names, in Chinese or Latin script.")
STATUS = OpenApiParameter("status", str, enum=RegistrationStatus.values)
COUNTRY = OpenApiParameter("country", str, description="Country code (ISO 3166-1) of the developer.")
PAGES = [OpenApiParameter("page_size", int), OpenApiParameter("cursor", str)]


def paginated(view: APIView, request: Request, rows: QuerySet[Any], serializer: type[BaseSerializer[Any]]) -> Response:
    pages = CursorPages()
    page = pages.paginate_queryset(rows, request, view=view)
    return pages.get_paginated_response(serializer(page, many=True, context={"user": request.user}).data)


def with_status(rows: Rows, status: str | None, user: User, organization: str) -> Rows:
    """Filter by the status that the user may see: a filing in progress of another organization is not public."""
    if status is None:
        return rows
    if sees_all(user):
        return rows.filter(registration_status=status)
    own = Q(**{f"{organization}__in": user.own_organizations})
    return rows.filter((own & Q(registration_status=status)) | (~own & Q(public_status=status)))


class ModelsView(APIView):
    """The AI models that the user may see."""

    FILTERS = [
        Q_PARAMETER,
        STATUS,
        COUNTRY,
        OpenApiParameter("developer", str, description="USCC of the developer."),
        OpenApiParameter(
            "base_model", OpenApiTypes.UUID, description="AI model that must be among the ancestors, at any depth."
        ),
        OpenApiParameter("root_country", str, description="Country code (ISO 3166-1) of a root of the lineage."),
        OpenApiParameter(
            "through",
            str,
            enum=["anything", "weights"],
            description="Relations to follow from base_model. Defaults to anything.",
        ),
        *PAGES,
    ]

    @extend_schema(operation_id="models_list", parameters=FILTERS, responses=AIModelSerializer(many=True))
    def get(self, request: Request) -> Response:
        """List the AI models that you may see, newest first."""
        refuse_unknown(request, {parameter.name for parameter in self.FILTERS})
        user = user_of(request)
        rows = AIModel.objects.visible_to(user).select_related("developer").prefetch_related(*WITH_NUMBERS)
        rows = with_status(rows, choice_param(request, "status", RegistrationStatus.values), user, "developer")
        if query := request.query_params.get("q"):
            rows = rows.found_by(query)
        if country := _country(request, "country"):
            rows = rows.filter(country=country)
        if developer := request.query_params.get("developer"):
            rows = rows.filter(developer__uscc=developer)
        return paginated(self, request, _by_lineage(rows, request, user), AIModelSerializer)


def _country(request: Request, name: str) -> str | None:
    return pattern_param(
        request, name, "[A-Z]{2}", _("Use a country code of two capital letters (ISO 3166-1), such as US.")
    )


def _by_lineage(rows: QuerySet[AIModel], request: Request, user: User) -> QuerySet[AIModel]:
    through = choice_param(request, "through", ("anything", "weights")) or "anything"
    if base := uuid_param(request, "base_model"):
        starts = AIModel.objects.visible_to(user).filter(uid=base).values_list("pk", flat=True)
        rows = rows.filter(pk__in=walks.below(starts, user, through=through)).exclude(uid=base)  # type: ignore[arg-type]
    if country := _country(request, "root_country"):
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


class ModelView(APIView):
    """One AI model."""

    @extend_schema(operation_id="models_read", responses=AIModelSerializer)
    def get(self, request: Request, id: UUID) -> Response:
        """
        Return a model: the values in force, each with its source, and the statements that you may see, in order of
        precedence.
        """
        user, model = user_of(request), find_model(request, id)
        visible = model.statements.visible_to(user).select_related("source")
        statements = in_order(visible[:MOST_STATEMENTS])
        values = {
            name: {"value": plain(value), "source": SourceSerializer(source).data}
            for name, (value, source) in shown_values(statements).items()
            if has_value(value)
        }
        answer = AIModelSerializer(model, context={"user": user}).data
        return Response(
            {
                **answer,
                "shown": values,
                "statements": ModelStatementSerializer(statements, many=True).data,
                "statement_count": visible.count(),
            }
        )


class LineageView(APIView):
    """The lineage of an AI model."""

    renderer_classes = [JSONRenderer, GraphMLRenderer]
    FILTERS = [
        OpenApiParameter("direction", str, enum=["ancestors", "descendants", "both"]),
        OpenApiParameter("through", str, enum=["anything", "weights"]),
        OpenApiParameter("depth", int, description="Maximum number of steps, from 1 to 100. Unlimited by default."),
        OpenApiParameter("format", str, enum=["json", "graphml"]),
    ]

    @extend_schema(operation_id="models_lineage", parameters=FILTERS, responses=LineageSerializer)
    def get(self, request: Request, id: UUID) -> Response:
        """Return the ancestors and descendants of a model that you may see."""
        refuse_unknown(request, {parameter.name for parameter in self.FILTERS})
        direction = choice_param(request, "direction", ("ancestors", "descendants", "both")) or "ancestors"
        through = choice_param(request, "through", ("anything", "weights")) or "anything"
        depth = pattern_param(request, "depth", "[1-9][0-9]?|100", _("Use a number of steps from 1 to 100."))
        answer = drawn(
            find_model(request, id),
            user_of(request),
            direction=direction,  # type: ignore[arg-type]
            through=through,  # type: ignore[arg-type]
            depth=int(depth) if depth else None,
        )
        return Response(LineageSerializer(answer, context={"user": request.user}).data)


class OrganizationsView(APIView):
    """The organizations that the user may see."""

    FILTERS = [Q_PARAMETER, OpenApiParameter("uscc", str), COUNTRY, *PAGES]

    @extend_schema(operation_id="organizations_list", parameters=FILTERS, responses=OrganizationSerializer(many=True))
    def get(self, request: Request) -> Response:
        """List the organizations that you may see, newest first."""
        refuse_unknown(request, {parameter.name for parameter in self.FILTERS})
        rows = Organization.objects.visible_to(user_of(request))
        if query := request.query_params.get("q"):
            rows = rows.found_by(query)
        if uscc := request.query_params.get("uscc"):
            rows = rows.filter(uscc=uscc)
        if country := _country(request, "country"):
            rows = rows.filter(country=country)
        return paginated(self, request, rows, OrganizationSerializer)


class OrganizationView(APIView):
    """One organization."""

    @extend_schema(operation_id="organizations_read", responses=OrganizationSerializer)
    def get(self, request: Request, id: UUID) -> Response:
        """Return an organization."""
        organization = Organization.objects.visible_to(user_of(request)).filter(uid=id).first()
        if organization is None:
            raise Http404
        return Response(OrganizationSerializer(organization).data)


class ServicesView(APIView):
    """The services that the user may see."""

    FILTERS = [
        Q_PARAMETER,
        STATUS,
        OpenApiParameter("organization", str, description="USCC of the organization."),
        *PAGES,
    ]

    @extend_schema(operation_id="services_list", parameters=FILTERS, responses=ServiceSerializer(many=True))
    def get(self, request: Request) -> Response:
        """List the services that you may see, newest first."""
        refuse_unknown(request, {parameter.name for parameter in self.FILTERS})
        user = user_of(request)
        rows = Service.objects.visible_to(user).select_related("organization").prefetch_related("official_numbers")
        rows = with_status(rows, choice_param(request, "status", RegistrationStatus.values), user, "organization")
        if query := request.query_params.get("q"):
            rows = rows.found_by(query)
        if uscc := request.query_params.get("organization"):
            rows = rows.filter(organization__uscc=uscc)
        return paginated(self, request, rows, ServiceSerializer)


class ServiceView(APIView):
    """One service."""

    @extend_schema(operation_id="services_read", responses=ServiceSerializer)
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


class DeclarationsView(APIView):
    """The training-data declarations that the user may see."""

    CODES = {
        "stage": ("pretraining", "optimization"),
        "source_type": ("open_source", "self_collected", "commercial", "user_input", "synthetic"),
        "origin": ("domestic", "overseas"),
        "modality": ("text", "image", "audio", "video"),
    }
    FILTERS = [
        OpenApiParameter("model", OpenApiTypes.UUID),
        *(OpenApiParameter(name, str, enum=list(codes)) for name, codes in CODES.items()),
        *PAGES,
    ]

    @extend_schema(
        operation_id="training_data_list", parameters=FILTERS, responses=TrainingDataDeclarationSerializer(many=True)
    )
    def get(self, request: Request) -> Response:
        """List the training-data declarations that you may see, newest first."""
        refuse_unknown(request, {parameter.name for parameter in self.FILTERS})
        rows = TrainingDataDeclaration.objects.visible_to(user_of(request)).select_related("statement__model", "source")
        if model := uuid_param(request, "model"):
            rows = rows.filter(Q(statement__model__uid=model) | Q(statement__named_model__uid=model))
        for name, codes in self.CODES.items():
            if code := choice_param(request, name, codes):
                rows = rows.filter(**{name: code})
        return paginated(self, request, rows, TrainingDataDeclarationSerializer)
