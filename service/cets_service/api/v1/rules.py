"""``rules``: clauses with their basis, parameters, readings and sources, as open data."""

from __future__ import annotations

from typing import Any

from flask import Response

from cets_conformance import direct
from cets_service.access import public
from cets_service.api.v1.blueprint import Described, answer, api, described, known_parameters
from cets_service.problems import Problem

__all__ = ["find_clause"]


@api.get("/rules")
@public()
@described(
    Described(
        "The rule set: sources, clauses, parameters, readings, operations",
        "规则集：来源、条款、参数、解读、运算",
        {200: "The rule set"},
        schema={"type": "object"},
    )
)
def list_rules() -> Response:
    """Give the whole rule set."""
    known_parameters()
    return answer(direct.rules())


@api.get("/rules/<clause>")
@public()
@described(
    Described(
        "One clause with its parameters, readings and sources",
        "单个条款及其参数、解读、来源",
        {200: "The clause"},
        (404,),
        {"type": "object"},
    )
)
def show_clause(clause: str) -> Response:
    """Give one clause."""
    known_parameters()
    return answer(find_clause(clause))


def find_clause(clause_id: str) -> dict[str, Any]:
    """Give a clause as data with all that belongs to it; a problem where there is none."""
    rules = direct.rules()
    for clause in rules["clauses"]:
        if clause["id"] == clause_id:
            return {
                **clause,
                "sources": [s for s in rules["sources"] if s["id"] in clause["sources"]],
                "parameters": [p for p in rules["parameters"] if p["clause"] == clause_id],
                "readings": [r for r in rules["readings"] if clause_id in r["clauses"]],
            }
    raise Problem("CLAUSE_UNKNOWN", found=clause_id[:40])
