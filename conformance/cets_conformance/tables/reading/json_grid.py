"""JSON lines, and rows given directly: every key is a header, numbers keep their digits."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pyarrow as pa

from . import header
from .files import Opened, decode
from .grid import STRING, Grid, GridColumn, Literal, Nested, Repeated, column_from_objects
from .records import Limits, Place, Problem, Progress, cut, refusal
from .stream import RECORDS, Stream

__all__ = ["digest", "from_rows", "stream"]

_STEP = 5_000
_NESTED = (list, tuple, Mapping)
_SCALARS = frozenset({str, int, float, bool, type(None), Literal})
"""Types that need not be asked whether they are nested."""


class _Pairs(list[tuple[str, object]]):
    """An object with its keys as they stand, doubled ones included."""


def _object(pairs: list[tuple[str, object]]) -> _Pairs:
    return _Pairs(pairs)


_DECODER = json.JSONDecoder(
    parse_float=Literal, parse_int=Literal, parse_constant=Literal, object_pairs_hook=_object
)
_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)


@dataclass(frozen=True, slots=True)
class _Block:
    """Some rows as columns, of the keys that stand in them."""

    columns: dict[str, GridColumn]
    """By key."""
    rows: list[int]
    """Numbers of the rows."""
    spoiled: dict[int, Problem]
    """Rows that are none, by position."""


class _Rows:
    """Rows in blocks, since as objects they take many times the memory; keys as they are met."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.names: dict[str, None] = {}
        self.blocks: list[_Block] = []
        self.count = 0
        self.begin()

    def begin(self) -> None:
        """Begin a block."""
        self.cells: dict[str, list[object]] = {}
        self.numbers: list[int] = []
        self.spoiled: dict[int, Problem] = {}

    def add(
        self, number: int, pairs: Iterable[tuple[str, object]], problem: Problem | None = None
    ) -> None:
        """Take one row; a key that stands twice is marked."""
        length = len(self.numbers)
        for key, value in pairs:
            column = self.cells.get(key)
            if column is None:
                column = self.cells[key] = []
                self.names[key] = None
                if len(self.names) > self.limits.columns:
                    found, limit = f"{len(self.names):,}", f"{self.limits.columns:,}"
                    raise refusal("TOO_MANY_COLUMNS", found=found, limit=limit)
            cell = _plain(value)
            if len(column) > length:
                column[-1] = Repeated("" if cell is None else cell)
                continue
            if len(column) < length:
                column.extend([None] * (length - len(column)))
            column.append(cell)
        if problem:
            self.spoiled[length] = problem
        self.numbers.append(number)
        self.count += 1
        if self.count > self.limits.rows:
            limit = f"{self.limits.rows:,}"
            raise refusal("TOO_MANY_ROWS", found=f"> {limit}", limit=limit)
        if len(self.numbers) == RECORDS:
            self.end()

    def end(self) -> None:
        """End a block: make columns, all of one length."""
        for cells in self.cells.values():
            cells.extend([None] * (len(self.numbers) - len(cells)))
        columns = {name: column_from_objects(cells) for name, cells in self.cells.items()}
        self.blocks.append(_Block(columns, self.numbers, self.spoiled))
        self.begin()

    def stream(self, encoding: str | None, mapped: Mapping[str, str]) -> Stream:
        """Give all rows, now that all keys are known."""
        if self.numbers:
            self.end()
        names = tuple(self.names)
        found = header.of_names(names, mapped)
        if found is None:
            raise refusal("KEYS_NOT_KNOWN", found=cut(", ".join(names[:10])), headers=names)
        return Stream(
            found,
            names,
            self.grids(found, names),
            begin=0,
            consecutive=False,
            first_row=self.blocks[0].rows[0],
            last_row=self.blocks[-1].rows[-1],
            encoding=encoding,
        )

    def grids(self, found: header.Header, names: tuple[str, ...]) -> Iterator[Callable[[], Grid]]:
        """Give the blocks, each let go of with its grid."""
        self.blocks.reverse()
        while self.blocks:
            yield partial(_grid, self.blocks.pop(), found, names)


def _grid(block: _Block, found: header.Header, names: tuple[str, ...]) -> Grid:
    """Give a block the columns of keys that stand in other rows only."""
    columns = block.columns
    if len(columns) < len(names):
        nothing = GridColumn(pa.chunked_array([pa.nulls(len(block.rows), STRING)]))
        columns = dict.fromkeys(names, nothing) | columns
    cells = tuple(columns[name] for name in names)
    return Grid(cells, np.asarray(block.rows, np.int64), names, found, spoiled=block.spoiled)


def _plain(value: object) -> object:
    if type(value) not in _SCALARS and isinstance(value, _NESTED):
        return Nested("{…}" if isinstance(value, _Pairs | Mapping) else "[…]")
    return value


def stream(opened: Opened, _sheet: str | None, limits: Limits, progress: Progress) -> Stream:
    """Read one object a line; a line that is none is a problem of that line only."""
    content, encoding = decode(opened.content())
    rows = _Rows(limits)
    lines = io.BytesIO(content)
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        found = _line(line)
        if isinstance(found, str):
            place, shown = Place(None, number, None), cut(line.decode().strip())
            problem = Problem("T-02", found, place, None, shown, {"found": shown})
            rows.add(number, (), problem)
        else:
            rows.add(number, found)
        if number % _STEP == 0:
            progress("open", lines.tell(), len(content))
    return rows.stream(encoding, opened.mapped)


def _line(line: bytes) -> _Pairs | str:
    """Give the pairs of a line, or the code of what is wrong with it."""
    try:
        found = _DECODER.decode(line.decode())
    except json.JSONDecodeError:
        return "LINE_NOT_JSON"
    except RecursionError:
        return "LINE_TOO_DEEP"
    return found if isinstance(found, _Pairs) else "LINE_NOT_OBJECT"


def from_rows(
    rows: Sequence[Mapping[str, object]],
    limits: Limits,
    mapped: Mapping[str, str] = header.NOTHING_MAPPED,
) -> Stream:
    """Take rows as decoded from JSON; they are numbered from 1."""
    if not rows:
        raise refusal("NO_ROWS")
    taken = _Rows(limits)
    for number, row in enumerate(rows, start=1):
        taken.add(number, ((str(key), value) for key, value in row.items()))
    return taken.stream(None, mapped)


def digest(rows: Sequence[Mapping[str, object]]) -> tuple[int, str]:
    """Give size and SHA-256 of the rows in canonical JSON."""
    total, size = hashlib.sha256(), 0
    for row in rows:
        try:
            text = _canonical(row)
        except (ValueError, RecursionError):  # integers of thousands of digits, deep nesting
            text = _canonical({key: _short(value) for key, value in row.items()})
        line = (text + "\n").encode("utf-8", "surrogatepass")
        total.update(line)
        size += len(line)
    return size, total.hexdigest()


def _canonical(row: Mapping[str, object]) -> str:
    return _ENCODER.encode(row)


def _short(value: object) -> object:
    if isinstance(value, int):
        return hex(value)
    return "…" if isinstance(value, list | tuple | Mapping) else value
