"""A comparison as people see it: the form for the tables, progress, result, disputed figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from cets_conformance.comparison import MOST
from cets_service.access import actor, check_owner, guarded, me
from cets_service.api.v1.comparisons import (
    FORMATS,
    describe_comparison,
    done_comparison,
    known_comparison,
)
from cets_service.pages.blueprint import (
    LANGUAGE_IN_PATH,
    language,
    page,
    pages,
    read_paging,
    shown_again_by,
)
from cets_service.pages.mapping import (
    Offer,
    choose_columns,
    offer_compared,
    offer_headers,
    read_choices,
)
from cets_service.problems import Problem, from_comparison
from cets_service.receive import receive_tables
from cets_service.services import current
from cets_service.store import Comparison

__all__ = ["list_comparisons", "show_comparison"]

ROWS_PER_PAGE = 100
"""Disputed figures on one page."""

QUICK = 2.0
"""How long the form waits for the result, seconds: small tables show no progress bar."""

_ONE = f"{LANGUAGE_IN_PATH}/comparisons/<id:comparison_id>"


@pages.get(f"{LANGUAGE_IN_PATH}/comparisons")
@guarded()
def list_comparisons() -> Response:
    """Take tables, and show the comparisons of the own organisation, newest first."""
    comparisons, own = current().store.comparisons, me().organisation.id
    count = comparisons.count_of(own)
    paging = read_paging(count)
    listed = comparisons.list_of(own, offset=paging.offset, limit=paging.limit)
    return page(
        "comparisons.html",
        comparisons=[describe_comparison(item, whole=False) for item in listed],
        count=count,
        paging=paging,
        most=MOST,
        max_bytes=current().config.max_upload,
        changes=me().has_role("member"),
    )


@pages.post(f"{LANGUAGE_IN_PATH}/comparisons")
@guarded(role="member")
def compare() -> AnyResponse:
    """Take tables and lead to their comparison."""
    if request.mimetype != "multipart/form-data":
        raise Problem("CONTENT_TYPE", found=request.mimetype[:80], known="multipart/form-data")
    received = receive_tables(with_token=True)
    comparison = current().begin_comparison(received, check_owner(), QUICK, actor())
    if comparison is None:
        raise Problem("COMPARISON_UNKNOWN")
    return _to(comparison.id)


@pages.get(_ONE)
@guarded()
def show_comparison(comparison_id: str, problem: Problem | None = None) -> Response:
    """Show how a comparison stands: its progress, its problems, or its report."""
    comparison = known_comparison(comparison_id)
    stored = comparison.problem or {}
    results = current().store.comparison_results

    def worst_appeal_url(pattern: Mapping[str, Any]) -> str | None:
        row = results.get_worst(comparison.key, pattern["id"])
        return None if row is None else _appeal_url(comparison_id, row)

    described = describe_comparison(comparison)
    return page(
        "comparison.html",
        comparison=described,
        names=[table.name for table in comparison.tables],
        failure=from_comparison(stored).document(language(), "") if stored else {},
        problem=problem,
        problems=stored.get("errors", []),
        offers=[
            (table.name, offer)
            for table, offer in zip(comparison.tables, _offers(comparison), strict=True)
            if offer.headers and me().has_role("member")
        ],
        columns=choose_columns(),
        report=described.get("report"),
        downloads=[
            {"format": suffix, "url": _report_url(comparison_id, suffix)} for suffix in FORMATS
        ],
        appeal_url=_appeal_link(comparison_id),
        pattern_appeal_url=worst_appeal_url if me().has_role("member") else None,
        disputes_url=url_for("pages.show_disputes", comparison_id=comparison_id),
        changes=me().has_role("member"),
        retryable=comparison.retryable,
    )


@pages.get(f"{_ONE}/disputes")
@guarded()
def show_disputes(comparison_id: str) -> Response:
    """Show all disputed figures, page by page."""
    comparison, report = done_comparison(comparison_id)
    paging = read_paging(report["disputes"]["count"], ROWS_PER_PAGE)
    rows = current().store.comparison_results.get_rows(
        comparison.key, offset=paging.offset, limit=paging.limit
    )
    return page(
        "disputes.html",
        comparison=describe_comparison(comparison, whole=False),
        names=[table.name for table in comparison.tables],
        report=report,
        rows=rows,
        paging=paging,
        appeal_url=_appeal_link(comparison_id),
    )


@pages.post(f"{_ONE}/cancel")
@guarded(role="member")
def cancel_comparison(comparison_id: str) -> AnyResponse:
    """Stop a comparison; where it has just ended, its page says so."""
    current().comparing.cancel(known_comparison(comparison_id), actor())
    return _to(comparison_id)


@pages.post(f"{_ONE}/retry")
@guarded(role="member")
def retry_comparison(comparison_id: str) -> AnyResponse:
    """Try a comparison again."""
    comparison = known_comparison(comparison_id)
    if comparison.retryable:
        current().retry_comparison(comparison, check_owner(), QUICK, actor())
    return _to(comparison_id)


@pages.post(f"{_ONE}/headers")
@guarded(role="member")
@shown_again_by(show_comparison)
def map_compared_headers(comparison_id: str) -> AnyResponse:
    """Compare the stored tables again, headers standing for the columns that were chosen."""
    comparison = known_comparison(comparison_id)
    offers = _offers(comparison)
    if any(offer.headers for offer in offers):
        tables = [
            replace(table, headers=headers) if offer.headers else table
            for table, offer, headers in zip(
                comparison.tables, offers, read_choices(*offers), strict=True
            )
        ]
        current().retry_comparison(comparison, check_owner(), QUICK, actor(), tables)
    return _to(comparison_id)


@pages.post(f"{_ONE}/delete")
@guarded(role="member")
def delete_comparison(comparison_id: str) -> AnyResponse:
    """Delete a comparison with everything uploaded for it."""
    current().delete_comparison(known_comparison(comparison_id), actor())
    return redirect(url_for("pages.list_comparisons"), code=303)


def _offers(comparison: Comparison) -> list[Offer]:
    """Give for each table the headers of which a person can say what they stand for."""
    given = [table.headers for table in comparison.tables]
    if comparison.state == "done":
        _, report = done_comparison(comparison.id)
        return [offer_compared(report, at, headers) for at, headers in enumerate(given)]
    errors = (comparison.problem or {}).get("errors", [])
    return [
        offer_headers([error for error in errors if error.get("position") == at], headers, at)
        for at, headers in enumerate(given)
    ]


def _to(comparison_id: str) -> AnyResponse:
    return redirect(url_for("pages.show_comparison", comparison_id=comparison_id), code=303)


def _report_url(comparison_id: str, suffix: str) -> str:
    return url_for(
        "api_v1.download_comparison", comparison_id=comparison_id, suffix=suffix, lang=language()
    )


def _appeal_link(comparison_id: str) -> Any:
    """Give the function from a disputed figure to its appeal; None for who may file none."""
    return (lambda row: _appeal_url(comparison_id, row)) if me().has_role("member") else None


def _appeal_url(comparison_id: str, row: Mapping[str, Any]) -> str:
    return url_for(
        "pages.show_new_appeal",
        kind="comparison",
        comparison_id=comparison_id,
        field=row["field"],
        year=row["year"],
        unit_id=row["unit_id"],
    )
