"""Keeping services without a filing in the list of an organization."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils import timezone

from compliance.models import KeptService
from registry.models import Organization, User


def keep_service(
    organization: Organization, kept: KeptService | None, *, name: str, reason: str, facts: dict[str, Any], by: User
) -> KeptService:
    """Enter a service, or change what was entered."""
    row = kept or KeptService(organization=organization)
    row.name, row.reason, row.facts, row.by, row.at = name, reason, facts, by, timezone.now()
    row.save()
    return row


def stop_keeping(organization: Organization, uid: UUID) -> None:
    KeptService.objects.filter(organization=organization, uid=uid).delete()
