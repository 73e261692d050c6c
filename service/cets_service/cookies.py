"""Cookies: the session of who signed in, and a secret for the forms of who did not."""

from __future__ import annotations

import hashlib
import hmac

from flask import Response, g, request

from cets_service.problems import Problem
from cets_service.services import current
from cets_service.store.attempts import KNOWN
from cets_service.store.records import make_secret

__all__ = [
    "add_form_cookie",
    "browser_secret",
    "check_form",
    "clear_session",
    "form_token",
    "know_browser",
    "read_session",
    "set_session",
]


def read_session() -> str | None:
    """Give the session's secret that the browser sent."""
    return request.cookies.get(_name("session"))


def set_session(response: Response, secret: str) -> None:
    """Give a session to the browser, until it is closed."""
    _set(response, "session", secret)


def browser_secret() -> str:
    """Give the secret by which a browser is known again; a new one where it has none."""
    return request.cookies.get(_name("browser")) or make_secret()


def know_browser(response: Response, secret: str) -> None:
    """Let a browser be known again, long after the session is over."""
    _set(response, "browser", secret, lasts=KNOWN)


def clear_session(response: Response) -> None:
    """Take the session from the browser."""
    response.delete_cookie(
        _name("session"), secure=_is_secure(), httponly=True, samesite="Lax", path="/"
    )


def form_token() -> str:
    """Give what a form must bring along, so that no other site can have sent it."""
    return _token(read_session() or _form_secret())


def check_form(given: str | None) -> None:
    """Refuse a form that was not ours to send."""
    secret = read_session() or request.cookies.get(_name("form"))
    sent = (given or "").encode("utf-8", "surrogatepass")
    if not secret or not hmac.compare_digest(_token(secret).encode(), sent):
        raise Problem("FORM_EXPIRED")


def add_form_cookie(response: Response) -> None:
    """Give the browser the secret that a form of this answer rests on, where it has none yet."""
    if "form_secret" in g and _name("form") not in request.cookies:
        _set(response, "form", g.form_secret)
    if "form_secret" in g or read_session():
        response.headers["Cache-Control"] = "no-store"


def _form_secret() -> str:
    if "form_secret" not in g:
        g.form_secret = request.cookies.get(_name("form")) or make_secret()
    return str(g.form_secret)


def _token(secret: str) -> str:
    return hmac.new(secret.encode("utf-8", "surrogatepass"), b"form", hashlib.sha256).hexdigest()


def _name(purpose: str) -> str:
    prefix = "__Host-" if current().config.public_url.startswith("https://") else ""
    return f"{prefix}cets_{purpose}"


def _is_secure() -> bool:
    return not current().config.public_url.startswith("http://")


def _set(response: Response, purpose: str, secret: str, lasts: int | None = None) -> None:
    response.set_cookie(
        _name(purpose),
        secret,
        max_age=lasts,
        secure=_is_secure(),
        httponly=True,
        samesite="Lax",
        path="/",
    )
