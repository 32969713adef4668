"""Finding the case of a request, and its address."""

from __future__ import annotations

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse

from compliance.admin.pages import user_of
from compliance.casework.queues import QUEUES
from compliance.models import Filing


def filing_of(request: HttpRequest, key: int) -> Filing:
    """Return a filing that the user sees. Raises Http404."""
    rows = Filing.objects.visible_to(user_of(request)).filter(first_submitted_at__isnull=False)
    return get_object_or_404(rows.select_related("applicant", "official_number", "target", "assignee"), pk=key)


def address_of(filing: Filing, request: HttpRequest, part: str = "") -> str:
    """Return the address of the case page, in the queue from which the user came."""
    queue = request.POST.get("queue") or request.GET.get("queue")
    address = reverse("admin:compliance_filing_change", args=[filing.pk])
    return f"{address}?queue={queue}{part}" if queue in QUEUES else f"{address}{part}"
