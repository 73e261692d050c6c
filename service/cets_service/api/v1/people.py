"""``organisations/{id}/people`` and ``…/invitations``: who belongs to an organisation."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for

from cets_service import accounts
from cets_service.access import actor, guarded, me
from cets_service.api.v1.blueprint import (
    ID,
    Described,
    answer,
    api,
    described,
    known_parameters,
    moment,
    read_fields,
    record_schema,
)
from cets_service.api.v1.organisations import known_organisation
from cets_service.problems import Problem
from cets_service.services import current
from cets_service.store import Link, Person
from cets_service.store.people import ROLES

__all__ = ["known_invitation", "known_person", "link_address"]

_ROLE = {"type": "string", "enum": list(ROLES)}
_EMAIL = {"type": "string", "maxLength": 254}
_PERSON = record_schema(
    {
        "id": ID,
        "email": _EMAIL,
        "name": {"type": "string"},
        "role": _ROLE,
        "created_at": {"type": "string", "format": "date-time"},
        "disabled": {"type": "boolean"},
    }
)
_CHANGES = record_schema(
    {"role": _ROLE, "disabled": {"type": "boolean"}}, optional=("role", "disabled")
)
_INVITATION = record_schema(
    {
        "id": ID,
        "email": _EMAIL,
        "role": _ROLE,
        "expires_at": {"type": "string", "format": "date-time"},
        "link": {"type": "string", "description": "Shown once; whoever holds it may join"},
    },
    optional=("link",),
)
_NEW_INVITATION = record_schema({"email": _EMAIL, "role": _ROLE})


@api.get("/organisations/<id:organisation_id>/people")
@guarded("organisation:read")
@described(
    Described(
        "People of an organisation",
        "机构人员列表",
        {200: "The people"},
        (401, 403, 404),
        record_schema({"people": {"type": "array", "items": _PERSON}}),
    )
)
def list_people(organisation_id: str) -> Response:
    """List the people of an organisation."""
    known_parameters()
    organisation = known_organisation(organisation_id)
    people = current().store.people.list_of(organisation.id)
    return answer({"people": [_describe_person(person) for person in people]})


@api.patch("/organisations/<id:organisation_id>/people/<id:person_id>")
@guarded("organisation:write", role="admin")
@described(
    Described(
        "Give a person another role, or close or open the door",
        "变更人员角色，或停用、启用人员账户",
        {200: "The person"},
        (400, 401, 403, 404, 409, 415, 422),
        _PERSON,
        body={"application/json": _CHANGES},
    )
)
def change_person(organisation_id: str, person_id: str) -> Response:
    """Change a person."""
    known_parameters()
    person = known_person(organisation_id, person_id)
    given = read_fields(_CHANGES)
    accounts.change_person(current().store, person, actor=actor(), **given)
    return answer(_describe_person(known_person(organisation_id, person_id)))


@api.get("/organisations/<id:organisation_id>/invitations")
@guarded("organisation:read", role="admin")
@described(
    Described(
        "Invitations that can still be accepted",
        "尚可接受的邀请列表",
        {200: "The invitations"},
        (401, 403, 404),
        record_schema({"invitations": {"type": "array", "items": _INVITATION}}),
    )
)
def list_invitations(organisation_id: str) -> Response:
    """List the open invitations of an organisation."""
    known_parameters()
    organisation = known_organisation(organisation_id)
    open_ones = current().store.links.list_open(organisation.id)
    return answer({"invitations": [_describe_invitation(link) for link in open_ones]})


@api.post("/organisations/<id:organisation_id>/invitations")
@guarded("organisation:write", role="admin")
@described(
    Described(
        "Invite a person by a one-time link",
        "以一次性链接邀请人员",
        {201: "The invitation, with its link: this once"},
        (400, 401, 403, 404, 409, 415, 422),
        _INVITATION,
        body={"application/json": _NEW_INVITATION},
    )
)
def invite_person(organisation_id: str) -> Response:
    """Invite a person."""
    known_parameters()
    organisation = known_organisation(organisation_id)
    given = read_fields(_NEW_INVITATION)
    link, secret = accounts.invite(
        current().store,
        current().config,
        organisation,
        made_by=me().person,
        actor=actor(),
        **given,
    )
    return answer({**_describe_invitation(link), "link": link_address(secret)}, 201)


@api.delete("/organisations/<id:organisation_id>/invitations/<id:invitation_id>")
@guarded("organisation:write", role="admin")
@described(
    Described(
        "Withdraw an invitation", "撤回邀请", {204: "It is withdrawn"}, (401, 403, 404), media=()
    )
)
def withdraw_invitation(organisation_id: str, invitation_id: str) -> Response:
    """Withdraw an invitation."""
    known_parameters()
    invitation = known_invitation(organisation_id, invitation_id)
    accounts.withdraw(current().store, invitation, actor=actor())
    return Response(status=204)


def known_person(organisation_id: str, person_id: str) -> Person:
    """Give a person of an organisation that who asks may see."""
    organisation = known_organisation(organisation_id)
    person = current().store.people.get(person_id)
    if person is None or person.organisation_id != organisation.id:
        raise Problem("PERSON_UNKNOWN")
    return person


def known_invitation(organisation_id: str, invitation_id: str) -> Link:
    """Give an open invitation of an organisation that who asks may see."""
    organisation = known_organisation(organisation_id)
    for link in current().store.links.list_open(organisation.id):
        if link.id == invitation_id:
            return link
    raise Problem("INVITATION_UNKNOWN")


def link_address(secret: str) -> str:
    """Give the whole address of a one-time link, to be sent to a person."""
    base = current().config.public_url
    path = url_for("pages.show_link", secret=secret, language="zh", _external=not base)
    return f"{base}{path}"


def _describe_person(person: Person) -> dict[str, Any]:
    return {
        "id": person.id,
        "email": person.email,
        "name": person.name,
        "role": person.role,
        "created_at": moment(person.created_at),
        "disabled": person.disabled_at is not None,
    }


def _describe_invitation(link: Link) -> dict[str, Any]:
    return {
        "id": link.id,
        "email": link.email,
        "role": link.role,
        "expires_at": moment(link.expires_at),
    }
