"""``register``: every certificate there is with its state of today, for everybody."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from flask import Response, request, stream_with_context

from cets_conformance import json_text, runner
from cets_service.access import public
from cets_service.api.v1.blueprint import (
    PAGE_PARAMETERS,
    Described,
    Parameter,
    answer_page,
    api,
    described,
    known_parameters,
    page_schema,
    record_schema,
)
from cets_service.api.v1.certificates import STANDING, describe_standing
from cets_service.problems import Problem
from cets_service.services import current
from cets_service.store import Wanted

__all__ = ["FILTERS", "STATES", "read_filters"]

STATES = ("valid", "stale", "revoked")
"""States of a certificate."""

MOST_PER_PAGE = 200
"""Certificates of a page."""

FILTERS = ("q", "level", "state")
"""Parameters that choose among the certificates."""

COLUMNS = (
    "certificate_id",
    "state",
    "system",
    "version",
    "artefact_sha256",
    "holder",
    "level",
    "operations",
    "readings",
    "issued_on",
    "kid",
    "run_again",
    "revoked_at",
    "reason",
)
"""Columns of the register as CSV."""

_REGISTER = page_schema("certificates", record_schema(STANDING))
_CHOICE = (
    Parameter("q", "Part of system, version, holder or id", {"type": "string"}),
    Parameter("level", "Level", {"enum": list(runner.LEVELS)}),
    Parameter("state", "State", {"enum": list(STATES)}),
)


@api.get("/register")
@public()
@described(
    Described(
        "The public register of certificates, newest first",
        "证书公开名录，新者在前",
        {200: "One page of the register"},
        (400,),
        _REGISTER,
        parameters=(*_CHOICE, *PAGE_PARAMETERS),
    )
)
def show_register() -> Response:
    """Give the register as JSON."""
    known_parameters(*FILTERS, "page", "per_page")
    wanted = read_filters()
    count = current().store.certificates.count(wanted)
    some = partial(current().certifying.list_register, wanted)
    return answer_page("certificates", count, some, describe_standing, MOST_PER_PAGE)


@api.get("/register.json")
@public()
@described(
    Described(
        "The public register as a JSON file, whole",
        "下载证书公开名录（JSON，全部）",
        {200: "The register"},
        (400,),
        _REGISTER,
        parameters=_CHOICE,
    )
)
def save_register() -> Response:
    """Give the whole register as JSON, certificate by certificate."""
    return _send(_json, "register.json", "application/json")


@api.get("/register.csv")
@public()
@described(
    Described(
        "The public register as CSV, whole",
        "下载证书公开名录（CSV，全部）",
        {200: "The register"},
        (400,),
        media=("text/csv",),
        parameters=_CHOICE,
    )
)
def download_register() -> Response:
    """Give the register as CSV, line by line.

    It begins with a byte order mark, so that a spreadsheet reads the Chinese.
    """
    return _send(_csv, "register.csv", "text/csv; charset=utf-8")


def _send(
    write: Callable[[Iterable[dict[str, Any]]], Iterator[str]], name: str, media: str
) -> Response:
    """Send the whole register as a file while it is read."""
    known_parameters(*FILTERS)
    found = current().certifying.walk_register(read_filters())
    lines = stream_with_context(write(map(describe_standing, found)))
    response = Response(lines, content_type=media)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def read_filters() -> Wanted:
    """Read what the register is asked for, as of today; empty means any."""
    level, state = request.args.get("level", ""), request.args.get("state", "")
    for name, found, known in (("level", level, tuple(runner.LEVELS)), ("state", state, STATES)):
        if found and found not in known:
            raise Problem(
                "PARAMETER_INVALID", name=name, found=found[:40], expected=", ".join(known)
            )
    wanted = Wanted(request.args.get("q", "")[:200], level, state)
    return current().certifying.as_of_today(wanted)


def _neutral(cell: str) -> str:
    """Keep a spreadsheet from taking a name for a formula, full-width signs included."""
    return f"'{cell}" if cell.startswith(tuple("=+-@＝＋－＠\t\r\n")) else cell


def _json(found: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Write the document that the pages of the register make together, its count at the end."""
    count = 0
    yield '{"certificates":['
    for said in found:
        yield f"{',' if count else ''}\n{json_text.dumps(said)}"
        count += 1
    yield f'],"count":{count}}}\n'


def _csv(found: Iterable[dict[str, Any]]) -> Iterator[str]:
    yield "\ufeff" + _line(COLUMNS)
    for said in found:
        system = said["system"]
        row = (
            said["id"],
            said["state"],
            system["name"],
            system["version"],
            system["artefact_sha256"],
            said["holder"],
            said["level"],
            " ".join(said["operations"]),
            " ".join(f"{name}={choice}" for name, choice in said["readings"].items()),
            said["issued_on"],
            said["kid"],
            " ".join(said["run_again"]),
            said["revoked_at"] or "",
            said["reason"] or "",
        )
        yield _line([_neutral(cell) for cell in row])


def _line(cells: Iterable[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow(cells)
    return buffer.getvalue()
