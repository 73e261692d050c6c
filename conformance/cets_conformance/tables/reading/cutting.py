"""A table cut into shorter ones: columns are cut without a copy."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from .records import Problem, Table
from .typed import CodedColumn, NumberColumn, TextColumn, TypedColumn

__all__ = ["cut", "run_of"]


def cut(table: Table, size: int) -> list[Table]:
    """Cut a table into runs of ``size`` rows; problems of rows go with them, notes stay out."""
    if len(table.rows) <= size:
        return [table]
    starts = range(0, len(table.rows), size)
    of_rows = [problem for problem in table.problems if problem.check == "T-02"]
    numbers = [problem.place.row or 0 for problem in of_rows]
    places = np.searchsorted(table.rows, numbers) // size
    found: list[list[Problem]] = [[] for _ in starts]
    for problem, place in zip(of_rows, places.tolist(), strict=True):
        found[place].append(problem)
    return [
        replace(some, problems=(*some.problems, *mine))
        for some, mine in zip((run_of(table, start, size) for start in starts), found, strict=True)
    ]


def run_of(table: Table, start: int, size: int) -> Table:
    """Give a run of rows as a table, without what was noted or found in reading."""
    stop = start + size
    return replace(
        table,
        columns={name: _sliced(c, start, stop) for name, c in table.columns.items()},
        rows=table.rows[start:stop],
        problems=tuple(problem for problem in table.problems if problem.check != "T-02"),
        notes=(),
    )


def _sliced(column: TypedColumn, start: int, stop: int) -> TypedColumn:
    bad = None if column.bad is None else column.bad[start:stop]
    if isinstance(column, TextColumn):
        return TextColumn(column.text.slice(start, stop - start), bad)
    if isinstance(column, CodedColumn):
        return CodedColumn(column.codes[start:stop], column.texts, bad)
    decimals = None if column.decimals is None else column.decimals[start:stop]
    return NumberColumn(column.values[start:stop], column.present[start:stop], decimals, bad)
