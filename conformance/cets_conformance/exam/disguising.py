"""Disguising: another input that asks what a published one asks.

Three ways, from the farthest to the nearest. *Scaled*: emissions, outputs, amounts and balance
values are multiplied so that every ratio of one to the other, hence every bound and every tie,
stays where it was. *Nudged*: equal amounts are lowered by an equal amount of their own. *Renamed*:
ids and the order of lists alone. Whether a disguise still asks the same is judged by who uses it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any, Final

from cets_conformance.exam.drawing import Draw

__all__ = ["disguises", "read_decimal", "shape"]

SCALED, NUDGED = 24, 24
"""Tries of the first two ways."""

_IDS: Final = frozenset({"unit_id", "id", "enterprise_id"})
_TONNES: Final = frozenset(
    {
        "verified_emissions",
        "indirect_emissions",
        "previous_year_emissions",
        "co2",
        "cf4",
        "c2f6",
        "ironmaking",
        "sintering",
        "amount",
        "obligation",
        "provincial_holding",
        "deducted",
        "verified_allowance",
        "pre_allocated",
        "arrears",
        "holding",
        "allowance_before",
        "allowance_after",
        "obligation_before",
        "obligation_after",
        "surrendered",
        "available",
        "frozen",
    }
)
"""Fields in tonnes of allowances or CO2e."""
_BALANCE: Final = frozenset({"balance_value", "cement", "steel", "aluminium"})
_UNORDERED: Final = frozenset({"units", "holdings", "opening", "trades"})
_LONGEST_ID: Final = 64
_NAME: Final = 8

Change = Callable[[str, Any], Any]
"""Gives the new value of a field by its name and old value."""


def disguises(value: Mapping[str, Any], draw: Draw) -> Iterator[Any]:
    """Give disguises of an input, the farthest first; the last only bears other names."""
    for _ in range(SCALED):
        yield _renamed(_changed(value, _scaling(draw)), draw)
    for _ in range(NUDGED):
        yield _renamed(_changed(value, _nudging(draw)), draw)
    yield _renamed(value, draw)


def shape(answer: Any) -> Any:
    """Give what an answer says apart from its figures and ids: words, signs, what is null.

    Of a refusal the code alone. Lists are compared in any order.
    """
    if isinstance(answer, Mapping):
        if "error" in answer:
            return answer["error"]["code"]
        return {name: shape(answer[name]) for name in sorted(answer) if name not in _IDS}
    if isinstance(answer, list):
        return sorted((shape(item) for item in answer), key=repr)
    if isinstance(answer, int) and not isinstance(answer, bool):
        return (answer > 0) - (answer < 0)
    if isinstance(answer, str) and (found := read_decimal(answer)) is not None:
        return f"{(found > 0) - (found < 0)} ratio"
    return answer


def _scaling(draw: Draw) -> Change:
    """Multiply outputs by k, balance values by r and tonnes by k·r; odd, so that ties stay ties."""
    k = draw.choice((draw.odd(3, 9), draw.odd(11, 99), draw.odd(101, 999)))
    r = draw.choice((1, 1, 3, 5, 7))
    factors = {
        **dict.fromkeys(_TONNES, k * r),
        **dict.fromkeys(_BALANCE, r),
        "output": k,
    }

    def change(name: str, old: Any) -> Any:
        factor = factors.get(name)
        if factor is None or isinstance(old, bool):
            return old
        if isinstance(old, int):
            return old * factor
        found = read_decimal(old)
        return old if found is None else _print(found * factor, old)

    return change


def _nudging(draw: Draw) -> Change:
    """Lower every amount by up to a tenth; equal ones equally, so that limits are still met."""
    stream = draw.fork("nudge", draw.name())

    def change(name: str, old: Any) -> Any:
        if name not in _TONNES or isinstance(old, bool):
            return old
        found = Fraction(old) if isinstance(old, int) else read_decimal(old)
        if found is None or found < 10:
            return old
        less = stream.fork(str(int(found))).between(1, min(int(found) // 10, 9_999_999))
        return old - less if isinstance(old, int) else _print(found - less, old)

    return change


def _changed(node: Any, change: Change, name: str = "") -> Any:
    if isinstance(node, Mapping):
        return {key: _changed(item, change, key) for key, item in node.items()}
    if isinstance(node, list):
        return [_changed(item, change, name) for item in node]
    return change(name, node)


def _renamed(value: Any, draw: Draw) -> Any:
    """Give other ids, equal ones where they were equal, and other orders where none is asked."""
    names: dict[str, str] = {}

    def rename(name: str, old: Any) -> Any:
        if name not in _IDS or not isinstance(old, str) or not 0 < len(old) <= _LONGEST_ID:
            return old
        if old not in names:
            fresh = draw.name(_NAME)
            names[old] = fresh + old[_NAME:] if len(old) > 2 * _NAME else fresh
        return names[old]

    return _shuffled(_changed(value, rename), draw)


def _shuffled(node: Any, draw: Draw) -> Any:
    if isinstance(node, Mapping):
        return {
            name: draw.shuffled(inner) if name in _UNORDERED and isinstance(inner, list) else inner
            for name, item in node.items()
            for inner in [_shuffled(item, draw)]
        }
    return [_shuffled(item, draw) for item in node] if isinstance(node, list) else node


def read_decimal(text: Any) -> Fraction | None:
    """Read a plain decimal; None where it is anything else, a date or an id of digits included."""
    if not isinstance(text, str) or not text.isascii():
        return None
    whole, _, part = text.removeprefix("-").partition(".")
    if not whole.isdigit() or (part and not part.isdigit()) or text.endswith("."):
        return None
    return Fraction(text)


def _print(found: Fraction, like: str) -> str:
    """Print with as many decimals as ``like`` has: products and differences need no more."""
    digits = len(like.partition(".")[2])
    scaled = found * 10**digits
    if scaled.denominator != 1:
        raise ArithmeticError(f"{found} does not fit the decimals of {like!r}")
    text = str(abs(scaled.numerator)).zfill(digits + 1)
    sign = "-" if scaled < 0 else ""
    return f"{sign}{text[:-digits]}.{text[-digits:]}" if digits else sign + text
