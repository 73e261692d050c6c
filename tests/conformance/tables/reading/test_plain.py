"""What passes at once is what the canonical patterns pass; typed columns keep what was written."""

from __future__ import annotations

import re
import unicodedata
from fractions import Fraction

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cets_conformance.tables.columns import COLUMNS, Type
from cets_conformance.tables.reading.cells import CANONICAL
from cets_conformance.tables.reading.convert import convert
from cets_conformance.tables.reading.files import require_plausible
from cets_conformance.tables.reading.grid import STRING, GridColumn
from cets_conformance.tables.reading.plain import all_ready, is_plain_text, narrowed
from cets_conformance.tables.reading.typed import MILLION, NumberColumn, joined, typed

CELL = st.one_of(
    st.from_regex(r"-?[0-9]{1,17}(\.[0-9]{0,13})?", fullmatch=True),
    st.text(
        alphabet="0159.-+#= aZ~\x7f\x1f\u4dff\u4e00\u9fff\ua000锟斤拷（é", min_size=1, max_size=5
    ),
    st.sampled_from(
        ("0", "00", "0.5", "00.5", ".5", "5.", "1..2", "0x1F", "1e5", "x" * 64, "x" * 65)
    ),
)
CELLS = st.lists(st.none() | CELL, min_size=1, max_size=4)
DIGITS = st.from_regex(CANONICAL[Type.QUANTITY].replace("?:", ""), fullmatch=True)


@settings(deadline=None, max_examples=400)
@given(CELLS, st.sampled_from(sorted(CANONICAL)))
def test_a_chunk_is_told_to_pass_only_where_every_cell_does(
    cells: list[str | None], kind: Type
) -> None:
    """At any offset; a sign alone is left to the pattern, as are the traces of a wrong decoding."""
    padded = pa.array(["9", None, *cells, "x"], STRING)[2:-1]
    passes = all(cell is None or re.fullmatch(CANONICAL[kind], cell) for cell in cells)
    left = any("-" in cell or "锟" in cell for cell in cells if cell)
    ready = all_ready(kind, padded)
    assert ready == passes or (passes and left)
    if ready:
        assert is_plain_text(padded)


@given(
    st.lists(
        st.none() | st.text("a甲一鿿\u9fff\ua000\ufeff（！～\uff00\uff5f\ue000\ufffd𠀀", min_size=1)
    ),
    st.integers(0, 2),
)
def test_full_width_characters_become_what_unicode_says(
    cells: list[str | None], start: int
) -> None:
    """All of a chunk, or none; what is told to be plain is plausible text."""
    chunk = pa.array(cells, STRING)[start:]
    done = narrowed(chunk)
    if done is not None:
        normal = [cell and unicodedata.normalize("NFKC", cell) for cell in cells[start:]]
        assert done.to_pylist() == normal
    whole = "".join(filter(None, cells[start:]))
    plain = not set(whole) & set("\ua000\ufeff\uff00\uff5f\ue000\ufffd𠀀")
    assert (done is not None) == (plain and bool(whole))
    assert is_plain_text(chunk) == plain
    if plain:
        require_plausible(whole.encode())


@settings(deadline=None)
@given(st.lists(st.none() | DIGITS, min_size=1, max_size=6), st.integers(1, 3))
def test_quantities_are_kept_exactly_and_as_written(cells: list[str | None], size: int) -> None:
    """In millionths, in whatever pieces the column was read."""
    pieces = []
    for start in range(0, len(cells), size):
        text = pa.chunked_array([pa.array(cells[start : start + size], STRING)])
        pieces.append(typed(COLUMNS["output"], text, None))
    column = joined(pieces)
    assert isinstance(column, NumberColumn)
    exact = [0 if cell is None else Fraction(cell) * MILLION for cell in cells]
    assert [int(value) for value in column.values] == exact
    assert [column.cell(at) for at in range(len(cells))] == cells


@pytest.mark.parametrize("name", ["year", "sector", "unit_id", "balance_value", "allowance"])
def test_every_kind_of_column_gives_back_its_cells(name: str) -> None:
    written = {
        "year": ["2024", "2025年", None],
        "sector": ["水泥", "cement", "铝冶炼"],
        "unit_id": ["A", None, " B"],
        "balance_value": ["0.86", "0.860", "86%"],
        "allowance": ["1,000", "5", None],
    }[name]
    canonical = {
        "year": ["2024", "2025", None],
        "sector": ["cement", "cement", "aluminium"],
        "unit_id": ["A", None, "B"],
        "balance_value": ["0.86", "0.860", "0.86"],
        "allowance": ["1000", "5", None],
    }[name]
    pieces = []
    for cell in written:
        cells = GridColumn(pa.chunked_array([pa.array([cell], STRING)]))
        done = convert(COLUMNS[name], cells, 0)
        pieces.append(typed(COLUMNS[name], done.text, done.bad))
    column = joined(pieces)
    assert [column.cell(at) for at in range(3)] == canonical
