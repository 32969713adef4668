"""Reports of errors to Sentry, or what speaks its protocol, where SENTRY_DSN says so; without contents of requests and persons."""

from __future__ import annotations


def report_errors_to(dsn: str, environment: str) -> None:
    """Send errors of web server and jobs to an address. Bodies, cookies, headers, users and local variables stay here."""
    import sentry_sdk

    sentry_sdk.init(
        dsn=dsn,
        environment=environment,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        traces_sample_rate=0,
    )
