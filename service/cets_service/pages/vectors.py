"""The golden vectors as pages: all of them by operation, and one with its derivation."""

from __future__ import annotations

from itertools import groupby

from flask import Response

from cets_conformance import direct, json_text, vectors
from cets_service.access import public
from cets_service.api.v1.vectors import find_vector
from cets_service.pages.blueprint import LANGUAGE_IN_PATH, page, pages

__all__ = ["list_vectors", "show_vector"]


@pages.get(f"{LANGUAGE_IN_PATH}/vectors")
@public()
def list_vectors() -> Response:
    """Show all vectors by operation."""
    cases = vectors.load()
    return page(
        "vectors.html",
        count=len(cases),
        groups=[
            (operation, list(group))
            for operation, group in groupby(cases, key=lambda case: case.operation)
        ],
    )


@pages.get(f"{LANGUAGE_IN_PATH}/vectors/<operation>/<name>")
@public()
def show_vector(operation: str, name: str) -> Response:
    """Show one vector: what it shows, its input, the right answer and how that comes about."""
    found = find_vector(f"{operation}/{name}")
    explained = direct.explain(found["operation"], found["input"])
    known = {mistake["id"]: mistake for mistake in vectors.load_mistakes()}
    return page(
        "vector.html",
        vector=found,
        mistakes=[known[name] for name in found["mistakes"]],
        shown={part: json_text.dumps(found[part], pretty=True) for part in ("input", "expected")},
        readings=[
            {"when": entry["when"], "expected": json_text.dumps(entry["expected"], pretty=True)}
            for entry in found["readings"]
        ],
        explanation=None if "error" in explained else explained,
    )
