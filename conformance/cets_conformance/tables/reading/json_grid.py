"""JSON lines, and rows given directly: every key is a header, numbers keep their digits."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from . import header
from .files import Opened, decode
from .grid import Grid, GridColumn, Literal, Nested, Repeated, column_from_objects
from .records import Limits, Place, Problem, Progress, cut, refusal

__all__ = ["digest", "from_rows", "read"]

_STEP = 50_000


class _Pairs(list[tuple[str, object]]):
    """An object with its keys as they stand, doubled ones included."""


def _object(pairs: list[tuple[str, object]]) -> _Pairs:
    return _Pairs(pairs)


_DECODER = json.JSONDecoder(
    parse_float=Literal, parse_int=Literal, parse_constant=Literal, object_pairs_hook=_object
)


class _Columns:
    """Cells by key, in the order in which keys are first met."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.cells: dict[str, list[object]] = {}
        self.length = 0

    def add(self, pairs: Iterable[tuple[str, object]]) -> None:
        """Take one row; a key that stands twice is marked."""
        for key, value in pairs:
            column = self.cells.get(key)
            if column is None:
                column = self.cells[key] = []
                if len(self.cells) > self.limits.columns:
                    found, limit = f"{len(self.cells):,}", f"{self.limits.columns:,}"
                    raise refusal("TOO_MANY_COLUMNS", found=found, limit=limit)
            cell = _plain(value)
            if len(column) > self.length:
                column[-1] = Repeated("" if cell is None else cell)
                continue
            column.extend([None] * (self.length - len(column)))
            column.append(cell)
        self.length += 1
        if self.length > self.limits.rows:
            limit = f"{self.limits.rows:,}"
            raise refusal("TOO_MANY_ROWS", found=f"> {limit}", limit=limit)

    def columns(self) -> tuple[GridColumn, ...]:
        """Give the columns, all of one length."""
        for cells in self.cells.values():
            cells.extend([None] * (self.length - len(cells)))
        return tuple(column_from_objects(cells) for cells in self.cells.values())


def _plain(value: object) -> object:
    if isinstance(value, list | tuple | Mapping):
        return Nested("{…}" if isinstance(value, _Pairs | Mapping) else "[…]")
    return value


def read(opened: Opened, _sheet: str | None, limits: Limits, progress: Progress) -> Grid:
    """Read one object a line; a line that is none is a problem of that line only."""
    content, encoding = decode(opened.content())
    columns = _Columns(limits)
    rows: list[int] = []
    spoiled: dict[int, Problem] = {}
    for number, line in enumerate(io.BytesIO(content), start=1):
        if not line.strip():
            continue
        found = _line(line)
        if isinstance(found, str):
            place, shown = Place(None, number, None), cut(line.decode().strip())
            spoiled[len(rows)] = Problem("T-02", found, place, None, shown, {"found": shown})
            found = _Pairs()
        columns.add(found)
        rows.append(number)
        if number % _STEP == 0:
            progress("read", number, None)
    return _grid(columns, rows, encoding, spoiled, opened.mapped)


def _line(line: bytes) -> _Pairs | str:
    """Give the pairs of a line, or the code of what is wrong with it."""
    try:
        found = _DECODER.decode(line.decode())
    except json.JSONDecodeError:
        return "LINE_NOT_JSON"
    except RecursionError:
        return "LINE_TOO_DEEP"
    return found if isinstance(found, _Pairs) else "LINE_NOT_OBJECT"


def _grid(
    columns: _Columns,
    rows: list[int],
    encoding: str | None,
    spoiled: dict[int, Problem],
    mapped: Mapping[str, str],
) -> Grid:
    names = tuple(columns.cells)
    found = header.find([names], named=True, mapped=mapped)
    if found is None:
        raise refusal("KEYS_NOT_KNOWN", found=cut(", ".join(names[:10])), headers=names)
    return Grid(
        columns=columns.columns(),
        rows=np.asarray(rows, dtype=np.int64),
        labels=names,
        header=found,
        encoding=encoding,
        spoiled=spoiled,
    )


def from_rows(
    rows: Sequence[Mapping[str, object]],
    limits: Limits,
    mapped: Mapping[str, str] = header.NOTHING_MAPPED,
) -> Grid:
    """Take rows as decoded from JSON; they are numbered from 1."""
    columns = _Columns(limits)
    for row in rows:
        columns.add((str(key), value) for key, value in row.items())
    if not rows:
        raise refusal("NO_ROWS")
    return _grid(columns, list(range(1, len(rows) + 1)), None, {}, mapped)


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
    return json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)


def _short(value: object) -> object:
    if isinstance(value, int):
        return hex(value)
    return "…" if isinstance(value, list | tuple | Mapping) else value
