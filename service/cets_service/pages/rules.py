"""The rules as pages: all clauses, and one with its basis, parameters and readings."""

from __future__ import annotations

from flask import Response, url_for

from cets_conformance import direct, vectors
from cets_conformance.traceability import traceability
from cets_service.access import public
from cets_service.pages.blueprint import LANGUAGE_IN_PATH, page, pages
from cets_service.problems import Problem

__all__ = ["list_rules", "show_rule"]


@pages.get(f"{LANGUAGE_IN_PATH}/rules")
@public()
def list_rules() -> Response:
    """Show all clauses."""
    return page(
        "rules.html",
        rules=direct.rules(),
        clause_url=lambda clause: url_for("pages.show_rule", clause=clause),
    )


@pages.get(f"{LANGUAGE_IN_PATH}/rules/<clause>")
@public()
def show_rule(clause: str) -> Response:
    """Show one clause."""
    rules = direct.rules()
    known = {item["id"]: item for item in rules["clauses"]}
    if clause not in known:
        raise Problem("CLAUSE_UNKNOWN", found=clause[:40])
    return page(
        "rule.html",
        rules=rules,
        clause=known[clause],
        links=traceability()[clause],
        cases=[case for case in vectors.load() if clause in case.clauses],
        clause_url=lambda item: url_for("pages.show_rule", clause=item),
        rules_url=url_for("pages.list_rules"),
    )
