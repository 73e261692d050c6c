"""What all endpoints share: the blueprint, JSON answers, parameters, and finding a check."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from cets_conformance import json_text
from cets_service.problems import Problem
from cets_service.services import current
from cets_service.store import Check

__all__ = [
    "Described",
    "Parameter",
    "answer",
    "api",
    "described",
    "done_check",
    "known_check",
    "known_parameters",
    "number_parameter",
]

api = Blueprint("api_v1", __name__, url_prefix="/api/v1")

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])

JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A query parameter or header of an operation."""

    name: str
    says: str
    schema: Mapping[str, Any]
    place: str = "query"


@dataclass(frozen=True, slots=True)
class Described:
    """What the OpenAPI document says of an endpoint."""

    summary: str
    zh: str
    answers: Mapping[int, str]
    """Description by HTTP status of what is not an error."""
    refusals: tuple[int, ...] = ()
    """HTTP statuses of problem documents."""
    schema: Mapping[str, Any] = field(default_factory=dict)
    """Schema of a JSON answer."""
    media: tuple[str, ...] = (JSON,)
    """Media types of the answer."""
    parameters: tuple[Parameter, ...] = ()
    body: Mapping[str, Any] | None = None
    """Schemas of the request's body by media type."""


def described(description: Described) -> Callable[[View], View]:
    """Attach to an endpoint what the OpenAPI document says of it."""

    def attach(view: View) -> View:
        view.described = description  # type: ignore[attr-defined]
        return view

    return attach


def answer(
    value: object,
    status: int = 200,
    *,
    headers: Mapping[str, str] | None = None,
    media: str = JSON,
) -> Response:
    """Answer with JSON: UTF-8, digits as they are."""
    response = Response(json_text.dumps(value), status=status, content_type=media)
    response.headers.extend(headers or {})
    return response


def known_check(check_id: str) -> Check:
    """Give a check, or the problem that there is none (any more)."""
    check = current().store.get_check(check_id)
    if check is None:
        raise Problem("CHECK_UNKNOWN")
    return check


def done_check(check_id: str) -> tuple[Check, dict[str, Any]]:
    """Give a check that is done and its report, or the problem that it is not."""
    check = known_check(check_id)
    report = current().store.get_report(check_id) if check.state == "done" else None
    if report is None:
        raise Problem("NOT_DONE", state=check.state)
    return check, report


def known_parameters(*known: str, families: tuple[str, ...] = ()) -> None:
    """Refuse query parameters that mean nothing here: a misspelt one must not be ignored."""
    for name in request.args:
        if name not in known and not name.startswith(families or ("\0",)):
            listed = ", ".join([*known, *(f"{family}<id>" for family in families)]) or "-"
            raise Problem("PARAMETER_UNKNOWN", found=name[:80], known=listed)


def number_parameter(name: str, default: int, greatest: int) -> int:
    """Read a whole number from 1 to ``greatest``."""
    text = request.args.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit()) or len(text) > 9 or not 1 <= int(text) <= greatest:
        raise Problem("PARAMETER_INVALID", name=name, found=text[:40], expected=f"1 … {greatest}")
    return int(text)
