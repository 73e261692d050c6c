"""Why the rules refuse an input, in the reader's language.

The reference speaks English alone (``message`` of an error). What it says finds its Chinese in the
catalogue, where both stand side by side by the error's code.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from cets_conformance.messages import Language, entries

__all__ = ["says"]


def says(error: Mapping[str, str], language: Language) -> str:
    """Say what was found and what was expected; English where the catalogue does not have it."""
    return _said(error["code"], error["message"], language) or error["message"]


def _said(group: str, english: str, language: Language) -> str | None:
    for pattern, spoken in _spoken(group):
        if match := pattern.fullmatch(english):
            values = match.groupdict()
            if "found" in values:
                values["found"] = _said("found", values["found"], language)
            return spoken[language].format(**values)
    return None


@cache
def _spoken(group: str) -> list[tuple[re.Pattern[str], Mapping[str, str]]]:
    """Give the texts of a code, each with what finds it."""
    return [
        (_pattern(entry["en"]), entry)
        for key, entry in entries().items()
        if key.startswith(f"refused.{group}.")
    ]


def _pattern(english: str) -> re.Pattern[str]:
    """Make the pattern that a text with placeholders matches: what was found may be anything."""
    literal = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.*?)", re.escape(english))
    return re.compile(literal, re.DOTALL)
