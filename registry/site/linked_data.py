"""One entry of the public register as linked data (schema.org, JSON-LD 1.1)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, JsonResponse

from registry.models import NumberKind, NumberStatus, OfficialNumber

MEDIA_TYPE = "application/ld+json"
IN_FORCE = (NumberStatus.FILED, NumberStatus.REGISTERED)
_NAMES = {NumberKind.ALGORITHM: "网信算备", NumberKind.GENERATIVE: "备案编号", NumberKind.REGISTRATION: "登记编号"}


def register_entry(request: HttpRequest, uid: UUID) -> JsonResponse:
    """Return an official number with what it stands for: name, holder, issuer, day and status."""
    row = OfficialNumber.objects.select_related("organization").filter(uid=uid).first()
    if row is None:
        raise Http404
    return JsonResponse(as_linked_data(row), content_type=MEDIA_TYPE, json_dumps_params={"ensure_ascii": False})


def as_linked_data(row: OfficialNumber) -> dict[str, Any]:
    """Return an entry as a schema.org Service (or the algorithm of one) with its number as a Certification."""
    name = _NAMES[NumberKind(row.kind)]
    certification = {
        "@type": "Certification",
        "name": name,
        "certificationIdentification": row.number,
        "certificationStatus": "https://schema.org/"
        + ("CertificationActive" if row.status in IN_FORCE else "CertificationInactive"),
        "issuedBy": {"@type": "GovernmentOrganization", "name": "国家互联网信息办公室"},
        "validIn": {"@type": "Country", "name": "CN"},
        "description": row.get_status_display(),
        **({"validFrom": row.issued_on.isoformat()} if row.issued_on else {}),
    }
    provider: dict[str, Any] = {"@type": "Organization", "name": row.holder}
    if row.organization is not None:
        provider["identifier"] = {"@type": "PropertyValue", "propertyID": "USCC", "value": row.organization.uscc}
    return {
        "@context": "https://schema.org",
        "@type": "Service",
        "@id": f"{settings.BASE_URL}/register/{row.uid}.jsonld",
        "name": row.title or row.products or row.number,
        "identifier": {"@type": "PropertyValue", "propertyID": name, "value": row.number},
        "provider": provider,
        "hasCertification": certification,
        **({"description": row.purpose} if row.purpose else {}),
    }
