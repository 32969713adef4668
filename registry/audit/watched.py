"""The rows whose changes are logged: whoever changes one of them changes who may do what, or what is known."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount

from registry.audit.recording import watch
from registry.models import AddedFamily, ApiToken, Correction, Membership, StaffRole, User


def watch_all() -> None:
    """Log the changes of users, roles, memberships, tokens, corrections and added base models."""
    _watch_people()
    _watch_ways_in()
    _watch_reference_data()


def _watch_people() -> None:
    watch(
        User,
        *("username", "is_active", "is_staff", "is_superuser", "is_service_account"),
        hidden=("password", "email", "first_name", "last_name"),
        label=lambda user: user.username,
    )
    watch(StaffRole, "user_id", "role", "provinces", label=lambda row: f"{row.user.username}: {row.role}")
    watch(
        Membership,
        *(
            "user_id",
            "organization_id",
            "role",
            "is_administrator",
            "mandate",
            "mandate_file",
            "mandate_from",
            "mandate_until",
        ),
        label=lambda row: f"{row.user.username}: {row.role} · {row.organization.name}",
    )


def _watch_ways_in() -> None:
    watch(
        ApiToken,
        *("user_id", "name", "beginning", "scopes", "expires_at", "revoked_at"),
        hidden=("digest",),
        label=lambda row: f"{row.user.username}: {row.beginning}…",
    )
    watch(Authenticator, "user_id", "type", hidden=("data",), label=lambda row: f"{row.user.username}: {row.type}")
    watch(SocialAccount, "user_id", "provider", "uid", label=lambda row: f"{row.user.username}: {row.provider}")


def _watch_reference_data() -> None:
    watch(
        Correction,
        *(
            "kind",
            "model_id",
            "into_id",
            "changes",
            "reason",
            "by_id",
            "at",
            "undone_by_id",
            "undone_at",
            "undone_reason",
        ),
        label=str,
    )
    watch(AddedFamily, "name", hidden=("document",), label=lambda row: row.name)
