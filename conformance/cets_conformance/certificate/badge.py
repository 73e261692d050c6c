"""The badge: a small SVG that says whether a certificate holds, legible without its colour."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from cets_conformance.messages import Language, text
from cets_conformance.runner import LEVELS, name_level

__all__ = ["badge"]

_COLOURS: Final = {"valid": "#1a7f37", "stale": "#8a5a00", "revoked": "#b42318"}
"""White on each has a contrast of more than 4.5 to 1 (WCAG AA)."""

_LABEL: Final = "#3d444d"
_HEIGHT, _PADDING = 20, 8
_NARROW, _WIDE = 7, 12


def badge(state: str, level: str, language: Language, operations: Collection[str] = ()) -> str:
    """Draw the badge of a certificate's ``state``, ``valid``, ``stale`` or ``revoked``, as SVG.

    ``level`` is the level it was issued for; where its ``operations`` are given and are not all
    of the level, the badge says which they are. Raises ``LookupError`` on another state.
    """
    colour = _COLOURS[state]
    label = text("certificate.badge.label", language)
    named = name_level(level, operations or LEVELS[level], language)
    says = text(f"certificate.badge.{state}", language, level=named)
    left, right = _width(label), _width(says)
    whole = f"{label}: {says}" if language == "en" else f"{label}：{says}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="{_HEIGHT}" '
        f'viewBox="0 0 {left + right} {_HEIGHT}" role="img" aria-label={quoteattr(whole)} '
        f'lang="{"zh-CN" if language == "zh" else "en"}">'
        f"<title>{escape(whole)}</title>"
        f'<rect width="{left}" height="{_HEIGHT}" fill="{_LABEL}"/>'
        f'<rect x="{left}" width="{right}" height="{_HEIGHT}" fill="{colour}"/>'
        '<g fill="#fff" font-size="12" text-anchor="middle" '
        'font-family="system-ui,Noto Sans CJK SC,PingFang SC,Microsoft YaHei,sans-serif">'
        f"{_word(label, left // 2, left)}{_word(says, left + right // 2, right)}"
        "</g></svg>\n"
    )


def _word(word: str, middle: int, width: int) -> str:
    """Write a word; its length is set, so that no font makes it run out of its field."""
    return (
        f'<text x="{middle}" y="14" textLength="{width - 2 * _PADDING}" '
        f'lengthAdjust="spacingAndGlyphs">{escape(word)}</text>'
    )


def _width(word: str) -> int:
    wide = sum(unicodedata.east_asian_width(sign) in "WF" for sign in word)
    return 2 * _PADDING + _WIDE * wide + _NARROW * (len(word) - wide)
