"""Single sign-on: whoever the identity provider vouches for, with the roles that its groups mean here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import render

from registry.accounts.second_factor import end_other_sessions
from registry.models import StaffRole, User


def roles_of(groups: Iterable[str]) -> dict[str, list[str]]:
    """
    Return the roles that some groups mean, each with its provinces, by `OIDC_ROLES`: `group=role` or `group=reviewer:44+51`. A
    reviewer of one group without provinces reviews all of them.
    """
    provinces: dict[str, list[set[str]]] = defaultdict(list)
    for group in set(groups) & set(settings.OIDC_ROLES):
        role, _colon, codes = settings.OIDC_ROLES[group].partition(":")
        provinces[role].append({code for code in codes.split("+") if code})
    return {role: sorted(set().union(*sets)) if all(sets) else [] for role, sets in sorted(provinces.items())}


class SingleSignOnAdapter(DefaultSocialAccountAdapter):
    """Accounts of the identity provider. Its groups decide on the roles at each sign-in; without one of them nobody gets in."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return True

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Raise ImmediateHttpResponse with a page that names the reason if no group has a role here."""
        roles = roles_of(_groups_of(sociallogin))
        if sociallogin.is_existing:
            grant(sociallogin.user, roles)
        if not roles:
            raise ImmediateHttpResponse(render(request, "account/no_role.html", status=403))

    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None) -> User:
        user: User = super().save_user(request, sociallogin, form)
        grant(user, roles_of(_groups_of(sociallogin)))
        return user


@transaction.atomic
def grant(user: User, roles: dict[str, list[str]]) -> None:
    """Give a person these staff roles and no others."""
    has_lost = bool(set(user.staff_roles.values_list("role", flat=True)) - set(roles))
    user.is_staff = bool(roles)
    user.save(update_fields=["is_staff"])
    for row in user.staff_roles.exclude(role__in=roles):
        row.delete()
    if has_lost:
        end_other_sessions(None, user)
    for role, provinces in roles.items():
        StaffRole.objects.update_or_create(user=user, role=role, defaults={"provinces": provinces})


def _groups_of(sociallogin: SocialLogin) -> list[str]:
    data = sociallogin.account.extra_data
    claims = {**data.get("id_token", {}), **data.get("userinfo", {}), **data}
    groups = claims.get(settings.OIDC_GROUPS_CLAIM, [])
    return [str(each) for each in groups] if isinstance(groups, list) else [str(groups)]
