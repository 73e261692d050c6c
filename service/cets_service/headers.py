"""What every answer says to a browser about how far to trust it, and whom the service believes.

The policy allows nothing inline: no script, style or event handler inside a page.
"""

from __future__ import annotations

from collections.abc import Mapping

from flask import Flask, Response, g, request
from werkzeug.middleware.proxy_fix import ProxyFix

from cets_service.config import Config

__all__ = ["SEALED", "install"]

SEALED = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
"""Policy of a report or picture that a browser opens by itself: show, nothing else."""

_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; form-action 'self'; object-src 'none'; frame-src 'none'; "
        "worker-src 'none'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}

_ONE_YEAR = 365 * 24 * 3600


def install(app: Flask, config: Config) -> None:
    """Add the headers to every answer, and believe the proxies that are named."""
    headers = dict(_HEADERS)
    if config.public_url.startswith("https://"):
        headers["Strict-Transport-Security"] = f"max-age={_ONE_YEAR}"
        app.config["PREFERRED_URL_SCHEME"] = "https"
    if config.proxies:
        count = config.proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=count, x_proto=count, x_host=count
        )

    def add_headers(response: Response) -> Response:
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        if g.get("identity") is not None:
            response.headers.setdefault("Cache-Control", "no-store")
        if "checks" in request.path.split("/"):
            response.headers["Cache-Control"] = "no-store"
            response.headers["X-Robots-Tag"] = "noindex"
        return response

    app.after_request(add_headers)
