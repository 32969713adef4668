"""
Server CPU of requests to the API, compared with bare Django REST framework views in the same process and the same run.

The bare views have token authentication, cursor pagination with the same number of rows, and a serializer of plain columns
of a filing, and nothing else. Requests are passed directly to the WSGI application, so the CPU of clients is not included,
nor is that of the database.
"""

from __future__ import annotations

import io
import json
import statistics
import time
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import include, path
from rest_framework import generics, serializers
from rest_framework.authentication import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.pagination import CursorPagination
from rest_framework.permissions import IsAuthenticated

from compliance.checking.check_filings import check_range
from compliance.checking.dispatch import ANNOUNCER
from compliance.models import Filing
from registry.models import ApiToken, Membership, Organization, User
from registry.models.tokens import digest_of
from registry.tokens import create_token
from tests.building import USCC, a_document

ROWS = 20
WARM_UP, REPEATS, ROUNDS = 20, 60, 3
# The most that a request may cost, as a multiple of the bare request.
LIMITS = {
    "list of 20": (2.0, "bare list"),
    "get one": (2.0, "bare get"),
    "flags of one": (2.5, "bare get"),
    "POST of a full dossier": (6.0, "bare get"),
    "submit": (12.0, "bare get"),
}


class BareToken(TokenAuthentication):
    """Authenticate by one query for the token and its user."""

    def authenticate_credentials(self, key: str) -> tuple[User, Any]:
        token = ApiToken.objects.select_related("user").filter(digest=digest_of(key)).first()
        if token is None or not token.user.is_active:
            raise AuthenticationFailed
        return token.user, token


class BareSerializer(serializers.ModelSerializer[Filing]):
    class Meta:
        model = Filing
        fields = [
            "uid",
            "case_number",
            "kind",
            "action",
            "status",
            "reference",
            "jurisdiction",
            "service_name",
            "opened_at",
            "changed_at",
            "first_submitted_at",
            "submitted_at",
            "accepted_at",
            "returned_at",
            "decided_at",
            "checked_at",
            "checked_as_of",
            "next_look_on",
        ]


class BarePages(CursorPagination):
    page_size = ROWS
    ordering = "-id"


class BareList(generics.ListAPIView[Filing]):
    authentication_classes = [BareToken]
    permission_classes = [IsAuthenticated]
    serializer_class = BareSerializer
    pagination_class = BarePages
    queryset = Filing.objects.all()


class BareDetail(generics.RetrieveAPIView[Filing]):
    authentication_classes = [BareToken]
    permission_classes = [IsAuthenticated]
    serializer_class = BareSerializer
    lookup_field = "uid"
    queryset = Filing.objects.all()


urlpatterns = [
    path("bare/", BareList.as_view()),
    path("bare/<uuid:uid>/", BareDetail.as_view()),
    path("", include("config.urls")),
]


def measure_api(report: Callable[[str, str], None]) -> None:
    """Report the median CPU of each request and its ratio to the bare one, for each round."""
    settings.ROOT_URLCONF = __name__
    settings.ALLOWED_HOSTS = ["*"]
    ANNOUNCER.announce = lambda task, *args: None  # type: ignore[method-assign]
    requests = _requests(Client(_filer()))
    for _ in range(WARM_UP):
        for request in requests.values():
            next(request)
    for number in range(1, ROUNDS + 1):
        took = _round(requests)
        for name in ("bare list", "bare get"):
            report(f"round {number}: {name}", f"{took[name]:.2f} ms")
        for name, (limit, bare) in LIMITS.items():
            ratio = took[name] / took[bare]
            report(f"round {number}: {name} (limit {limit:g} x {bare})", f"{took[name]:.2f} ms {ratio:.2f} x")


def _round(requests: dict[str, Iterator[float]]) -> dict[str, float]:
    """Make all requests in turn, so that slow moments of the machine affect all of them equally."""
    took: dict[str, list[float]] = {name: [] for name in requests}
    for _ in range(REPEATS):
        for name, request in requests.items():
            took[name].append(next(request))
    return {name: statistics.median(times) * 1000 for name, times in took.items()}


def _filer() -> str:
    organization = Organization.objects.create(uscc=USCC, name="bench")
    user = User.objects.create_user("bench-filer")
    Membership.objects.create(user=user, organization=organization, role="filer")
    return create_token(user)


class Client:
    """A client that calls the WSGI application and measures its CPU time."""

    def __init__(self, token: str) -> None:
        self.application = get_wsgi_application()
        self.token = token

    def call(self, method: str, path: str, body: bytes = b"") -> tuple[float, int, bytes]:
        """Return the CPU seconds, the status and the content of the response."""
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": "",
            "SERVER_NAME": "bench",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": False,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
            "CONTENT_LENGTH": str(len(body)),
            "CONTENT_TYPE": "application/json",
            "HTTP_AUTHORIZATION": f"Token {self.token}",
        }
        status: list[str] = []
        started = time.process_time()
        response = self.application(environ, lambda line, headers, *more: status.append(line))
        content = b"".join(response)
        response.close()
        return time.process_time() - started, int(status[0][:3]), content


def _requests(client: Client) -> dict[str, Iterator[float]]:
    for i in range(ROWS):
        _open_filing(client, "algorithm-incomplete", f"row-{i}")
    filing = _open_filing(client, "algorithm-incomplete", "one")
    check_range(0, 2**62)
    numbers = count()
    return {
        "bare list": _getting(client, "/bare/"),
        "bare get": _getting(client, f"/bare/{filing}/"),
        "list of 20": _getting(client, "/api/v1/filings/"),
        "get one": _getting(client, f"/api/v1/filings/{filing}/"),
        "flags of one": _getting(client, f"/api/v1/filings/{filing}/flags/"),
        "POST of a full dossier": _posting(client, numbers),
        "submit": _submitting(client, numbers),
    }


def _getting(client: Client, path: str) -> Iterator[float]:
    while True:
        took, status, content = client.call("GET", path)
        assert status == 200, content
        yield took


def _posting(client: Client, numbers: Iterator[int]) -> Iterator[float]:
    while True:
        took, status, content = client.call("POST", "/api/v1/filings/", _body("generative", f"post-{next(numbers)}"))
        assert status == 201, content
        yield took


def _submitting(client: Client, numbers: Iterator[int]) -> Iterator[float]:
    while True:
        filing = _open_filing(client, "generative", f"submit-{next(numbers)}")
        took, status, content = client.call("POST", f"/api/v1/filings/{filing}/submit/")
        assert status == 200, content
        yield took


def _open_filing(client: Client, kind: str, reference: str) -> str:
    _, status, content = client.call("POST", "/api/v1/filings/", _body(kind, reference))
    assert status == 201, content
    return str(json.loads(content)["id"])


def _body(kind: str, reference: str) -> bytes:
    """Return a dossier with its own reference and its own service."""
    changes = {"/reference": reference, "/service/name": f"bench {reference}"}
    return json.dumps(a_document(kind, changes)).encode()
