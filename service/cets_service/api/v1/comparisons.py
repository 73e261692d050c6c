"""``comparisons``: several vendors' tables for the same units, held against one another."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Response, request, url_for

from cets_service.access import actor, check_owner, guarded, me
from cets_service.api.v1.blueprint import (
    HEADERS,
    ID,
    PAGE_PARAMETERS,
    PROGRESS,
    Described,
    answer,
    answer_page,
    api,
    described,
    known_parameters,
    moment,
    page_schema,
)
from cets_service.api.v1.checks import PREFER, asked_wait
from cets_service.language import preferred_language
from cets_service.problems import Problem, from_comparison
from cets_service.receive import receive_tables
from cets_service.services import current
from cets_service.store import Comparison

__all__ = ["FORMATS", "describe_comparison", "done_comparison", "known_comparison"]

FORMATS = ("html", "json", "xlsx", "md")
"""Formats of a report."""

_COMPARISON = {
    "type": "object",
    "required": ["id", "state", "tables", "created_at", "expires_at", "progress", "links"],
    "properties": {
        "id": ID,
        "state": {"enum": ["queued", "running", "done", "failed", "cancelled"]},
        "tables": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["name", "file", "sha256"],
                "properties": {
                    "name": {"type": "string"},
                    "file": {"type": "string"},
                    "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
                },
            },
        },
        "created_at": {"type": "string", "format": "date-time"},
        "expires_at": {"type": "string", "format": "date-time"},
        "progress": PROGRESS,
        "verdict": {"enum": ["agree", "differ", "incomplete"]},
        "report": {"$ref": "urn:cets:schema:v1:comparison"},
        "problem": {"$ref": "urn:cets:schema:v1:problem"},
        "links": {"type": "object"},
    },
}
_FORM = {
    "type": "object",
    "required": ["table"],
    "properties": {
        "table": {
            "type": "array",
            "items": {"type": "string", "contentMediaType": "application/octet-stream"},
            "minItems": 2,
            "maxItems": 8,
        },
        "name": {"type": "array", "items": {"type": "string", "minLength": 1, "maxLength": 64}},
        "headers": {
            "type": "array",
            "items": HEADERS,
            "maxItems": 8,
            "description": "One for each `table`, in their order, for that table alone",
        },
        "kind": {"enum": ["auto", "allocation", "pre-allocation"]},
        "unit": {"enum": ["t", "10kt"]},
        "sheet": {"type": "string"},
    },
    "patternProperties": {r"^(balance|reading)[._].+$": {"type": "string"}},
    "additionalProperties": False,
}


@api.get("/comparisons")
@guarded("comparisons:read")
@described(
    Described(
        "Comparisons of the own organisation, newest first, without their reports",
        "本机构的比对列表（不含报告正文），新者在前",
        {200: "One page of comparisons"},
        (400, 401, 403),
        page_schema("comparisons", _COMPARISON),
        parameters=PAGE_PARAMETERS,
    )
)
def list_comparisons() -> Response:
    """List the comparisons of the organisation of who asks."""
    known_parameters("page", "per_page")
    comparisons, own = current().store.comparisons, me().organisation.id
    count, some = comparisons.count_of(own), partial(comparisons.list_of, own)
    return answer_page("comparisons", count, some, partial(describe_comparison, whole=False))


@api.post("/comparisons")
@guarded("comparisons:write", role="member")
@described(
    Described(
        "Compare two to eight tables for the same units: `table` and `name`, repeated",
        "比对二至八份同类配额分配表（重复字段 table 与 name，次序对应）",
        {201: "The comparison is done", 202: "It goes on; ask at its address"},
        (400, 401, 403, 413, 415, 422),
        _COMPARISON,
        parameters=(PREFER,),
        body={"multipart/form-data": _FORM},
    )
)
def create_comparison() -> Response:
    """Take tables, compare them, answer with the report or with where it will be."""
    known_parameters()
    if request.mimetype != "multipart/form-data":
        raise Problem("CONTENT_TYPE", found=request.mimetype[:80], known="multipart/form-data")
    received = receive_tables()
    seconds, applied = asked_wait()
    comparison = current().begin_comparison(received, check_owner(), seconds, actor())
    if comparison is None:  # deleted, or expired, while it was waited for
        raise Problem("COMPARISON_UNKNOWN")
    if comparison.problem is not None:
        raise from_comparison(comparison.problem)
    place = url_for("api_v1.show_comparison", comparison_id=comparison.id)
    status = 201 if comparison.finished else 202
    return answer(describe_comparison(comparison), status, headers={"Location": place, **applied})


@api.get("/comparisons/<id:comparison_id>")
@guarded("comparisons:read")
@described(
    Described(
        "How a comparison stands, and its report once it is done",
        "查询比对状态；完成后含比对报告",
        {200: "The comparison"},
        (401, 403, 404),
        _COMPARISON,
    )
)
def show_comparison(comparison_id: str) -> Response:
    """Say how a comparison stands."""
    known_parameters()
    return answer(describe_comparison(known_comparison(comparison_id)))


@api.delete("/comparisons/<id:comparison_id>")
@guarded("comparisons:write", role="member")
@described(
    Described(
        "Delete a comparison with everything uploaded for it",
        "删除比对及其上传文件",
        {204: "It is gone"},
        (401, 403, 404),
        media=(),
    )
)
def delete_comparison(comparison_id: str) -> Response:
    """Delete a comparison at once."""
    known_parameters()
    current().delete_comparison(known_comparison(comparison_id), actor())
    return Response(status=204)


@api.post("/comparisons/<id:comparison_id>/cancel")
@guarded("comparisons:write", role="member")
@described(
    Described(
        "Stop a comparison that has not ended",
        "取消尚未结束的比对",
        {200: "The comparison, cancelled"},
        (401, 403, 404, 409),
        _COMPARISON,
    )
)
def cancel_comparison(comparison_id: str) -> Response:
    """Stop a comparison; its uploads are kept, so that it can be tried again."""
    known_parameters()
    if not current().comparing.cancel(known_comparison(comparison_id), actor()):
        raise Problem("COMPARISON_ENDED", state=known_comparison(comparison_id).state)
    return answer(describe_comparison(known_comparison(comparison_id)))


@api.post("/comparisons/<id:comparison_id>/retry")
@guarded("comparisons:write", role="member")
@described(
    Described(
        "Try a comparison again that was cancelled or failed by our fault",
        "重试已取消或因本服务故障未完成的比对",
        {201: "The comparison is done", 202: "It goes on; ask at its address"},
        (401, 403, 404, 409),
        _COMPARISON,
    )
)
def retry_comparison(comparison_id: str) -> Response:
    """Try a comparison again."""
    known_parameters()
    comparison = known_comparison(comparison_id)
    if not comparison.retryable:
        raise Problem("COMPARISON_ENDED", state=comparison.state)
    wait = current().config.wait
    again = current().retry_comparison(comparison, check_owner(), wait, actor())
    if again is None:  # deleted, or expired, while it was waited for
        raise Problem("COMPARISON_UNKNOWN")
    return answer(describe_comparison(again), 201 if again.finished else 202)


def known_comparison(comparison_id: str) -> Comparison:
    """Give a comparison of the own organisation."""
    comparison = current().store.comparisons.get(comparison_id)
    if comparison is None or not me().owns(comparison.organisation_id):
        raise Problem("COMPARISON_UNKNOWN")
    return comparison


def done_comparison(comparison_id: str) -> tuple[Comparison, dict[str, Any]]:
    """Give a comparison that is done and its report, or the problem that it is not."""
    comparison = known_comparison(comparison_id)
    report = _read_report(comparison)
    if report is None:
        raise Problem("COMPARISON_NOT_DONE", state=comparison.state)
    return comparison, report


def _read_report(comparison: Comparison) -> dict[str, Any] | None:
    """Give the report, its tables under the names their files were sent by."""
    report = current().store.comparison_results.get_report(comparison.key)
    if report is not None:
        for told, table in zip(report["tables"], comparison.tables, strict=True):
            told["source"]["name"] = table.file
    return report


def describe_comparison(comparison: Comparison, *, whole: bool = True) -> dict[str, Any]:
    """Give a comparison as JSON: state, progress, links; ``whole`` adds the report or problem."""
    here: dict[str, Any] = {"comparison_id": comparison.id}
    value: dict[str, Any] = {
        "id": comparison.id,
        "state": comparison.state,
        "tables": [
            {"name": table.name, "file": table.file, "sha256": table.upload}
            for table in comparison.tables
        ],
        "created_at": moment(comparison.created_at),
        "expires_at": moment(comparison.expires_at),
        "progress": {
            "stage": comparison.stage,
            "done": comparison.done,
            "total": comparison.total,
        },
        "links": {"self": url_for("api_v1.show_comparison", **here)},
    }
    if comparison.state == "done":
        value["verdict"] = comparison.verdict
        value["links"] |= {
            "disputes": url_for("api_v1.list_disputes", **here),
            "reports": {
                suffix: url_for("api_v1.download_comparison", suffix=suffix, **here)
                for suffix in FORMATS
            },
        }
        if whole:
            value["report"] = _read_report(comparison)
    if comparison.problem is not None and whole:
        value["problem"] = from_comparison(comparison.problem).document(
            preferred_language("en"), value["links"]["self"]
        )
    return value
