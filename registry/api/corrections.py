"""Corrections by registrars over the API. Each one is recorded with a reason and can be undone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from registry import refusals
from registry.api.bodies import read_body
from registry.api.endpoint import REGISTER, Endpoint, operation
from registry.api.etags import IF_MATCH, one_at_a_time, refuse_other_version
from registry.api.problems import Problem
from registry.api.requests import user_of
from registry.api.serializers import (
    CorrectionRequestSerializer,
    CorrectionSerializer,
    MergeRequestSerializer,
    UndoRequestSerializer,
)
from registry.api.views import find_model, model_json
from registry.models import AIModel, Correction, Role
from registry.register import corrections

REFUSALS = {
    "not_a_registrar": (403, gettext_lazy("Only registrars may do this.")),
    "own_model": (
        403,
        gettext_lazy("You are a member of the developer, so another registrar must correct its models."),
    ),
    "reason_missing": (400, gettext_lazy("A correction requires a reason. Enter one.")),
    "nothing_to_correct": (400, gettext_lazy("Specify at least one field to correct and its value.")),
    "not_correctable": (400, gettext_lazy("These fields cannot be corrected: %(fields)s. You can correct: %(known)s.")),
    "merged_away": (409, gettext_lazy("One of the records is already merged into another one. Undo that merge first.")),
    "same_model": (409, gettext_lazy("A record cannot be merged into itself. Choose another record.")),
    "already_undone": (
        409,
        gettext_lazy("This correction is already undone. Reload the page or read the model again."),
    ),
}


@contextmanager
def refusals_as_problems() -> Iterator[None]:
    """Convert a refused correction into problem details."""
    try:
        yield
    except refusals.RegisterRefused as error:
        status, text = REFUSALS[error.code]
        raise Problem(status, error.code, _("Not corrected"), str(text) % error.values) from error


def _read(request: Request, serializer: type[Serializer[Any]]) -> dict[str, Any]:
    """Parse the body of a correction by a registrar."""
    if not user_of(request).has_role(Role.REGISTRAR):
        status, text = REFUSALS["not_a_registrar"]
        raise Problem(status, "not_a_registrar", _("Not corrected"), str(text))
    return read_body(request, serializer)


@contextmanager
def _unchanged(request: Request, model: AIModel) -> Iterator[None]:
    """Refuse a change of a model that is no longer what If-Match names, and let nobody else change it meanwhile."""
    with one_at_a_time(f"model {model.pk}"):
        if "If-Match" in request.headers:
            refuse_other_version(request, model_json(find_model(request, model.uid), user_of(request)))
        yield


class CorrectView(Endpoint):
    """Correcting an AI model."""

    @operation(
        "models_correct",
        "AI models",
        {201: CorrectionSerializer},
        body=CorrectionRequestSerializer,
        headers=[IF_MATCH],
        refuses=(409, 412),
        scope=REGISTER,
    )
    def post(self, request: Request, id: UUID) -> Response:
        """Correct fields of a model. Corrections precede all other statements. Registrars only, with a reason."""
        model, body = find_model(request, id), _read(request, CorrectionRequestSerializer)
        with _unchanged(request, model), refusals_as_problems():
            correction = corrections.correct_model(
                model, dict(body["changes"]), reason=body["reason"], by=user_of(request)
            )
        return Response(CorrectionSerializer(correction).data, status=201)


class MergeView(Endpoint):
    """Merging two records of one AI model."""

    @operation(
        "models_merge",
        "AI models",
        {201: CorrectionSerializer},
        body=MergeRequestSerializer,
        headers=[IF_MATCH],
        refuses=(409, 412),
        scope=REGISTER,
    )
    def post(self, request: Request, id: UUID) -> Response:
        """Merge this record into another record of the same model. Registrars only, with a reason."""
        model, body = find_model(request, id), _read(request, MergeRequestSerializer)
        into = AIModel.objects.visible_to(user_of(request)).filter(uid=body["into"]).first()
        if into is None:
            raise Problem.at(
                "/into",
                400,
                "no_such_model",
                _("Not corrected"),
                _("There is no AI model with this id. Copy the id as GET /models/ lists it."),
            )
        with _unchanged(request, model), refusals_as_problems():
            correction = corrections.merge_models(model, into, reason=body["reason"], by=user_of(request))
        return Response(CorrectionSerializer(correction).data, status=201)


class UndoView(Endpoint):
    """Undoing a correction or a merge."""

    @operation(
        "corrections_undo",
        "AI models",
        {200: CorrectionSerializer},
        body=UndoRequestSerializer,
        refuses=(409,),
        scope=REGISTER,
    )
    def post(self, request: Request, id: UUID) -> Response:
        """Undo a correction or a merge. Registrars only, with a reason."""
        user = user_of(request)
        correction = Correction.objects.filter(uid=id).first() if user.roles else None
        if correction is None:
            raise Http404
        body = _read(request, UndoRequestSerializer)
        with refusals_as_problems():
            correction = corrections.undo_correction(correction, reason=body["reason"], by=user)
        return Response(CorrectionSerializer(correction).data)
