"""``/metrics``: what Prometheus reads, for this machine or for who holds the token."""

from __future__ import annotations

import hmac
import os
import time
from collections.abc import Iterator
from functools import cache
from ipaddress import ip_address

from flask import Flask, Response, current_app, g, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from cets_conformance import __version__, direct
from cets_service import access
from cets_service.logs import method, route
from cets_service.problems import Problem
from cets_service.services import EXTENSION, current
from cets_service.store import Store
from cets_service.store.askings import STATES

__all__ = ["install"]

_KEY = "cets-metrics"
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_FORWARDED = ("Forwarded", "X-Forwarded-For")


def install(app: Flask) -> None:
    """Count and time each request of ``app``, and add the address that shows it."""
    registry = CollectorRegistry()
    requests = Counter(
        "cets_requests",
        "Requests answered.",
        ["method", "route", "status"],
        registry=registry,
    )
    seconds = Histogram(
        "cets_request_seconds",
        "Time until the answer begins, seconds.",
        ["method", "route"],
        buckets=_SECONDS,
        registry=registry,
    )
    shown = registry
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:  # several processes, each with its own counts
        shown = CollectorRegistry()
        MultiProcessCollector(shown)  # type: ignore[no-untyped-call]
    shown.register(_Work(app))
    app.extensions[_KEY] = shown

    counter, timer = cache(requests.labels), cache(seconds.labels)  # to find one costs five uses

    def note(response: Response) -> Response:
        asked = method(), route()
        counter(*asked, response.status_code).inc()
        timer(*asked).observe(time.perf_counter() - g.began)
        return response

    app.after_request(note)
    app.add_url_rule("/metrics", "metrics", show_metrics)


class _Work(Collector):
    """What runs; checks, jobs and workers, read from the database when asked."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Give the checks by state, the jobs that wait and for how long, and who could do them."""
        store: Store = self._app.extensions[EXTENSION].store
        about = GaugeMetricFamily(
            "cets_info", "Always 1; the labels say what runs.", labels=["version", "ruleset"]
        )
        about.add_metric([__version__, direct.rules()["ruleset"]], 1)
        yield about
        counts = store.checks.count_by_state()
        checks = GaugeMetricFamily("cets_checks", "Checks kept, by state.", labels=["state"])
        for state in STATES:
            checks.add_metric([state], counts.get(state, 0))
        yield checks
        since = store.jobs.waits_since()
        for name, text, value in (
            ("jobs_waiting", "Jobs that wait for a worker.", store.jobs.count().get("queued", 0)),
            (
                "jobs_waiting_seconds",
                "Age of the job that has waited longest.",
                0 if since is None else store.now() - since,
            ),
            ("workers", "Workers that gave a sign of life lately.", store.workers.count()),
        ):
            yield GaugeMetricFamily(f"cets_{name}", text, value=value)

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """Say nothing before being asked: the database may not be there yet."""
        return iter(())


@access.public()
def show_metrics() -> Response:
    """Give all metrics in Prometheus' text form."""
    if not (_holds_token() or _is_this_machine()):
        raise Problem("METRICS_CLOSED")
    content = generate_latest(current_app.extensions[_KEY])
    return Response(content, content_type=CONTENT_TYPE_LATEST)


def _holds_token() -> bool:
    token = current().config.metrics_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return bool(token) and hmac.compare_digest(given.encode(), token.encode())


def _is_this_machine() -> bool:
    """Tell whether the request was made here, and not passed on by a proxy that runs here."""
    if any(name in request.headers for name in _FORWARDED):
        return False
    try:
        return ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False
