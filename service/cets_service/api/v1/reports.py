"""``checks/{id}/report.{format}`` and its charts: the report to keep, with all rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from flask import Response, request, send_file
from flask.typing import ResponseReturnValue

from cets_conformance import report as reporting
from cets_conformance.messages import Language
from cets_conformance.report import charts
from cets_service.access import public
from cets_service.api.v1.blueprint import (
    Described,
    Parameter,
    api,
    described,
    done_check,
    known_parameters,
    number_parameter,
)
from cets_service.api.v1.checks import CHARTS, FORMATS
from cets_service.headers import SEALED
from cets_service.language import asked_language
from cets_service.problems import Problem
from cets_service.services import current
from cets_service.store import Check

__all__ = [
    "LANGUAGE",
    "MEDIA",
    "READ_ROWS",
    "SEALED",
    "asked_rows",
    "download_report",
    "draw_chart",
    "send_report",
]

MEDIA = {
    "json": "application/json",
    "html": "text/html; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "md": "text/markdown; charset=utf-8",
}
"""Media types of the formats."""

READ_ROWS = 1_000
"""Rows of a finding in a report to be read (HTML, Markdown), unless more are asked for."""

LANGUAGE = Parameter("lang", "Language of the text", {"enum": ["zh", "en"]})


@api.get("/checks/<check:check_id>/report.<any({}):suffix>".format(",".join(FORMATS)))
@public("checks:read")
@described(
    Described(
        "The report as a file, with all rows of every finding",
        "下载检验报告（含全部问题行）",
        {200: "The report"},
        (400, 404, 409),
        media=tuple(MEDIA.values()),
        parameters=(
            LANGUAGE,
            Parameter(
                "rows",
                f"Rows a finding; all by default, {READ_ROWS} in html and md",
                {"anyOf": [{"const": "all"}, {"type": "integer", "minimum": 1}]},
            ),
        ),
    )
)
def download_report(check_id: str, suffix: str) -> ResponseReturnValue:
    """Write the report and send it as a file."""
    known_parameters("lang", "rows")
    language = asked_language()
    check, report = done_check(check_id)
    limit = asked_rows(READ_ROWS if suffix in ("html", "md") else None)
    _fill_findings(check, report, limit)
    with _source(check, suffix) as source:
        return send_report(report, check.name.rsplit(".", 1)[0], suffix, language, source)


def send_report(
    report: dict[str, Any],
    name: str,
    suffix: str,
    language: Language,
    source: Path | None = None,
) -> Response:
    """Write a report and answer with it as a file called after ``name``."""
    target = current().uploads.working_file(f".{suffix}")
    try:
        reporting.write(report, target, language, source=source)
        file = target.open("rb")
    finally:
        target.unlink(missing_ok=True)  # an open file can be read to its end
    response = send_file(file, mimetype=MEDIA[suffix])
    response.call_on_close(file.close)
    response.headers["Content-Type"] = MEDIA[suffix]
    response.headers["Content-Disposition"] = _attachment(name, report["kind"], language, suffix)
    response.headers["Content-Language"] = language
    response.headers["Content-Security-Policy"] = SEALED
    return response


@api.get("/checks/<check:check_id>/charts/<any({}):chart>.svg".format(",".join(CHARTS)))
@public("checks:read")
@described(
    Described(
        "A chart of the report",
        "检验报告图表",
        {200: "The chart"},
        (400, 404, 409),
        media=("image/svg+xml",),
        parameters=(LANGUAGE,),
    )
)
def draw_chart(check_id: str, chart: str) -> Response:
    """Draw a chart."""
    known_parameters("lang")
    language = asked_language()
    _, report = done_check(check_id)
    draw = charts.surplus_histogram if chart == "surplus" else charts.province_bars
    response = Response(draw(report, language), content_type="image/svg+xml")
    response.headers["Content-Security-Policy"] = SEALED
    response.headers["Content-Language"] = language
    return response


def asked_rows(default: int | None) -> int | None:
    """Read how many rows of a list are wanted; None: all."""
    if request.args.get("rows") == "all":
        return None
    return number_parameter("rows", 0, 10**8) or default


def _fill_findings(check: Check, report: dict[str, Any], limit: int | None) -> None:
    """Put the rows kept beside the report into its findings."""
    for finding in report["findings"]:
        rows = current().store.verdicts.get_findings(check.key, finding["check"], limit=limit)
        finding["rows"] = [
            {name: item for name, item in row.items() if name != "check"} for row in rows
        ]


@contextmanager
def _source(check: Check, suffix: str) -> Iterator[Path | None]:
    """Give the uploaded file, for the format that shows it."""
    if suffix != "xlsx":
        yield None
        return
    if check.form == "rows":
        raise Problem("NO_WORKBOOK")
    with current().uploads.local(check.upload) as source:
        yield source


def _attachment(name: str, kind: str, language: str, suffix: str) -> str:
    """Name the file after the table; RFC 6266 with a plain name for old clients."""
    stem = name or "table"
    words = {"table": ("检验报告", "report"), "comparison": ("比对报告", "comparison")}[kind]
    word = words[0] if language == "zh" else words[1]
    return (
        f'attachment; filename="{words[1]}.{suffix}"; '
        f"filename*=UTF-8''{quote(f'{stem}-{word}.{suffix}', safe='')}"
    )
