"""Logs: one event a line, as JSON or for the eye, each with the id of its request.

A line never holds a body, a token, a cookie or an address as it was asked for: a check's address
is a secret, so the route's template stands in its place.
"""

from __future__ import annotations

import logging
import re
import secrets
import sys
import time
from typing import Any, TextIO

import structlog
from flask import Flask, Response, g, request
from gunicorn.glogging import Logger as GunicornLogger
from structlog.tracebacks import ExceptionDictTransformer

from cets_service.config import Config

__all__ = ["ServerLogger", "configure", "install", "method", "route"]

_LOG = structlog.stdlib.get_logger("cets.request")

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_QUIET = frozenset({"healthz", "readyz", "metrics", "static"})
"""Endpoints asked every few seconds; what goes well there is no event."""

_SHARED: tuple[structlog.typing.Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
)


_FOR_MACHINES: tuple[structlog.typing.Processor, ...] = (
    # Without local variables: they hold what people sent.
    structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False)),
    structlog.processors.JSONRenderer(ensure_ascii=False, sort_keys=True),
)


def configure(config: Config, stream: TextIO | None = None) -> None:
    """Send all logs of this process to ``stream`` (standard error) in the form that is set."""
    target = stream or sys.stderr
    as_text = config.log_form == "text" or (config.log_form == "auto" and target.isatty())
    handler = logging.StreamHandler(target)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*_SHARED, structlog.stdlib.ExtraAdder()],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *(_for_people(target) if as_text else _FOR_MACHINES),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(config.log_level)
    logging.captureWarnings(capture=True)


def _for_people(target: TextIO) -> tuple[structlog.typing.Processor, ...]:
    return (
        structlog.dev.ConsoleRenderer(
            timestamp_key="time",
            colors=target.isatty(),
            exception_formatter=structlog.dev.plain_traceback,
        ),
    )


def install(app: Flask) -> None:
    """Log each request of ``app`` with an id, and give the id back in the answer."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    app.before_request(_begin)
    app.after_request(_end)


def route() -> str:
    """Give the template of the address asked for; an address that is none gives ``-``."""
    return request.url_rule.rule if request.url_rule is not None else "-"


def method() -> str:
    """Give the request's method; one that is not of HTTP gives ``OTHER``."""
    return request.method if request.method in _METHODS else "OTHER"


def _begin() -> None:
    asked = request.headers.get("X-Request-ID", "")
    g.request_id = asked if _REQUEST_ID.fullmatch(asked) else secrets.token_hex(8)
    g.began = time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _end(response: Response) -> Response:
    response.headers["X-Request-ID"] = g.request_id
    level = logging.ERROR if response.status_code >= 500 else logging.INFO
    if request.endpoint in _QUIET and response.status_code < 400:
        level = logging.DEBUG
    identity = g.get("identity")
    _LOG.log(
        level,
        "request",
        method=method(),
        route=route(),
        status=response.status_code,
        ms=round((time.perf_counter() - g.began) * 1000, 1),
        address=request.remote_addr,
        **({} if identity is None else {"organisation": identity.organisation.id}),
    )
    return response


class ServerLogger(GunicornLogger):  # type: ignore[misc]
    """gunicorn's own events, sent where all others go; requests are logged by the application."""

    def setup(self, cfg: Any) -> None:
        """Pass on to the root logger and handle nothing here."""
        self.cfg = cfg
        self.error_log.handlers = []
        self.error_log.propagate = True
        self.error_log.setLevel(logging.NOTSET)

    def access(self, *_: object) -> None:
        """Say nothing: ``cets.request`` has said it."""

    def reopen_files(self) -> None:
        """Do nothing: there are no files."""

    def close_on_exec(self) -> None:
        """Do nothing: there are no files."""
