"""The page of one's own account, and where the sign-in pages of the desk and the workspace lead."""

from __future__ import annotations

from urllib.parse import urlencode

from allauth.account.utils import get_next_redirect_url
from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from registry.accounts.second_factor import is_owed, is_required_of
from registry.models import SignInDevice, User


@never_cache
@login_required
def account(request: HttpRequest) -> HttpResponse:
    """Show the account: roles, second factor, sessions, devices."""
    user = request.user
    assert isinstance(user, User)
    context = {
        "roles": user.staff_roles.all(),
        "memberships": user.memberships.select_related("organization"),
        "has_second_factor": is_mfa_enabled(user),
        "needs_second_factor": is_required_of(user),
        "is_owed": is_owed(request),
        "session_count": UserSession.objects.purge_and_list(user).__len__(),
        "devices": SignInDevice.objects.filter(user=user).order_by("-last_used_at")[:10],
    }
    return render(request, "account/account.html", context)


@never_cache
@login_required
def second_factor_needed(request: HttpRequest) -> HttpResponse:
    """Say that a role needs a second factor, and offer its kinds."""
    return render(request, "account/second_factor_needed.html", {"next": get_next_redirect_url(request) or ""})


@never_cache
def desk_sign_in(request: HttpRequest) -> HttpResponse:
    """Lead to the page to sign in; whoever is signed in without a place at the desk is told so."""
    if request.user.is_authenticated and not admin.site.has_permission(request):
        return render(request, "account/no_desk.html", status=403)
    return _sign_in(request, reverse("admin:index"))


def workspace_sign_in(request: HttpRequest) -> HttpResponse:
    """Lead to the page to sign in."""
    return _sign_in(request, reverse("workspace:home"))


def _sign_in(request: HttpRequest, otherwise: str) -> HttpResponse:
    following = get_next_redirect_url(request) or otherwise
    return redirect(f"{reverse('account_login')}?{urlencode({'next': following})}")
