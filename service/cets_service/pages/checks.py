"""A check as people see it: upload, progress, verdict, rows of a finding, one row explained."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from cets_conformance.tables import Options
from cets_service.access import check_actor, check_owner, guarded, me, public, who
from cets_service.api.v1.blueprint import done_check, known_check, read_report
from cets_service.api.v1.checks import CHARTS, FORMATS, describe_check
from cets_service.api.v1.rows import explain_row
from cets_service.checking import Owner, Received
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
    offer_headers,
    offer_unread,
    read_choices,
)
from cets_service.problems import Problem
from cets_service.receive import receive_form
from cets_service.sample import SAMPLE_NAME, sample_file
from cets_service.services import current
from cets_service.store import Check

__all__ = ["show_check", "show_finding", "show_row"]

ROWS_PER_PAGE = 100
"""Rows of a finding on one page."""

QUICK = 1.5
"""How long an upload waits for its check, seconds: a small table shows no progress bar."""


@pages.post(f"{LANGUAGE_IN_PATH}/checks")
@public(role="member")
def upload() -> AnyResponse:
    """Take a table and lead to its check."""
    if request.mimetype != "multipart/form-data":
        raise Problem("CONTENT_TYPE", found=request.mimetype[:80], known="multipart/form-data")
    return _begin(receive_form(with_token=True), check_owner())


@pages.post(f"{LANGUAGE_IN_PATH}/checks/sample")
@public()
def check_sample() -> AnyResponse:
    """Check the sample table, as nobody's: it holds every province, and no real unit."""
    source = sample_file(current().config)
    with source.open("rb") as file:
        incoming = current().uploads.take_copy(file)
    received = Received(SAMPLE_NAME, "file", Options(national=True), incoming)
    return _begin(received, Owner(current().config.keep))


@pages.get(f"{LANGUAGE_IN_PATH}/checks")
@guarded()
def list_checks() -> Response:
    """Show the checks of the own organisation, newest first."""
    store, own = current().store, me().organisation.id
    count = store.checks.count_of(own)
    paging = read_paging(count)
    listed = store.checks.list_of(own, offset=paging.offset, limit=paging.limit)
    return page(
        "checks.html",
        checks=[describe_check(check, whole=False) for check in listed],
        count=count,
        paging=paging,
    )


@pages.post(f"{LANGUAGE_IN_PATH}/checks/<check:check_id>/cancel")
@public(role="member")
def cancel_check(check_id: str) -> AnyResponse:
    """Stop a check; where it has just ended, its page says so."""
    current().checking.cancel(known_check(check_id), check_actor())
    return redirect(url_for("pages.show_check", check_id=check_id), code=303)


@pages.post(f"{LANGUAGE_IN_PATH}/checks/<check:check_id>/retry")
@public(role="member")
def retry_check(check_id: str) -> AnyResponse:
    """Try a check again."""
    check = known_check(check_id)
    if check.retryable:
        province = me().organisation.province if check.organisation_id else None
        current().retry_check(check, province, QUICK, check_actor())
    return redirect(url_for("pages.show_check", check_id=check_id), code=303)


@pages.post(f"{LANGUAGE_IN_PATH}/checks/<check:check_id>/delete")
@public(role="member")
def delete_check(check_id: str) -> AnyResponse:
    """Delete a check with everything uploaded for it."""
    current().checking.delete(known_check(check_id), check_actor())
    return redirect(url_for("pages.list_checks" if who() else "pages.home"), code=303)


def _errors(check: Check) -> list[dict[str, Any]]:
    """Give what is wrong with the file, as it is stored."""
    found: list[dict[str, Any]] = (check.problem or {}).get("errors", [])
    return found


def _offer(check: Check) -> Offer:
    """Offer the headers of which a person can say what they stand for."""
    if check.state == "done":
        return offer_unread(read_report(check) or {}, check.options["headers"])
    return offer_headers(_errors(check), check.options["headers"])


def _may_change() -> bool:
    """Tell whether who asks may stop, retry or delete a check they see."""
    identity = who()
    return identity is None or identity.has_role("member")


