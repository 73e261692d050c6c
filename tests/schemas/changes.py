"""Changes of a JSON document in one place."""

from __future__ import annotations

import copy
import functools
from collections.abc import Iterator
from typing import Any


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from places(value[key], (*path, key))


def at(value: Any, path: tuple[Any, ...]) -> Any:
    return functools.reduce(lambda holder, key: holder[key], path, value)


def changed(value: Any, path: tuple[Any, ...], action: str, item: Any) -> Any:
    """Give ``value`` with one thing replaced, removed or added."""
    value = copy.deepcopy(value)
    if action == "replace":
        if not path:
            return item
        at(value, path[:-1])[path[-1]] = item
    elif action == "remove" and path:
        del at(value, path[:-1])[path[-1]]
    elif action == "add" and isinstance(at(value, path), dict):
        at(value, path)[item[0]] = item[1]
    return value
