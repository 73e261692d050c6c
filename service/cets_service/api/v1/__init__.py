"""Version 1 of the API: one module a resource."""

from __future__ import annotations

from cets_service.api.v1 import (
    appeals,
    certificates,
    checks,
    comparison_reports,
    comparisons,
    compute,
    exams,
    findings,
    keys,
    openapi,
    organisations,
    people,
    register,
    reports,
    rows,
    rules,
    schemas,
    systems,
    tokens,
    vectors,
)
from cets_service.api.v1.blueprint import api

__all__ = [
    "api",
    "appeals",
    "certificates",
    "checks",
    "comparison_reports",
    "comparisons",
    "compute",
    "exams",
    "findings",
    "keys",
    "openapi",
    "organisations",
    "people",
    "register",
    "reports",
    "rows",
    "rules",
    "schemas",
    "systems",
    "tokens",
    "vectors",
]
