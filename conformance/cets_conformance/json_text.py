"""JSON text: strict reading of what others wrote, canonical writing of what we write.

``loads`` takes untrusted text and gives plain values or one :class:`JsonTextError`; nothing in
the text makes it lose a digit, recurse without end or compute for long. ``dumps`` writes the one
form in which the project's files are kept.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any, NoReturn

from cets_conformance import messages

__all__ = ["DEEPEST", "LONGEST_NUMBER", "JsonTextError", "dumps", "loads", "loads_own"]

DEEPEST = 200
"""Objects and lists that may stand inside one another, the outermost counted."""

LONGEST_NUMBER = 640
"""Digits a number may have: what every Python process reads, however its own limit is set."""

# A string without an end runs to the end of the text, and a run of digits is tried once only:
# otherwise both would cost quadratic time on text made for it.
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*(?:"|\\?\Z)|[{}\[\]:,]|[^\s{}\[\]:,"]+', re.DOTALL)
_LONG_NUMBER = re.compile(rf"(?<![0-9])[0-9]{{{LONGEST_NUMBER + 1}}}")
_NOT_NUMBERS = frozenset({"NaN", "Infinity", "-Infinity"})


class JsonTextError(ValueError):
    """Text that cannot be taken as JSON.

    ``code`` is ``NOT_UTF8``, ``NOT_JSON``, ``DUPLICATE_KEY``, ``TOO_DEEP`` or
    ``NUMBER_TOO_LONG``; ``line`` and ``column`` count characters from 1; ``message`` is English,
    and ``messages.text(f"problem.{code}", language, **values)`` says the same in either language.
    """

    def __init__(self, code: str, place: tuple[int, int], **values: object) -> None:
        self.code = code
        self.line, self.column = place
        self.values = MappingProxyType({"line": self.line, "column": self.column, **values})
        self.message = messages.text(f"problem.{code}", "en", **self.values)
        super().__init__(self.message)


class _RefusedError(Exception):
    """The JSON reader met something that it would take and we do not; the place is found later."""


@dataclass(frozen=True, slots=True)
class _Finding:
    position: int
    code: str
    values: dict[str, object]


def loads(text: bytes | str) -> Any:
    """Read one JSON value strictly.

    Integers become ``int``, every other number a :class:`~decimal.Decimal` with the digits as
    written, so that no form of this project takes it for an integer. Duplicate keys, ``NaN``,
    ``Infinity``, a byte order mark, nesting beyond :data:`DEEPEST` and numbers beyond
    :data:`LONGEST_NUMBER` digits are refused. Raises :class:`JsonTextError` and nothing else.
    """
    if isinstance(text, bytes | bytearray):
        text = _decode(bytes(text))
    elif surrogate := re.search("[\ud800-\udfff]", text):
        raise JsonTextError("NOT_UTF8", _place(text, surrogate.start()))
    if _LONG_NUMBER.search(text):
        _refuse_first(text, len(text), syntax_error=False)
    try:
        value = json.loads(
            text,
            object_pairs_hook=_read_object,
            parse_float=_read_decimal,
            parse_constant=_refuse_constant,
        )
    except json.JSONDecodeError as error:
        _refuse_first(text, error.pos, syntax_error=True)
    except (_RefusedError, RecursionError):
        _refuse_first(text, len(text), syntax_error=False)
        # deeper than this call has room for, though not deeper than allowed
        raise JsonTextError("TOO_DEEP", (1, 1), limit=DEEPEST) from None
    if _is_too_deep(value):
        _refuse_first(text, len(text), syntax_error=False)
    return value


def loads_own(text: str) -> Any:
    """Read what :func:`dumps` wrote, and nobody else has had in hands: no number but integers."""
    return json.loads(text, parse_float=_no_float, parse_constant=_no_float)


def dumps(value: Any, *, pretty: bool = False, sort_keys: bool = False) -> str:
    """Write a value as canonical JSON text.

    Plain: one line, no blanks, no final newline. ``pretty``: two blanks a level, LF, a final
    newline. Nothing is escaped that need not be, so that Chinese stays legible; an unpaired
    surrogate is written as an escape, so that the text is always valid UTF-8. A
    :class:`~decimal.Decimal` is written as a string, as every number that is not an integer is
    in this project. Raises ``ValueError`` on NaN and infinity, ``TypeError`` on what JSON lacks.
    """
    text = json.dumps(
        value,
        ensure_ascii=False,
        allow_nan=False,
        sort_keys=sort_keys,
        indent=2 if pretty else None,
        separators=(",", ": ") if pretty else (",", ":"),
        default=_write_other,
    )
    text = text.encode("utf-8", "backslashreplace").decode("utf-8")
    return f"{text}\n" if pretty else text


def _no_float(literal: str) -> NoReturn:
    raise ValueError(f"{literal} is no integer")


def _write_other(value: object) -> str:
    if isinstance(value, Decimal) and value.is_finite():
        return str(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def _decode(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        raise JsonTextError("NOT_UTF8", _place(before, len(before))) from None


def _read_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _RefusedError
    return found


def _read_decimal(literal: str) -> Decimal:
    try:
        number = Decimal(literal)
    except InvalidOperation:
        raise _RefusedError from None
    if not number.is_finite():  # where the ambient context does not trap
        raise _RefusedError
    return number


def _refuse_constant(_: str) -> NoReturn:
    raise _RefusedError


def _is_too_deep(value: Any) -> bool:
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(DEEPEST):
        if not level:
            return False
        level = [
            item
            for holder in level
            for item in (holder.values() if isinstance(holder, dict) else holder)
            if isinstance(item, dict | list)
        ]
    return bool(level)


def _refuse_first(text: str, end: int, *, syntax_error: bool) -> None:
    """Raise for what is wrong first before ``end``; at ``end`` itself if nothing is JSON there."""
    for finding in _find(text, end):
        raise JsonTextError(
            finding.code, _place(text, finding.position), **finding.values
        ) from None
    if syntax_error:
        raise JsonTextError("NOT_JSON", _place(text, end)) from None


def _find(text: str, end: int) -> Iterator[_Finding]:
    """Go through the tokens before ``end`` and give what is refused, in the order of the text."""
    keys: list[set[str] | None] = []  # of every open holder: an object's keys, None for a list
    key_expected = False
    for match in _TOKEN.finditer(text, 0, end):
        piece, position = match[0], match.start()
        if piece in "{[":
            keys.append(set() if piece == "{" else None)
            key_expected = piece == "{"
            if len(keys) > DEEPEST:
                yield _Finding(position, "TOO_DEEP", {"limit": DEEPEST})
        elif piece in "}]":
            if keys:
                keys.pop()
            key_expected = False
        elif piece == ",":
            key_expected = True
        elif piece == ":":
            key_expected = False
        elif piece[0] != '"':
            yield from _find_in_literal(piece, position)
        elif key_expected and keys and keys[-1] is not None:
            yield from _find_in_key(piece, position, keys[-1])


def _find_in_literal(piece: str, position: int) -> Iterator[_Finding]:
    if piece in _NOT_NUMBERS:
        yield _Finding(position, "NOT_JSON", {})
    elif _LONG_NUMBER.search(piece) or not _is_readable(piece):
        yield _Finding(position, "NUMBER_TOO_LONG", {"limit": LONGEST_NUMBER})


def _is_readable(piece: str) -> bool:
    """Tell whether a literal's exponent is within what can be kept; words are judged elsewhere."""
    if not re.fullmatch(r"-?[0-9.]+[eE][-+]?[0-9]+", piece):
        return True
    try:
        return Decimal(piece).is_finite()
    except InvalidOperation:
        return False


def _find_in_key(piece: str, position: int, seen: set[str]) -> Iterator[_Finding]:
    try:
        key: str = json.loads(piece)
    except ValueError:  # an escape that is none: the JSON reader says so at its own place
        return
    if key in seen:
        shown = key if len(key) <= 40 else f"{key[:39]}…"
        shown = shown.encode("utf-8", "backslashreplace").decode("utf-8")
        yield _Finding(position, "DUPLICATE_KEY", {"key": shown})
    seen.add(key)


def _place(text: str, position: int) -> tuple[int, int]:
    """Give line and column, from 1, of a position."""
    line_start = text.rfind("\n", 0, position) + 1
    return text.count("\n", 0, position) + 1, position - line_start + 1
