"""Parts of a table on a cluster: each state is the future of a pure function of others."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Generic, TypeVar

import numpy as np
import pyarrow as pa

from cets_conformance.tables.findings import Result
from cets_conformance.tables.parts import Met, Parts
from cets_conformance.tables.units import Rows

from .cluster import Cluster

__all__ = ["Remote", "State"]

S = TypeVar("S")
T = TypeVar("T")
P = TypeVar("P")

_BUCKETS = 2
"""Buckets a thread, at most one a part."""


class State(Generic[S]):
    """What a worker keeps of a part; it knows its size, so that Dask works where it lies."""

    def __init__(self, value: S) -> None:
        self.value = value

    def __sizeof__(self) -> int:
        """Count the bytes of its columns, but not those of the rows that it was made of."""
        return _bytes(self.value.table.columns if isinstance(self.value, Rows) else self.value)


def _bytes(item: object) -> int:
    if isinstance(item, np.ndarray | pa.Array | pa.ChunkedArray):
        return int(item.nbytes)
    if is_dataclass(item):
        return sum(_bytes(getattr(item, field.name)) for field in fields(item))
    if isinstance(item, Mapping):
        return sum(map(_bytes, item.values()))
    return sum(map(_bytes, item)) if isinstance(item, list | tuple) else 0


@dataclass(frozen=True)
class Remote(Parts[S]):
    """Parts on a cluster."""

    cluster: Cluster
    futures: Sequence[Any]
    """Future of the :class:`State` of each part."""
    keep: Callable[[Result], Result]

    def each(self, ask: Callable[..., T], *shared: object) -> list[T]:
        """See :class:`Parts`."""
        return self.cluster.gather(self._called(_ask, ask, shared))

    def then(self, make: Callable[..., T], *shared: object) -> Remote[T]:
        """See :class:`Parts`."""
        return Remote(self.cluster, self._called(_make, make, shared), self.keep)

    def _called(
        self, how: Callable[..., Any], function: Callable[..., Any], shared: Sequence[object]
    ) -> list[Any]:
        """Call a function on every part; what all share is sent once and passed on by workers."""
        own = {at: item for at, item in enumerate(shared) if isinstance(item, Remote)}
        same = [None if at in own else item for at, item in enumerate(shared)]
        held = self.cluster.submit(_hold, same)
        return [
            self.cluster.submit(
                how, function, state, held, list(own), *(item.futures[at] for item in own.values())
            )
            for at, state in enumerate(self.futures)
        ]

    def shuffled(
        self, split: Callable[..., Sequence[P]], other: Parts[Any] | None = None
    ) -> Remote[Met[P]]:
        """See :class:`Parts`."""
        submit = self.cluster.submit
        count = min(len(self.futures), _BUCKETS * self.cluster.threads)
        own, others = (
            [submit(_split, split, state, count) for state in parts.futures]
            if isinstance(parts, Remote)
            else []
            for parts in (self, other)
        )
        met = [
            submit(
                _meet,
                *([submit(_piece, pieces, bucket) for pieces in some] for some in (own, others)),
            )
            for bucket in range(count)
        ]
        return Remote(self.cluster, met, self.keep)

    def returned(
        self, buckets: Parts[Any], pick: Callable[..., Any], make: Callable[..., T]
    ) -> Remote[T]:
        """See :class:`Parts`."""
        submit = self.cluster.submit
        assert isinstance(buckets, Remote)  # noqa: S101 - made by shuffled
        made = [
            submit(
                _return,
                make,
                state,
                [submit(_pick, pick, bucket, number) for bucket in buckets.futures],
            )
            for number, state in enumerate(self.futures)
        ]
        return Remote(self.cluster, made, self.keep)


def _hold(shared: list[object]) -> list[object]:
    return shared


def _ask(
    function: Callable[..., T],
    state: State[Any],
    held: list[object],
    places: list[int],
    *own: State[Any],
) -> T:
    shared = list(held)
    for place, item in zip(places, own, strict=True):
        shared[place] = item.value
    return function(state.value, *shared)


def _make(*given: Any) -> State[Any]:
    return State(_ask(*given))


def _split(split: Callable[..., list[P]], state: State[Any], buckets: int) -> State[list[P]]:
    return State(split(state.value, buckets))


def _piece(pieces: State[list[P]], bucket: int) -> State[P]:
    return State(pieces.value[bucket])


def _meet(own: list[State[P]], others: list[State[P]]) -> State[Met[P]]:
    return State(([piece.value for piece in own], [piece.value for piece in others]))


def _pick(pick: Callable[..., P], bucket: State[Any], number: int) -> State[P]:
    return State(pick(bucket.value, number))


def _return(make: Callable[..., T], state: State[Any], answers: list[State[Any]]) -> State[T]:
    return State(make(state.value, [answer.value for answer in answers]))
