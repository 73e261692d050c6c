"""``checks``: upload a table or send rows, see how the check stands, delete it."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

from flask import Response, request, url_for

from cets_service.access import check_actor, check_owner, guarded, me, public
from cets_service.api.v1.blueprint import (
    HEADERS,
    PAGE_PARAMETERS,
    PROGRESS,
    Described,
    Parameter,
    answer,
    answer_page,
    api,
    described,
    known_check,
    known_parameters,
    moment,
    read_report,
)
from cets_service.language import preferred_language
from cets_service.problems import Problem, from_check
from cets_service.receive import receive_form, receive_rows
from cets_service.services import current
from cets_service.store import Check

__all__ = ["CHARTS", "FORMATS", "PREFER", "asked_wait", "describe_check"]

FORMATS = ("json", "html", "xlsx", "md")
"""Formats of a report."""

CHARTS = ("surplus", "provinces")
"""Charts of a report."""

PREFER = Parameter(
    "Prefer",
    "wait=N: seconds to wait for the result before answering 202 (RFC 7240)",
    {"type": "string"},
    "header",
)
"""Header by which a request says how long it waits; see :func:`asked_wait`."""

LONGEST_WAIT = 60.0
"""However long a request asks to wait, it is answered after this many seconds."""

_TEXTS = {"type": "object", "additionalProperties": {"type": "string"}}
_OPTIONS: dict[str, Any] = {
    "kind": {"enum": ["auto", "allocation", "pre-allocation"]},
    "solve_balance": {"type": "boolean"},
    "national": {"type": "boolean"},
    "unit": {"enum": ["t", "10kt"]},
    "sheet": {"type": "string"},
    "headers": HEADERS,
}
_CHECK = {
    "type": "object",
    "required": ["id", "state", "name", "created_at", "expires_at", "progress", "links"],
    "properties": {
        "id": {"type": "string", "pattern": "^[A-Za-z0-9_-]{22}$"},
        "state": {"enum": ["queued", "running", "done", "failed", "cancelled"]},
        "name": {"type": "string"},
        "created_at": {"type": "string", "format": "date-time"},
        "expires_at": {"type": "string", "format": "date-time"},
        "progress": PROGRESS,
        "verdict": {"enum": ["conforms", "does_not_conform", "not_checked"]},
        "report": {"$ref": "urn:cets:schema:v1:report"},
        "problem": {"$ref": "urn:cets:schema:v1:problem"},
        "links": {"type": "object"},
    },
}
_LIST = {
    "type": "object",
    "required": ["count", "checks"],
    "properties": {
        "count": {"type": "integer", "minimum": 0},
        "checks": {"type": "array", "items": _CHECK},
    },
}
_FORM = {
    "type": "object",
    "required": ["file"],
    "properties": {
        "file": {"type": "string", "contentMediaType": "application/octet-stream"},
        "previous": {"type": "string", "contentMediaType": "application/octet-stream"},
        **_OPTIONS,
    },
    "patternProperties": {r"^(balance|reading)[._].+$": {"type": "string"}},
    "additionalProperties": False,
}
_ROWS = {
    "type": "object",
    "required": ["rows"],
    "properties": {
        "rows": {"type": "array", "items": {"type": "object"}},
        "balance": _TEXTS,
        "readings": _TEXTS,
        **_OPTIONS,
    },
    "additionalProperties": False,
}


@api.get("/checks")
@guarded("checks:read")
@described(
    Described(
        "Checks of the own organisation, newest first, without their reports",
        "本机构的检验列表（不含报告正文），新者在前",
        {200: "One page of checks"},
        (400, 401, 403),
        _LIST,
        parameters=PAGE_PARAMETERS,
    )
)
def list_checks() -> Response:
    """List the checks of the organisation of who asks."""
    known_parameters("page", "per_page")
    checks, own = current().store.checks, me().organisation.id
    count, some = checks.count_of(own), partial(checks.list_of, own)
    return answer_page("checks", count, some, partial(describe_check, whole=False))


@api.post("/checks")
@public("checks:write", role="member")
@described(
    Described(
        "Check an allocation table, sent as a file or as rows",
        "检验配额分配表（上传文件或以 JSON 提交各行）",
        {201: "The check is done", 202: "The check goes on; ask at its address"},
        (400, 401, 403, 413, 415, 422),
        _CHECK,
        parameters=(PREFER,),
        body={"multipart/form-data": _FORM, "application/json": _ROWS},
    )
)
def create_check() -> Response:
    """Take a table, check it, answer with the report or with where it will be."""
    known_parameters()
    if request.mimetype == "multipart/form-data":
        received = receive_form()
    elif request.mimetype == "application/json":
        received = receive_rows()
    else:
        known = "multipart/form-data, application/json"
        raise Problem("CONTENT_TYPE", found=request.mimetype[:80], known=known)
    seconds, applied = asked_wait()
    check = current().begin_check(received, check_owner(), seconds)
    if check is None:  # deleted, or expired, while it was waited for
        raise Problem("CHECK_UNKNOWN")
    if check.problem is not None:
        raise from_check(check.problem)
    value = describe_check(check)
    headers = {"Location": value["links"]["self"], **applied}
    return answer(value, 201 if check.finished else 202, headers=headers)


@api.get("/checks/<check:check_id>")
@public("checks:read")
@described(
    Described(
        "How a check stands, and its report once it is done",
        "查询检验状态；完成后含检验报告",
        {200: "The check"},
        (404,),
        _CHECK,
    )
)
def show_check(check_id: str) -> Response:
    """Say how a check stands."""
    known_parameters()
    return answer(describe_check(known_check(check_id)))


@api.delete("/checks/<check:check_id>")
@public("checks:write", role="member")
@described(
    Described(
        "Delete a check with everything uploaded for it",
        "删除检验及其上传文件",
        {204: "It is gone"},
        (404,),
        media=(),
    )
)
def delete_check(check_id: str) -> Response:
    """Delete a check at once."""
    known_parameters()
    current().checking.delete(known_check(check_id), check_actor())
    return Response(status=204)


@api.post("/checks/<check:check_id>/cancel")
@public("checks:write", role="member")
@described(
    Described(
        "Stop a check that has not ended",
        "取消尚未结束的检验",
        {200: "The check, cancelled"},
        (404, 409),
        _CHECK,
    )
)
def cancel_check(check_id: str) -> Response:
    """Stop a check; its upload is kept, so that it can be tried again."""
    known_parameters()
    if not current().checking.cancel(known_check(check_id), check_actor()):
        raise Problem("CHECK_ENDED", state=known_check(check_id).state)
    return answer(describe_check(known_check(check_id)))


@api.post("/checks/<check:check_id>/retry")
@public("checks:write", role="member")
@described(
    Described(
        "Try a check again that was cancelled or failed by our fault",
        "重试已取消或因本服务故障未完成的检验",
        {201: "The check is done", 202: "The check goes on; ask at its address"},
        (404, 409),
        _CHECK,
    )
)
def retry_check(check_id: str) -> Response:
    """Try a check again."""
    known_parameters()
    check = known_check(check_id)
    if not check.retryable:
        raise Problem("CHECK_ENDED", state=check.state)
    province = me().organisation.province if check.organisation_id else None
    again = current().retry_check(check, province, current().config.wait, check_actor())
    if again is None:  # deleted, or expired, while it was waited for
        raise Problem("CHECK_UNKNOWN")
    return answer(describe_check(again), 201 if again.finished else 202)


def describe_check(check: Check, *, whole: bool = True) -> dict[str, Any]:
    """Give a check as JSON: state, progress, links, and where ``whole`` the report or problem."""
    value: dict[str, Any] = {
        "id": check.id,
        "state": check.state,
        "name": check.name,
        "created_at": moment(check.created_at),
        "expires_at": moment(check.expires_at),
        "progress": {"stage": check.stage, "done": check.done, "total": check.total},
        "links": _links(check),
    }
    if check.state == "done":
        value["verdict"] = check.verdict
        if whole:
            value["report"] = read_report(check)
    if check.problem is not None and whole:
        value["problem"] = from_check(check.problem).document(
            preferred_language("en"), value["links"]["self"]
        )
    return value


def _links(check: Check) -> dict[str, Any]:
    here = url_for("api_v1.show_check", check_id=check.id)
    links: dict[str, Any] = {"self": here}
    if check.state == "done":
        links["findings"] = f"{here}/findings"
        links["reports"] = {suffix: f"{here}/report.{suffix}" for suffix in FORMATS}
        links["charts"] = {chart: f"{here}/charts/{chart}.svg" for chart in CHARTS}
    return links


def asked_wait() -> tuple[float, dict[str, str]]:
    """Give how long a request waits, seconds, and the header that says so where it asked to."""
    preferences = ",".join(request.headers.getlist("Prefer"))
    asked = re.search(r"(?:^|[,;\s])wait\s*=\s*\"?([0-9]{1,9})\"?\s*(?:[,;]|$)", preferences)
    if asked:
        seconds = min(float(asked[1]), LONGEST_WAIT)
    elif re.search(r"(?:^|[,\s])respond-async\s*(?:[,;]|$)", preferences):
        seconds = 0.0
    else:
        return current().config.wait, {}
    return seconds, {"Preference-Applied": f"wait={int(seconds)}"}
