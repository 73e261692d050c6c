"""What all endpoints share: the blueprint, JSON answers, parameters, and finding a check."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from cets_conformance import json_text
from cets_service.access import who
from cets_service.problems import Problem, of_field
from cets_service.receive import read_body, read_json
from cets_service.services import current
from cets_service.store import Check

__all__ = [
    "HEADERS",
    "ID",
    "MOST_PER_PAGE",
    "PAGE_PARAMETERS",
    "PROGRESS",
    "Described",
    "Parameter",
    "answer",
    "answer_page",
    "api",
    "described",
    "done_check",
    "known_check",
    "known_parameters",
    "moment",
    "number_parameter",
    "page_schema",
    "read_fields",
    "read_report",
    "record_schema",
]

api = Blueprint("api_v1", __name__, url_prefix="/api/v1")

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])
Item = TypeVar("Item")

JSON = "application/json"

ID: Mapping[str, Any] = {"type": "string", "pattern": "^[A-Za-z0-9_-]{22}$"}
"""Schema of an id."""


MOST_PER_PAGE = 100
"""Entries of a page."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A query parameter or header of an operation."""

    name: str
    says: str
    schema: Mapping[str, Any]
    place: str = "query"


PAGE_PARAMETERS = (
    Parameter("page", "Page, from 1", {"type": "integer", "minimum": 1}),
    Parameter("per_page", "Entries a page", {"type": "integer", "minimum": 1}),
)
"""Query parameters of what is given page by page."""


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
    """Give a check, or the problem that there is none (any more).

    A check of an organisation is there for its people alone, whoever holds its address.
    """
    check = current().store.checks.get(check_id)
    if check is not None and check.organisation_id is not None:
        identity = who()
        if identity is None or not identity.owns(check.organisation_id):
            check = None
    if check is None:
        raise Problem("CHECK_UNKNOWN")
    return check


def done_check(check_id: str) -> tuple[Check, dict[str, Any]]:
    """Give a check that is done and its report, or the problem that it is not."""
    check = known_check(check_id)
    report = read_report(check)
    if report is None:
        raise Problem("NOT_DONE", state=check.state)
    return check, report


def read_report(check: Check) -> dict[str, Any] | None:
    """Give the report of a check, under the name its file was sent by; None before it is done."""
    if check.state != "done":
        return None
    report = check.report or current().store.verdicts.get_report(check.key)
    if report is not None and check.form == "file":
        report["source"] = {**report["source"], "name": check.name}
    return report


def known_parameters(*known: str, families: tuple[str, ...] = ()) -> None:
    """Refuse query parameters that mean nothing here: a misspelt one must not be ignored."""
    for name in request.args:
        if name not in known and not name.startswith(families or ("\0",)):
            listed = ", ".join([*known, *(f"{family}<id>" for family in families)]) or "-"
            raise Problem("PARAMETER_UNKNOWN", found=name[:80], known=listed)


def number_parameter(name: str, default: int, greatest: int, *, least: int = 1) -> int:
    """Read a whole number from ``least`` to ``greatest``."""
    text = request.args.get(name)
    if text is None:
        return default
    plain = text.isascii() and text.isdigit() and len(text) <= 9
    if not plain or not least <= int(text) <= greatest:
        expected = f"{least} … {greatest}"
        raise Problem("PARAMETER_INVALID", name=name, found=text[:40], expected=expected)
    return int(text)


def answer_page(
    name: str,
    count: int,
    list_some: Callable[..., Iterable[Item]],
    describe: Callable[[Item], object],
    most: int = MOST_PER_PAGE,
) -> Response:
    """Answer with the page that is asked for: those that ``list_some`` gives from an ``offset`` on,
    ``limit`` of them, and the ``count`` of all.
    """
    page = number_parameter("page", 1, 10**8)
    limit = number_parameter("per_page", min(100, most), most)
    listed = [describe(item) for item in list_some(offset=(page - 1) * limit, limit=limit)]
    return answer({"count": count, name: listed})


def moment(seconds: int) -> str:
    """Print a time as RFC 3339, UTC."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


HEADERS: dict[str, Any] = {
    "type": "object",
    "additionalProperties": {"type": "string"},
    "description": "Foreign headers of the file and the columns they stand for, such as "
    '`{"应发配额": "allowance"}`; a problem `HEADER_NOT_FOUND` lists the headers that it found',
}
"""Schema of what foreign headers stand for."""

PROGRESS: dict[str, Any] = {
    "type": "object",
    "required": ["stage", "done", "total"],
    "properties": {
        "stage": {"type": "string"},
        "done": {"type": "integer"},
        "total": {"type": ["integer", "null"]},
    },
}
"""Schema of how far a job is: what it does while it runs, how much of that, and of how much where
that is known. One that waits does nothing, an empty stage; ``done`` is what has ended."""


def record_schema(
    properties: Mapping[str, Any], *, optional: tuple[str, ...] = ()
) -> dict[str, Any]:
    """Make the schema of an object that has all these members, but ``optional`` ones."""
    return {
        "type": "object",
        "required": [name for name in properties if name not in optional],
        "properties": dict(properties),
        "additionalProperties": False,
    }


def page_schema(name: str, item: Mapping[str, Any]) -> dict[str, Any]:
    """Make the schema of what :func:`answer_page` answers."""
    return record_schema(
        {"count": {"type": "integer", "minimum": 0}, name: {"type": "array", "items": item}}
    )


def read_fields(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Read a JSON object whose members are plain, as ``schema`` says; a problem names the first
    member that is missing, unknown, or of another type.
    """
    value = read_json(read_body())
    known: Mapping[str, Mapping[str, Any]] = schema["properties"]
    for name in value:
        if name not in known:
            raise Problem("FIELD_UNKNOWN", found=name[:80], known=", ".join(known))
    for name in schema["required"]:
        if name not in value:
            raise of_field(name, "", "present")
    for name, item in value.items():
        if not _is_of(item, known[name]):
            raise of_field(name, json_text.dumps(item), "of_type", type=str(known[name]["type"]))
    return value


_TYPES: Mapping[str, type] = {
    "string": str,
    "integer": int,
    "boolean": bool,
    "array": list,
    "object": dict,
}


def _is_of(item: object, schema: Mapping[str, Any]) -> bool:
    wanted = _TYPES[schema["type"]]
    plain = isinstance(item, wanted) and (wanted is bool or not isinstance(item, bool))
    return plain and (
        not isinstance(item, list) or all(_is_of(one, schema["items"]) for one in item)
    )
