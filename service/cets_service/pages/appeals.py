"""Appeals as people see them: the form, the public list, one with its history."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from cets_conformance import json_text
from cets_conformance.appeals import LONGEST_TEXT
from cets_service import appealing
from cets_service.access import guarded, me, public, who
from cets_service.api.v1.appeals import STATES, asked_state, known_appeal, may_see_evidence
from cets_service.api.v1.blueprint import moment
from cets_service.pages.blueprint import (
    LANGUAGE_IN_PATH,
    page,
    pages,
    read_form,
    read_paging,
    shown_again_by,
)
from cets_service.problems import Problem
from cets_service.services import current
from cets_service.store import KeptAppeal

__all__ = ["list_appeals", "show_appeal", "show_new_appeal"]

_NAMES = ("vector", "check_id", "check", "comparison_id", "field", "year", "unit_id")
"""What names a subject."""

_ONE = f"{LANGUAGE_IN_PATH}/appeals/<id:appeal_id>"


@pages.get(f"{LANGUAGE_IN_PATH}/appeals")
@public()
def list_appeals() -> Response:
    """Show all appeals, newest first."""
    state, appeals = asked_state(), current().store.appeals
    count = appeals.count(state)
    paging = read_paging(count)
    listed = appeals.list_all(state, offset=paging.offset, limit=paging.limit)
    return page(
        "appeals.html",
        appeals=[_describe(kept) for kept in listed],
        count=count,
        state=state,
        states=STATES,
        paging=paging,
    )


@pages.get(f"{LANGUAGE_IN_PATH}/appeals/new")
@guarded(role="member")
def show_new_appeal(problem: Problem | None = None) -> Response:
    """Show what is to be appealed against, and ask why."""
    subject = _read_subject(request.values.to_dict())
    evidence = appealing.find_subject(current().store, me(), subject)
    return page(
        "new_appeal.html",
        subject=subject,
        evidence=_show(evidence),
        longest=LONGEST_TEXT,
        text=request.form.get("text", ""),
        problem=problem,
    )


@pages.post(f"{LANGUAGE_IN_PATH}/appeals")
@guarded(role="member")
@shown_again_by(show_new_appeal)
def create_appeal() -> AnyResponse:
    """File an appeal and lead to it."""
    given = read_form("kind", *_NAMES, "text")
    text = given.pop("text")
    kept = appealing.file_appeal(current().store, me(), _read_subject(given), text)
    return redirect(url_for("pages.show_appeal", appeal_id=kept.id), code=303)


@pages.get(_ONE)
@public()
def show_appeal(appeal_id: str, problem: Problem | None = None) -> Response:
    """Show an appeal with its history; the figures to those who may see them."""
    kept, identity = known_appeal(appeal_id), who()
    open_to = identity if kept.public().state == "open" else None
    member = open_to is not None and open_to.has_role("member")
    return page(
        "appeal.html",
        appeal=_describe(kept),
        evidence=_show(kept.evidence) if may_see_evidence(kept) else None,
        comments=member and may_see_evidence(kept),
        rules=member
        and open_to is not None
        and open_to.is_operator
        and open_to.person.id != kept.history[0].person_id,
        longest=LONGEST_TEXT,
        text=request.form.get("text", ""),
        problem=problem,
    )


@pages.post(f"{_ONE}/comments")
@guarded(role="member")
@shown_again_by(show_appeal)
def comment_on_appeal(appeal_id: str) -> AnyResponse:
    """Add a comment."""
    appealing.comment(current().store, me(), appeal_id, read_form("text")["text"])
    return redirect(url_for("pages.show_appeal", appeal_id=appeal_id), code=303)


@pages.post(f"{_ONE}/ruling")
@guarded(role="member", kinds=("operator",))
@shown_again_by(show_appeal)
def rule_on_appeal(appeal_id: str) -> AnyResponse:
    """Rule on an appeal."""
    given = read_form("ruling", "text")
    appealing.rule_on(current().store, me(), appeal_id, given["ruling"], given["text"])
    return redirect(url_for("pages.show_appeal", appeal_id=appeal_id), code=303)


def _read_subject(given: Mapping[str, str]) -> dict[str, Any]:
    """Read a subject from a form or an address; a year that is none stays what was given."""
    subject: dict[str, Any] = {"kind": given.get("kind", "")}
    subject |= {name: given[name] for name in _NAMES if given.get(name)}
    year = subject.get("year", "")
    if year.isascii() and year.isdigit() and len(year) == 4:
        subject["year"] = int(year)
    return appealing.checked_subject(subject)


def _describe(kept: KeptAppeal) -> dict[str, Any]:
    """Give what everybody may see of an appeal."""
    return {
        "id": kept.id,
        "subject": kept.subject,
        "state": kept.public().state,
        "ruling": kept.public().ruling,
        "filed_at": moment(kept.history[0].at),
        "by": kept.history[0],
        "history": [
            {
                "action": entry.action,
                "name": entry.name,
                "kind": entry.kind,
                "at": moment(entry.at),
                "text": entry.text,
            }
            for entry in kept.history
        ],
        "own": (identity := who()) is not None and identity.owns(kept.organisation_id),
    }


def _show(evidence: Mapping[str, Any]) -> dict[str, Any]:
    """Give the figures with their JSON parts as text."""
    parts = {
        name: json_text.dumps(evidence[name], pretty=True)
        for name in ("input", "expected", "computed_from")
        if evidence.get(name) is not None
    }
    return {**evidence, "shown": parts}
