"""The report as one self-contained HTML file, and as the body of the service's page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from cets_conformance.messages import Language
from cets_conformance.report import charts, views
from cets_conformance.report.words import Words

__all__ = ["GLOBALS", "Link", "body", "finding_table", "page_environment", "render", "stylesheet"]

Link = Callable[[Any], str | None]
"""From a row of a finding, a check id or a clause id to an address, or None for no link."""


ROWS_ON_PAGE = 5
"""Rows of a finding on the service's page; all of them are one click away."""


@cache
def stylesheet() -> str:
    """Give the one style sheet that report and pages share."""
    return files("cets_conformance.report").joinpath("static/cets.css").read_text("utf-8")


@cache
def page_environment() -> Environment:
    """Give the templates' environment: autoescaping, nothing undefined passes."""
    environment = Environment(
        loader=PackageLoader("cets_conformance.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["style"] = stylesheet
    return environment


def render(report: Mapping[str, Any], language: Language, *, row_links: Link | None = None) -> str:
    """Give the whole report as one HTML file: style inlined, no script, no external address.

    ``row_links`` gives the address of a row's derivation, where there is one.
    """
    pictures = {
        "surplus": Markup(charts.surplus_histogram(dict(report), language)),  # noqa: S704
        "provinces": Markup(charts.province_bars(dict(report), language)),  # noqa: S704
    }
    context = _context(report, language) | {"pictures": pictures, "explain_url": row_links}
    return page_environment().get_template("report.html").render(context)


def body(
    report: Mapping[str, Any],
    language: Language,
    *,
    chart_urls: Mapping[str, str] | None = None,
    explain_url: Link | None = None,
    finding_url: Link | None = None,
    clause_prefix: str | None = None,
    after_verdict: Markup | None = None,
) -> Markup:
    """Give the report's body for a page: the same template, with the page's addresses.

    Clauses are linked at ``clause_prefix`` followed by their id, else to the list at the end.
    ``after_verdict`` is a piece of the page (the downloads) that follows the verdict. A page shows
    the worst :data:`ROWS_ON_PAGE` rows a finding and leads to the rest.
    """
    findings = [
        {**finding, "rows": finding["rows"][:ROWS_ON_PAGE]} for finding in report["findings"]
    ]
    context = _context({**report, "findings": findings}, language) | {
        "chart_urls": chart_urls,
        "explain_url": explain_url,
        "finding_url": finding_url,
        "clause_prefix": clause_prefix,
        "after_verdict": after_verdict,
    }
    return Markup(page_environment().get_template("report_body.html").render(context))  # noqa: S704


def finding_table(
    finding: Mapping[str, Any],
    language: Language,
    *,
    explain_url: Link | None = None,
    appeal_url: Link | None = None,
) -> Markup:
    """Give the table of a finding's rows, as in the body."""
    words = Words(language)
    macros = page_environment().get_template("finding_rows.html").make_module({"w": words})
    table = macros.finding_rows(views.finding(finding, words), explain_url, appeal_url)  # type: ignore[attr-defined]
    return Markup(table)  # noqa: S704


def _context(report: Mapping[str, Any], language: Language) -> dict[str, Any]:
    words = Words(language)
    return {
        "w": words,
        "language": language,
        "report": report,
        "view": views.view(report, words),
        "pictures": None,
        "chart_urls": None,
        "explain_url": None,
        "finding_url": None,
        "clause_prefix": None,
        "after_verdict": None,
    }


GLOBALS: Mapping[str, Any] = {
    "words": Words,
    "report_body": body,
    "finding_table": finding_table,
}
"""What the service's templates need of this module: put into its environment's globals."""
