"""One cell at a time: what each type accepts, and the canonical text it becomes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from cets_conformance.tables import provinces
from cets_conformance.tables.columns import COLUMNS, Column, Type

from .grid import Form
from .header import squeeze
from .numerals import BLANKS, Numeral, Refused, half_width, numeral, rounded, shown

__all__ = ["CANONICAL", "Outcome", "converter", "passing"]

_WHOLE_DIGITS = 15
_QUANTITY_PLACES = 6
_RATIO_PLACES = 12
_LARGEST_AMOUNT = 2**53 - 1
_LONGEST_ID = 64
_EXACT_FLOAT_DIGITS = 15
_NUMERIC = frozenset({Type.QUANTITY, Type.RATIO, Type.AMOUNT, Type.SIGNED_AMOUNT})
_FIRST_YEAR, _LAST_YEAR = 1900, 2100

_HAN = "\u4e00-\u9fff"
_READY = rf"[!\"$-<>-~{_HAN}](?:[ -~{_HAN}]*[!-~{_HAN}])?"
CANONICAL: Mapping[Type, str] = MappingProxyType(
    {
        Type.QUANTITY: r"(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,6})?",
        Type.RATIO: r"-?[1-9][0-9]{0,14}(?:\.[0-9]{1,12})?|0(?:\.[0-9]{1,12})?",
        Type.AMOUNT: r"0|[1-9][0-9]{0,14}",
        Type.SIGNED_AMOUNT: r"0|-?[1-9][0-9]{0,14}",
        Type.TEXT: _READY,
        Type.ID: r"[!\"$-<>-~][!-~]{0,63}",
        Type.CODE: r"[!\"$-<>-~][!-~]{0,63}",
    }
)
"""Patterns of texts that pass unchanged, for RE2 as for Python; all others are looked at."""


class Outcome(NamedTuple):
    """A cell taken (``code`` is ``None``; ``text`` is ``None`` where it is blank) or refused."""

    text: str | None
    code: str | None = None
    notes: tuple[str, ...] = ()
    values: tuple[tuple[str, str], ...] = ()


_BLANK = Outcome(None)


def _refused(code: str, **values: str) -> Outcome:
    return Outcome(None, code, (), tuple(values.items()))


def _refusal(found: Refused) -> Outcome:
    return Outcome(None, found.code, (), found.values)


def quantity(text: str, form: int, shift: int) -> Outcome:
    """Take a measured quantity: not negative, 15 digits before the point and 6 after it."""
    number = numeral(text, form, shift)
    if not isinstance(number, Numeral):
        return _refusal(number) if number else _BLANK
    if number.negative:
        return _refused("NEGATIVE")
    return _decimal(number, form, _QUANTITY_PLACES, "ROUNDED_6")


def ratio(text: str, form: int, _shift: int) -> Outcome:
    """Take a ratio, trailing zeros kept; a percentage by moving its point."""
    number = numeral(text, form, -2)
    if not isinstance(number, Numeral):
        return _refusal(number) if number else _BLANK
    return _decimal(number, form, _RATIO_PLACES, "ROUNDED_12")


def _decimal(number: Numeral, form: int, places: int, rounding: str) -> Outcome:
    whole, fraction, notes = number.whole, number.fraction, number.notes
    if len(fraction) > places and form == Form.NUMBER:
        whole, fraction = rounded(whole, fraction, places)
        notes = (*notes, rounding)
    if len(whole) > _WHOLE_DIGITS or len(fraction) > places:
        return _refused("TOO_MANY_DIGITS", whole=str(_WHOLE_DIGITS), places=str(places))
    unsigned = f"{whole}.{fraction}" if fraction else whole
    negative = number.negative and (whole + fraction).strip("0")
    return Outcome(f"-{unsigned}" if negative else unsigned, None, notes)


def amount(text: str, form: int, shift: int) -> Outcome:
    """Take an amount of allowances: whole, not negative."""
    return _amount(text, form, shift, signed=False)


def signed_amount(text: str, form: int, shift: int) -> Outcome:
    """Take an amount of allowances: whole, either sign."""
    return _amount(text, form, shift, signed=True)


def _amount(text: str, form: int, shift: int, *, signed: bool) -> Outcome:
    number = numeral(text, form, shift)
    if not isinstance(number, Numeral):
        return _refusal(number) if number else _BLANK
    if number.fraction.strip("0"):
        return _refused("FRACTIONAL_AMOUNT")
    if number.negative and not signed:
        return _refused("NEGATIVE")
    if len(number.whole) > _WHOLE_DIGITS + 1 or int(number.whole) > _LARGEST_AMOUNT:
        return _refused("AMOUNT_TOO_LARGE", largest=str(_LARGEST_AMOUNT))
    sign = "-" if number.negative and number.whole != "0" else ""
    return Outcome(sign + number.whole, None, number.notes)


def year(text: str, form: int, _shift: int) -> Outcome:
    """Take a year of four digits."""
    return _year(text, form)


def calendar_year(text: str, form: int, _shift: int) -> Outcome:
    """Take a year between 1900 and 2100."""
    outcome = _year(text, form)
    if outcome.text and not _FIRST_YEAR <= int(outcome.text) <= _LAST_YEAR:
        return _refused("YEAR_OUT_OF_RANGE", first=str(_FIRST_YEAR), last=str(_LAST_YEAR))
    return outcome


_PLAIN_YEAR = re.compile(r"[1-9][0-9]{3}")
_YEAR = re.compile(r"([1-9][0-9]{3})(?:\.0+)?(年度?)?")


def _year(text: str, form: int) -> Outcome:
    code = shown(form)
    if code:
        return _refused(code)
    plain, notes = _tidy(text)
    if not plain:
        return _BLANK
    found = _YEAR.fullmatch(plain)
    if not found:
        return _refused(_clue(plain) or "NOT_A_YEAR")
    return Outcome(found[1], None, (*notes, "YEAR_SUFFIX") if found[2] else notes)


def _tidy(text: str) -> tuple[str, tuple[str, ...]]:
    plain = text.strip(BLANKS)
    notes = () if plain == text else ("BLANKS_TRIMMED",)
    half = half_width(plain)
    return half.strip(BLANKS), notes if half == plain else (*notes, "FULL_WIDTH")


def _clue(plain: str) -> str | None:
    """Name what is wrong with a text where that can be told: an error, a formula, a date."""
    found = numeral(plain, Form.TEXT)
    if isinstance(found, Refused) and found.code in {"ERROR_CELL", "FORMULA", "DATE_FOUND"}:
        return found.code
    return None


def province(text: str, form: int, _shift: int) -> Outcome:
    """Take a province by code or name; a text that names none stays as it stands."""
    code = shown(form)
    if code:
        return _refused(code)
    plain = unicodedata.normalize("NFKC", text).strip(BLANKS)
    if not plain:
        return _BLANK
    if plain.startswith("=") or _clue(plain) == "ERROR_CELL":
        return _refused("FORMULA" if plain.startswith("=") else "ERROR_CELL")
    found = provinces.resolve(plain)
    notes = () if text.strip(BLANKS) == text else ("BLANKS_TRIMMED",)
    if found is None:
        return Outcome(plain, None, notes)
    return Outcome(found[0], None, (*notes, "PROVINCE_CORPS") if found[1] else notes)


def identifier(text: str, form: int, shift: int) -> Outcome:
    """Take a code or an id: one width, no blanks around it, at most 64 characters."""
    outcome = name(text, form, shift)
    if not outcome.text:
        return outcome
    if len(outcome.text) > _LONGEST_ID:
        return _refused("ID_TOO_LONG", longest=str(_LONGEST_ID))
    if unicodedata.normalize("NFKC", text) != text:
        return outcome._replace(notes=(*outcome.notes, "FULL_WIDTH"))
    return outcome


def name(text: str, form: int, _shift: int) -> Outcome:
    """Take a text; a number cell becomes the text of its integer."""
    code = shown(form)
    if code:
        return _refused(code)
    plain = unicodedata.normalize("NFKC", text).strip(BLANKS)
    if not plain:
        return _BLANK
    if form == Form.NUMBER:
        return _number_as_text(plain)
    clue = _clue(plain) if plain[0] in "=#" else None
    if clue:
        return _refused(clue)
    return Outcome(plain, None, () if text.strip(BLANKS) == text else ("BLANKS_TRIMMED",))


def _number_as_text(text: str) -> Outcome:
    number = numeral(text, Form.NUMBER)
    if not isinstance(number, Numeral):
        return _refused("NOT_TEXT")
    fraction = number.fraction.rstrip("0")
    plain = "-" * number.negative + number.whole + (f".{fraction}" if fraction else "")
    notes: tuple[str, ...] = ("NUMBER_AS_TEXT",)
    if len(number.whole) > _EXACT_FLOAT_DIGITS:
        notes = (*notes, "DIGITS_MAY_BE_LOST")
    return Outcome(plain, None, notes)


def choice(column: Column) -> Callable[[str, int, int], Outcome]:
    """Give the function that takes one of a column's choices in any accepted spelling."""
    spellings = {
        squeeze(spelling): canonical
        for canonical, accepted in column.choices.items()
        for spelling in (canonical, *accepted)
    }
    expected = ", ".join("/".join(accepted[:2]) for accepted in column.choices.values())
    flag = column.type is Type.FLAG

    def take(text: str, form: int, _shift: int) -> Outcome:
        code = None if flag and form == Form.BOOLEAN else shown(form)
        if code:
            return _refused(code)
        plain, notes = _tidy(text)
        if not plain:
            return _BLANK
        key = plain.removesuffix(".0") if form == Form.NUMBER else plain
        canonical = spellings.get(squeeze(key))
        if canonical is None:
            return _refused(_clue(plain) or "UNKNOWN_CHOICE", expected=expected)
        return Outcome(canonical, None, notes)

    return take


