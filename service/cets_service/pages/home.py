"""The start page, the sample table, the style sheet."""

from __future__ import annotations

from flask import Response, redirect, send_file, url_for
from werkzeug.wrappers import Response as AnyResponse

from cets_conformance.report import html
from cets_service.access import public
from cets_service.language import preferred_language
from cets_service.pages.blueprint import LANGUAGE_IN_PATH, page, pages
from cets_service.sample import SAMPLE_NAME, sample_file
from cets_service.services import current

__all__ = ["choose_language", "home"]

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pages.get("/")
@public()
def choose_language() -> AnyResponse:
    """Send a reader to the start page in their language."""
    response = redirect(url_for("pages.home", language=preferred_language("zh")))
    response.headers["Vary"] = "Accept-Language"
    return response


@pages.get(f"{LANGUAGE_IN_PATH}/")
@public()
def home() -> Response:
    """Show what this is, and take a table."""
    return page(
        "index.html",
        action_url=url_for("pages.upload"),
        sample_url=url_for("pages.check_sample"),
        sample_file_url=url_for("pages.sample_table"),
        rules_url=url_for("pages.list_rules"),
        max_bytes=current().config.max_upload,
        keep_seconds=current().config.keep,
    )


@pages.get(f"/sample/{SAMPLE_NAME}")
@public()
def sample_table() -> Response:
    """Give the sample table."""
    return send_file(
        sample_file(current().config),
        mimetype=_XLSX,
        as_attachment=True,
        download_name=SAMPLE_NAME,
        max_age=3600,
    )


@pages.get("/static/cets.css")
@public()
def stylesheet() -> Response:
    """Give the style sheet that pages and reports share."""
    response = Response(html.stylesheet(), content_type="text/css; charset=utf-8")
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response
