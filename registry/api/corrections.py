"""Registrars' corrections over the API: recorded actions with a reason, each of which can be undone."""

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
from registry.api.views import found_model
from registry.models import AIModel, Correction, Role
from registry.register import corrections

REFUSALS = {
    "not_a_registrar": (403, gettext_lazy("Only registrars may do this.")),
    "own_model": (403, gettext_lazy("You stand for the developer; another registrar must correct its models.")),
    "reason_missing": (400, gettext_lazy("A correction is recorded with a reason. Give one.")),
    "nothing_to_correct": (400, gettext_lazy("Name at least one field that is corrected, and its value.")),
    "not_correctable": (400, gettext_lazy("These fields cannot be corrected: %(fields)s. Those that can: %(known)s.")),
    "merged_away": (409, gettext_lazy("One of the records was merged into another already. Undo that first.")),
    "same_model": (409, gettext_lazy("A record cannot be merged into itself. Choose another one.")),
    "already_undone": (409, gettext_lazy("This was undone already.")),
}


@contextmanager
def refusals_as_problems() -> Iterator[None]:
    """Turn a refused correction into its problem."""
    try:
        yield
    except refusals.RegisterRefused as error:
        status, text = REFUSALS[error.code]
        raise Problem(status, error.code, _("Not corrected"), str(text) % error.values) from error


def _read(request: Request, serializer: type[Serializer[Any]]) -> dict[str, Any]:
    """Read a small JSON body. What is not understood is refused whole, each fault with its place."""
    if not user_of(request).has_role(Role.REGISTRAR):
        status, text = REFUSALS["not_a_registrar"]
        raise Problem(status, "not_a_registrar", _("Not corrected"), str(text))
    try:
        body = json.loads(request.data or b"{}")
    except (ValueError, RecursionError) as error:
        raise Problem.at("", 400, "bad_body", _("Body not understood"), _("Send a JSON object.")) from error
    read = serializer(data=body)
    unknown = sorted(_unknown(body, serializer)) if isinstance(body, dict) else []
    if not read.is_valid() or unknown:
        errors = [_error(at, text) for at, text in _faults(read.errors, "")]
        errors += [_error(at, _("There is no such field here.")) for at in unknown]
        raise Problem(400, "bad_body", _("Body not understood"), _("Mend what the errors point at."), errors=errors)
    return dict(read.validated_data)


def _unknown(body: dict[str, Any], serializer: type[Serializer[Any]]) -> Iterator[str]:
    yield from (f"/{name}" for name in body if name not in serializer().fields)
    changes = body.get("changes")
    if isinstance(changes, dict):
        yield from (f"/changes/{name}" for name in changes if name not in ChangesSerializer().fields)


def _faults(errors: Any, at: str) -> Iterator[tuple[str, str]]:
    if isinstance(errors, dict):
        for name, below in errors.items():
            yield from _faults(below, f"{at}/{name}")
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
        """State, above all others, what is true of a model. Registrars only; recorded with a reason."""
        model, told = found_model(request, id), _read(request, CorrectionRequestSerializer)
        with refusals_as_problems():
            correction = corrections.correct_model(
                model, dict(told["changes"]), reason=told["reason"], by=user_of(request)
            )
        return Response(CorrectionSerializer(correction).data, status=201)


class MergeView(APIView):
    """Merging two records of one AI model."""

    @extend_schema(operation_id="models_merge", request=MergeRequestSerializer, responses={201: CorrectionSerializer})
    def post(self, request: Request, id: UUID) -> Response:
        """Say that this record and another are one model. Registrars only; recorded with a reason."""
        model, told = found_model(request, id), _read(request, MergeRequestSerializer)
        into = AIModel.objects.visible_to(user_of(request)).filter(uid=told["into"]).first()
        if into is None:
            raise Problem.at("/into", 400, "no_such_model", _("Not corrected"), _("There is no such AI model."))
        with refusals_as_problems():
            correction = corrections.merge_models(model, into, reason=told["reason"], by=user_of(request))
        return Response(CorrectionSerializer(correction).data, status=201)


class UndoView(APIView):
    """Undoing a correction or a merge."""

    @extend_schema(
        operation_id="corrections_undo", request=UndoRequestSerializer, responses={200: CorrectionSerializer}
    )
    def post(self, request: Request, id: UUID) -> Response:
        """Take a correction or a merge back. Registrars only; recorded with a reason."""
        user = user_of(request)
        correction = Correction.objects.filter(uid=id).first() if user.roles else None
        if correction is None:
            raise Http404
        told = _read(request, UndoRequestSerializer)
        with refusals_as_problems():
            correction = corrections.undo_correction(correction, reason=told["reason"], by=user)
        return Response(CorrectionSerializer(correction).data)
