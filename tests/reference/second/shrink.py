"""Shrink a disagreement: delete list items and fields, make integers small, while it stays one."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from .answer import compare

Step = tuple[str | int, ...]


def places(value: Any, at: Step = ()) -> Iterator[Step]:
    """Every place within a value, the outer ones first."""
    if isinstance(value, dict | list):
        keys: list[Any] = list(value) if isinstance(value, dict) else list(range(len(value)))
        yield from (((*at, key)) for key in reversed(keys))
        for key in keys:
            yield from places(value[key], (*at, key))


def changed(value: Any, at: Step) -> Iterator[Any]:
    """Smaller values: without the place, or with a smaller integer in it."""
    for action in ("delete", "zero", "one", "half", "less"):
        smaller = copy.deepcopy(value)
        holder = smaller
        for key in at[:-1]:
            holder = holder[key]
        old = holder[at[-1]]
        if action == "delete":
            del holder[at[-1]]
        elif type(old) is int and old > 1:
            holder[at[-1]] = {"zero": 0, "one": 1, "half": old // 2, "less": old - 1}[action]
        elif type(old) is bool and action == "zero" and old:
            holder[at[-1]] = False
        else:
            continue
        yield smaller


def shrink(value: Any, still_wrong: Callable[[Any], bool], *, tries: int = 3000) -> Any:
    """Give a smaller value that is still wrong."""
    again = True
    while again and tries > 0:
        again = False
        for at in list(places(value)):
            for smaller in changed(value, at):
                tries -= 1
                if tries > 0 and still_wrong(smaller):
                    value, again = smaller, True
                    break
            if again:
                break
    return value


def minimal(operation: str, value: Any, readings: Mapping[str, str]) -> str:
    """Print a disagreement as the smallest JSON found: operation, readings, input, both answers.

    A smaller input has to fail in the same way: the same error (or an output) on either side.
    """
    fewer: dict[str, str] = dict(readings)
    for name in list(fewer):
        rest = {other: choice for other, choice in fewer.items() if other != name}
        if compare(operation, value, rest)[1] is not None:
            fewer = rest
    kind = compare(operation, value, fewer)[0]

    def still_wrong(smaller: Any) -> bool:
        found, difference = compare(operation, smaller, fewer)
        return difference is not None and found == kind

    small = shrink(value, still_wrong)
    difference = compare(operation, small, fewer)[1]
    told = {"operation": operation, "readings": fewer, "input": small}
    return f"{json.dumps(told, ensure_ascii=False, default=repr)}\n{difference}"
