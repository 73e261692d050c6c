"""Records of a file read and typed on a cluster, by the pieces in which they are read here."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from cets_conformance import direct
from cets_conformance.tables import ClusterError
from cets_conformance.tables.reading import Limits, Table, TableError
from cets_conformance.tables.reading.assemble import Reading, renumbered, with_rows
from cets_conformance.tables.reading.csv_blocks import Block, parsed
from cets_conformance.tables.reading.csv_head import Start
from cets_conformance.tables.reading.grid import Grid, GridColumn, pa_array
from cets_conformance.tables.reading.pieces import Piece, read_piece
from cets_conformance.tables.reading.stream import NotPlainError, Stream
from cets_conformance.tables.reading.units import Chosen
from cets_conformance.tables.units import Rows

from .cluster import Cluster
from .remote import State

__all__ = ["Builder"]

_PARTS = 4
"""Parts a thread, so that none waits long for the last one."""

_RECORDS = 1 << 18
"""Records of a part at most, about."""

_HEAD = 1 << 16
"""Bytes by which a file is known again."""


@dataclass
class Builder:
    """Makes the table of a file on a cluster: what is told of it here, its rows there."""

    cluster: Cluster
    source: Path
    readings: Mapping[str, str]
    parts: list[Any] = field(default_factory=list)
    """Futures of the rows of each part, once the table is made."""

    def __call__(self, read: Reading, stream: Stream) -> Table:
        """Have all records typed; errors as where they are typed here."""
        begun = read.begin(stream)
        typed = list(self._typed(stream, begun.chosen, read.limits))
        told = [self.cluster.submit(_tell, part) for part in typed]
        pieces: list[Piece] = []
        befores: list[list[int]] = []
        rows, count = [], 0
        for future in told:
            (some,) = self.cluster.gather([future])
            befores.append([])
            rows.append(some.rows)
            for piece in some.pieces:
                befores[-1].append(count if stream.consecutive else 0)
                pieces.append(read.numbered(stream, piece, count))
                count += piece.count
            if some.failure is not None:
                raise some.failure
        table = read.about(stream, begun, pieces)
        head = replace(table, notes=())
        self.parts = [
            self.cluster.submit(_rows, part, before, head, dict(self.readings))
            for part, before, some in zip(typed, befores, rows, strict=True)
            if some
        ]
        return table

    def _typed(self, stream: Stream, chosen: Chosen | None, limits: Limits) -> Iterator[Any]:
        """Have the records typed by parts, and give the future of each."""
        send = self._sender()
        most = min(_RECORDS, -(-(stream.count or 0) // (_PARTS * self.cluster.threads)))
        begin, records, part = stream.begin, 0, []
        for grid in stream.grids:
            count, sent = send(grid)
            part.append(sent)
            records += count
            if records > most:
                yield self.cluster.submit(_type, part, chosen, begin, limits)
                begin, records, part = 0, 0, []
        if part:
            yield self.cluster.submit(_type, part, chosen, begin, limits)

    def _sender(self) -> Callable[[Callable[[], Grid]], tuple[int, Callable[[], Grid]]]:
        """Give what makes a grid's reader one that workers can call, and counts its records."""
        path = self.source.resolve()
        with path.open("rb") as file:
            head = file.read(_HEAD)
        seen = all(self.cluster.everywhere(_sees, path, zlib.crc32(head)))
        return partial(_sent, path if seen else None)


def _sees(path: Path, check: int) -> bool:
    """Tell whether a file is here too."""
    try:
        with path.open("rb") as file:
            return zlib.crc32(file.read(_HEAD)) == check
    except OSError:
        return False


def _sent(path: Path | None, read: Callable[[], Grid]) -> tuple[int, Callable[[], Grid]]:
    """Make a reader that workers can call; ``path``: of the file, where they see it."""
    if not isinstance(read, Block):
        grid = read()
        return len(grid.rows), partial(_given, replace(grid, columns=_copied(grid.columns)))
    count = read.body.count(b"\n")
    if path is None:
        return count, read
    return count, _Lying(path, read.at, len(read.body), zlib.crc32(read.body), read.start)


def _given(grid: Grid) -> Grid:
    return grid


def _copied(columns: Sequence[GridColumn]) -> tuple[GridColumn, ...]:
    """Copy cells out of the whole file's, all of which would be sent with them."""
    return tuple(
        GridColumn(column.text.take(pa_array(np.arange(len(column.text)))), column.forms)
        for column in columns
    )


@dataclass(frozen=True, slots=True)
class _Lying:
    """Lines below the header where they lie in a file that workers see."""

    path: Path
    at: int
    size: int
    check: int
    """Checksum of the bytes, as the client read them."""
    start: Start

    def __call__(self) -> Grid:
        """Read and parse them; :class:`ClusterError` where they are not what the client read."""
        try:
            with self.path.open("rb") as file:
                file.seek(self.at)
                body = file.read(self.size)
        except OSError as error:
            raise ClusterError("FILE_NOT_SEEN", file=str(self.path), reason=str(error)) from error
        if zlib.crc32(body) != self.check:
            raise ClusterError("FILE_CHANGED", file=str(self.path))
        return parsed(body, self.start)


class _Typed(NamedTuple):
    """A part of the file, typed."""

    pieces: list[Piece]
    failure: Exception | None
    """What the piece after the last one failed at; it counts if those before it do not fail."""


class _Told(NamedTuple):
    """What the client is told of a part."""

    rows: int
    pieces: list[Piece]
    """Without cells, and of the rows only the first: that there are any."""
    failure: Exception | None


def _type(
    grids: list[Callable[[], Grid]], chosen: Chosen | None, begin: int, limits: Limits
) -> State[_Typed]:
    """Read and type the pieces of a part."""
    pieces = []
    for grid in grids:
        try:
            pieces.append(read_piece(grid(), chosen, begin, limits))
        except (NotPlainError, TableError) as error:
            return State(_Typed(pieces, error))
        begin = 0
    return State(_Typed(pieces, None))


def _tell(typed: State[_Typed]) -> _Told:
    pieces, failure = typed.value
    told = [replace(piece, columns={}, problems=(), rows=piece.rows[:1]) for piece in pieces]
    return _Told(sum(len(piece.rows) for piece in pieces), told, failure)


def _rows(
    typed: State[_Typed], befores: list[int], table: Table, readings: Mapping[str, str]
) -> State[Rows]:
    """Give the rows of a part; ``befores``: records of the file before each of its pieces."""
    pieces = [
        # columns may be taken out as they are put together, but the state stays what it is
        replace(renumbered(piece, before), columns=dict(piece.columns))
        for piece, before in zip(typed.value.pieces, befores, strict=True)
    ]
    return State(Rows(with_rows(table, pieces), direct.ruleset_with(readings)))
