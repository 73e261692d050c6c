"""Properties that are worked out once, without a lock.

Until Python 3.12 ``functools.cached_property`` holds one lock for all objects of a class, so that
parts of a table, worked on side by side, wait for one another; and a short table is judged in less
time than many locks take.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

__all__ = ["once"]

T = TypeVar("T")


class once(Generic[T]):  # noqa: N801 - a decorator
    """Work a property out when it is first asked for; threads that ask at once may each do so."""

    def __init__(self, work: Callable[[Any], T]) -> None:
        self.work = work
        self.__doc__ = work.__doc__

    def __get__(self, owner: Any, _: type) -> T:
        """Give the value, which stands in the object's own dictionary from now on."""
        value = owner.__dict__[self.work.__name__] = self.work(owner)
        return value
