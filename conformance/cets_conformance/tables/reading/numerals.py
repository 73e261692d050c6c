"""Numbers as people and spreadsheets write them: to sign, whole digits and fraction, or refused."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import NamedTuple

from .grid import Form

__all__ = ["BLANKS", "Numeral", "Refused", "half_width", "numeral", "rounded", "shown"]

BLANKS = (
    " \t\r\n\v\f\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008"
    "\u2009\u200a\u2028\u2029\u202f\u205f\u3000\u200b\ufeff"
)
"""What surrounds a text without being part of it."""
_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x2212: "-", 0xFE63: "-"}
_EXPONENT_LIMIT = 400
_ROUNDING = Context(prec=900, rounding=ROUND_HALF_EVEN)

_PLAIN = re.compile(r"(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?")
_GROUPED = re.compile(r"-?[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?")
_EXPONENT = re.compile(r"[+-]?[0-9][0-9,]*(?:\.[0-9]*)?[eE]([+-]?[0-9]+)")
_LEADING_ZERO = re.compile(r"[+-]?0[0-9]+(?:\.[0-9]+)?")
_NOT_FINITE = re.compile(r"[+-]?(?:nan|inf|infinity)", re.IGNORECASE)
_DATE = re.compile(r"[0-9]{4}[-/.年][0-9]{1,2}(?:[-/.月][0-9]{1,2}日?|月)?(?:[ T][0-9:.]+)?")
_ERROR = re.compile(r"#(?:REF!|N/A|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|CALC!|GETTING_DATA)")


class Numeral(NamedTuple):
    """A number taken apart, and what was accepted on the way."""

    negative: bool
    whole: str
    """Digits before the point, no leading zeros."""
    fraction: str
    """Digits after the point as written, perhaps none."""
    notes: tuple[str, ...]


class Refused(NamedTuple):
    """Why a text is not taken."""

    code: str
    values: tuple[tuple[str, str], ...] = ()


_FORMS: Mapping[int, str] = {
    Form.BOOLEAN: "BOOLEAN_FOUND",
    Form.DATE: "DATE_FOUND",
    Form.ERROR: "ERROR_CELL",
    Form.FORMULA: "FORMULA",
    Form.NESTED: "NESTED_VALUE",
    Form.REPEATED: "KEY_TWICE",
}


def shown(form: int) -> str | None:
    """Give the code that refuses a cell of this form where a text or number is expected."""
    return _FORMS.get(form)


def half_width(text: str) -> str:
    """Make full-width forms and the typographic minus plain, and nothing else."""
    return text if text.isascii() else text.translate(_HALF_WIDTH)


def numeral(text: str, form: int, shift: int = 0) -> Numeral | Refused | None:
    """Take a number apart; ``None`` where only blanks stand.

    ``shift`` moves the point to the right (4: from ten thousand tonnes) or left, exactly.
    """
    code = shown(form)
    if code:
        return Refused(code)
    trimmed = text.strip(BLANKS)
    if not trimmed:
        return None
    notes = [] if trimmed == text else ["BLANKS_TRIMMED"]
    plain = _expanded(trimmed) if form == Form.NUMBER else half_width(trimmed).strip(BLANKS)
    if plain is None:
        return Refused("NOT_FINITE")
    if form != Form.NUMBER and plain != trimmed:
        notes.append("FULL_WIDTH")
    if plain.endswith("%") and shift < 0:
        plain = plain[:-1].rstrip(BLANKS)
        notes.append("PERCENT")
    elif shift < 0:
        shift = 0
    if "," in plain and _GROUPED.fullmatch(plain):
        plain = plain.replace(",", "")
        notes.append("THOUSANDS_SEPARATOR")
    found = _PLAIN.fullmatch(plain)
    if not found:
        return Refused(_why_not(plain))
    whole, fraction = _moved(found[2], found[3] or "", shift)
    return Numeral(found[1] == "-", whole, fraction, tuple(notes))


def _expanded(text: str) -> str | None:
    """Write out the exponent of a typed number; ``None`` where it is no finite number."""
    found = _EXPONENT.fullmatch(text)
    if not found:
        return None if _NOT_FINITE.fullmatch(text) else text
    if len(found[1]) > 5 or abs(int(found[1])) > _EXPONENT_LIMIT or len(text) > _EXPONENT_LIMIT:
        return None
    value = Decimal(text)
    return "0" if not value else format(value, "f") if value.adjusted() < 308 else None


def _moved(whole: str, fraction: str, shift: int) -> tuple[str, str]:
    if shift > 0:
        padded = fraction.ljust(shift, "0")
        return (whole + padded[:shift]).lstrip("0") or "0", padded[shift:]
    if shift < 0:
        padded = whole.rjust(1 - shift, "0")
        return padded[:shift].lstrip("0") or "0", padded[shift:] + fraction
    return whole, fraction


def _why_not(text: str) -> str:
    if text.startswith("="):
        return "FORMULA"
    for pattern, code in (
        (_ERROR, "ERROR_CELL"),
        (_EXPONENT, "SCIENTIFIC"),
        (_NOT_FINITE, "NOT_FINITE"),
        (_LEADING_ZERO, "LEADING_ZERO"),
        (_DATE, "DATE_FOUND"),
    ):
        if pattern.fullmatch(text):
            return code
    return "NOT_A_NUMBER"


def rounded(whole: str, fraction: str, places: int) -> tuple[str, str]:
    """Round half-even to ``places`` fractional digits, exactly."""
    exact = Decimal(f"{whole}.{fraction}")
    text = format(exact.quantize(Decimal(1).scaleb(-places), context=_ROUNDING), "f")
    head, _, tail = text.partition(".")
    return head, tail
