"""Parquet: typed columns, by batches, so that no more is unpacked than the limits allow."""

from __future__ import annotations

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
    join,
)
from .records import Limits, Place, Progress, cut, refusal

__all__ = ["read"]

_BATCH = 65_536
_FIRST_ROW = 2
"""Rows are numbered as if a header stood in row 1."""


def read(opened: Opened, _sheet: str | None, limits: Limits, progress: Progress) -> Grid:
    """Read all columns; those that hold no plain values are kept as nested."""
    try:
        file = pq.ParquetFile(opened.file)
        names = tuple(file.schema_arrow.names)
        _require_within(file, names, limits)
        texts = [field.name for field in file.schema_arrow if _is_text(field.type)]
        file = pq.ParquetFile(opened.file, read_dictionary=texts)
        found = header.find([names], named=True, mapped=opened.mapped)
        if found is None:
            raise refusal("KEYS_NOT_KNOWN", found=cut(", ".join(names[:10])), headers=names)
        columns = _columns(file, len(names), limits, progress)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise refusal("PARQUET_UNREADABLE", reason=cut(str(error))) from error
    count = len(columns[0].text)
    return Grid(columns, np.arange(_FIRST_ROW, count + _FIRST_ROW), names, found)


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


def _columns(
    file: pq.ParquetFile, width: int, limits: Limits, progress: Progress
) -> tuple[GridColumn, ...]:
    parts: list[list[GridColumn]] = [[] for _ in range(width)]
    unpacked, done = 0, 0
    for batch in file.iter_batches(batch_size=_BATCH):
        for position, column in enumerate(batch.columns):
            unpacked += _unpacked_size(column, done, limits)
            if unpacked > limits.unpacked:
                raise refusal("UNPACKED_TOO_LARGE", limit=f"{limits.unpacked:,}")
            parts[position].append(_typed(column))
        done += batch.num_rows
        progress("read", done, file.metadata.num_rows)
    return tuple(join(part) for part in parts)


def _unpacked_size(column: pa.Array, done: int, limits: Limits) -> int:
    """Give the bytes that a column takes as plain text, before it is made so."""
    if not pa.types.is_dictionary(column.type) or not len(column.dictionary):
        return int(column.nbytes)
    lengths = pc.binary_length(column.dictionary)
    if pc.max(lengths).as_py() > 4 * limits.cell:
        raise refusal(
            "CELL_TOO_LONG", Place(None, done + _FIRST_ROW, None), limit=f"{limits.cell:,}"
        )
    return int(pc.sum(lengths.take(column.indices)).as_py() or 0) + 8 * len(column)


def _typed(column: pa.Array) -> GridColumn:
    kind = column.type
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
        if not (_is_text(kind)):
            return _typed(column.dictionary_decode())
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
