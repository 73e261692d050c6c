"""``comparisons/{id}/disputes`` and ``…/reports/{format}``: every disputed figure."""

from __future__ import annotations

from flask import Response
from flask.typing import ResponseReturnValue

from cets_service.access import guarded
from cets_service.api.v1.blueprint import (
    Described,
    Parameter,
    answer,
    api,
    described,
    known_parameters,
    number_parameter,
)
from cets_service.api.v1.comparisons import FORMATS, done_comparison
from cets_service.api.v1.reports import LANGUAGE, MEDIA, READ_ROWS, asked_rows, send_report
from cets_service.language import asked_language
from cets_service.services import current
from cets_service.store.comparison_results import PARTS

__all__ = ["download_comparison", "list_disputes"]

MOST_ROWS = 1_000
"""Rows of one answer."""


@api.get("/comparisons/<id:comparison_id>/disputes")
@guarded("comparisons:read")
@described(
    Described(
        "Disputed figures, worst first: a row a unit and column",
        "存在分歧的数值，差异大者在前，每单元每列一行",
        {200: "Rows from `offset` on"},
        (400, 401, 403, 404, 409),
        {
            "type": "object",
            "required": ["count", "offset", "limit", "rows"],
            "properties": {
                "count": {"type": "integer", "minimum": 0},
                "offset": {"type": "integer", "minimum": 0},
                "limit": {"type": "integer", "minimum": 1},
                "rows": {"type": "array", "items": {"type": "object"}},
            },
        },
        parameters=(
            Parameter("offset", "Rows passed over", {"type": "integer", "minimum": 0}),
            Parameter(
                "limit", "Rows given", {"type": "integer", "minimum": 1, "maximum": MOST_ROWS}
            ),
        ),
    )
)
def list_disputes(comparison_id: str) -> Response:
    """Give rows of what is in dispute."""
    known_parameters("offset", "limit")
    comparison, report = done_comparison(comparison_id)
    offset = number_parameter("offset", 0, 10**8, least=0)
    limit = number_parameter("limit", 100, MOST_ROWS)
    rows = current().store.comparison_results.get_rows(comparison.key, offset=offset, limit=limit)
    found = {"count": report["disputes"]["count"], "offset": offset, "limit": limit}
    return answer({**found, "rows": rows})


@api.get("/comparisons/<id:comparison_id>/reports/<any({}):suffix>".format(",".join(FORMATS)))
@guarded("comparisons:read")
@described(
    Described(
        "The comparison as a file, with every disputed figure",
        "下载比对报告（含全部分歧数值）",
        {200: "The report"},
        (400, 401, 403, 404, 409),
        media=tuple(MEDIA.values()),
        parameters=(
            LANGUAGE,
            Parameter(
                "rows",
                f"Rows a list; all by default, {READ_ROWS} in html and md",
                {"anyOf": [{"const": "all"}, {"type": "integer", "minimum": 1}]},
            ),
        ),
    )
)
def download_comparison(comparison_id: str, suffix: str) -> ResponseReturnValue:
    """Write the report and send it as a file."""
    known_parameters("lang", "rows")
    language = asked_language()
    comparison, report = done_comparison(comparison_id)
    limit = asked_rows(READ_ROWS if suffix in ("html", "md") else None)
    for part in PARTS:
        report[part]["rows"] = current().store.comparison_results.get_rows(
            comparison.key, part, limit=limit
        )
    name = "-".join(table.name for table in comparison.tables)[:80]
    return send_report(report, name, suffix, language)
