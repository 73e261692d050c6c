"""A table cut anywhere, its parts asked as if they were on other machines: all goes by pickle."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np

from cets_conformance import direct
from cets_conformance.tables import Options, Outcome
from cets_conformance.tables.findings import told
from cets_conformance.tables.judging import judge_parts
from cets_conformance.tables.parts import Parts, Together
from cets_conformance.tables.reading import Table
from cets_conformance.tables.reading.typed import CodedColumn, NumberColumn, TextColumn, TypedColumn
from cets_conformance.tables.units import Rows


def posted(item: Any) -> Any:
    return pickle.loads(pickle.dumps(item))


class Posted(Together[Any]):
    """Parts to which nothing comes and from which nothing goes but by pickle."""

    def each(self, ask: Callable[..., Any], *shared: object) -> list[Any]:
        own = [item for item in shared if not isinstance(item, Parts)]
        posted((ask, own))
        return [posted(answer) for answer in super().each(ask, *shared)]

    def then(self, make: Callable[..., Any], *shared: object) -> Posted:
        return Posted(self.each(make, *shared), posted(self.keep))

    def shuffled(self, split: Callable[..., Any], other: Parts[Any] | None = None) -> Posted:
        return Posted(posted(super().shuffled(posted(split), other).states), self.keep)

    def returned(self, buckets: Any, pick: Any, make: Any) -> Posted:
        done = super().returned(buckets, posted(pick), posted(make))
        return Posted(posted(done.states), self.keep)


def cut(table: Table, places: Sequence[int]) -> list[Table]:
    """Cut a table at some positions, as far as it is so long."""
    ends = sorted({0, *(place for place in places if place < len(table.rows)), len(table.rows)})
    return [_part(table, start, stop) for start, stop in pairwise(ends)]


def _part(table: Table, start: int, stop: int) -> Table:
    rows = table.rows[start:stop]
    return replace(
        table,
        columns={name: _sliced(column, start, stop) for name, column in table.columns.items()},
        rows=rows,
        problems=tuple(p for p in table.problems if p.check != "T-02" or p.place.row in rows),
        notes=(),
    )


def _sliced(column: TypedColumn, start: int, stop: int) -> TypedColumn:
    bad = None if column.bad is None else column.bad[start:stop]
    if isinstance(column, TextColumn):
        return TextColumn(column.text.slice(start, stop - start), bad)
    if isinstance(column, NumberColumn):
        decimals = None if column.decimals is None else column.decimals[start:stop]
        return NumberColumn(column.values[start:stop], column.present[start:stop], decimals, bad)
    met = [code for code in dict.fromkeys(column.codes[start:stop].tolist()) if code >= 0]
    place = np.full(len(column.texts) + 1, -1, np.int32)
    place[met] = range(len(met))
    texts = tuple(column.texts[code] for code in met)
    return CodedColumn(place[column.codes[start:stop]], texts, bad)


def check_in_parts(
    parts: list[Table], options: Options, previous: list[Table] | None, rows: int | None
) -> Outcome:
    """Check a table that is in parts, ``rows`` of each finding being wanted."""
    rules = direct.ruleset_with(options.readings)
    own, before = (
        Posted([Rows(part, rules) for part in some], partial(told, rows=rows)) if some else None
        for some in (parts, previous)
    )
    assert own is not None
    whole = replace(parts[0], columns={}, rows=np.zeros(0, np.int64))
    return judge_parts(whole, own, before, options, lambda *_: None)
