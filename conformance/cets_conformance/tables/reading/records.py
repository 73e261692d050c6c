"""What reading a table gives: limits, places, problems, notes, the origin and the table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from dataclasses import field as with_default
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from cets_conformance.tables.columns import Kind

    from .typed import TypedColumn

__all__ = [
    "NOWHERE",
    "Limits",
    "Note",
    "Origin",
    "Place",
    "Problem",
    "Progress",
    "Table",
    "TableError",
    "Unit",
    "cut",
    "file_problem",
    "refusal",
]

Unit = Literal["t", "10kt"]
"""The unit that the person who asks confirms for columns in tonnes."""
Progress = Callable[[str, int, "int | None"], None]
"""Called with the stage (``open``, ``read``, ``cells``), what is done, and of how much."""

_SHOWN = 80
_LONGEST_HEADER = 200


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may cost; each limit that is hit is an error that says its figure."""

    bytes: int = 100 * 1024 * 1024
    """Size of the file."""
    unpacked: int = 2 * 1024**3
    """Bytes of all members of a workbook together (of all cells of a Parquet file), unpacked."""
    columns: int = 512
    """Columns of the table."""
    rows: int = 12_000_000
    """Rows of the table."""
    cell: int = 32_767
    """Characters in one cell."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a person finds it."""

    sheet: str | None
    """Worksheet, for workbooks."""
    row: int | None
    """1-based number as the person sees it."""
    column: str | None
    """Letters for CSV and XLSX, the field's name for JSON lines and Parquet."""


NOWHERE = Place(None, None, None)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong; catalogue key ``problem.<code>``."""

    check: str
    """``T-01`` header, ``T-02`` cell, or ``FILE`` where no table could be read."""
    code: str
    """What kind of thing is wrong."""
    place: Place
    """Where."""
    field: str | None
    """Name of the column in ``COLUMNS``."""
    found: str | None
    """The text as it stands, at most 80 characters."""
    values: Mapping[str, str] = with_default(default_factory=dict)
    """Placeholders of the message."""
    headers: tuple[str, ...] = ()
    """The file's headers as they stand, where a mapping of them may help."""


@dataclass(frozen=True, slots=True)
class Note:
    """Something accepted but said, once per code and column; catalogue key ``note.<code>``."""

    code: str
    """What was accepted."""
    field: str | None
    """Name of the column in ``COLUMNS``."""
    count: int
    """Cells, rows or columns."""
    first: Place
    """Where it stands first."""
    values: Mapping[str, str] = with_default(default_factory=dict)
    """Placeholders of the message."""


@dataclass(frozen=True, slots=True)
class Origin:
    """About the file."""

    name: str
    """File name."""
    format: str
    """``csv``, ``xlsx``, ``jsonl``, ``parquet`` or ``json`` (rows given directly)."""
    encoding: str | None
    """``utf-8`` or ``gb18030``, where the format leaves it open."""
    sheet: str | None
    """The worksheet that was read."""
    size: int
    """Bytes."""
    sha256: str
    """Of the file's bytes, in hexadecimal."""
    title_rows: tuple[int, ...]
    """Rows above the header that hold something."""
    header_rows: tuple[int, ...]
    """One or two rows; empty where columns have names of their own."""
    total_rows: tuple[int, ...]
    """Rows of totals, left out."""
    columns: Mapping[str, str]
    """Field name to the letters or name of its column in the file."""


@dataclass(frozen=True)
class Table:
    """A typed table in canonical text, with everything that was noted or wrong on the way."""

    kind: Kind
    """Which of the two tables."""
    columns: Mapping[str, TypedColumn]
    """Cells by field, in the order of ``COLUMNS``."""
    rows: np.ndarray[Any, np.dtype[np.int64]]
    """Row number of each row as a person sees it, ascending."""
    problems: tuple[Problem, ...]
    """Findings of T-01 and T-02: headers first, then by row."""
    notes: tuple[Note, ...]
    """What was accepted but should be known."""
    origin: Origin
    """About the file."""

    @cached_property
    def cells(self) -> pd.DataFrame:
        """Canonical text by row number and field, Arrow-backed; missing where there is none."""
        import pandas as pd

        from .typed import as_texts

        kind = pd.StringDtype("pyarrow", na_value=np.nan)
        texts = {
            name: pd.array(as_texts(column), dtype=kind) for name, column in self.columns.items()
        }
        return pd.DataFrame(texts, index=self._index)

    @cached_property
    def bad(self) -> pd.DataFrame:
        """Same shape: true where a cell is present but not usable."""
        import pandas as pd

        none = np.zeros(len(self.rows), np.bool_)
        masks = {
            name: none if column.bad is None else column.bad
            for name, column in self.columns.items()
        }
        return pd.DataFrame(masks, index=self._index, dtype=bool)

    @property
    def _index(self) -> pd.Index[Any]:
        import pandas as pd

        index: pd.Index[Any] = pd.Index(self.rows, name="row", dtype="int64")
        return index


class TableError(Exception):
    """The file could not be read as a table; ``problems`` says all that can be told at once."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(", ".join(problem.code for problem in problems))
        self.problems = problems

    def __reduce__(self) -> tuple[type[TableError], tuple[tuple[Problem, ...]]]:
        """Come from another process with the problems."""
        return type(self), (self.problems,)


def cut(text: str) -> str:
    """Shorten a found text to what a message shows."""
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def file_problem(
    code: str,
    place: Place = NOWHERE,
    found: str | None = None,
    headers: Iterable[str] = (),
    **values: str,
) -> Problem:
    """Give a problem for which no table can be read; ``found`` is a placeholder too.

    Of ``headers`` those are kept that a person could tell apart: no blanks, none twice, none as
    long as a paragraph.
    """
    said = {key: cut(value) for key, value in values.items()}
    known = tuple(dict.fromkeys(text for text in headers if text and len(text) <= _LONGEST_HEADER))
    if found is None:
        return Problem("FILE", code, place, None, None, said, known)
    return Problem("FILE", code, place, None, cut(found), {"found": cut(found), **said}, known)


def refusal(
    code: str,
    place: Place = NOWHERE,
    found: str | None = None,
    headers: Iterable[str] = (),
    **values: str,
) -> TableError:
    """Give the error for a single problem of the file."""
    return TableError((file_problem(code, place, found, headers, **values),))
