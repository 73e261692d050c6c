"""``organisations``: vendors, provinces and the operator, as far as who asks may see them."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for

from cets_conformance.tables.provinces import PROVINCES
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
from cets_service.problems import Problem
from cets_service.services import current
from cets_service.store import Organisation
from cets_service.store.organisations import KINDS

__all__ = ["known_organisation"]

_ORGANISATION = record_schema(
    {
        "id": ID,
        "kind": {"enum": list(KINDS)},
        "name": {"type": "string"},
        "province": {"anyOf": [{"enum": list(PROVINCES)}, {"type": "null"}]},
        "keep_days": {"type": "integer", "minimum": 1},
        "created_at": {"type": "string", "format": "date-time"},
        "disabled": {"type": "boolean"},
    }
)
_NEW = record_schema(
    {
        "kind": {"type": "string", "enum": ["vendor", "province"]},
        "name": {"type": "string", "minLength": 1, "maxLength": 200},
        "province": {"type": "string", "enum": list(PROVINCES)},
    },
    optional=("province",),
)
_CHANGES = record_schema(
    {
        "keep_days": {"type": "integer", "minimum": 1, "maximum": accounts.LONGEST_KEEP_DAYS},
        "disabled": {"type": "boolean"},
    },
    optional=("keep_days", "disabled"),
)


@api.get("/organisations")
@guarded("organisation:read")
@described(
    Described(
        "The own organisation; for the operator all of them",
        "本机构；运营机构可见全部机构",
        {200: "The organisations"},
        (401, 403),
        record_schema({"organisations": {"type": "array", "items": _ORGANISATION}}),
    )
)
def list_organisations() -> Response:
    """List the organisations that who asks may see."""
    known_parameters()
    identity = me()
    seen = (
        current().store.organisations.list_all()
        if identity.is_operator
        else [identity.organisation]
    )
    return answer({"organisations": [describe_organisation(one) for one in seen]})


@api.post("/organisations")
@guarded("organisation:write", role="admin", kinds=("operator",))
@described(
    Described(
        "Add a vendor or a province",
        "新增软件厂商或省级主管部门",
        {201: "The organisation"},
        (400, 401, 403, 409, 415, 422),
        _ORGANISATION,
        body={"application/json": _NEW},
    )
)
def add_organisation() -> Response:
    """Add an organisation."""
    known_parameters()
    given = read_fields(_NEW)
    if given["kind"] == "operator":
        raise Problem("OPERATOR_STAYS")
    added = accounts.add_organisation(
        current().store,
        current().config,
        kind=given["kind"],
        name=given["name"],
        province=given.get("province"),
        actor=actor(),
    )
    place = url_for("api_v1.show_organisation", organisation_id=added.id)
    return answer(describe_organisation(added), 201, headers={"Location": place})


@api.get("/organisations/<id:organisation_id>")
@guarded("organisation:read")
@described(
    Described(
        "An organisation", "查询机构", {200: "The organisation"}, (401, 403, 404), _ORGANISATION
    )
)
def show_organisation(organisation_id: str) -> Response:
    """Show an organisation."""
    known_parameters()
    return answer(describe_organisation(known_organisation(organisation_id)))


@api.patch("/organisations/<id:organisation_id>")
@guarded("organisation:write", role="admin", kinds=("operator",))
@described(
    Described(
        "Set how long an organisation's checks are kept, or close or open its door",
        "设置机构检验记录的保存期限，或停用、启用机构",
        {200: "The organisation"},
        (400, 401, 403, 404, 409, 415, 422),
        _ORGANISATION,
        body={"application/json": _CHANGES},
    )
)
def change_organisation(organisation_id: str) -> Response:
    """Change an organisation."""
    known_parameters()
    organisation = known_organisation(organisation_id)
    given = read_fields(_CHANGES)
    accounts.change_organisation(current().store, organisation, actor=actor(), **given)
    return answer(describe_organisation(known_organisation(organisation_id)))


def known_organisation(organisation_id: str) -> Organisation:
    """Give an organisation that who asks may see: the own one, any for the operator."""
    identity = me()
    found = current().store.organisations.get(organisation_id)
    if found is None or not (identity.is_operator or identity.owns(found.id)):
        raise Problem("ORGANISATION_UNKNOWN")
    return found


def describe_organisation(organisation: Organisation) -> dict[str, Any]:
    """Give an organisation as JSON."""
    return {
        "id": organisation.id,
        "kind": organisation.kind,
        "name": organisation.name,
        "province": organisation.province,
        "keep_days": organisation.keep_days,
        "created_at": moment(organisation.created_at),
        "disabled": organisation.disabled_at is not None,
    }
