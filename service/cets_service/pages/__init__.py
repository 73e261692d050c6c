"""The pages: what people see, in Chinese and English."""

from __future__ import annotations

from cets_service.pages import calculator, checks, home, rules, vectors
from cets_service.pages.blueprint import error_page, pages

__all__ = ["calculator", "checks", "error_page", "home", "pages", "rules", "vectors"]
