"""``checks/{id}/rows/{row}``: what was found in a row and how its figures come about."""

from __future__ import annotations

from typing import Any

from flask import Response

from cets_conformance import direct
from cets_service.access import public
from cets_service.api.v1.blueprint import (
    Described,
    answer,
    api,
    described,
    done_check,
    known_parameters,
)
from cets_service.problems import Problem
from cets_service.services import current

__all__ = ["explain_row"]


@api.get("/checks/<check:check_id>/rows/<row:row>")
@public("checks:read")
@described(
    Described(
        "A row of the table: findings, and its figures step by step",
        "表中一行：问题及各数值的逐步推导",
        {200: "The row"},
        (404, 409),
        {
            "type": "object",
            "required": ["row", "findings", "subject", "explanation", "error"],
            "properties": {
                "row": {"type": "integer"},
                "findings": {"type": "array", "items": {"type": "object"}},
                "subject": {"type": ["object", "null"]},
                "explanation": {
                    "anyOf": [{"$ref": "urn:cets:schema:v1:explanation"}, {"type": "null"}]
                },
                "error": {"type": ["object", "null"]},
            },
        },
    )
)
def show_row(check_id: str, row: int) -> Response:
    """Give a row with its explanation."""
    known_parameters()
    return answer(explain_row(check_id, row))


def explain_row(check_id: str, row: int) -> dict[str, Any]:
    """Give findings, subject and explanation (or the operation's error) of a row."""
    check, report = done_check(check_id)
    verdicts = current().store.verdicts
    findings = verdicts.get_findings_of_row(check.key, row)
    subject = verdicts.get_subject(check.key, row)
    if subject is None and not findings:
        raise Problem("ROW_UNKNOWN", row=row, rows=report["rows"])
    found: dict[str, Any] = {
        "row": row,
        "findings": findings,
        "subject": subject,
        "explanation": None,
        "error": None,
    }
    if subject is not None:
        explained = direct.explain(
            subject["operation"], subject["input"], check.options["readings"]
        )
        error = explained.get("error")
        found["error" if error is not None else "explanation"] = error or explained
    return found
