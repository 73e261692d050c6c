"""Who asks, and whether they may: one guard for each route, one place where it is applied.

A person signs in with a browser and has a session, or gives a token to a program and the token
acts for them within its scopes. Every route carries a guard; a route without one is a defect that
stops the application from starting.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from flask import Flask, current_app, g, request
from flask.typing import ResponseReturnValue

from cets_service import cookies
from cets_service.checking import Owner
from cets_service.problems import Problem
from cets_service.services import current
from cets_service.store import Organisation, Person
from cets_service.store.people import ROLES

__all__ = [
    "Guard",
    "Identity",
    "actor",
    "check_actor",
    "check_guards",
    "check_owner",
    "enforce",
    "guard_of",
    "guarded",
    "me",
    "public",
    "who",
]

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])

_GUARD = "guard"
"""Attribute of a view that holds its guard."""

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Guard:
    """Who may use a route."""

    anonymous: bool = False
    """Whether one may come without account."""
    role: str = "reader"
    """Least role of who comes with one."""
    kinds: frozenset[str] | None = None
    """Kinds of organisation; None: any."""
    scope: str | None = None
    """Scope that a token needs; None: no token is taken, unless one may come without account."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who asks."""

    person: Person
    organisation: Organisation
    scopes: frozenset[str] | None = None
    """Scopes of the token; None: signed in with a browser."""
    session: str | None = None
    """Hash of the session."""
    token: str | None = None
    """Id of the token."""

    def has_role(self, role: str) -> bool:
        """Tell whether the person may do what ``role`` may."""
        return ROLES.index(self.person.role) >= ROLES.index(role)

    def owns(self, organisation_id: str | None) -> bool:
        """Tell whether something is the own organisation's."""
        return self.organisation.id == organisation_id

    @property
    def actor(self) -> str:
        """Name them as the audit log does: the person, and the token that acts for them."""
        by = "" if self.token is None else f" token:{self.token}"
        return f"person:{self.person.id}{by}"

    @property
    def is_operator(self) -> bool:
        """Tell whether the organisation runs this service."""
        return self.organisation.kind == "operator"


def guarded(
    scope: str | None = None, *, role: str = "reader", kinds: Iterable[str] | None = None
) -> Callable[[View], View]:
    """Open a route to people with an account, of a least role, of some kinds of organisation."""
    return _attach(Guard(role=role, kinds=None if kinds is None else frozenset(kinds), scope=scope))


def public(scope: str | None = None, *, role: str = "reader") -> Callable[[View], View]:
    """Open a route to everybody; who comes with an account needs a role, a token its scope."""
    return _attach(Guard(anonymous=True, role=role, scope=scope))


def _attach(guard: Guard) -> Callable[[View], View]:
    def attach(view: View) -> View:
        setattr(view, _GUARD, guard)
        return view

    return attach


def check_guards(app: Flask) -> None:
    """Refuse to go on where a route has no guard."""
    setattr(app.view_functions["static"], _GUARD, Guard(anonymous=True))
    bare = [name for name, view in app.view_functions.items() if not hasattr(view, _GUARD)]
    if bare:
        raise RuntimeError(f"routes without a guard: {', '.join(sorted(bare))}")


def guard_of(view: object) -> Guard:
    """Give the guard of a route's view."""
    found: Guard = getattr(view, _GUARD)
    return found


def enforce() -> None:
    """Apply the guard of the route that answers; run before every request.

    Where there is no route the answer is a page all the same, and shows who is signed in.
    """
    if request.endpoint is None or request.method == "OPTIONS":
        if not request.path.startswith("/api/"):
            who()
        return
    guard = guard_of(current_app.view_functions[request.endpoint])
    identity = who()
    if identity is None:
        if not guard.anonymous:
            raise Problem("SIGN_IN_REQUIRED", headers={"WWW-Authenticate": "Bearer"})
        return
    if guard.kinds is not None and identity.organisation.kind not in guard.kinds:
        raise Problem("NOT_ALLOWED")
    if not identity.has_role(guard.role):
        raise Problem("ROLE_MISSING", role=guard.role)
    if identity.scopes is not None and not _in_scope(guard, identity.scopes):
        raise Problem("SCOPE_MISSING", scope=guard.scope or "-")


def _in_scope(guard: Guard, scopes: frozenset[str]) -> bool:
    return guard.anonymous if guard.scope is None else guard.scope in scopes


def who() -> Identity | None:
    """Give who asks; None: nobody known. A token that does not count is refused wherever it is."""
    if "identity" not in g:
        g.identity = _identify()
    found: Identity | None = g.identity
    return found


def me() -> Identity:
    """Give who asks, behind a guard that lets nobody in without account."""
    identity = who()
    if identity is None:
        raise Problem("SIGN_IN_REQUIRED", headers={"WWW-Authenticate": "Bearer"})
    return identity


def actor() -> str:
    """Name who asks as the audit log does."""
    return me().actor


def check_actor() -> str:
    """Name who changes a check as the audit log does; nobody where they have no account."""
    identity = who()
    return "" if identity is None else identity.actor


def check_owner() -> Owner:
    """Give whose a check is that this request asks for."""
    identity, config = who(), current().config
    if identity is None:
        return Owner(config.keep)
    organisation = identity.organisation
    return Owner(
        organisation.keep_days * 86_400, organisation.id, identity.person.id, organisation.province
    )


def _identify() -> Identity | None:
    is_api = request.path.startswith("/api/")
    given = request.headers.get("Authorization")
    if is_api and given is not None:
        return _by_token(given)
    if is_api and request.method not in _SAFE:
        return None  # a cookie changes nothing through the API: another site could send it
    secret = cookies.read_session()
    session = secret and current().store.sessions.find(secret, current().config.idle)
    if not session:
        return None
    return Identity(session.person, session.organisation, session=session.hash)


def _by_token(given: str) -> Identity:
    scheme, _, secret = given.partition(" ")
    found = current().store.tokens.find(secret.strip()) if scheme.lower() == "bearer" else None
    if found is None:
        raise Problem("TOKEN_REFUSED", headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
    token, person, organisation = found
    return Identity(person, organisation, scopes=token.scopes, token=token.id)
