"""Which language a request is answered in."""

from __future__ import annotations

from flask import request

from cets_conformance.messages import LANGUAGES, Language
from cets_service.problems import Problem

__all__ = ["asked_language", "preferred_language"]


def preferred_language(default: Language) -> Language:
    """Give the language the request's headers ask for, else ``default``."""
    best = request.accept_languages.best_match(LANGUAGES)
    return "zh" if best == "zh" else "en" if best == "en" else default


def asked_language(default: Language = "en") -> Language:
    """Give the language of the parameter ``lang``, else the one the headers prefer."""
    asked = request.args.get("lang")
    for language in LANGUAGES:
        if asked == language:
            return language
    if asked is not None:
        raise Problem("LANGUAGE_UNKNOWN", found=asked[:40], known=", ".join(LANGUAGES))
    return preferred_language(default)
