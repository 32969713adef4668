"""What all addresses of the API share: how an operation is declared, and what is checked before it runs."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, wraps
from typing import Any, TypeVar

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import MethodNotAllowed
from rest_framework.request import Request
from rest_framework.views import APIView

from registry.api import throttling
from registry.api.idempotency import once
from registry.api.parameters import Parameter, Query, one_of
from registry.api.problems import Problem, refuse_if_too_many
from registry.api.throttling import Allowance
from registry.models import ApiToken

Handler = TypeVar("Handler", bound=Callable[..., Any])
READ, FILE, REVIEW, REGISTER = "read", "file", "review", "register"
logger = logging.getLogger("registry.api")


@dataclass(frozen=True)
class Operation:
    """The declaration of an operation: its query, the scopes of which a token needs one, and who may call it."""

    id: str
    query: Query
    scopes: tuple[str, ...]
    is_public: bool


def operation(
    id: str,
    tag: str,
    answers: Mapping[Any, Any],
    *,
    parameters: Sequence[Parameter] = (),
    headers: Sequence[OpenApiParameter] = (),
    body: Any = None,
    refuses: Sequence[int] = (),
    scope: str | tuple[str, ...] = READ,
    public: bool = False,
    summary: str = "",
    exactly_one_of: tuple[str, str, Sequence[Parameter]] | None = None,
) -> Callable[[Handler], Handler]:
    """
    Declare a handler as an operation of the API.

    `answers` are serializers by status. `refuses` are the statuses of refusals that are special to the operation; those
    that follow from its form (401, 404, 413 …) are added by `registry.api.description`. `exactly_one_of` names and describes
    a group of parameters of which one must be given.
    """
    scopes = (scope,) if isinstance(scope, str) else scope

    def declare(handler: Handler) -> Handler:
        title, _, text = (summary or handler.__doc__ or "").strip().partition("\n")
        described = extend_schema(
            operation_id=id,
            tags=[tag],
            summary=title,
            description=f"{title}\n{text}".strip(),
            parameters=[*_described(parameters, exactly_one_of), *headers],
            request=body,
            responses={**_by_media_type(answers), **dict.fromkeys(refuses, None)},
            auth=[] if public else None,
            extensions={"x-scope": scopes[0], "x-public": public},
        )(_answers_once(handler) if handler.__name__ == "post" and not public else handler)
        described.operation = Operation(id, Query(parameters), scopes, public)  # type: ignore[attr-defined]
        return described

    return declare


def _by_media_type(answers: Mapping[Any, Any]) -> dict[Any, Any]:
    """Return the answers with their media types: JSON if none is given, and for a page also the streams of the whole list."""
    described: dict[Any, Any] = {}
    for key, answer in answers.items():
        if not isinstance(key, int):
            described[key] = answer
            continue
        described[(key, "application/json")] = answer
        if getattr(answer, "is_page", False):
            described |= {(key, media_type): {"type": "string"} for media_type in ("text/csv", "application/x-ndjson")}
    return described


def _described(
    parameters: Sequence[Parameter], group: tuple[str, str, Sequence[Parameter]] | None
) -> list[OpenApiParameter]:
    grouped = group[2] if group else ()
    alone = [parameter.described() for parameter in parameters if parameter not in grouped]
    return [*alone, one_of(*group)] if group else alone


def _caller(token: ApiToken) -> tuple[str, str]:
    return token.user.username, token.beginning


def refuse_without_scope(request: Request, scopes: Collection[str]) -> None:
    """Raise a Problem (403) unless the token of the request has one of the scopes."""
    token = request.auth
    if not isinstance(token, ApiToken) or set(scopes) & set(token.scopes):
        return
    message = _("Your token does not have the scope “%(scope)s”. Its scopes: %(scopes)s. Use a token that has it.")
    values = {"scope": " / ".join(scopes), "scopes": ", ".join(token.scopes) or "–"}
    raise Problem(403, "scope_missing", _("Not allowed"), message % values)


def _answers_once(handler: Handler) -> Handler:
    """Let a POST be answered as before if it is sent again with its Idempotency-Key."""

    @wraps(handler)
    def handle(self: Any, request: Request, *args: Any, **kwargs: Any) -> Any:
        return once(request, lambda: self.digest_of_body(request), lambda: handler(self, request, *args, **kwargs))

    return handle  # type: ignore[return-value]


class Endpoint(APIView):
    """A view of the API. `self.query` holds the checked parameters of the request."""

    http_method_names = ["get", "post", "put", "patch", "delete", "head"]
    query: dict[str, Any]
    allowance: Allowance | None = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Check, in this order: the method, who calls and how often, the scope of the token, and the query."""
        declared = self.operation_of(request)
        super().initial(request, *args, **kwargs)
        if not declared.is_public:
            refuse_without_scope(request, declared.scopes)
        self.query = declared.query.read(request)

    def check_throttles(self, request: Request) -> None:
        """Count the request against the limit of its token, or of the address that it comes from."""
        token = request.auth
        who = ("token", str(token.pk)) if token else ("address", throttling.address_of(request._request))
        self.allowance = throttling.count(*who)
        refuse_if_too_many(self.allowance)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Tell what is left of the limit, and log the call."""
        response = super().finalize_response(request, response, *args, **kwargs)
        if self.allowance and "RateLimit-Limit" not in response.headers:
            for name, value in self.allowance.headers.items():
                response.headers[name] = value
        token = getattr(request, "auth", None)
        if token and logger.isEnabledFor(logging.INFO):
            logger.info("%s %s %s (%s, token %s)", response.status_code, request.method, request.path, *_caller(token))
        return response

    def digest_of_body(self, request: Request) -> str:
        """Receive the body and return its SHA-256, by which a request that is sent again is known."""
        body = request.data
        return hashlib.sha256(body if isinstance(body, bytes) else b"").hexdigest()

    def operation_of(self, request: Request) -> Operation:
        """Return the declaration of the requested operation. Raises MethodNotAllowed."""
        handler = getattr(self, (request.method or "").lower(), None)
        if (request.method or "").lower() not in self.http_method_names or handler is None:
            raise MethodNotAllowed(request.method or "")
        declared: Operation = handler.operation
        return declared


@cache
def row_of(serializer: type[serializers.BaseSerializer[Any]]) -> type[serializers.BaseSerializer[Any]]:
    """Return the serializer of a row of a list, which has only the requested fields, for the description."""
    name = serializer.__name__.removesuffix("Serializer")
    text = f"{serializer.__doc__ or ''} With `fields`, only those fields."
    return type(f"{name}RowSerializer", (serializer,), {"omits_empty_fields": True, "__doc__": text.strip()})


@cache
def page_of(serializer: type[serializers.BaseSerializer[Any]]) -> type[serializers.Serializer[Any]]:
    """Return the serializer of a page of rows, for the description."""
    name = serializer.__name__.removesuffix("Serializer")
    fields = {
        "next": serializers.URLField(allow_null=True, help_text="Address of the next page; null on the last one."),
        "previous": serializers.URLField(allow_null=True, help_text="Address of the previous page."),
        "results": row_of(serializer)(many=True),
        "is_page": True,
        "__doc__": "A page of a list.",
    }
    return type(f"{name}PageSerializer", (serializers.Serializer,), fields)


@cache
def listing_of(serializer: type[serializers.BaseSerializer[Any]]) -> type[serializers.Serializer[Any]]:
    """Return the serializer of a whole list, for the description."""
    name = serializer.__name__.removesuffix("Serializer")
    fields = {"results": serializer(many=True), "__doc__": "A whole list."}
    return type(f"{name}ListingSerializer", (serializers.Serializer,), fields)
