"""The application: services, API, pages, one place where errors become answers."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import cast

from flask import Flask, Response, request
from flask_limiter import RateLimitExceeded
from gunicorn.http.errors import ParseException
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.routing import BaseConverter

from cets_service import access, headers, health, limits, logs, metrics, pages
from cets_service.api import v1
from cets_service.config import Config
from cets_service.language import preferred_language
from cets_service.problems import Problem
from cets_service.receive import BODY_LIMIT, UploadRequest, drain
from cets_service.services import EXTENSION, open_services

__all__ = ["create_app"]

_LOG = logging.getLogger(__name__)


class IdConverter(BaseConverter):
    """An id in an address, 128 bits; anything else is no address at all."""

    regex = "[A-Za-z0-9_-]{22}"


class RowConverter(BaseConverter):
    """A row number in an address."""

    regex = "[1-9][0-9]{0,8}"

    def to_python(self, value: str) -> int:
        """Give the number."""
        return int(value)


def create_app(config: Config, *, clock: Callable[[], float] = time.time) -> Flask:
    """Make the application; a :class:`~cets_service.worker.Worker` does what it leaves.

    The database must have been brought up to date (:func:`cets_service.database.upgrade`).
    ``clock`` gives seconds since 1970 UTC; it decides when a check expires.
    """
    app = Flask("cets_service")
    app.request_class = UploadRequest
    app.config["MAX_CONTENT_LENGTH"] = BODY_LIMIT
    app.url_map.converters["check"] = IdConverter
    app.url_map.converters["id"] = IdConverter
    app.url_map.converters["row"] = RowConverter
    services = open_services(config, clock)
    app.extensions[EXTENSION] = services
    app.register_blueprint(v1.api)
    app.register_blueprint(pages.pages)
    app.register_error_handler(Exception, answer_error)
    for part in (logs, metrics, health, v1.keys):
        part.install(app)
    headers.install(app, config)
    limits.install(app, config)
    app.before_request(access.enforce)
    app.teardown_request(discard_arriving)
    access.check_guards(app)
    return app


def answer_error(error: Exception) -> Response:
    """Turn whatever went wrong into a problem document, or a page for those who read pages."""
    if isinstance(error, HTTPException) and error.code is not None and error.code < 400:
        return cast("Response", error.get_response())  # a redirection by the router
    problem = _as_problem(error)
    if problem.status == 413:
        drain()
    if request.blueprint == "pages" and problem.kind == "SIGN_IN_REQUIRED":
        return pages.lead_to_sign_in()
    if request.blueprint == "pages" or not request.path.startswith(
        ("/api/", "/.well-known/", "/healthz", "/readyz", "/metrics")
    ):
        return pages.error_page(problem)
    return problem.response(preferred_language("en"), request.path)


def _as_problem(error: Exception) -> Problem:
    if isinstance(error, Problem):
        return error
    if isinstance(error, RequestEntityTooLarge):
        limit = request.max_content_length or BODY_LIMIT
        return Problem("TOO_LARGE", limit=f"{limit / 1024 / 1024:.4g}")
    if isinstance(error, RateLimitExceeded):
        return limits.problem()
    if isinstance(error, ParseException):  # of a body in pieces that are none
        return Problem("BAD_REQUEST")
    if isinstance(error, HTTPException) and error.code is not None and error.code < 500:
        known = {404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED"}
        allowed = error.get_response().headers.get("Allow")
        return Problem(
            known.get(error.code, "BAD_REQUEST"),
            headers={"Allow": allowed} if allowed else None,
            found=request.method,
            known=allowed or "",
        )
    _LOG.error("our fault at %s", request.endpoint, exc_info=error)
    return Problem("INTERNAL")


def discard_arriving(_: BaseException | None) -> None:
    """Remove what a request brought and nobody kept."""
    cast("UploadRequest", request).discard_arriving()
