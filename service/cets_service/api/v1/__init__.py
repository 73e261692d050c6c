"""Version 1 of the API: one module a resource."""

from __future__ import annotations

from cets_service.api.v1 import (
    appeals,
    checks,
    comparison_reports,
    comparisons,
    compute,
    findings,
    openapi,
    organisations,
    people,
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
    "checks",
    "comparison_reports",
    "comparisons",
    "compute",
    "findings",
    "openapi",
    "organisations",
    "people",
    "reports",
    "rows",
    "rules",
    "schemas",
    "systems",
    "tokens",
    "vectors",
]
