"""How allauth behaves here: nobody registers himself, secrets are encrypted, a mail that fails stops nothing."""

from __future__ import annotations

import base64
import hashlib
import logging
import time
from smtplib import SMTPException
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.utils import is_mfa_enabled
from allauth.socialaccount.models import SocialAccount
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.shortcuts import render
from django.urls import reverse

from registry.accounts.browsers import browser_name
from registry.accounts.lock_out import note_failure, tell_of
from registry.accounts.second_factor import was_given_within
from registry.api.throttling import address_of

logger = logging.getLogger(__name__)
# Seconds after signing in during which security settings are open without a second confirmation.
JUST_NOW = 300


class AccountAdapter(DefaultAccountAdapter):
    """Signing in with user name and password."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are made by administrators and by invitations."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return address_of(request)

    def get_http_user_agent(self, request: HttpRequest) -> str:
        """The browser as people know it: on their pages, and in mails about a new one."""
        return browser_name(super().get_http_user_agent(request))

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The address of this registry, whatever host the request names."""
        return f"{settings.BASE_URL}{urlsplit(super().get_reset_password_from_key_url(key)).path}"

    def is_login_by_password_allowed(self, user: AbstractBaseUser) -> bool:
        """Whoever comes by single sign-on comes by it alone: its groups are asked at each sign-in."""
        return not SocialAccount.objects.filter(user=user).exists()

    def is_safe_url(self, url: str) -> bool:
        """Whether somebody may be led to an address; one that cannot be read is none."""
        try:
            return bool(super().is_safe_url(url))
        except ValueError:
            return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """The desk for staff, the workspace for everybody else."""
        return reverse("admin:index" if getattr(request.user, "is_staff", False) else "workspace:home")

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Whoever signed in a moment ago is not asked again: where there is a second factor, with it."""
        if is_mfa_enabled(self.request.user):
            is_confirmed = was_given_within(self.request, JUST_NOW)
        else:
            records = get_authentication_records(self.request, self.request.user)
            is_confirmed = any(time.time() - record["at"] < JUST_NOW for record in records)
        if is_confirmed:
            return False
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    def get_reauthentication_methods(self, user: AbstractBaseUser) -> list[dict[str, Any]]:
        """Return how somebody confirms who he is: where there is a second factor, by it and not by the password alone."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        return [each for each in methods if each["id"] != "reauthenticate"] if is_mfa_enabled(user) else methods

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        """Whoever comes from the identity provider for the first time goes where the others go."""
        return self.get_login_redirect_url(request)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Return what wrong passwords are counted by: the name alone, whatever host and port the request names."""
        return str(credentials.get("username") or credentials.get("email") or "").casefold()

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Raise ValidationError if too many passwords were tried, and tell of it."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            tell_of(request, str(credentials.get("username", "")))
            raise

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        note_failure(str(credentials.get("username", "")))

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        """Return the person whose password this is; a program has none, whatever was set for it."""
        user = super().authenticate(request, **credentials)
        if user is None or getattr(user, "is_service_account", False) or not self.is_login_by_password_allowed(user):
            return None
        return user

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a mail. Raises ImmediateHttpResponse with a page that says so if it cannot be sent."""
        try:
            super().send_mail(template_prefix, email, context)
        except (SMTPException, OSError) as error:
            logger.exception("The mail %s could not be sent.", template_prefix)
            raise ImmediateHttpResponse(render(self.request, "account/mail_failed.html", status=503)) from error

    def send_notification_mail(
        self,
        template_prefix: str,
        user: AbstractBaseUser,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Send a notice on the security of an account to whoever has an address; a failure is logged and stops nothing."""
        address = email or getattr(user, "email", "")
        if address:
            try:
                super().send_notification_mail(template_prefix, user, context, address)
            except ImmediateHttpResponse:
                logger.error("User %s could not be told by mail: %s.", user.pk, template_prefix)


class MFAAdapter(DefaultMFAAdapter):
    """The second factor. Secrets are stored encrypted with `SECRET_KEY` and `SECRET_KEY_FALLBACKS`."""

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _cipher().decrypt(encrypted_text.encode()).decode()


def _cipher() -> MultiFernet:
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet(
        [
            Fernet(base64.urlsafe_b64encode(hashlib.sha256(f"second factor:{each}".encode()).digest()))
            for each in secrets
        ]
    )
