"""Middleware: the script policy of the admin, trailing slashes of API URLs, and refusal of NUL characters."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, QueryDict

from registry.api import problems


class AllowEvalInAdmin:
    """Allow `unsafe-eval` for scripts under /admin/ only: Alpine.js, which django-unfold uses, compiles expressions."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path.startswith("/admin/"):
            response._csp_update = {"script-src": ["'unsafe-eval'"]}  # type: ignore[attr-defined]
        return response


class AppendSlashInApi:
    """Treat `/api/v1/filings` as `/api/v1/filings/`. A redirect would lose the body of a POST request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith("/api/") and not request.path_info.endswith("/"):
            request.path_info += "/"
            request.path += "/"
        return self.get_response(request)


def _has_nul(form: QueryDict) -> bool:
    return any("\0" in part for name, values in form.lists() for part in (name, *values))


class RefuseNul:
    """
    Refuse URLs, and forms of the desk and the workspace, with a NUL character, which PostgreSQL cannot store and no name, number or code
    contains. The bodies of the API are read by its own strict parsers.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_form = request.method == "POST" and request.path_info.startswith(("/admin/", "/workspace/"))
        if "\0" in request.path_info or _has_nul(request.GET) or (is_form and _has_nul(request.POST)):
            return problems.bad_request(request)
        return self.get_response(request)
