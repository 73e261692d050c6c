"""CSV in blocks: plain UTF-8 without quotes, parsed in threads.

A record never crosses lines where nothing is quoted, so blocks may be cut at line ends. Whatever is
not so plain (a quote, another encoding, a control character, a record that Arrow does not take)
makes this give up; the text is then read as a whole, which says what is wrong with it, if anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

from . import header
from .csv_arrow import Parsed, parse, records_as_columns
from .csv_grid import grid_of
from .csv_head import Start, find_start
from .files import BOM, Opened, require_plausible
from .grid import Grid, column_letters
from .records import Limits, Progress, TableError
from .stream import NotPlainError, Stream, require_plausible_text

__all__ = ["Block", "parsed", "stream"]

_HEAD = 1 << 20
"""Bytes that hold the header and what it is told by."""


def stream(opened: Opened, _sheet: str | None, limits: Limits, _progress: Progress) -> Stream:
    """Read plain text; ``NotPlainError``, here or from a grid, where it is not so plain."""
    blocks = _whole_lines(opened.blocks())
    first = _first(blocks)
    start = _start(first.removeprefix(BOM), limits, opened.mapped)
    width = len(start.header.texts)
    return Stream(
        start.header,
        tuple(column_letters(position) for position in range(width)),
        _grids(first, blocks, start),
        start.header.lines[-1] + 1,
        consecutive=True,
        last_row=first.count(b"\n") * opened.size // max(len(first), 1),
        encoding="utf-8",
    )


@dataclass(frozen=True, slots=True)
class Block:
    """Lines below the header, parsed where it is called."""

    body: bytes
    """The lines."""
    at: int
    """Byte of the file at which they begin."""
    start: Start
    """The header, and how records are written."""

    def __call__(self) -> Grid:
        """Parse the lines; the cells are looked through when they are typed."""
        return parsed(self.body, self.start)


def _grids(first: bytes, blocks: Iterator[bytes], start: Start) -> Iterator[Callable[[], Grid]]:
    yield partial(_head, start)
    text = first.removeprefix(BOM)[start.offset :]
    yield Block(text, len(first) - len(text), start)
    at = len(first)
    for block in blocks:
        yield Block(block, at, start)
        at += len(block)


def _head(start: Start) -> Grid:
    """Give the records up to the header."""
    width = len(start.header.texts)
    return grid_of(start, Parsed(records_as_columns(start.records, width), {}), 0)


def _first(blocks: Iterator[bytes]) -> bytes:
    """Take as many blocks as hold what the header is told by, one unless they are small."""
    pieces: list[bytes] = []
    for block in blocks:
        pieces.append(block)
        if sum(map(len, pieces)) > _HEAD:
            break
    return b"".join(pieces)


def _whole_lines(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Cut blocks after the last line that is whole in each."""
    pieces: list[bytes] = []
    for block in blocks:
        cut = block.rfind(b"\n") + 1
        if cut:
            yield b"".join((*pieces, memoryview(block)[:cut]))
            pieces = []
        pieces.append(block[cut:])
    if any(pieces):
        yield b"".join(pieces)


def _start(first: bytes, limits: Limits, mapped: Mapping[str, str]) -> Start:
    """Find the header in as many lines as it is looked for in; it alone may be quoted.

    Many programs quote every text, and in a table of numbers and codes that is the header.
    """
    lines = first
    if len(first) > _HEAD:
        lines = first[: first.rfind(b"\n", 0, _HEAD) + 1]
        if lines.count(b"\n") < header.HEAD:
            raise NotPlainError
    try:
        require_plausible(lines)
        start = find_start(lines, "utf-8", limits, mapped)
    except (TableError, UnicodeDecodeError):
        raise NotPlainError from None
    if b'"' in lines[start.offset :]:
        raise NotPlainError
    return start


def parsed(body: bytes, start: Start) -> Grid:
    """Parse some lines; ``NotPlainError`` where they are not so plain."""
    width = len(start.header.texts)
    records = None if b'"' in body else parse(body, start.delimiter, width)
    if records is None:
        raise NotPlainError
    for record in records.ragged.values():
        require_plausible_text(start.delimiter.join(record).encode())
    return replace(grid_of(start, records, 0), seen=False)
