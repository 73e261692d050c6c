"""``systems``: what a vendor puts to the test: name, version, digest of what is delivered."""

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
from cets_service.problems import Problem
from cets_service.services import current
from cets_service.store import System

__all__ = ["known_system"]

_DIGEST = {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"}
_NAME = {"type": "string", "minLength": 1, "maxLength": 200}
_VERSION = {"type": "string", "minLength": 1, "maxLength": 100}
_SYSTEM = record_schema(
    {
        "id": ID,
        "name": _NAME,
        "version": _VERSION,
        "artefact": _DIGEST,
        "created_at": {"type": "string", "format": "date-time"},
    }
)
_NEW = record_schema({"name": _NAME, "version": _VERSION, "artefact": _DIGEST})


@api.get("/systems")
@guarded("systems:read", kinds=("vendor",))
@described(
    Described(
        "Systems of the own organisation",
        "本机构的被测系统",
        {200: "The systems"},
        (401, 403),
        record_schema({"systems": {"type": "array", "items": _SYSTEM}}),
    )
)
def list_systems() -> Response:
    """List the vendor's systems."""
    known_parameters()
    systems = current().store.systems.list_of(me().organisation.id)
    return answer({"systems": [_describe(system) for system in systems]})


@api.post("/systems")
@guarded("systems:write", role="member", kinds=("vendor",))
@described(
    Described(
        "Add a system: one version of it",
        "登记被测系统的一个版本",
        {201: "The system"},
        (400, 401, 403, 409, 415, 422),
        _SYSTEM,
        body={"application/json": _NEW},
    )
)
def add_system() -> Response:
    """Add a system."""
    known_parameters()
    system = accounts.add_system(current().store, me().person, actor=actor(), **read_fields(_NEW))
    place = url_for("api_v1.show_system", system_id=system.id)
    return answer(_describe(system), 201, headers={"Location": place})


@api.get("/systems/<id:system_id>")
@guarded("systems:read", kinds=("vendor",))
@described(Described("A system", "查询被测系统", {200: "The system"}, (401, 403, 404), _SYSTEM))
def show_system(system_id: str) -> Response:
    """Show a system."""
    known_parameters()
    return answer(_describe(known_system(system_id)))


@api.delete("/systems/<id:system_id>")
@guarded("systems:write", role="member", kinds=("vendor",))
@described(
    Described(
        "Delete a system that has sat no exam",
        "删除未参加过考试的被测系统",
        {204: "It is gone"},
        (401, 403, 404, 409),
        media=(),
    )
)
def delete_system(system_id: str) -> Response:
    """Delete a system."""
    known_parameters()
    accounts.delete_system(current().store, known_system(system_id), actor=actor())
    return Response(status=204)


def known_system(system_id: str) -> System:
    """Give a system of the own organisation."""
    system = current().store.systems.get(system_id)
    if system is None or not me().owns(system.organisation_id):
        raise Problem("SYSTEM_UNKNOWN")
    return system


def _describe(system: System) -> dict[str, Any]:
    return {
        "id": system.id,
        "name": system.name,
        "version": system.version,
        "artefact": system.artefact,
        "created_at": moment(system.created_at),
    }
