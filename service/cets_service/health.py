"""``/healthz``: the process lives. ``/readyz``: everything it needs answers."""

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


def _uploads_are_kept(services: Services) -> bool:
    services.uploads.probe()
    return True


PARTS: Mapping[str, Callable[[Services], bool]] = {
    "database": lambda services: services.store.is_ready(),
    "schema": lambda services: services.store.schema_is_current(),
    "uploads": _uploads_are_kept,
}
"""What the service needs: a part is ready where its function gives True and does not raise."""


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
    parts = {name: _is_ready(name) for name in PARTS}
    if all(parts.values()):
        return _answer({"status": "ok", "parts": dict.fromkeys(parts, "ok")})
    broken = ", ".join(name for name, ready in parts.items() if not ready)
    raise Problem("NOT_READY", found=broken, headers={"Cache-Control": "no-store"})


def _is_ready(name: str) -> bool:
    try:
        return PARTS[name](current())
    except (SQLAlchemyError, OSError) as error:
        _LOG.warning("%s is not ready: %s", name, error)
        return False


def _answer(value: object) -> Response:
    response = Response(json_text.dumps(value), content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response
