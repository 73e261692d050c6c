"""``appeals``: against a vector, a finding or a disputed figure; their history is public."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Response, request, url_for

from cets_conformance.appeals import LONGEST_TEXT, RULINGS
from cets_service import appealing
from cets_service.access import guarded, me, public, who
from cets_service.api.v1.blueprint import (
    PAGE_PARAMETERS,
    Described,
    Parameter,
    answer,
    answer_page,
    api,
    described,
    known_parameters,
    page_schema,
    read_fields,
    record_schema,
)
from cets_service.problems import Problem
from cets_service.services import current
from cets_service.store import KeptAppeal

__all__ = ["STATES", "asked_state", "known_appeal", "may_see_evidence"]

STATES = ("open", *RULINGS)
"""States of an appeal."""

_APPEAL = {"$ref": "urn:cets:schema:v1:appeal"}
_TEXT = {"type": "string", "minLength": 1, "maxLength": LONGEST_TEXT}
_NEW = record_schema({"subject": {"type": "object"}, "text": _TEXT})
_COMMENT = record_schema({"text": _TEXT})
_RULING = record_schema({"ruling": {"type": "string", "enum": list(RULINGS)}, "text": _TEXT})


@api.get("/appeals")
@public("appeals:read")
@described(
    Described(
        "All appeals with their history, newest first; who acted is shown as organisation and kind",
        "全部申诉及其处理过程，新者在前；经办方显示为机构名称及类别",
        {200: "One page of appeals"},
        (400,),
        page_schema("appeals", _APPEAL),
        parameters=(
            *PAGE_PARAMETERS,
            Parameter("state", "Only appeals in this state", {"enum": list(STATES)}),
        ),
    )
)
def list_appeals() -> Response:
    """List the appeals."""
    known_parameters("page", "per_page", "state")
    state, appeals = asked_state(), current().store.appeals
    return answer_page("appeals", appeals.count(state), partial(appeals.list_all, state), _describe)


@api.post("/appeals")
@guarded("appeals:write", role="member")
@described(
    Described(
        "File an appeal on a vector, or on a finding or disputed figure of the own organisation",
        "就标准用例，或本机构的检验问题、比对分歧提出申诉",
        {201: "The appeal"},
        (400, 401, 403, 404, 415, 422),
        _APPEAL,
        body={"application/json": _NEW},
    )
)
def create_appeal() -> Response:
    """File an appeal."""
    known_parameters()
    given = read_fields(_NEW)
    kept = appealing.file_appeal(current().store, me(), given["subject"], given["text"])
    place = url_for("api_v1.show_appeal", appeal_id=kept.id)
    return answer(_describe(kept), 201, headers={"Location": place})


@api.get("/appeals/<id:appeal_id>")
@public("appeals:read")
@described(
    Described(
        "An appeal with its history", "查询申诉及其处理过程", {200: "The appeal"}, (404,), _APPEAL
    )
)
def show_appeal(appeal_id: str) -> Response:
    """Show an appeal."""
    known_parameters()
    return answer(_describe(known_appeal(appeal_id)))


@api.get("/appeals/<id:appeal_id>/evidence")
@guarded("appeals:read")
@described(
    Described(
        "The figures an appeal is about, as they stood when it was filed: for the organisation "
        "that filed it and for the operator",
        "申诉所涉数值（提出时的状态），仅限提出机构和运营机构查看",
        {200: "The figures"},
        (401, 403, 404),
        {"type": "object"},
    )
)
def show_evidence(appeal_id: str) -> Response:
    """Show what an appeal is about to those who may see it."""
    known_parameters()
    kept = known_appeal(appeal_id)
    if not may_see_evidence(kept):
        raise Problem("APPEAL_UNKNOWN")
    return answer(kept.evidence)


@api.post("/appeals/<id:appeal_id>/comments")
@guarded("appeals:write", role="member")
@described(
    Described(
        "Add to an open appeal: by the organisation that filed it, or the operator",
        "对未裁定的申诉补充说明（提出机构或运营机构）",
        {201: "The appeal"},
        (400, 401, 403, 404, 409, 415, 422),
        _APPEAL,
        body={"application/json": _COMMENT},
    )
)
def comment_on_appeal(appeal_id: str) -> Response:
    """Add a comment."""
    known_parameters()
    given = read_fields(_COMMENT)
    kept = appealing.comment(current().store, me(), appeal_id, given["text"])
    return answer(_describe(kept), 201)


@api.post("/appeals/<id:appeal_id>/ruling")
@guarded("appeals:write", role="member", kinds=("operator",))
@described(
    Described(
        "Rule on an open appeal, once; nobody rules on an appeal of their own",
        "对申诉作出裁定（一次为限）；本人提出的申诉须由他人裁定",
        {201: "The appeal"},
        (400, 401, 403, 404, 409, 415, 422),
        _APPEAL,
        body={"application/json": _RULING},
    )
)
def rule_on_appeal(appeal_id: str) -> Response:
    """Rule on an appeal."""
    known_parameters()
    given = read_fields(_RULING)
    kept = appealing.rule_on(current().store, me(), appeal_id, given["ruling"], given["text"])
    return answer(_describe(kept), 201)


def known_appeal(appeal_id: str) -> KeptAppeal:
    """Give an appeal; all are public."""
    kept = current().store.appeals.get(appeal_id)
    if kept is None:
        raise Problem("APPEAL_UNKNOWN")
    return kept


def may_see_evidence(kept: KeptAppeal) -> bool:
    """Tell whether who asks may see the figures behind an appeal."""
    identity = who()
    if identity is None:
        return False
    return identity.is_operator or identity.owns(kept.organisation_id)


def asked_state() -> str | None:
    """Read which state is asked for; None: any."""
    state: Any = request.args.get("state")
    if state is not None and state not in STATES:
        known = ", ".join(STATES)
        raise Problem("PARAMETER_INVALID", name="state", found=state[:40], expected=known)
    return None if state is None else str(state)


def _describe(kept: KeptAppeal) -> dict[str, Any]:
    return kept.public().as_json()
