"""
The second factor: whose roles need one, and whether it was given in a session.

The desk and the workspace are closed to such a person until then, however the session came to be.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from allauth.account.signals import authentication_step_completed
from allauth.mfa.signals import authenticator_added
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from registry.models import User

GUARDED = ("/admin/", "/workspace/")
# In a session: the key of the person who gave the second factor in it.
GIVEN_BY = "second_factor_given_by"


class RequireSecondFactor:
    """Middleware: lead whoever still owes a second factor to where it is given or set up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith(GUARDED) and is_owed(request):
            return _lead_there(request)
        return self.get_response(request)


def is_owed(request: HttpRequest) -> bool:
    """Whether the person signed in needs a second factor and has not given it in this session."""
    user = request.user
    if not isinstance(user, User) or request.session.get(GIVEN_BY) == user.pk:
        return False
    return is_required_of(user) or is_mfa_enabled(user)


def is_required_of(user: User) -> bool:
    """Whether a role of this person needs a second factor (`SECOND_FACTOR_FOR`)."""
    return bool(settings.SECOND_FACTOR_FOR) and user.has_role(*settings.SECOND_FACTOR_FOR)


def _lead_there(request: HttpRequest) -> HttpResponse:
    page = "mfa_reauthenticate" if is_mfa_enabled(request.user) else "account-second-factor"
    return redirect(f"{reverse(page)}?{urlencode({'next': request.get_full_path()})}")


@receiver(authentication_step_completed)
def _remember(request: HttpRequest, user: User, method: str, **_more: Any) -> None:
    is_trusted = method == "socialaccount" and settings.OIDC_GIVES_SECOND_FACTOR
    if method == "mfa" or is_trusted:
        request.session[GIVEN_BY] = user.pk


@receiver(authenticator_added)
def _remember_new(request: HttpRequest, user: User, **_more: Any) -> None:
    """An authenticator that was just set up has proved itself."""
    request.session[GIVEN_BY] = user.pk
