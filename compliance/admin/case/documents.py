"""Documents shown in a frame of the desk."""

from __future__ import annotations

from django.http import FileResponse

from compliance.api.documents import download
from compliance.documents.entries import IN_A_BROWSER
from compliance.models import Filing
from registry.models import User

# A document is shown in a frame of the desk and can load, run and send nothing.
SHOWN_SAFELY = {
    "Content-Security-Policy": (
        "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; img-src 'self';"
        " frame-ancestors 'self'; sandbox"
    ),
    "X-Frame-Options": "SAMEORIGIN",
}


def shown_in_a_frame(filing: Filing, sha256: str, *, by: User) -> FileResponse:
    """Return a document that the browser shows in a frame of the page, without any right. Others are attachments."""
    response = download(filing, sha256, by=by)
    media_type = response.headers["Content-Type"]
    if media_type in IN_A_BROWSER:
        response.headers["Content-Disposition"] = "inline"
        response._csp_exempt = True  # type: ignore[attr-defined]
        for name, value in SHOWN_SAFELY.items():
            response.headers[name] = value
        if media_type == "application/pdf":
            # The viewer of Chromium does not start in a sandboxed document; it has a sandbox of its own.
            policy = SHOWN_SAFELY["Content-Security-Policy"].replace("; sandbox", "")
            response.headers["Content-Security-Policy"] = policy
    return response
