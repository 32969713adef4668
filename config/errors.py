"""Reports of errors to Sentry, or what speaks its protocol, where SENTRY_DSN says so; without contents of requests and persons."""

from __future__ import annotations

from typing import Any


def report_errors_to(dsn: str, environment: str) -> None:
    """Send errors of web server and jobs to an address. Of a request, only its method goes there; of a person, nothing."""
    import sentry_sdk

    sentry_sdk.init(
        dsn=dsn,
        environment=environment,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        traces_sample_rate=0,
        before_send=without_contents,
    )


def without_contents(event: Any, _hint: Any) -> Any:
    """Leave of a request its method: addresses and headers hold names, keys of resets and links to reports."""
    if "request" in event:
        event["request"] = {"method": event["request"].get("method")}
    event.pop("user", None)
    return event
