"""How much work one client may ask for: a token or a person that is known, else an address.

One budget covers everything. A request costs 1; what is dear to us, or dear to those whose
password is being guessed, costs more.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from ipaddress import ip_address

from flask import Flask, Response, current_app, request
from flask_limiter import Limiter

from cets_service import access
from cets_service.config import Config
from cets_service.problems import Problem

__all__ = ["COSTS", "UPLOAD", "budget_of", "install", "problem"]

DEFAULT = "600/minute"
"""The budget where the operator sets none and others than this machine reach the service."""

UPLOAD = 10
"""What an upload costs."""

PASSWORD = 20
"""What it costs to try a password or the secret of a link: each is made slow on purpose."""

COSTS: Mapping[str, int] = {
    "pages.upload": UPLOAD,
    "pages.check_sample": UPLOAD,
    "pages.compare": UPLOAD,
    "pages.map_headers": UPLOAD,
    "pages.map_compared_headers": UPLOAD,
    "pages.sign_in": PASSWORD,
    "pages.use_link": PASSWORD,
    "pages.change_password": PASSWORD,
    "pages.create_exam": UPLOAD,
    "api_v1.create_exam": UPLOAD,
    "api_v1.preflight": UPLOAD,
    "api_v1.hand_in": UPLOAD,
}
"""Cost by endpoint of a request that writes."""

_BY_ADDRESS = frozenset({"pages.sign_in", "pages.use_link"})
_FREE = frozenset({"healthz", "readyz", "metrics", "static"})
_KEY = "cets-limiter"


def install(app: Flask, config: Config) -> None:
    """Hold the clients of ``app`` to the budget."""
    budget = budget_of(config)
    if budget is None:
        return
    limiter = Limiter(
        _client,
        app=app,
        application_limits=[budget],
        application_limits_cost=_cost,
        storage_uri=config.rate_storage,
        strategy="sliding-window-counter",
        key_prefix="cets",
    )
    limiter.request_filter(lambda: request.endpoint in _FREE)
    app.extensions[_KEY] = limiter
    app.after_request(_add_headers)


def budget_of(config: Config) -> str | None:
    """Give the budget; None where there is none.

    A service that listens to its own machine alone, and believes no proxy, serves one person.
    """
    if config.rate_limit:
        return None if config.rate_limit == "off" else config.rate_limit
    if config.proxies == 0 and _is_loopback(config.host):
        return None
    return DEFAULT


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _client() -> str:
    """Name who asks: by the token, or the person signed in, where that is known, else by address.

    So who guesses tokens is counted by address; so is who signs in, whoever they are by then.
    """
    try:
        identity = access.who() if request.endpoint not in _BY_ADDRESS else None
    except Problem:  # a token that does not count; the guard refuses it
        identity = None
    if identity is None:
        return f"address:{request.remote_addr}"
    if identity.token is not None:
        return f"token:{identity.token}"
    return f"person:{identity.person.id}"


def _cost() -> int:
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return 1
    if request.mimetype == "multipart/form-data":
        return UPLOAD
    return COSTS.get(request.endpoint or "", 1)


def problem() -> Problem:
    """Make the problem of a client who has used the budget up."""
    limit = current_app.extensions[_KEY].current_limit
    seconds = _seconds_left(limit.reset_at)
    return Problem(
        "RATE_LIMITED",
        headers={"Retry-After": str(seconds)},
        limit=str(limit.limit),
        seconds=seconds,
        upload=UPLOAD,
    )


def _seconds_left(reset_at: float) -> int:
    return max(1, math.ceil(reset_at - time.time()))


def _add_headers(response: Response) -> Response:
    limit = current_app.extensions[_KEY].current_limit
    if limit is not None:
        response.headers["RateLimit-Limit"] = str(limit.limit.amount)
        response.headers["RateLimit-Remaining"] = str(max(0, limit.remaining))
        response.headers["RateLimit-Reset"] = str(_seconds_left(limit.reset_at))
    return response
