"""The pages: what people see, in Chinese and English."""

from __future__ import annotations

from cets_service.pages import checks, home, rules
from cets_service.pages.blueprint import error_page, pages

__all__ = ["checks", "error_page", "home", "pages", "rules"]
