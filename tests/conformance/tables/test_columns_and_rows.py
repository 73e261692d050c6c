"""The table checks by column find exactly what the checks row by row find."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from cets_conformance.tables import (
    Options,
    TableError,
    check_table,
    coded,
    enterprises,
    exact,
    judging,
)
from cets_conformance.tables.columns import COLUMNS
from cets_conformance.tables.options import TOUCHING
from cets_conformance.tables.reading import Table, grid, table_from_rows
from cets_reference.readings import READINGS as READINGS_OF_RULES

from .drawn import READINGS, pre_table, verified_table
from .handmade import Row
from .rowwise.check import check_row_by_row

SEEDS = st.integers(0, 2**32)


def read(rows: list[Row]) -> Table:
    """A column that no row fills is not there; texts as in a CSV file."""
    names = {name for row in rows for name, cell in row.items() if cell != ""}
    return table_from_rows(
        [{name: str(cell) for name, cell in row.items() if name in names} for row in rows]
    )


@pytest.fixture(params=["short", "long"], autouse=True)
def _as_short_and_as_long_tables_are(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cell by cell, key by key and as a whole; by columns, and in parts side by side."""
    if request.param == "long":
        monkeypatch.setattr(grid, "FEW", 0)
        for module in (coded, enterprises, exact):
            monkeypatch.setattr(module, "_FEW", 0)
        monkeypatch.setattr(judging, "PART", 7)


FEW = 4
"""Rows below which all other readings are tried row by row; that takes its time."""


def other_readings(
    table: Table, options: Options, previous: Table | None, verdict: str
) -> list[str]:
    """Name every other choice of a single reading under which a table would conform."""
    if verdict != "does_not_conform":
        return []
    tried = {
        f"{reading.id}={choice}": {**options.readings, reading.id: choice}
        for reading in READINGS_OF_RULES
        for choice in reading.choices
        if reading.id in TOUCHING and choice != "enterprise_half_up"
        if choice != options.readings.get(reading.id, reading.default)
    }
    return [
        name
        for name, readings in tried.items()
        if check_row_by_row(table, replace(options, readings=readings), previous).verdict
        == "conforms"
    ]


def agree(table: Table, options: Options, previous: Table | None = None) -> None:
    """Hold the two reports against each other, all rows of all findings, and the subjects."""
    columns = check_table(table, options=options, previous=previous)
    rows = check_row_by_row(table, options, previous)
    ours, theirs = columns.report(rows=None), rows.report(rows=None)
    named = ours.pop("conforms_under", [])
    if named or len(table.rows) < FEW:
        assert named == other_readings(table, options, previous, rows.verdict)
    for part in theirs:
        assert ours[part] == theirs[part], part
    assert ours == theirs
    few = columns.report(rows=3)
    assert few.pop("conforms_under", []) == named
    assert few == rows.report(rows=3)
    assert dict(columns.subjects()) == rows.subjects()


@settings(max_examples=120, deadline=None)
@given(SEEDS, st.integers(1, 40), st.sampled_from(READINGS))
def test_an_allocation_table_is_judged_alike(
    seed: int, rows: int, readings: dict[str, str]
) -> None:
    random = Random(seed)
    options = Options(
        readings=readings,
        national=random.random() < 0.3,
        solve_balance=random.random() < 0.2,
        balance={"cement": "0.861"} if random.random() < 0.2 else {},
    )
    previous = read(verified_table(random, rows)) if random.random() < 0.3 else None
    agree(read(verified_table(random, rows)), options, previous)


@settings(max_examples=60, deadline=None)
@given(
    SEEDS,
    st.integers(1, 5),
    st.sets(st.sampled_from(tuple(COLUMNS)), max_size=3),
    st.booleans(),
    st.sampled_from((verified_table, pre_table)),
)
def test_a_check_that_looked_at_nothing_has_not_passed(
    seed: int, count: int, lost: set[str], neighbours: bool, draw: Any
) -> None:
    random = Random(seed)
    rows = draw(random, count)
    previous = read([row | {"year": 2024} for row in rows]) if neighbours else None
    kept = [{name: cell for name, cell in row.items() if name not in lost} for row in rows]
    try:
        table = read(kept)
    except TableError:
        reject()  # too little is left to be a table
    for check in check_table(table, previous=previous).report()["checks"]:
        assert check["status"] != "passed" or check["rows_checked"], check
        assert check["status"] != "not_checked" or check["reason"], check
        if check.get("reason_code") == "COLUMN_EMPTY":
            column = table.columns.get(check["reason_values"]["field"])
            assert column is None or not column.present.any(), check


@settings(max_examples=40, deadline=None)
@given(SEEDS, st.integers(1, 40), st.sampled_from(READINGS))
def test_a_pre_allocation_table_is_judged_alike(
    seed: int, rows: int, readings: dict[str, str]
) -> None:
    random = Random(seed)
    previous: Any = None
    if random.random() < 0.6:
        previous = read([row | {"year": 2024} for row in verified_table(random, rows)])
    agree(read(pre_table(random, rows)), Options(readings=readings), previous)
