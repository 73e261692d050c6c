"""Every format is read piece by piece: the pieces are the whole, and few are held at a time."""

from __future__ import annotations

import io
import json
import weakref
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from itertools import groupby
from typing import Any
from unittest.mock import patch

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cets_conformance.tables.reading import (
    Limits,
    assemble,
    csv_blocks,
    files,
    json_grid,
    parquet_grid,
    read_table,
    stream,
    xlsx_grid,
)
from cets_conformance.tables.reading.grid import Grid
from cets_conformance.tables.reading.typed import as_texts

HEADER = ["year", "sector", "unit_id", "enterprise_name", "output", "allowance"]


def records(count: int) -> list[list[Any]]:
    """Right rows, and every kind of wrong, noted, blank and total ones among them."""
    rows: list[list[Any]] = []
    for at in range(count):
        row: list[Any] = [
            2025,
            "steel" if at % 3 else "水泥",
            f"L{at}",
            f"企业（{at % 11}）",
            1.5,
            at,
        ]
        row[3] = None if at % 13 == 5 else row[3]
        row[4] = {7: None, 17: "x", 27: "1,000.5", 37: True}.get(at % 40, 0.25 + at)
        rows.append(row)
        if at % 29 == 3:
            rows.append([None] * len(HEADER))
        if at % 59 == 4:
            rows.append(["合计", *[None] * (len(HEADER) - 1)])
    return rows


def as_csv(rows: list[list[Any]]) -> bytes:
    lines = [",".join("" if c is None else str(c).replace(",", "") for c in row) for row in rows]
    return "\n".join([",".join(HEADER), *lines]).encode()


def as_quoted_csv(rows: list[list[Any]]) -> bytes:
    return as_csv(rows).replace(b"L1\x2c", b'"L1",')


def as_xlsx(rows: list[list[Any]]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in [["标题"], HEADER, *rows]:
        sheet.append(row)
    sheet["E9"] = "=1+1"
    sheet["F70"] = "#REF!"
    sheet[f"E{len(rows) + 9}"] = "=1+1"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_jsonl(rows: list[list[Any]]) -> bytes:
    lines = [json.dumps({k: c for k, c in zip(HEADER, row, strict=True) if c}) for row in rows]
    lines[50] = "[1]"
    lines[60] = ""
    return "\n".join(lines).encode()


def as_parquet(rows: list[list[Any]]) -> bytes:
    kinds = {"year": pa.int16(), "allowance": pa.float32()}
    columns = {
        name: pa.array([row[at] if isinstance(row[at], int) else None for row in rows], kinds[name])
        if name in kinds
        else pa.array([row[at] if row[at] is None else str(row[at]) for row in rows], pa.string())
        for at, name in enumerate(HEADER)
    }
    columns["enterprise_name"] = columns["enterprise_name"].dictionary_encode()
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out, row_group_size=37)
    return out.getvalue()


FORMATS: dict[str, Callable[[list[list[Any]]], bytes]] = {
    "csv": as_csv,
    "quoted csv": as_quoted_csv,
    "xlsx": as_xlsx,
    "jsonl": as_jsonl,
    "parquet": as_parquet,
}


@contextmanager
def small_pieces(size: int) -> Iterator[None]:
    """Read a few records at a time, and Parquet with little unpacked at a time."""
    with ExitStack() as stack:
        for module in (stream, xlsx_grid, json_grid, parquet_grid):
            stack.enter_context(patch.object(module, "RECORDS", size))
        stack.enter_context(patch.object(parquet_grid, "_STEP", 7))
        stack.enter_context(patch.object(parquet_grid, "_BYTES", 1_500))
        stack.enter_context(patch.object(files, "_BLOCK", 20 * size))
        stack.enter_context(patch.object(csv_blocks, "_HEAD", 2_000))
        yield


def said(content: bytes) -> Any:
    """Everything that reading says."""
    table = read_table(io.BytesIO(content))
    cells = {name: as_texts(column).to_pylist() for name, column in table.columns.items()}
    bad = {
        name: None if column.bad is None else column.bad.tolist()
        for name, column in table.columns.items()
    }
    return cells, bad, table.rows.tolist(), table.problems, table.notes, table.origin


