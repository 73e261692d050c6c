"""Small tables, made in the format that a test is about."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import Any

import openpyxl
import pytest

from cets_conformance.tables.reading import Problem, Table, TableError, grid, read_table

HEADER = ["year", "province", "enterprise_id", "enterprise_name", "sector", "unit_id"]
HEADER += ["verified_emissions", "output", "balance_value", "allowance", "adjustment"]
ROW = ["2025", "13", "A1", "甲公司", "steel", "L1", "1000", "500", "2", "1000", "-5"]

Read = Callable[..., Table]


@pytest.fixture(params=[grid.FEW, 0], ids=["cell by cell", "by columns"], autouse=True)
def _both_ways(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read every table of these tests as a short one and as a long one is."""
    monkeypatch.setattr(grid, "FEW", request.param)


def _row(changes: dict[str, Any]) -> list[Any]:
    return [changes.get(name, value) for name, value in zip(HEADER, ROW, strict=True)]


@pytest.fixture
def header() -> list[str]:
    return list(HEADER)


@pytest.fixture
def row() -> Callable[..., list[Any]]:
    """A row that is right, but for what is named."""
    return lambda **changes: _row(changes)


@pytest.fixture
def read_csv() -> Read:
    """Read CSV text or bytes."""

    def read(content: str | bytes, encoding: str = "utf-8", **options: Any) -> Table:
        raw = content.encode(encoding) if isinstance(content, str) else content
        return read_table(io.BytesIO(raw), name="t.csv", **options)

    return read


@pytest.fixture
def xlsx_bytes() -> Callable[..., bytes]:
    """Make a workbook: sheet names to rows of cells, plus merged ranges and hidden sheets."""

    def make(
        sheets: dict[str, Sequence[Sequence[Any]]],
        merges: Sequence[str] = (),
        hidden: Sequence[str] = (),
    ) -> bytes:
        book = openpyxl.Workbook()
        del book["Sheet"]
        for name, rows in sheets.items():
            sheet = book.create_sheet(name)
            for cells in rows:
                sheet.append(list(cells))
            for merged in merges:
                sheet.merge_cells(merged)
            if name in hidden:
                sheet.sheet_state = "hidden"
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()

    return make


@pytest.fixture
def read_xlsx(xlsx_bytes: Callable[..., bytes]) -> Read:
    """Read a workbook of the given rows (one sheet) or sheets."""

    def read(rows: Any, merges: Sequence[str] = (), hidden: Sequence[str] = (), **o: Any) -> Table:
        sheets = rows if isinstance(rows, dict) else {"表": rows}
        return read_table(io.BytesIO(xlsx_bytes(sheets, merges, hidden)), name="t.xlsx", **o)

    return read


@pytest.fixture
def refused() -> Callable[..., Problem]:
    """Give the only problem for which a reading is refused."""

    def refuse(read: Read, *arguments: Any, **options: Any) -> Problem:
        with pytest.raises(TableError) as caught:
            read(*arguments, **options)
        (problem,) = caught.value.problems
        assert problem.check == "FILE"
        return problem

    return refuse