@pages.get(f"{LANGUAGE_IN_PATH}/checks/<check:check_id>")
@public()
def show_check(check_id: str, problem: Problem | None = None) -> Response:
    """Show how a check stands: its progress, its problems, or its report."""
    check = known_check(check_id)
    described = describe_check(check)
    return page(
        "check.html",
        check=described,
        failure=described.get("problem") or {},
        problem=problem,
        problems=_errors(check),
        offer=_offer(check) if _may_change() else None,
        columns=choose_columns(),
        report=described.get("report"),
        chart_urls=_chart_urls(check_id),
        downloads=[
            {"format": suffix, "url": _report_url(check_id, suffix)}
            for suffix in FORMATS
            if suffix != "xlsx" or check.form == "file"
        ],
        explain_url=lambda row: _row_url(check_id, row),
        finding_url=lambda name: url_for("pages.show_finding", check_id=check_id, name=name),
        clause_url=_clause_url,
        home_url=url_for("pages.home"),
        changes=_may_change(),
        retryable=check.retryable,
    )


@pages.post(f"{LANGUAGE_IN_PATH}/checks/<check:check_id>/headers")
@public(role="member")
@shown_again_by(show_check)
def map_headers(check_id: str) -> AnyResponse:
    """Check the stored table again, its headers standing for the columns that were chosen."""
    check = known_check(check_id)
    offer = _offer(check)
    if offer.headers:
        (headers,) = read_choices(offer)
        province = me().organisation.province if check.organisation_id else None
        current().retry_check(check, province, QUICK, check_actor(), headers)
    return redirect(url_for("pages.show_check", check_id=check_id), code=303)


@pages.get(f"{LANGUAGE_IN_PATH}/checks/<check:check_id>/findings/<name>")
@public()
def show_finding(check_id: str, name: str) -> Response:
    """Show all rows of a finding, page by page."""
    check, report = done_check(check_id)
    finding = next((item for item in report["findings"] if item["check"] == name), None)
    if finding is None:
        raise Problem("FINDING_UNKNOWN", found=name[:40])
    paging = read_paging(finding["count"], ROWS_PER_PAGE)
    finding["rows"] = current().store.verdicts.get_findings(
        check.key, name, offset=paging.offset, limit=paging.limit
    )
    return page(
        "finding.html",
        check=describe_check(check),
        report=report,
        finding=finding,
        paging=paging,
        explain_url=lambda row: _row_url(check_id, row),
        appeal_url=(lambda row: _appeal_url(check, name, row)) if _may_appeal(check) else None,
        clause_url=_clause_url,
        check_url=url_for("pages.show_check", check_id=check_id),
    )


@pages.get(f"{LANGUAGE_IN_PATH}/checks/<check:check_id>/rows/<row:row>")
@public()
def show_row(check_id: str, row: int) -> Response:
    """Show how a row's figures come about."""
    explained = explain_row(check_id, row)
    subject = explained["subject"]
    return page(
        "row.html",
        check=describe_check(known_check(check_id)),
        row=row,
        findings=explained["findings"],
        subject=subject,
        unit=subject["input"].get("unit", {}) if subject else {},
        explanation=explained["explanation"],
        error=explained["error"],
        clause_url=_clause_url,
        check_url=url_for("pages.show_check", check_id=check_id),
    )


def _begin(received: Received, owner: Owner) -> AnyResponse:
    check = current().begin_check(received, owner, QUICK)
    if check is None:
        raise Problem("CHECK_UNKNOWN")
    return redirect(url_for("pages.show_check", check_id=check.id), code=303)


def _row_url(check_id: str, row: Any) -> str | None:
    """Give the address of a row's explanation, from its number or a finding's row."""
    number = row.get("row") if isinstance(row, Mapping) else row
    if number is None:
        return None
    return url_for("pages.show_row", check_id=check_id, row=number)


def _may_appeal(check: Check) -> bool:
    """Tell whether who asks may appeal against what a check found."""
    identity = who()
    return (
        check.organisation_id is not None and identity is not None and identity.has_role("member")
    )


def _appeal_url(check: Check, name: str, row: Mapping[str, Any]) -> str | None:
    """Give where one appeals against a finding row; None where it is about no unit."""
    if row.get("unit_id") is None or row.get("year") is None:
        return None
    return url_for(
        "pages.show_new_appeal",
        kind="finding",
        check_id=check.id,
        check=name,
        year=row["year"],
        unit_id=row["unit_id"],
    )


def _clause_url(clause: str) -> str:
    return url_for("pages.show_rule", clause=clause)


def _chart_urls(check_id: str) -> dict[str, str]:
    return {
        chart: url_for("api_v1.draw_chart", check_id=check_id, chart=chart, lang=language())
        for chart in CHARTS
    }


def _report_url(check_id: str, suffix: str) -> str:
    return url_for("api_v1.download_report", check_id=check_id, suffix=suffix, lang=language())
