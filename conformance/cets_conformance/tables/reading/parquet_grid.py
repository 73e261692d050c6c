"""Parquet: typed columns, by batches, so that no more is unpacked than the limits allow."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from . import header
from .files import Opened
from .grid import (
    STRING,
    Form,
    Grid,
    GridColumn,
    blank_as_null,
    column_from_objects,
    floats,
)
from .records import Limits, Place, Progress, cut, refusal
from .stream import RECORDS, Stream

__all__ = ["stream"]

_STEP = 4_096
"""Rows unpacked at a time, fewer where texts of a dictionary are long."""
_BYTES = 32 << 20
"""Bytes of unpacked cells from which on a grid takes no more rows."""
_BUFFER = 1 << 16
_FIRST_ROW = 2
"""Rows are numbered as if a header stood in row 1."""


def stream(opened: Opened, _sheet: str | None, limits: Limits, _progress: Progress) -> Stream:
    """Read all columns; those that hold no plain values are kept as nested."""
    with _readable():
        file = pq.ParquetFile(opened.file, buffer_size=_BUFFER)
        names = tuple(file.schema_arrow.names)
        _require_within(file, names, limits)
        found = header.of_names(names, opened.mapped)
    if found is None:
        raise refusal("KEYS_NOT_KNOWN", found=cut(", ".join(names[:10])), headers=names)
    return Stream(
        found,
        names,
        _grids(file, opened, found, limits),
        begin=0,
        consecutive=False,
        first_row=_FIRST_ROW,
        last_row=_FIRST_ROW + file.metadata.num_rows - 1,
    )


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except (pa.ArrowException, OSError, ValueError) as error:
        raise refusal("PARQUET_UNREADABLE", reason=cut(str(error))) from error


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _require_within(file: pq.ParquetFile, names: tuple[str, ...], limits: Limits) -> None:
    columns, rows = len(names), file.metadata.num_rows
    if columns > limits.columns:
        raise refusal("TOO_MANY_COLUMNS", found=f"{columns:,}", limit=f"{limits.columns:,}")
    if rows > limits.rows:
        raise refusal("TOO_MANY_ROWS", found=f"{rows:,}", limit=f"{limits.rows:,}")
    if not rows:
        raise refusal("NO_ROWS")


def _grids(
    file: pq.ParquetFile, opened: Opened, found: header.Header, limits: Limits
) -> Iterator[Callable[[], Grid]]:
    batches: list[pa.RecordBatch] = []
    row, rows, size, unpacked = _FIRST_ROW, 0, 0, 0
    for batch in _batches(file, opened, limits):
        batches.append(batch)
        rows += batch.num_rows
        size += batch.nbytes
        unpacked += batch.nbytes
        if unpacked > limits.unpacked:
            raise refusal("UNPACKED_TOO_LARGE", limit=f"{limits.unpacked:,}")
        if rows >= RECORDS or size >= _BYTES:
            yield partial(_grid, batches, row, found)
            batches, row, rows, size = [], row + rows, 0, 0
    if batches:
        yield partial(_grid, batches, row, found)


def _batches(file: pq.ParquetFile, opened: Opened, limits: Limits) -> Iterator[pa.RecordBatch]:
    """Unpack some rows at a time, from one row group after the other."""
    texts = [field.name for field in file.schema_arrow if _is_text(_written_out(field.type))]
    with _readable():
        coded = pq.ParquetFile(opened.file, read_dictionary=texts, buffer_size=_BUFFER)
        row = _FIRST_ROW
        for group in range(file.num_row_groups):
            step = _step(coded, group, texts, row, limits)
            for batch in file.iter_batches(step, [group], use_threads=False):
                yield _without_dictionaries(batch)
                row += batch.num_rows


def _step(coded: pq.ParquetFile, group: int, texts: list[str], row: int, limits: Limits) -> int:
    """Give how many rows of a group, the first numbered ``row``, may be unpacked at a time.

    A text that stands once in a dictionary may stand in every row, so that a small file would fill
    the memory. A group's dictionaries are read with its first row, and not yet written out.
    """
    width = 0
    for name in texts:  # one by one: what is needed to tell texts apart is larger than they are
        for batch in coded.iter_batches(1, [group], columns=[name], use_threads=False):
            (column,) = batch.columns
            known = column.dictionary if pa.types.is_dictionary(column.type) else column
            longest = pc.max(pc.binary_length(known)).as_py() or 0
            if longest > 4 * limits.cell:
                place = Place(None, row, None)
                raise refusal("CELL_TOO_LONG", place, limit=f"{limits.cell:,}")
            width += longest
            break
    return max(1, min(_STEP, _BYTES // max(width, 1)))


def _written_out(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _without_dictionaries(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Write out columns that were dictionaries when the file was written."""
    columns = [
        column.dictionary_decode() if pa.types.is_dictionary(column.type) else column
        for column in batch.columns
    ]
    return pa.RecordBatch.from_arrays(columns, names=batch.schema.names)


def _grid(batches: list[pa.RecordBatch], first: int, found: header.Header) -> Grid:
    """Make a grid of some rows, the first of them numbered ``first``."""
    whole = pa.Table.from_batches(batches)
    with _readable():
        columns = tuple(_typed(column.combine_chunks()) for column in whole.columns)
    return Grid(columns, np.arange(first, first + len(whole)), tuple(whole.column_names), found)


def _typed(column: pa.Array) -> GridColumn:
    kind = column.type
    if _is_text(kind):
        return GridColumn(blank_as_null(pa.chunked_array([column.cast(STRING)])))
    if pa.types.is_integer(kind):
        return _cast(column, Form.NUMBER)
    if pa.types.is_float64(kind) and not column.null_count:
        return floats(column.to_numpy())
    if pa.types.is_float16(kind) or pa.types.is_float32(kind):
        return _narrow_floats(column)
    if pa.types.is_boolean(kind):
        return _cast(column, Form.BOOLEAN)
    if pa.types.is_temporal(kind) and not pa.types.is_duration(kind):
        return _cast(column, Form.DATE)
    return column_from_objects(column.to_pylist())


def _cast(column: pa.Array, form: Form) -> GridColumn:
    text = pa.chunked_array([column.cast(STRING)])
    return GridColumn(text, np.full(len(column), form, np.uint8))


def _narrow_floats(column: pa.Array) -> GridColumn:
    """Write floats of 16 and 32 bits by the shortest decimals of their own width."""
    valid = column.is_valid().to_numpy(zero_copy_only=False)
    numbers = column.to_numpy(zero_copy_only=False)
    texts = [
        np.format_float_positional(number, unique=True, trim="-") if ok else None
        for number, ok in zip(numbers, valid, strict=True)
    ]
    text = pa.chunked_array([pa.array(texts, STRING)])
    return GridColumn(text, np.full(len(column), Form.NUMBER, np.uint8))
