"""Addresses under /account/. Nobody registers here: accounts come from administrators, invitations and single sign-on."""

from __future__ import annotations

from allauth.account import views as allauth
from allauth.socialaccount import views as social
from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path, re_path

from registry.accounts import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.account, name="account"),
    path("sign-in/", allauth.login, name="account_login"),
    path("sign-out/", allauth.logout, name="account_logout"),
    path("inactive/", allauth.account_inactive, name="account_inactive"),
    path("closed/", allauth.signup, name="account_signup"),
    path("confirm/", allauth.reauthenticate, name="account_reauthenticate"),
    path("password/", allauth.password_change, name="account_change_password"),
    path("password/set/", allauth.password_set, name="account_set_password"),
    path("password/reset/", allauth.password_reset, name="account_reset_password"),
    path("password/reset/sent/", allauth.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        allauth.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("password/reset/done/", allauth.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    path("second-factor/needed/", views.second_factor_needed, name="account-second-factor"),
    path("second-factor/", include("allauth.mfa.urls")),
    path("sessions/", include("allauth.usersessions.urls")),
]


def single_sign_on() -> list[URLPattern | URLResolver]:
    """Return the addresses of single sign-on."""
    return [
        path("single-sign-on/", include("allauth.socialaccount.providers.openid_connect.urls")),
        path("single-sign-on/cancelled/", social.login_cancelled, name="socialaccount_login_cancelled"),
        path("single-sign-on/error/", social.login_error, name="socialaccount_login_error"),
        path("single-sign-on/closed/", social.signup, name="socialaccount_signup"),
        path("single-sign-on/connections/", social.connections, name="socialaccount_connections"),
    ]


if settings.OIDC_URL:
    urlpatterns += single_sign_on()
