"""Who can sign in at all."""

from __future__ import annotations

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.base_user import AbstractBaseUser


class PeopleOnly(AuthenticationBackend):
    """Lets active people sign in, and ends the sessions of whoever is no longer one. A service account has tokens only."""

    def user_can_authenticate(self, user: AbstractBaseUser | None) -> bool:
        is_service = getattr(user, "is_service_account", False)
        return bool(super().user_can_authenticate(user)) and not is_service
