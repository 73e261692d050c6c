"""What all pages share: the language in the address, the catalogue, forms, the error page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar, cast

from flask import (
    Blueprint,
    Response,
    g,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from cets_conformance import messages, refusals
from cets_conformance.messages import LANGUAGES, Language
from cets_conformance.report import comparison_html, html, run_html
from cets_service import access, cookies
from cets_service.api.v1.blueprint import moment, number_parameter
from cets_service.language import preferred_language
from cets_service.problems import Problem
from cets_service.services import current

__all__ = [
    "Paging",
    "error_page",
    "language",
    "lead_to_sign_in",
    "page",
    "pages",
    "read_form",
    "read_paging",
    "shown_again_by",
]

LANGUAGE_IN_PATH = f"/<any({','.join(LANGUAGES)}):language>"
"""How an address begins."""

pages = Blueprint("pages", __name__)

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])

TAKES_FILES = frozenset({"pages.compare", "pages.hand_in", "pages.upload", "pages.verify"})
"""Pages that read their form themselves, since files come with it, and check its token then."""

CHANGES_NOTHING = frozenset({"pages.calculate_operation"})
"""Pages whose form only asks: the answer is the same for everybody, and nothing is kept."""


@pages.record_once
def _prepare_templates(state: BlueprintSetupState) -> None:
    environment = state.app.jinja_env
    environment.globals.update(
        html.GLOBALS,
        comparison_body=comparison_html.body,
        run_report_body=run_html.body,
        dispute_table=comparison_html.dispute_table,
        refusal_says=refusals.says,
    )
    environment.filters["rfc3339"] = moment
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


@pages.before_request
def _check_form() -> None:
    """Let no form through that another site could have sent."""
    elsewhere = request.endpoint in TAKES_FILES | CHANGES_NOTHING
    if request.method in ("GET", "HEAD", "OPTIONS") or elsewhere:
        return
    if request.mimetype != "application/x-www-form-urlencoded":
        raise Problem("FORM_EXPIRED")
    cookies.check_form(request.form.get("form_token"))


def read_form(*names: str, lists: tuple[str, ...] = ()) -> dict[str, Any]:
    """Read the fields of a form as texts, empty where absent, and those of ``lists`` as lists."""
    for name in request.form:
        if name not in (*names, *lists, "form_token"):
            raise Problem("FIELD_UNKNOWN", found=name[:80], known=", ".join((*names, *lists)))
    found: dict[str, Any] = {name: request.form.get(name, "") for name in names}
    return found | {name: request.form.getlist(name) for name in lists}


@dataclass(frozen=True, slots=True)
class Paging:
    """The page of a list that is asked for."""

    page: int
    pages: int
    """How many there are."""
    offset: int
    limit: int


def read_paging(count: int, limit: int = 50) -> Paging:
    """Read which page of a list of ``count`` is asked for, ``limit`` on each."""
    pages_in_all = max(1, -(-count // limit))
    number = number_parameter("page", 1, pages_in_all)
    return Paging(number, pages_in_all, (number - 1) * limit, limit)


def shown_again_by(show: Callable[..., Response]) -> Callable[[View], View]:
    """Answer what a form cannot be taken for with its page, the problem on it, by ``show``."""

    def attach(view: View) -> View:
        @wraps(view)
        def wrapped(**arguments: Any) -> ResponseReturnValue:
            try:
                return view(**arguments)
            except Problem as problem:
                if problem.status not in (401, 409, 422, 429) and problem.code != "PASSWORD_WRONG":
                    raise
                response = show(**arguments, problem=problem)
                response.status_code = problem.status
                response.headers.extend(problem.headers)
                return response

        return cast("View", wrapped)

    return attach


def language() -> Language:
    """Give the language of this page: of its address, else the one the browser prefers."""
    chosen = g.get("language")
    return cast("Language", chosen) if chosen in LANGUAGES else preferred_language("zh")


def page(template: str, *, status: int = 200, **context: Any) -> Response:
    """Render a page. An unpaired surrogate, which JSON may bring, is shown as an escape."""
    shown = language()
    problem = context.get("problem")
    if isinstance(problem, Problem):
        context["problem"] = problem.document(shown, request.path)
    response = make_response(
        render_template(
            template,
            language=shown,
            t=lambda key, /, **values: messages.text(key, shown, **values),
            switch_url=_switch_url(shown),
            kept_minutes=-(-current().config.keep // 60),
            me=_me(),
            form_token=cookies.form_token,
            **context,
        ).encode("utf-8", "backslashreplace"),
        status,
    )
    response.headers["Content-Language"] = shown
    cookies.add_form_cookie(response)
    return response


def error_page(problem: Problem) -> Response:
    """Render a problem for a person; the address may be any."""
    if "language" not in g:
        first = request.path.split("/")[1]
        g.language = first if first in LANGUAGES else preferred_language("zh")
    shown = problem.document(language(), request.path)
    response = page("error.html", status=problem.status, problem=shown)
    response.headers.extend(problem.headers)
    return response


def lead_to_sign_in() -> Response:
    """Send who is not signed in to where one signs in, and back afterwards."""
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    return make_response(redirect(url_for("pages.show_sign_in", next=wanted), code=303))


def _me() -> access.Identity | None:
    """Give who asks; nobody where that cannot be told, since an error page says more than none."""
    return cast("access.Identity | None", g.get("identity"))


def _switch_url(shown: Language) -> str:
    """Give this page's address in the other language; the start page where it has none."""
    other = "en" if shown == "zh" else "zh"
    endpoint = request.endpoint or ""
    shows_again = request.method in ("GET", "HEAD") and endpoint.startswith("pages.")
    if not shows_again or endpoint in _WITHOUT_LANGUAGE:
        return url_for("pages.home", language=other)
    arguments = {**request.args.to_dict(), **(request.view_args or {})}
    return url_for(endpoint, **{**arguments, "language": other})
