"""Form: from untrusted JSON to typed values, depth-first over the input as it is given.

A *reader* takes a value and its JSON pointer and gives a typed value or raises
``INVALID_INPUT``. Readers of objects are built from readers of their members.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, TypeVar

from cets_reference.clauses import clause
from cets_reference.errors import child, invalid
from cets_reference.quantities import GREATEST_AMOUNT, parse_measured, parse_ratio

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

Item = TypeVar("Item")
Reader = Callable[[object, str], Item]


@dataclass(frozen=True, slots=True)
class Member:
    """One member of an object: how it is read, and whether it must be there."""

    read: Reader[Any]
    required: bool = True


def read_object(value: object, path: str, members: Mapping[str, Member]) -> dict[str, Any]:
    """Read an object's members in the order given; what is missing comes after all present."""
    if not isinstance(value, Mapping):
        raise invalid(path, f"expected an object, found {describe(value)}")
    found: dict[str, Any] = {}
    for name, item in value.items():
        if name not in members:
            raise invalid(
                child(path, name),
                f"no such field here; the fields are {', '.join(members)}",
            )
        found[name] = members[name].read(item, child(path, name))
    for name, member in members.items():
        if member.required and name not in found:
            raise invalid(child(path, name), f"{name} is required and missing")
    return found


def list_of(read: Reader[Item]) -> Reader[tuple[Item, ...]]:
    """Make the reader of a list."""

    def read_list(value: object, path: str) -> tuple[Item, ...]:
        if isinstance(value, str) or not isinstance(value, Sequence):
            raise invalid(path, f"expected a list, found {describe(value)}")
        return tuple(read(item, child(path, index)) for index, item in enumerate(value))

    return read_list


def choice(*options: str) -> Reader[str]:
    """Make the reader of one of several words."""

    def read_choice(value: object, path: str) -> str:
        if not isinstance(value, str) or value not in options:
            raise invalid(path, f"expected one of {', '.join(options)}; found {describe(value)}")
        return value

    return read_choice


def read_id(value: object, path: str) -> str:
    """Read an id: a string of 1 to 64 code points, all of them characters."""
    if not isinstance(value, str) or not 1 <= len(value) <= 64:
        raise invalid(path, f"expected a string of 1 to 64 characters, found {describe(value)}")
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise invalid(path, "an unpaired surrogate is not a character")
    return value


def read_flag(value: object, path: str) -> bool:
    """Read true or false."""
    if not isinstance(value, bool):
        raise invalid(path, f"expected true or false, found {describe(value)}")
    return value


def read_integer(value: object, path: str) -> int:
    """Read a JSON integer; ``true``, ``"1"`` and ``1.0`` are none."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise invalid(path, f"expected an integer, found {describe(value)}")
    return value


def read_date(value: object, path: str) -> date:
    """Read a day of the calendar, ``YYYY-MM-DD``, Beijing time."""
    if isinstance(value, str) and _DATE.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise invalid(path, f"expected a day that exists, YYYY-MM-DD; found {describe(value)}", "R-2")


def read_calendar_year(value: object, path: str) -> int:
    """Read a year between 1900 and 2100."""
    year = read_integer(value, path)
    if not 1900 <= year <= 2100:
        raise invalid(path, f"expected a year from 1900 to 2100, found {describe(value)}")
    return year


@clause("C-3")
def read_count(value: object, path: str) -> int:
    """Read a number of key emitting units, at least 1."""
    count = read_integer(value, path)
    if count < 1:
        raise invalid(path, f"expected at least 1, found {count}", "C-3")
    return count


@clause("Q-1")
def read_amount(value: object, path: str) -> int:
    """Read an amount of allowances: an integer from 0 to 2^53 - 1."""
    amount = read_integer(value, path)
    if not 0 <= amount <= GREATEST_AMOUNT:
        raise invalid(path, f"expected an integer from 0 to {GREATEST_AMOUNT}", "Q-1")
    return amount


@clause("Q-2")
def read_measured(value: object, path: str) -> Fraction:
    """Read a measured quantity, a decimal string."""
    quantity = parse_measured(value) if isinstance(value, str) else None
    if quantity is None:
        raise invalid(
            path,
            "expected a decimal string of at most 15 integer and 6 fractional digits, "
            f'such as "1200000.5"; found {describe(value)}',
        )
    return quantity


def read_share(value: object, path: str) -> Fraction:
    """Read a measured fraction between 0 and 1."""
    share = read_measured(value, path)
    if share > 1:
        raise invalid(path, f"expected a fraction from 0 to 1, found {describe(value)}", "A-6")
    return share


@clause("Q-5")
def read_ratio(value: object, path: str) -> Fraction:
    """Read a given ratio, a decimal string of at most 12 fractional digits."""
    ratio = parse_ratio(value) if isinstance(value, str) else None
    if ratio is None:
        raise invalid(
            path,
            "expected a decimal string of at most 15 integer and 12 fractional digits, "
            f'such as "0.86"; found {describe(value)}',
            "Q-5",
        )
    return ratio


def describe(value: object) -> str:
    """Say in a few words what was found, without echoing more than 40 characters of it."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, Mapping):
        return "an object"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "a list"
    if isinstance(value, int) and value.bit_length() > 128:
        return "a very large integer"
    text = repr(value) if isinstance(value, str) else str(value)
    kind = "the string" if isinstance(value, str) else "the number"
    return f"{kind} {text if len(text) <= 40 else text[:39] + '…'}"
