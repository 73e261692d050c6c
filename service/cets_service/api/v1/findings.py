"""``checks/{id}/findings``: every row of every finding, page by page."""

from __future__ import annotations

from flask import Response, request

from cets_service.access import public
from cets_service.api.v1.blueprint import (
    Described,
    Parameter,
    answer,
    api,
    described,
    done_check,
    known_parameters,
    number_parameter,
)
from cets_service.problems import Problem
from cets_service.services import current

__all__ = ["list_findings"]

MOST_PER_PAGE = 1_000
"""Rows of a page."""

_COUNT = {"type": "integer", "minimum": 0}


@api.get("/checks/<check:check_id>/findings")
@public("checks:read")
@described(
    Described(
        "Rows of findings, worst first, page by page",
        "分页列出问题各行，差异大者在前",
        {200: "One page of rows"},
        (400, 404, 409),
        {
            "type": "object",
            "required": ["check", "count", "page", "pages", "per_page", "rows"],
            "properties": {
                "check": {"type": ["string", "null"]},
                "count": _COUNT,
                "page": _COUNT,
                "pages": _COUNT,
                "per_page": _COUNT,
                "rows": {"type": "array", "items": {"type": "object"}},
            },
        },
        parameters=(
            Parameter("check", "Only rows of this check, such as T-10", {"type": "string"}),
            Parameter("page", "Page, from 1", {"type": "integer", "minimum": 1}),
            Parameter(
                "per_page",
                "Rows a page",
                {"type": "integer", "minimum": 1, "maximum": MOST_PER_PAGE},
            ),
        ),
    )
)
def list_findings(check_id: str) -> Response:
    """Give one page of finding rows."""
    known_parameters("check", "page", "per_page")
    checked, report = done_check(check_id)
    name = request.args.get("check")
    if name is not None and name not in {item["id"] for item in report["checks"]}:
        raise Problem("FINDING_UNKNOWN", found=name[:40])
    page = number_parameter("page", 1, 10**8)
    per_page = number_parameter("per_page", 100, MOST_PER_PAGE)
    verdicts = current().store.verdicts
    count = verdicts.count_findings(checked.key, name)
    rows = verdicts.get_findings(checked.key, name, offset=(page - 1) * per_page, limit=per_page)
    return answer(
        {
            "check": name,
            "count": count,
            "page": page,
            "pages": -(-count // per_page),
            "per_page": per_page,
            "rows": rows,
        }
    )
