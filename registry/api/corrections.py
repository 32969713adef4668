"""Corrections by registrars over the API. Each one is recorded with a reason and can be undone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from registry import refusals
from registry.api.problems import Problem
from registry.api.requests import user_of
from registry.api.serializers import (
    ChangesSerializer,
    CorrectionRequestSerializer,
    CorrectionSerializer,
    MergeRequestSerializer,
    UndoRequestSerializer,
)
from registry.api.views import find_model
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
    """Parse a small JSON body. An invalid body is refused as a whole, with the location of each error."""
    if not user_of(request).has_role(Role.REGISTRAR):
        status, text = REFUSALS["not_a_registrar"]
        raise Problem(status, "not_a_registrar", _("Not corrected"), str(text))
    try:
        body = json.loads(request.data or b"{}")
    except (ValueError, RecursionError) as error:
        raise Problem.at("", 400, "bad_body", _("Invalid request body"), _("Send a JSON object.")) from error
    parsed = serializer(data=body)
    unknown = sorted(_unknown(body, serializer)) if isinstance(body, dict) else []
    if not parsed.is_valid() or unknown:
        errors = [_error(at, text) for at, text in _faults(parsed.errors, "")]
        errors += [_error(at, _("Unknown field. Remove it.")) for at in unknown]
        raise Problem(
            400, "bad_body", _("Invalid request body"), _("Correct the fields listed under `errors`."), errors=errors
        )
    return dict(parsed.validated_data)


def _unknown(body: dict[str, Any], serializer: type[Serializer[Any]]) -> Iterator[str]:
    yield from (f"/{name}" for name in body if name not in serializer().fields)
    changes = body.get("changes")
    if isinstance(changes, dict):
        yield from (f"/changes/{name}" for name in changes if name not in ChangesSerializer().fields)


def _faults(errors: Any, at: str) -> Iterator[tuple[str, str]]:
    if isinstance(errors, dict):
        for name, nested in errors.items():
            yield from _faults(nested, f"{at}/{name}")
    else:
        yield from ((at, str(text)) for text in errors)


def _error(pointer: str, message: str) -> dict[str, str]:
    return {"pointer": pointer, "code": "bad_field", "message": message}


class CorrectView(APIView):
    """Correcting an AI model."""

    @extend_schema(
        operation_id="models_correct", request=CorrectionRequestSerializer, responses={201: CorrectionSerializer}
    )
    def post(self, request: Request, id: UUID) -> Response:
        """Correct fields of a model. Corrections precede all other statements. Registrars only, with a reason."""
        model, body = find_model(request, id), _read(request, CorrectionRequestSerializer)
        with refusals_as_problems():
            correction = corrections.correct_model(
                model, dict(body["changes"]), reason=body["reason"], by=user_of(request)
            )
        return Response(CorrectionSerializer(correction).data, status=201)


class MergeView(APIView):
    """Merging two records of one AI model."""

    @extend_schema(operation_id="models_merge", request=MergeRequestSerializer, responses={201: CorrectionSerializer})
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
        with refusals_as_problems():
            correction = corrections.merge_models(model, into, reason=body["reason"], by=user_of(request))
        return Response(CorrectionSerializer(correction).data, status=201)


class UndoView(APIView):
    """Undoing a correction or a merge."""

    @extend_schema(
        operation_id="corrections_undo", request=UndoRequestSerializer, responses={200: CorrectionSerializer}
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
