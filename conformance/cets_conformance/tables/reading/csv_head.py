"""The start of a CSV file: its delimiter, its header, and where the records below it begin."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from . import header
from .files import plausible_chinese
from .records import Limits, Place, refusal

__all__ = ["END", "Start", "end", "ended", "find_start", "records"]

_DELIMITERS = (",", ";", "\t")
END = "\x02"
"""Closes the text given to a reader: no text has it, and an open quote swallows it."""


class Start(NamedTuple):
    """The records up to the header, and where the records after it begin."""

    delimiter: str
    header: header.Header
    records: list[list[str]]
    offset: int


def find_start(
    content: bytes, encoding: str, limits: Limits, mapped: Mapping[str, str] = header.NOTHING_MAPPED
) -> Start:
    """Decide the delimiter on the header: the one by which most columns are recognised."""
    best: Start | None = None
    unclosed = 0
    heads = []
    for delimiter in _DELIMITERS:
        head, ends, closed = _head(content, delimiter, limits)
        heads.append(head)
        found = header.find(head, mapped=mapped)
        if not closed and (found is None or found.lines[-1] == len(head) - 1):
            unclosed = unclosed or len(head)
            continue
        if found and (best is None or len(found.fields) > len(best.header.fields)):
            last = found.lines[-1]
            best = Start(delimiter, found, head[: last + 1], ends[last])
    if best is None:
        if unclosed:
            raise refusal("QUOTE_NOT_CLOSED", Place(None, unclosed, None), row=str(unclosed))
        if encoding == "gb18030" and not plausible_chinese(content):
            raise refusal("ENCODING_UNKNOWN", Place(None, 1, None), found="GB18030?", row="1")
        raise header.not_found(heads)
    return best


def _lines(content: bytes, delimiter: str, limits: Limits) -> Iterator[str]:
    """Give physical lines, refusing one of so many cells that listing them would be costly."""
    text = io.TextIOWrapper(io.BytesIO(content), encoding="utf-8", newline="")
    most = limits.columns + limits.cell
    for number, line in enumerate(text, start=1):
        if len(line) > most and line.count(delimiter) > most:
            raise _too_wide(line.count(delimiter) + 1, number, limits)
        yield line


def _too_wide(found: int, row: int, limits: Limits) -> Exception:
    place = Place(None, row, None)
    return refusal("TOO_MANY_COLUMNS", place, found=f"{found:,}", limit=f"{limits.columns:,}")


def _head(
    content: bytes, delimiter: str, limits: Limits
) -> tuple[list[list[str]], list[int], bool]:
    """Give the first records, the byte at which each one ends, and whether all are closed."""
    consumed = 0

    def measured() -> Iterator[str]:
        nonlocal consumed
        for line in ended(content, 1, delimiter, limits):
            consumed += len(line.encode())
            yield line

    head: list[list[str]] = []
    ends: list[int] = []
    for record in records(measured(), delimiter, limits):
        if record == [END]:
            return head, ends, True
        if len(record) > limits.columns:
            raise _too_wide(len(record), len(head) + 1, limits)
        head.append(record)
        ends.append(consumed)
        if len(head) == header.HEAD:
            return head, ends, True
    return head, ends, False


def ended(content: bytes, width: int, delimiter: str, limits: Limits) -> Iterator[str]:
    """Give physical lines, then one record of ``END``, which an open quote would swallow."""
    yield from _lines(content, delimiter, limits)
    yield end(width, delimiter) + "\n"


def records(lines: Iterator[str], delimiter: str, limits: Limits) -> Iterator[list[str]]:
    """Give the records of lines by the standard reader."""
    count = 0
    try:
        for record in csv.reader(lines, delimiter=delimiter):
            count += 1
            yield record
    except csv.Error as error:
        place = Place(None, count + 1, None)
        raise refusal("CELL_TOO_LONG", place, limit=f"{limits.cell:,}") from error


def end(width: int, delimiter: str) -> str:
    """Give the record that closes a text."""
    return delimiter.join([END] * width)
