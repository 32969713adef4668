"""Signing in, and what happens to a form that was sent after the session had ended: nothing that was typed is lost."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views import csrf

# What a form sends besides what was typed.
_OWN_FIELDS = frozenset({"csrfmiddlewaretoken"})


def sign_in_first(request: HttpRequest) -> HttpResponseBase:
    """Lead a visitor to the page to sign in; with a form, show what was typed, to be sent again."""
    if request.method == "POST":
        return _typed_again(request, 401)
    return redirect(sign_in_address(request.get_full_path()))


def sign_in_address(path: str) -> str:
    return f"{reverse('account_login')}?{urlencode({'next': path})}"


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponseBase:
    """
    Answer a form without a valid token. In the workspace, it may have been typed in a session that ended: it is shown with a new
    token, unless another site sent it.
    """
    if request.path.startswith("/workspace/") and _is_own_form(request):
        return _typed_again(request, 403)
    return csrf.csrf_failure(request, reason)


def _is_own_form(request: HttpRequest) -> bool:
    """Whether a page of this very host sent the form."""
    origin = urlsplit(request.headers.get("Origin") or request.headers.get("Referer") or "")
    return (origin.scheme, origin.netloc) == (request.scheme, request.get_host())


def _typed_again(request: HttpRequest, status: int) -> HttpResponse:
    fields = [(name, value) for name, values in request.POST.lists() if name not in _OWN_FIELDS for value in values]
    context: dict[str, Any] = {
        "fields": fields,
        "address": request.get_full_path(),
        "sign_in": sign_in_address(reverse("workspace:home")),
        "is_signed_in": request.user.is_authenticated,
    }
    return render(request, "workspace/typed_again.html", context, status=status)
