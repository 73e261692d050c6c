"""The pages: what people see, in Chinese and English."""

from __future__ import annotations

from cets_service.pages import (
    appeals,
    calculator,
    certificates,
    checks,
    comparisons,
    exams,
    home,
    organisations,
    rules,
    signing,
    vectors,
)
from cets_service.pages.blueprint import error_page, lead_to_sign_in, pages

__all__ = [
    "appeals",
    "calculator",
    "certificates",
    "checks",
    "comparisons",
    "error_page",
    "exams",
    "home",
    "lead_to_sign_in",
    "organisations",
    "pages",
    "rules",
    "signing",
    "vectors",
]