@pytest.mark.parametrize("name", FORMATS)
def test_what_is_read_in_small_pieces_is_what_is_read_in_one(name: str) -> None:
    content = FORMATS[name](records(200))
    whole = said(content)
    assert len(whole[3]) >= 10, "there are problems to be kept in their places"
    for size in (40, 64):
        with small_pieces(size):
            assert said(content) == whole


@pytest.mark.parametrize("name", FORMATS)
def test_a_reader_is_a_few_pieces_ahead_and_holds_no_grid_that_was_typed(name: str) -> None:
    """However long the file: pieces in hand are few, and the cells of others are let go of."""
    asked = done = ahead = 0
    alive: set[int] = set()
    most = 0

    def watched(read: Callable[[], Grid]) -> Grid:
        nonlocal most
        grid = read()
        alive.add(id(grid.rows))
        weakref.finalize(grid.rows, alive.discard, id(grid.rows))
        most = max(most, len(alive))
        return grid

    def counted(grids: Any) -> Iterator[Callable[[], Grid]]:
        nonlocal asked, ahead
        for read in grids:
            asked += 1
            ahead = max(ahead, asked - done)
            yield lambda read=read: watched(read)  # type: ignore[misc]

    def progress(stage: str, rows: int, _total: int | None) -> None:
        nonlocal done
        done += stage == "read" and rows > 0

    def readers(kind: str) -> Iterator[Any]:
        for reader in readers_of(kind):
            yield lambda *given, reader=reader: replace(
                opened := reader(*given), grids=counted(opened.grids)
            )

    readers_of = assemble.readers_of
    content = FORMATS[name](records(2_000))
    with small_pieces(40), patch.object(assemble, "readers_of", readers):
        read_table(io.BytesIO(content), progress=progress)
    assert asked > 30
    assert ahead <= assemble._WAITING + 1
    assert 1 <= most <= assemble._WAITING + 1


@pytest.mark.parametrize("name", FORMATS)
def test_progress_goes_from_stage_to_stage_and_never_back(name: str) -> None:
    """Bytes while it is opened, then rows, then columns; and how many of how many rows."""
    told: list[tuple[str, int, int | None]] = []
    content = FORMATS[name](records(6_000 if name == "jsonl" else 300))
    with small_pieces(40):
        read_table(io.BytesIO(content), progress=lambda *what: told.append(what))
    stages = [stage for stage, _ in groupby(told, key=lambda what: what[0])]
    assert stages == ["open", "read", "cells"]
    rows = [(done, total) for stage, done, total in told if stage == "read" and done]
    assert rows == sorted(rows, key=lambda row: row[0])
    assert len(rows) > 5
    assert all(total is not None and done <= total for done, total in rows)


def test_a_text_that_a_dictionary_repeats_is_unpacked_a_few_rows_at_a_time() -> None:
    """Nor is a text too long for any cell ever written out, in whichever row group it stands."""

    def content(longest: int) -> io.BytesIO:
        names = pa.array(["甲"] * 500 + ["x" * longest] * 500)
        columns = {"year": [2025] * 1000, "sector": ["steel"] * 1000, "unit_id": ["A"] * 1000}
        columns["allowance"] = [5] * 1000
        out = io.BytesIO()
        pq.write_table(pa.table({**columns, "enterprise_name": names}), out, row_group_size=500)
        out.seek(0)
        return out

    steps: list[int] = []
    written_out = parquet_grid._without_dictionaries

    def watched(batch: pa.RecordBatch) -> pa.RecordBatch:
        steps.append(batch.num_rows)
        return written_out(batch)

    with (
        patch.object(parquet_grid, "_BYTES", 1_000_000),
        patch.object(parquet_grid, "_without_dictionaries", watched),
    ):
        assert len(read_table(content(30_000)).rows) == 1000
        assert max(steps) == 500
        assert max(steps[1:]) == 1_000_000 // 30_006
        steps.clear()
        with pytest.raises(assemble.TableError) as caught:
            read_table(content(4 * Limits().cell + 1))
    (problem,) = caught.value.problems
    assert (problem.code, problem.place.row) == ("CELL_TOO_LONG", 502)
    assert sum(steps) == 500
