"""Signing in and out, one-time links, and the own account."""

from __future__ import annotations

import re

from flask import Response, make_response, redirect, request, url_for

from cets_service import accounts, cookies
from cets_service.access import actor, guarded, me, public
from cets_service.pages.blueprint import (
    LANGUAGE_IN_PATH,
    page,
    pages,
    read_form,
    shown_again_by,
)
from cets_service.problems import Problem
from cets_service.services import current
from cets_service.store import Link

__all__ = ["show_account", "show_link", "show_sign_in"]

_OWN_PATH = re.compile(r"/(?:zh|en)(?:/[A-Za-z0-9_./-]*)?(?:\?[A-Za-z0-9_=&.%/+-]*)?")
"""Where signing in may lead: pages of this service, nowhere else."""


@pages.get(f"{LANGUAGE_IN_PATH}/sign-in")
@public()
def show_sign_in(problem: Problem | None = None) -> Response:
    """Ask for address and password."""
    return page("sign_in.html", problem=problem, email=request.form.get("email", ""))


@pages.post(f"{LANGUAGE_IN_PATH}/sign-in")
@public()
@shown_again_by(show_sign_in)
def sign_in() -> Response:
    """Begin a session; a new one each time, so that nobody can have prepared it."""
    given = read_form("email", "password")
    browser = cookies.browser_secret()
    secret = accounts.sign_in(
        current().store,
        current().config,
        address=request.remote_addr or "-",
        browser=browser,
        **given,
    )
    wanted = request.args.get("next", "")
    target = wanted if _OWN_PATH.fullmatch(wanted) else url_for("pages.list_checks")
    response = make_response(redirect(target, code=303))
    cookies.set_session(response, secret)
    cookies.know_browser(response, browser)
    return response


@pages.post(f"{LANGUAGE_IN_PATH}/sign-out")
@guarded()
def sign_out() -> Response:
    """End the session."""
    session = me().session
    if session is not None:
        accounts.sign_out(current().store, session, actor=actor())
    response = make_response(redirect(url_for("pages.home"), code=303))
    cookies.clear_session(response)
    return response


@pages.get(f"{LANGUAGE_IN_PATH}/links/<secret>")
@public()
def show_link(secret: str, problem: Problem | None = None) -> Response:
    """Show what a one-time link is for."""
    link = _known_link(secret)
    organisation = current().store.organisations.get(link.organisation_id)
    return page(
        "link.html",
        link=link,
        organisation=organisation,
        problem=problem,
        name=request.form.get("name", ""),
    )


@pages.post(f"{LANGUAGE_IN_PATH}/links/<secret>")
@public()
@shown_again_by(show_link)
def use_link(secret: str) -> Response:
    """Join, or set a new password; either way one is signed in then."""
    given = read_form("name", "password")
    session = accounts.accept(current().store, current().config, _known_link(secret), **given)
    response = make_response(redirect(url_for("pages.list_checks"), code=303))
    cookies.set_session(response, session)
    return response


@pages.get(f"{LANGUAGE_IN_PATH}/account")
@guarded()
def show_account(problem: Problem | None = None) -> Response:
    """Show the own account."""
    return page("account.html", problem=problem, done=request.args.get("done") == "1")


@pages.post(f"{LANGUAGE_IN_PATH}/account")
@guarded()
@shown_again_by(show_account)
def change_password() -> Response:
    """Set another password; other browsers are signed out."""
    given = read_form("old", "new")
    secret = accounts.change_password(current().store, current().config, me().person, **given)
    response = make_response(redirect(url_for("pages.show_account", done=1), code=303))
    cookies.set_session(response, secret)
    return response


def _known_link(secret: str) -> Link:
    link = current().store.links.find(secret)
    if link is None:
        raise Problem("LINK_OVER")
    return link