_BY_TYPE: Mapping[Type, Callable[[str, int, int], Outcome]] = MappingProxyType(
    {
        Type.YEAR: year,
        Type.PROVINCE: province,
        Type.CODE: identifier,
        Type.TEXT: name,
        Type.ID: identifier,
        Type.CALENDAR_YEAR: calendar_year,
        Type.QUANTITY: quantity,
        Type.RATIO: ratio,
        Type.AMOUNT: amount,
        Type.SIGNED_AMOUNT: signed_amount,
    }
)

_CONVERTERS: Mapping[str, Callable[[str, int, int], Outcome]] = MappingProxyType(
    {
        name: choice(column) if column.choices else _BY_TYPE[column.type]
        for name, column in COLUMNS.items()
    }
)


def _passing(column: Column) -> Mapping[int, Callable[[str], object]]:
    if column.type is Type.FLAG:
        return dict.fromkeys((Form.TEXT, Form.BOOLEAN), column.choices.__contains__)
    if column.choices:
        return {Form.TEXT: column.choices.__contains__}
    if column.type is Type.PROVINCE:
        return {Form.TEXT: provinces.PROVINCES.__contains__}
    if column.type is Type.YEAR:
        return dict.fromkeys((Form.TEXT, Form.NUMBER), _PLAIN_YEAR.fullmatch)
    if column.type not in CANONICAL:
        return {}
    forms = (Form.TEXT, Form.NUMBER) if column.type in _NUMERIC else (Form.TEXT,)
    return dict.fromkeys(forms, re.compile(CANONICAL[column.type]).fullmatch)


_PASSING: Mapping[str, Mapping[int, Callable[[str], object]]] = MappingProxyType(
    {name: _passing(column) for name, column in COLUMNS.items()}
)


def passing(column: Column, shift: int) -> Mapping[int, Callable[[str], object]]:
    """Give, by form, what tells of a text that it passes unchanged; of all others it says nothing.

    A converter takes such texts as they stand too, but takes its time.
    """
    return {} if shift and column.unit else _PASSING[column.name]


def converter(column: Column) -> Callable[[str, int, int], Outcome]:
    """Give the function (text, form, places to move the point) that takes a column's cells."""
    return _CONVERTERS[column.name]
