"""``/healthz``: the process lives. ``/readyz``: everything it needs answers, a worker too."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping

from flask import Flask, Response
from sqlalchemy.exc import SQLAlchemyError

from cets_conformance import json_text
from cets_service import access
from cets_service.problems import Problem
from cets_service.services import Services, current

__all__ = ["PARTS", "install"]

_LOG = logging.getLogger(__name__)


OK = "ok"
NOT_STARTED = "not started by this configuration"
"""State of the worker where ``CETS_WORKER=0`` and none has been seen lately: small tables are
checked, the others wait. Whether that is a fault only who runs the workers can tell."""


def _is_answering(services: Services) -> str | None:
    return OK if services.store.is_ready() else None


def _has_its_schema(services: Services) -> str | None:
    return OK if services.store.schema_is_current() else None


def _keeps_uploads(services: Services) -> str | None:
    services.uploads.probe()
    return OK


def _has_a_worker(services: Services) -> str | None:
    if services.store.workers.count():
        return OK
    return None if services.config.worker else NOT_STARTED


PARTS: Mapping[str, Callable[[Services], str | None]] = {
    "database": _is_answering,
    "schema": _has_its_schema,
    "uploads": _keeps_uploads,
    "worker": _has_a_worker,
}
"""What the service needs: each gives its state; None, or what it raises: it is not ready."""


def install(app: Flask) -> None:
    """Add both addresses."""
    app.add_url_rule("/healthz", "healthz", show_health)
    app.add_url_rule("/readyz", "readyz", show_readiness)


@access.public()
def show_health() -> Response:
    """Answer 200 while the process answers at all."""
    return _answer({"status": "ok"})


@access.public()
def show_readiness() -> Response:
    """Answer 200 where every part is ready, else 503 that names those that are not."""
    parts = {name: _state(name) for name in PARTS}
    if all(parts.values()):
        return _answer({"status": "ok", "parts": parts})
    broken = ", ".join(name for name, state in parts.items() if state is None)
    raise Problem("NOT_READY", found=broken, headers={"Cache-Control": "no-store"})


def _state(name: str) -> str | None:
    try:
        return PARTS[name](current())
    except (SQLAlchemyError, OSError) as error:
        _LOG.warning("%s is not ready: %s", name, error)
        return None


def _answer(value: object) -> Response:
    response = Response(json_text.dumps(value), content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response
