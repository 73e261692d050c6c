"""A few cells, taken one by one, become what a whole column becomes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cets_conformance.tables.columns import COLUMNS
from cets_conformance.tables.reading import Table, grid, table_from_rows
from cets_conformance.tables.reading.grid import Literal

from .conftest import HEADER, ROW

CELL = st.one_of(
    st.sampled_from(
        ["", " ", "2025", "2025年", "钢铁", "cement", "是", "否", "北京", "11", "甲（集团）"]
    ),
    st.from_regex(r"-?[0-9]{1,16}(\.[0-9]{0,7})?%?", fullmatch=True),
    st.from_regex(r"[0-9]{1,16}(\.[0-9]{1,14})?", fullmatch=True).map(Literal),
    st.text("０1，.#= aｱ\u3000（é", max_size=5),
    st.booleans(),
    st.none(),
    st.lists(st.integers(), max_size=1),
)
NAMES = sorted(COLUMNS)


def columns_of(table: Table) -> dict[str, Any]:
    """Everything that is kept of the columns, comparable."""
    found: dict[str, Any] = {}
    for name, column in table.columns.items():
        parts = {part: getattr(column, part) for part in column.__slots__}
        found[name] = (
            type(column),
            {
                part: (value.dtype, value.tolist()) if isinstance(value, np.ndarray) else value
                for part, value in parts.items()
            },
        )
    return found


@settings(deadline=None, max_examples=200)
@given(st.lists(st.dictionaries(st.sampled_from(NAMES), CELL), min_size=1, max_size=4), st.data())
def test_a_short_table_is_read_as_a_long_one(rows: list[dict[str, Any]], data: Any) -> None:
    unit: Any = data.draw(st.sampled_from([None, "10kt"]))
    right = dict(zip(HEADER, ROW, strict=True))
    table = [right, *(right | row for row in rows)]
    one_by_one = table_from_rows(table, unit=unit)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(grid, "FEW", 0)
        whole = table_from_rows(table, unit=unit)
    assert columns_of(one_by_one) == columns_of(whole)
    assert one_by_one.problems == whole.problems
    assert one_by_one.notes == whole.notes
    assert one_by_one.rows.tolist() == whole.rows.tolist()
