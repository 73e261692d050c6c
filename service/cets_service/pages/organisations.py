"""An organisation as its people see it, and all of them as the operator does."""

from __future__ import annotations

from typing import Any

from flask import Response, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from cets_conformance.tables.provinces import PROVINCES
from cets_service import accounts
from cets_service.access import actor, guarded, me
from cets_service.api.v1.organisations import known_organisation
from cets_service.api.v1.people import known_invitation, known_person, link_address
from cets_service.api.v1.systems import known_system
from cets_service.api.v1.tokens import known_token, seen_tokens
from cets_service.pages.blueprint import (
    LANGUAGE_IN_PATH,
    page,
    pages,
    read_form,
    shown_again_by,
)
from cets_service.problems import Problem, of_field
from cets_service.services import current
from cets_service.store.people import ROLES
from cets_service.store.tokens import SCOPES

__all__ = ["list_organisations", "show_organisation"]

_ONE = f"{LANGUAGE_IN_PATH}/organisations/<id:organisation_id>"


@pages.get(f"{LANGUAGE_IN_PATH}/organisations")
@guarded(role="admin", kinds=("operator",))
def list_organisations(problem: Problem | None = None) -> Response:
    """Show all organisations."""
    return page(
        "organisations.html",
        organisations=current().store.organisations.list_all(),
        provinces=PROVINCES,
        problem=problem,
    )


@pages.post(f"{LANGUAGE_IN_PATH}/organisations")
@guarded(role="admin", kinds=("operator",))
@shown_again_by(list_organisations)
def add_organisation() -> AnyResponse:
    """Add an organisation and lead to it, where its first person is invited."""
    given = read_form("kind", "name", "province")
    if given["kind"] == "operator":
        raise Problem("OPERATOR_STAYS")
    added = accounts.add_organisation(current().store, current().config, actor=actor(), **given)
    return redirect(url_for("pages.show_organisation", organisation_id=added.id), code=303)


@pages.get(_ONE)
@guarded()
def show_organisation(
    organisation_id: str, problem: Problem | None = None, **fresh: Any
) -> Response:
    """Show an organisation: its people, invitations, tokens, systems."""
    organisation, identity, store = known_organisation(organisation_id), me(), current().store
    own = identity.owns(organisation.id)
    return page(
        "organisation.html",
        organisation=organisation,
        province=PROVINCES.get(organisation.province or ""),
        own=own,
        administers=identity.has_role("admin"),
        people=store.people.list_of(organisation.id),
        invitations=store.links.list_open(organisation.id),
        tokens=seen_tokens() if own else [],
        systems=store.systems.list_of(organisation.id) if own else [],
        registers=own and organisation.kind == "vendor" and identity.has_role("member"),
        roles=ROLES,
        scopes=SCOPES,
        now=store.now(),
        problem=problem,
        fresh=fresh,
    )


@pages.post(f"{_ONE}/settings")
@guarded(role="admin", kinds=("operator",))
@shown_again_by(show_organisation)
def change_organisation(organisation_id: str) -> AnyResponse:
    """Set how long its checks are kept; close or open its door."""
    given = read_form("keep_days", "disabled")
    accounts.change_organisation(
        current().store,
        known_organisation(organisation_id),
        actor=actor(),
        keep_days=_read_number("keep_days", given["keep_days"]) if given["keep_days"] else None,
        disabled=_read_flag(given["disabled"]),
    )
    return _back(organisation_id)


@pages.post(f"{_ONE}/invitations")
@guarded(role="admin")
@shown_again_by(show_organisation)
def invite(organisation_id: str) -> Response:
    """Invite a person; the link is shown this once."""
    organisation = known_organisation(organisation_id)
    given = read_form("email", "role")
    link, secret = accounts.invite(
        current().store,
        current().config,
        organisation,
        made_by=me().person,
        actor=actor(),
        **given,
    )
    return show_organisation(organisation_id, link=link, address=link_address(secret))


@pages.post(f"{_ONE}/invitations/<id:invitation_id>/withdraw")
@guarded(role="admin")
def withdraw(organisation_id: str, invitation_id: str) -> AnyResponse:
    """Withdraw an invitation."""
    invitation = known_invitation(organisation_id, invitation_id)
    accounts.withdraw(current().store, invitation, actor=actor())
    return _back(organisation_id)


@pages.post(f"{_ONE}/people/<id:person_id>")
@guarded(role="admin")
@shown_again_by(lambda organisation_id, problem, **_: show_organisation(organisation_id, problem))
def change_person(organisation_id: str, person_id: str) -> AnyResponse:
    """Give a person another role, or close or open the door."""
    given = read_form("role", "disabled")
    person = known_person(organisation_id, person_id)
    accounts.change_person(
        current().store,
        person,
        actor=actor(),
        role=given["role"] or None,
        disabled=_read_flag(given["disabled"]),
    )
    return _back(organisation_id)


@pages.post(f"{_ONE}/people/<id:person_id>/reset-link")
@guarded(role="admin")
def make_reset_link(organisation_id: str, person_id: str) -> Response:
    """Make the link by which a person sets a new password; it is shown this once."""
    person = known_person(organisation_id, person_id)
    link, secret = accounts.make_reset_link(
        current().store, current().config, person, actor=actor(), made_by=me().person
    )
    return show_organisation(organisation_id, link=link, address=link_address(secret))


@pages.post(f"{LANGUAGE_IN_PATH}/tokens")
@guarded()
@shown_again_by(lambda problem: show_organisation(me().organisation.id, problem))
def make_token() -> Response:
    """Make a token; it is shown this once."""
    given = read_form("name", "days", lists=("scopes",))
    token, secret = accounts.make_token(
        current().store,
        me().person,
        name=given["name"],
        scopes=given["scopes"],
        days=_read_number("days", given["days"]),
    )
    return show_organisation(me().organisation.id, token=token, secret=secret)


@pages.post(f"{LANGUAGE_IN_PATH}/tokens/<id:token_id>/revoke")
@guarded()
def revoke_token(token_id: str) -> AnyResponse:
    """End a token."""
    accounts.revoke_token(current().store, known_token(token_id), actor=actor())
    return _back(me().organisation.id)


@pages.post(f"{LANGUAGE_IN_PATH}/systems")
@guarded(role="member", kinds=("vendor",))
@shown_again_by(lambda problem: show_organisation(me().organisation.id, problem))
def add_system() -> AnyResponse:
    """Add a system."""
    given = read_form("name", "version", "artefact")
    accounts.add_system(current().store, me().person, actor=actor(), **given)
    return _back(me().organisation.id)


@pages.post(f"{LANGUAGE_IN_PATH}/systems/<id:system_id>/delete")
@guarded(role="member", kinds=("vendor",))
def delete_system(system_id: str) -> AnyResponse:
    """Delete a system."""
    accounts.delete_system(current().store, known_system(system_id), actor=actor())
    return _back(me().organisation.id)


def _back(organisation_id: str) -> AnyResponse:
    return redirect(url_for("pages.show_organisation", organisation_id=organisation_id), code=303)


def _read_number(name: str, given: str) -> int:
    text = given.strip()
    if not (text.isascii() and text.isdigit()) or len(text) > 6:
        raise of_field(name, given, "days", most=accounts.LONGEST_KEEP_DAYS)
    return int(text)


def _read_flag(given: str) -> bool | None:
    return {"yes": True, "no": False}.get(given)
