"""Figures for Prometheus at /metrics: requests of the web processes, and what waits in the database."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from secrets import compare_digest

from django.conf import settings
from django.db.models import Count, Min, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest, multiprocess
from prometheus_client.core import GaugeMetricFamily, Metric

from compliance.models import Filing, Flag, Mail, ReportRun
from compliance.notices import delivering
from compliance.watch.heartbeats import pulses

_OF_PROCESS = CollectorRegistry()
REQUESTS = Counter("registry_requests", "Requests answered.", ["view", "method", "status"], registry=_OF_PROCESS)
SECONDS = Histogram(
    "registry_request_seconds",
    "Seconds from a request to its answer.",
    ["view"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    registry=_OF_PROCESS,
)


class Measure:
    """Middleware: count requests and how long they take, by the name of their address."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        start = time.perf_counter()
        response = self.get_response(request)
        view = (request.resolver_match.view_name if request.resolver_match else "") or "none"
        REQUESTS.labels(view, request.method if request.method in _METHODS else "other", response.status_code).inc()
        SECONDS.labels(view).observe(time.perf_counter() - start)
        return response


# Methods are what clients write; an invented one must not make a series of its own.
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class _Waiting:
    """What waits, counted in the database when it is asked for."""

    def collect(self) -> Iterator[Metric]:
        due = Filing.objects.filter(due_since__isnull=False).aggregate(count=Count("pk"), since=Min("due_since"))
        yield _gauge("registry_checks_due", "Filings whose check is due.", due["count"])
        yield _gauge("registry_checks_due_seconds", "How long the oldest check has been due.", _age(due["since"]))
        flags = dict(Flag.objects.unresolved().order_by().values_list("level").annotate(Count("pk")))
        yield _gauge("registry_flags_open", "Flags that stand.", flags, "level")
        unsent = Q(sent_at__isnull=True, given_up_at__isnull=True)
        yield _gauge("registry_mails_waiting", "Mails that wait to be sent.", Mail.objects.filter(unsent).count())
        undelivered = delivering.under_way().count()
        yield _gauge("registry_webhooks_waiting", "Messages to webhooks that wait.", undelivered)
        unwritten = ReportRun.objects.unfinished().aggregate(count=Count("pk"), since=Min("asked_at"))
        yield _gauge("registry_reports_waiting", "Reports to be written.", unwritten["count"])
        yield _gauge("registry_reports_waiting_seconds", "How long the oldest has waited.", _age(unwritten["since"]))
        ages = {str(pulse.part): _age(pulse.at) for pulse in pulses() if pulse.at}
        yield _gauge("registry_heartbeat_seconds", "Seconds since a part of the jobs was last alive.", ages, "part")


def metrics(request: HttpRequest) -> HttpResponse:
    """Return the figures to whoever has METRICS_TOKEN; without that setting there are none."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ").encode()
    if not settings.METRICS_TOKEN or not compare_digest(given, settings.METRICS_TOKEN.encode()):
        raise Http404
    registry = CollectorRegistry()
    registry.register(_Waiting())
    return HttpResponse(_of_processes() + generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _of_processes() -> bytes:
    """Return the figures of all web processes where they share a folder, else of this one."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return generate_latest(_OF_PROCESS)
    shared = CollectorRegistry()
    multiprocess.MultiProcessCollector(shared)  # type: ignore[no-untyped-call]
    return generate_latest(shared)


def _gauge(name: str, text: str, values: float | dict[str, float], label: str = "") -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, text, labels=[label] if label else None)
    for key, value in values.items() if isinstance(values, dict) else [("", values)]:
        family.add_metric([key] if label else [], value)
    return family


def _age(moment: datetime | None) -> float:
    return (timezone.now() - moment).total_seconds() if moment else 0
