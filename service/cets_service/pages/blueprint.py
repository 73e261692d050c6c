"""What all pages share: the language in the address, the catalogue, the error page."""

from __future__ import annotations

from typing import Any, cast

from flask import Blueprint, Response, g, make_response, render_template, request, url_for
from flask.blueprints import BlueprintSetupState

from cets_conformance import messages
from cets_conformance.messages import LANGUAGES, Language
from cets_conformance.report import html
from cets_service.language import preferred_language
from cets_service.problems import Problem
from cets_service.services import current

__all__ = ["error_page", "language", "page", "pages"]

LANGUAGE_IN_PATH = f"/<any({','.join(LANGUAGES)}):language>"
"""How an address begins."""

pages = Blueprint("pages", __name__)


@pages.record_once
def _prepare_templates(state: BlueprintSetupState) -> None:
    environment = state.app.jinja_env
    environment.globals.update(html.GLOBALS)
    environment.trim_blocks = True
    environment.lstrip_blocks = True


@pages.url_value_preprocessor
def _take_language(_: str | None, values: dict[str, Any] | None) -> None:
    if values and "language" in values:
        g.language = values.pop("language")


@pages.url_defaults
def _give_language(endpoint: str, values: dict[str, Any]) -> None:
    needs = request and endpoint.startswith("pages.") and endpoint not in _WITHOUT_LANGUAGE
    if needs and "language" not in values:
        values["language"] = language()


_WITHOUT_LANGUAGE = frozenset({"pages.choose_language", "pages.sample_table", "pages.stylesheet"})


def language() -> Language:
    """Give the language of this page: of its address, else the one the browser prefers."""
    chosen = g.get("language")
    return cast("Language", chosen) if chosen in LANGUAGES else preferred_language("zh")


def page(template: str, *, status: int = 200, **context: Any) -> Response:
    """Render a page."""
    shown = language()
    response = make_response(
        render_template(
            template,
            language=shown,
            t=lambda key, /, **values: messages.text(key, shown, **values),
            switch_url=_switch_url(shown),
            kept_minutes=-(-current().config.keep // 60),
            **context,
        ),
        status,
    )
    response.headers["Content-Language"] = shown
    return response


def error_page(problem: Problem) -> Response:
    """Render a problem for a person; the address may be any."""
    if "language" not in g:
        first = request.path.split("/")[1]
        g.language = first if first in LANGUAGES else preferred_language("zh")
    shown = problem.document(language(), request.path)
    return page("error.html", status=problem.status, problem=shown)


def _switch_url(shown: Language) -> str:
    """Give this page's address in the other language; the start page where it has none."""
    other = "en" if shown == "zh" else "zh"
    endpoint = request.endpoint or ""
    shows_again = request.method in ("GET", "HEAD") and endpoint.startswith("pages.")
    if not shows_again or endpoint in _WITHOUT_LANGUAGE:
        return url_for("pages.home", language=other)
    arguments = {**request.args.to_dict(), **(request.view_args or {})}
    return url_for(endpoint, **{**arguments, "language": other})
