"""Parts of a table, and how a check asks all of them: a plan is written once, wherever they are.

A *part* is a run of rows, one at least. What rows say alone is asked of each part (``each``); what
takes others is aggregated from the answers and then judged, or found in buckets in which all rows
with one key meet (``shuffled``, ``returned``). Functions given to parts are pure and, like all they
take and give, can be sent to another machine. Of a table in the memory of this process nothing is
sent or copied: a short one is one part, a long one is cut for threads to work side by side
(:class:`Side`).
"""

from __future__ import annotations

import copyreg
import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import repeat
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from cets_conformance.tables.findings import Result

__all__ = ["THREADS", "Met", "Parts", "Side", "Together"]

THREADS = max(2, min(8, os.cpu_count() or 1))
"""Threads that work side by side; beyond some they wait for the memory."""


def _read_only(mapping: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    return MappingProxyType(mapping)


# rules hold read-only mappings, which pickle alone does not take
copyreg.pickle(MappingProxyType, lambda mapping: (_read_only, (dict(mapping),)))

S_co = TypeVar("S_co", covariant=True)
S = TypeVar("S")
T = TypeVar("T")
P = TypeVar("P")

Met = tuple[list[P], list[P]]
"""The pieces of one bucket: from the parts of the table, and from those of another one."""


class Parts(ABC, Generic[S_co]):
    """States of all parts, in the order of the file.

    Among what is ``shared`` other parts of the same table may be: each part gets its own of these.
    """

    keep: Callable[[Result], Result]
    """What of a part's result outlives the part."""

    @abstractmethod
    def each(self, ask: Callable[..., T], *shared: object) -> list[T]:
        """Call ``ask(state, *shared)`` on every part and give the answers."""

    @abstractmethod
    def then(self, make: Callable[..., T], *shared: object) -> Parts[T]:
        """Give parts whose states are ``make(state, *shared)``."""

    @abstractmethod
    def shuffled(
        self, split: Callable[..., Sequence[P]], other: Parts[Any] | None = None
    ) -> Parts[Met[P]]:
        """Give buckets of the pieces that ``split(state, buckets)`` gives of every part."""

    @abstractmethod
    def returned(
        self, buckets: Parts[Any], pick: Callable[..., Any], make: Callable[..., T]
    ) -> Parts[T]:
        """Give parts whose states are ``make(state, answers)``.

        ``answers``: of every bucket what ``pick(state of the bucket, number of the part)`` gives.
        """


def _all_of_it(result: Result) -> Result:
    return result


@dataclass(frozen=True)
class Together(Parts[S]):
    """Parts in the memory of this process."""

    states: Sequence[S]
    keep: Callable[[Result], Result] = _all_of_it

    def each(self, ask: Callable[..., T], *shared: object) -> list[T]:
        """See :class:`Parts`."""
        columns = (
            item.states if isinstance(item, Together) else repeat(item, len(self.states))
            for item in shared
        )
        return list(self._map(ask, self.states, *columns))

    def _map(self, ask: Callable[..., T], *columns: Iterable[Any]) -> Iterable[T]:
        return map(ask, *columns)

    def then(self, make: Callable[..., T], *shared: object) -> Together[T]:
        """See :class:`Parts`."""
        return self._of(self.each(make, *shared))

    def shuffled(
        self, split: Callable[..., Sequence[P]], other: Parts[Any] | None = None
    ) -> Together[Met[P]]:
        """See :class:`Parts`."""
        count = len(self.states)
        own, others = (
            list(zip(*parts.each(split, count), strict=True)) if parts else [()] * count
            for parts in (self, other)
        )
        met: Iterable[Met[P]] = (
            (list(here), list(there)) for here, there in zip(own, others, strict=True)
        )
        return self._of(list(met))

    def returned(
        self, buckets: Parts[Any], pick: Callable[..., Any], make: Callable[..., T]
    ) -> Together[T]:
        """See :class:`Parts`."""
        states = [
            make(state, buckets.each(pick, number)) for number, state in enumerate(self.states)
        ]
        return self._of(states)

    def _of(self, states: Sequence[T]) -> Together[T]:
        kind: Any = type(self)
        made: Together[T] = kind(states, self.keep)
        return made


@dataclass(frozen=True)
class Side(Together[S]):
    """Parts in the memory of this process, asked side by side; all rows meet in one bucket."""

    def _map(self, ask: Callable[..., T], *columns: Iterable[Any]) -> Iterable[T]:
        if len(self.states) == 1:
            return map(ask, *columns)
        with ThreadPoolExecutor(THREADS) as pool:
            return pool.map(ask, *columns)

    def shuffled(
        self, split: Callable[..., Sequence[P]], other: Parts[Any] | None = None
    ) -> Side[Met[P]]:
        """See :class:`Parts`."""
        own, others = (
            [piece for (piece,) in parts.each(split, 1)] if parts else [] for parts in (self, other)
        )
        return Side([(own, others)], self.keep)
