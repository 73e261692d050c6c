"""The pages: what people see, in Chinese and English."""

from __future__ import annotations

from cets_service.pages import (
    calculator,
    certificates,
    checks,
    exams,
    home,
    organisations,
    rules,
    signing,
    vectors,
)
from cets_service.pages.blueprint import error_page, lead_to_sign_in, pages

__all__ = [
    "calculator",
    "certificates",
    "checks",
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
