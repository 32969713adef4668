"""
The second factor: whose roles need one, and whether it was given in a session.

The desk, the workspace and the settings of the account are closed to such a person until then, however the session came to be.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from allauth.account.signals import authentication_step_completed
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from registry.models import User

GUARDED = ("/admin/", "/workspace/", "/account/")
# Where a second factor is given, and how a session ends.
OPEN = ("/account/sign-in/", "/account/sign-out/", "/account/inactive/", "/account/closed/", "/account/confirm/")
OPEN_TO_GIVE = (
    "/account/second-factor/authenticate/",
    "/account/second-factor/reauthenticate/",
    "/account/second-factor/webauthn/reauthenticate/",
)
# Where it is set up, by whoever has none yet.
OPEN_TO_SET_UP = ("/account/second-factor/",)
# In a session: the key of the person who gave the second factor in it, of what it was given with, and when.
GIVEN_BY, GIVEN_WITH, GIVEN_AT = "second_factor_given_by", "second_factor_given_with", "second_factor_given_at"
OF_THE_PROVIDER = 0


class RequireSecondFactor:
    """Middleware: lead whoever still owes a second factor to where it is given or set up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        path = request.path_info
        if path.startswith(GUARDED) and not path.startswith((*OPEN, *OPEN_TO_GIVE)) and is_owed(request):
            has_one = _has_one(request.user.pk)
            if has_one or not path.startswith(OPEN_TO_SET_UP):
                return _lead_there(request, has_one=has_one)
        return self.get_response(request)


def is_owed(request: HttpRequest) -> bool:
    """Whether the person signed in needs a second factor, or has one, and has not given it in this session."""
    user = request.user
    if not isinstance(user, User):
        return False
    if request.session.get(GIVEN_BY) == user.pk:
        return not _still_counts(user, request.session.get(GIVEN_WITH))
    is_asked = is_required_of(user) or request.path_info.startswith("/account/")
    return is_asked and (is_required_of(user) or _has_one(user.pk))


def is_required_of(user: User) -> bool:
    """Whether a role of this person needs a second factor (`SECOND_FACTOR_FOR`)."""
    return bool(settings.SECOND_FACTOR_FOR) and user.has_role(*settings.SECOND_FACTOR_FOR)


def was_given_within(request: HttpRequest, seconds: float) -> bool:
    """Whether the person signed in gave the second factor, or set it up, in this session within so many seconds."""
    is_recent = time.time() - request.session.get(GIVEN_AT, 0) < seconds
    return is_recent and request.session.get(GIVEN_BY) == request.user.pk


def _note(request: HttpRequest, user: User, given_with: object) -> None:
    request.session[GIVEN_BY], request.session[GIVEN_WITH] = user.pk, given_with
    request.session[GIVEN_AT] = time.time()


def _still_counts(user: User, given_with: object) -> bool:
    """Whether the authenticator still exists; one that was removed lets nobody in any more."""
    if given_with == OF_THE_PROVIDER:
        return settings.OIDC_GIVES_SECOND_FACTOR
    return Authenticator.objects.filter(user=user, pk=given_with).exists()


def _has_one(user_key: int) -> bool:
    return Authenticator.objects.filter(user=user_key).exclude(type=Authenticator.Type.RECOVERY_CODES).exists()


def _lead_there(request: HttpRequest, *, has_one: bool) -> HttpResponse:
    page = "mfa_reauthenticate" if has_one else "account-second-factor"
    return redirect(f"{reverse(page)}?{urlencode({'next': request.get_full_path()})}")


@receiver(authentication_step_completed)
def _remember(request: HttpRequest, user: User, method: str, **more: Any) -> None:
    if method == "mfa":
        _note(request, user, more.get("id"))
    elif method == "socialaccount" and settings.OIDC_GIVES_SECOND_FACTOR:
        _note(request, user, OF_THE_PROVIDER)


@receiver(authenticator_added)
def _remember_new(request: HttpRequest, user: User, authenticator: Authenticator, **_more: Any) -> None:
    """The first authenticator has proved itself by being set up. Sessions that did not give it end."""
    others = Authenticator.objects.filter(user=user).exclude(pk=authenticator.pk)
    if others.exclude(type=Authenticator.Type.RECOVERY_CODES).exists():
        return
    _note(request, user, authenticator.pk)
    end_other_sessions(request, user)


@receiver(authenticator_removed)
def _end_others(request: HttpRequest, user: User, **_more: Any) -> None:
    end_other_sessions(request, user)


def end_other_sessions(request: HttpRequest | None, user: User) -> None:
    """End all sessions of a person but that of the request."""
    own = request.session.session_key if request is not None else None
    for session in UserSession.objects.filter(user=user).exclude(session_key=own):
        session.end()
