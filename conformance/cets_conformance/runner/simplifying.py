"""Making a JSON value smaller while something holds of it: delta debugging, deterministic.

Not Hypothesis: its shrinker reduces what its own strategies drew, and the input to reduce here is a
given one. Every step is a removal, or puts a simpler scalar in the place of another, so that it
ends by itself; the order is fixed, so that it ends in the same place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterator, Sequence
from itertools import combinations
from typing import Any

__all__ = ["simplify"]

Holds = Callable[[Any], bool]
"""Whether a smaller value still shows what is looked for."""

Path = tuple[str | int, ...]
"""Members and positions from the root to a value."""

MOST_SCALED = 12
"""Numbers of a value up to which every two are scaled together."""

_QUANTITY = re.compile(r"(0|[1-9][0-9]*)(?:\.([0-9]+))?")
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-[0-9]{2}")


def simplify(value: Any, holds: Holds) -> Any:
    """Give a value of which ``holds`` is true still and which no single step makes smaller.

    ``holds`` is true of ``value``; what it raises passes through.
    """
    steps = (_remove_items, _remove_members, _scale_together, _replace_equals, _replace_each)
    smaller, before = value, None
    while smaller != before:
        before = smaller
        for step in steps:
            smaller = step(smaller, holds)
    return smaller


def _remove_items(value: Any, holds: Holds) -> Any:
    """Remove runs of list items: halves first, single ones last."""
    for path, items in list(_walk(value)):
        if not isinstance(items, list) or not _has(value, path):
            continue
        kept = _at(value, path)
        size = (len(kept) + 1) // 2
        while size:
            start = 0
            while start < len(kept):
                fewer = kept[:start] + kept[start + size :]
                if holds(_put(value, path, fewer)):
                    value, kept = _put(value, path, fewer), fewer
                else:
                    start += size
            size //= 2
    return value


def _remove_members(value: Any, holds: Holds) -> Any:
    for path, members in list(_walk(value)):
        if not isinstance(members, dict) or not _has(value, path):
            continue
        for name in members:
            kept = _at(value, path)
            fewer = _put(value, path, {key: item for key, item in kept.items() if key != name})
            if holds(fewer):
                value = fewer
    return value


def _scale_together(value: Any, holds: Holds) -> Any:
    """Divide numbers that end in zeros by one power of ten: all, then two; a ratio stays."""
    round_ones = [path for path, item in _walk(value) if _zeros(item)]
    groups: list[Sequence[Path]] = [round_ones]
    if len(round_ones) <= MOST_SCALED:
        groups += combinations(round_ones, 2)
    for group in groups:
        most = min((_zeros(_at(value, path)) for path in group), default=0)
        for places in range(most, 0, -1):
            scaled = value
            for path in group:
                item = _at(scaled, path)
                scaled = _put(scaled, path, _like(item, str(item)[:-places]))
            if holds(scaled):
                value = scaled
                break
    return value


def _replace_equals(value: Any, holds: Holds) -> Any:
    """Put one simpler scalar in all places of one that stands more than once, such as an id."""
    places: dict[Hashable, list[Path]] = {}
    for path, item in _walk(value):
        if not isinstance(item, dict | list):
            places.setdefault((type(item), item), []).append(path)
    for group in places.values():
        if len(group) > 1:
            value = _replace(value, group, holds)
    return value


def _replace_each(value: Any, holds: Holds) -> Any:
    for path, item in list(_walk(value)):
        if not isinstance(item, dict | list):
            value = _replace(value, [path], holds)
    return value


def _replace(value: Any, group: Sequence[Path], holds: Holds) -> Any:
    item = _at(value, group[0])
    for simpler in _simpler(item, group[0][-1] if group[0] else ""):
        changed = _put_all(value, group, simpler)
        if holds(changed):
            value, item = changed, simpler
            break
    if isinstance(item, bool) or not str(item).isascii() or not str(item).isdigit():
        return value
    low, high = 0, int(item)  # the least number by halving: exact where more of it is never less
    while high - low > 1:
        middle = (low + high) // 2
        changed = _put_all(value, group, _like(item, str(middle)))
        if holds(changed):
            value, high = changed, middle
        else:
            low = middle
    return value


def _simpler(item: Any, name: str | int) -> list[Any]:
    """Give simpler scalars, the simplest first."""
    if isinstance(item, bool):
        return [False] if item else []
    text = str(item)
    found: set[str] = set()
    quantity = _QUANTITY.fullmatch(text)
    date = _DATE.fullmatch(text)
    if isinstance(item, int | str) and quantity:
        found = set(_numbers(quantity[1], quantity[2] or ""))
        if isinstance(item, int):
            found = {candidate for candidate in found if candidate.isdigit()}
    elif isinstance(item, str) and date:
        found = {f"{date[1]}-01-01", f"{date[1]}-{date[2]}-01"}
    elif isinstance(item, str) and (name == "id" or str(name).endswith("_id")):
        found = set("ABC")
    key = _shortlex(text)
    return [_like(item, one) for one in sorted(found, key=_shortlex) if _shortlex(one) < key]


def _numbers(whole: str, part: str) -> Iterator[str]:
    yield from "0123456789"
    for length in range(2, len(whole) + 1):
        yield "1" + "0" * (length - 1)
        yield whole[:length]
        yield whole[:length] + "0" * (len(whole) - length)
    if part:
        yield from (whole, "0.5", "1.5", f"0.{part}")
        yield from (f"{whole}.{part[:length]}" for length in range(1, len(part)))


def _shortlex(text: str) -> tuple[int, str]:
    return len(text), text


def _like(item: Any, text: str) -> Any:
    """Write a number in the type of another."""
    return int(text) if isinstance(item, int) else text


def _zeros(item: Any) -> int:
    """Count the zeros at the end of a whole number, not those of 0 itself."""
    text = str(item) if isinstance(item, int | str) and not isinstance(item, bool) else ""
    is_whole = text.isascii() and text.isdigit() and text.strip("0")
    return len(text) - len(text.rstrip("0")) if is_whole else 0


def _walk(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Give every value with its path, the outer before the inner."""
    yield path, value
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _walk(item, (*path, name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _walk(item, (*path, index))


def _at(value: Any, path: Path) -> Any:
    for step in path:
        value = value[step]
    return value


def _has(value: Any, path: Path) -> bool:
    try:
        return isinstance(_at(value, path), dict | list)
    except (LookupError, TypeError):
        return False


def _put(value: Any, path: Path, item: Any) -> Any:
    """Give a copy of a value with another one at a path."""
    if not path:
        return item
    copy: Any = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = _put(value[path[0]], path[1:], item)
    return copy


def _put_all(value: Any, paths: Sequence[Path], item: Any) -> Any:
    for path in paths:
        value = _put(value, path, item)
    return value
