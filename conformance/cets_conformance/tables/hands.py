"""Who works on a table: threads on a long one, on a short one who asked.

To start threads and to wait for them takes longer than all the checks of some hundred rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from typing import Any, NamedTuple, Protocol, TypeVar

__all__ = ["SHORT", "Due", "Hands", "hands"]

SHORT = 2_000
"""Rows up to which a table is short: they are done in some milliseconds."""

T_co = TypeVar("T_co", covariant=True)


class Due(Protocol[T_co]):
    """Work that was asked for."""

    def result(self) -> T_co:
        """Give what it gave, or raise what it raised."""


class Hands(Protocol):
    """Executors, as far as they are used."""

    def submit(self, work: Callable[..., Any], /, *args: Any) -> Due[Any]:
        """Have some work done."""

    def map(self, work: Callable[..., Any], /, *items: Iterable[Any]) -> Iterator[Any]:
        """Have some work done on each item."""

    def shutdown(self, *, cancel_futures: bool) -> None:
        """Take no more work."""


class _Own(NamedTuple):
    """Work that who asked does when its result is asked for."""

    work: Callable[..., Any]
    given: tuple[Any, ...]

    def result(self) -> Any:
        return self.work(*self.given)


class _Oneself:
    """Does what is asked of it when the result is asked for, in the thread that asks."""

    def submit(self, work: Callable[..., Any], /, *args: Any) -> _Own:
        return _Own(work, args)

    def map(self, work: Callable[..., Any], /, *items: Iterable[Any]) -> Iterator[Any]:
        return map(work, *items)

    def shutdown(self, *, cancel_futures: bool) -> None:
        """Nothing waits."""


_ONESELF = nullcontext(_Oneself())


def hands(threads: int, rows: int | None) -> AbstractContextManager[Hands]:
    """Give threads for so many rows, or for a number nobody knows."""
    if rows is not None and rows <= SHORT:
        return _ONESELF
    return ThreadPoolExecutor(threads)
