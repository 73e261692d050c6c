"""The service: a page and an API around the table checks and the reference; no rule lives here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cets_service.administration import Administration
    from cets_service.app import create_app
    from cets_service.beside import work
    from cets_service.config import Config, UnusableError
    from cets_service.database import upgrade
    from cets_service.problems import Problem
    from cets_service.server import serve

__all__ = [
    "Administration",
    "Config",
    "Problem",
    "UnusableError",
    "create_app",
    "serve",
    "upgrade",
    "work",
]

_HOMES = {
    "Administration": "administration",
    "Problem": "problems",
    "Config": "config",
    "UnusableError": "config",
    "create_app": "app",
    "serve": "server",
    "upgrade": "database",
    "work": "beside",
}


def __getattr__(name: str) -> Any:
    """Load a public name where it is first asked for, so that the command line stays quick."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
