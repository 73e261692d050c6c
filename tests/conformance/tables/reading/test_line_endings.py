"""A CSV is read the same whatever ends its lines, and whether or not the last one is ended."""

from __future__ import annotations

import io

import pytest

from cets_conformance.tables.reading import read_table

LINES = [
    "year,sector,unit_id,verified_emissions,allowance",
    '2024,cement,"u1",1,1',
    "2024,cement,u2,2,2",
]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", [True, False])
@pytest.mark.parametrize("ragged", [True, False])
def test_rows_do_not_depend_on_how_lines_end(end: str, *, last: bool, ragged: bool) -> None:
    lines = [*LINES, "2024,cement,u3,3,3,too,many"] if ragged else LINES
    text = end.join(lines) + (end if last else "")
    table = read_table(io.BytesIO(text.encode()), name="t.csv")
    assert table.cells["unit_id"].tolist()[:2] == ["u1", "u2"]
    assert [problem.code for problem in table.problems] == ["ROW_LENGTH"] * ragged
