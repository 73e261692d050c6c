"""Who works on a table: threads on a long one, on a short one who asked.

To start threads and to wait for them takes longer than all the checks of some hundred rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Any, TypeVar

__all__ = ["SHORT", "hands"]

SHORT = 2_000
"""Rows up to which a table is short: they are done in some milliseconds."""

_T = TypeVar("_T")


class _Oneself(Executor):
    """Does what is asked of it at once, in the thread that asks."""

    def submit(self, work: Callable[..., Any], /, *args: Any, **named: Any) -> Future[Any]:
        """Do some work; what it raises is kept for who asks for the result."""
        done: Future[Any] = Future()
        try:
            done.set_result(work(*args, **named))
        except Exception as error:  # noqa: BLE001 - as a pool of threads does
            done.set_exception(error)
        return done

    def map(self, fn: Callable[..., _T], *iterables: Iterable[Any], **_: Any) -> Iterator[_T]:
        """Do some work on each item when its result is asked for."""
        return map(fn, *iterables)


def hands(threads: int, rows: int | None) -> Executor:
    """Give threads for so many rows, or for a number nobody knows."""
    if rows is not None and rows <= SHORT:
        return _Oneself()
    return ThreadPoolExecutor(threads)
