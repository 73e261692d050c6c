"""Parts of a table on a cluster: each state is the future of a pure function of others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import getitem
from typing import Any, TypeVar

from cets_conformance.tables.findings import Result
from cets_conformance.tables.parts import Met, Parts

from .cluster import Cluster

__all__ = ["Remote"]

S = TypeVar("S")
T = TypeVar("T")
P = TypeVar("P")

_BUCKETS = 2
"""Buckets a thread, at most one a part."""


@dataclass(frozen=True)
class Remote(Parts[S]):
    """Parts on a cluster."""

    cluster: Cluster
    futures: Sequence[Any]
    """Future of the state of each part."""
    keep: Callable[[Result], Result]

    def each(self, ask: Callable[..., T], *shared: object) -> list[T]:
        """See :class:`Parts`."""
        return self.cluster.gather(self._asked(ask, shared))

    def then(self, make: Callable[..., T], *shared: object) -> Remote[T]:
        """See :class:`Parts`."""
        return Remote(self.cluster, self._asked(make, shared), self.keep)

    def _asked(self, function: Callable[..., Any], shared: Sequence[object]) -> list[Any]:
        """Call a function on every part; what all share is sent once and passed on by workers."""
        own = [item for item in shared if isinstance(item, Remote)]
        same = [None if isinstance(item, Remote) else item for item in shared]
        places = [at for at, item in enumerate(shared) if isinstance(item, Remote)]
        held = self.cluster.submit(_hold, same)
        return [
            self.cluster.submit(
                _call, function, state, held, places, *(item.futures[at] for item in own)
            )
            for at, state in enumerate(self.futures)
        ]

    def shuffled(
        self, split: Callable[..., Sequence[P]], other: Parts[Any] | None = None
    ) -> Remote[Met[P]]:
        """See :class:`Parts`."""
        count = min(len(self.futures), _BUCKETS * self.cluster.threads)
        own, others = (
            [self.cluster.submit(split, state, count) for state in parts.futures]
            if isinstance(parts, Remote)
            else []
            for parts in (self, other)
        )
        met = [
            self.cluster.submit(
                _meet,
                *(
                    [self.cluster.submit(getitem, pieces, bucket) for pieces in some]
                    for some in (own, others)
                ),
            )
            for bucket in range(count)
        ]
        return Remote(self.cluster, met, self.keep)

    def returned(
        self, buckets: Parts[Any], pick: Callable[..., Any], make: Callable[..., T], *shared: object
    ) -> Remote[T]:
        """See :class:`Parts`."""
        assert isinstance(buckets, Remote)  # noqa: S101 - made by shuffled
        made = [
            self.cluster.submit(
                make,
                state,
                [self.cluster.submit(pick, bucket, number) for bucket in buckets.futures],
                *shared,
            )
            for number, state in enumerate(self.futures)
        ]
        return Remote(self.cluster, made, self.keep)


def _hold(shared: list[object]) -> list[object]:
    return shared


def _call(
    function: Callable[..., T], state: object, held: list[object], places: list[int], *own: object
) -> T:
    shared = list(held)
    for place, item in zip(places, own, strict=True):
        shared[place] = item
    return function(state, *shared)


def _meet(own: list[P], others: list[P]) -> Met[P]:
    return own, others
