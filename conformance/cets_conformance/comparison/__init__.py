"""Comparison: what several vendors computed for the same units, beside one another and the rules.

First whether they computed from the same data, then where their results part, who stands with
whom and with the reference, by how many tonnes, and which mistake gives exactly those figures.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from cets_conformance.comparison.aligning import Aligned, Flags, align
from cets_conformance.comparison.inputs import Inputs, read_inputs
from cets_conformance.comparison.outcome import Comparison
from cets_conformance.comparison.partition import partition, result_fields
from cets_conformance.comparison.recomputing import Recomputed, recompute
from cets_conformance.tables import read_own, read_previous
from cets_conformance.tables.options import Options
from cets_conformance.tables.reading import Limits, Table, TableError

__all__ = [
    "FEWEST",
    "MOST",
    "Comparison",
    "ComparisonError",
    "UnreadableTableError",
    "check_names",
    "compare_files",
    "compare_tables",
]

FEWEST, MOST = 2, 8
"""Tables that a comparison takes."""

Progress = Callable[[str, int, int | None], None]


class ComparisonError(ValueError):
    """Tables that cannot be compared as asked; catalogue key ``comparison.problem.<code>``."""

    def __init__(self, code: str, **values: str) -> None:
        super().__init__(f"{code}: {values}")
        self.code = code
        self.values: Mapping[str, str] = values


class UnreadableTableError(TableError):
    """One of the files could not be read as a table."""

    def __init__(self, source: Path, error: TableError) -> None:
        super().__init__(error.problems)
        self.source = source


def compare_files(
    sources: Sequence[Path],
    *,
    names: Sequence[str] | None = None,
    options: Options | None = None,
    previous: Path | None = None,
    limits: Limits | None = None,
    progress: Progress | None = None,
) -> Comparison:
    """Read tables and compare them; they are called ``names``, else by their files.

    ``previous`` is the previous year's table, from which pre-allocations follow.
    Raises :class:`UnreadableTableError` for the first file that is no table, and as
    :func:`compare_tables`.
    """
    options = options or Options()
    limits = limits or Limits()
    names = tuple(names) if names else tuple(source.stem for source in sources)
    check_names(names, len(sources))
    tables = [_read(read_own, source, options, limits, progress) for source in sources]
    before = _read(read_previous, previous, options, limits, progress) if previous else None
    return compare_tables(tables, names, options=options, previous=before, progress=progress)


def _read(
    reader: Callable[[Path, Options, Limits, Progress | None], Table],
    source: Path,
    options: Options,
    limits: Limits,
    progress: Progress | None,
) -> Table:
    try:
        return reader(source, options, limits, progress)
    except TableError as error:
        raise UnreadableTableError(source, error) from None


def compare_tables(
    tables: Sequence[Table],
    names: Sequence[str],
    *,
    options: Options | None = None,
    previous: Table | None = None,
    progress: Progress | None = None,
) -> Comparison:
    """Compare tables of one kind, unit by unit, exact to the tonne.

    ``previous`` is the previous year's table, one for all of them.

    Raises :class:`ComparisonError` on fewer than two or more than eight tables, names that do not
    tell them apart, tables of different kinds, or tables that have no unit that can be read.
    """
    options = options or Options()
    report = progress or _silent
    check_names(names, len(tables))
    kinds = {table.kind for table in tables}
    if len(kinds) > 1:
        found = ", ".join(f"{name}: {table.kind}" for name, table in zip(names, tables))  # noqa: B905
        raise ComparisonError("KINDS_DIFFER", found=found)
    aligned = align(tables, names)
    if not len(aligned):
        raise ComparisonError("NO_UNITS")
    inputs = read_inputs(aligned, options.balance, previous)
    fields = result_fields(aligned)
    own = _ask(aligned, inputs, options, report, pre_allocation="pre_allocation" in fields)
    comparable, reference = _common(inputs, own)
    parted = {
        name: partition(aligned, name, inputs.usable, comparable, reference) for name in fields
    }
    report("done", len(aligned), len(aligned))
    return Comparison(aligned, options, previous, inputs, own, comparable, reference, parted)


def check_names(names: Sequence[str], count: int) -> None:
    """Raise :class:`ComparisonError` where names do not tell ``count`` tables apart."""
    if not FEWEST <= count <= MOST:
        raise ComparisonError("NUMBER_OF_TABLES", found=str(count))
    if len(names) != count:
        raise ComparisonError("NUMBER_OF_NAMES", found=str(len(names)), expected=str(count))
    blank = [name for name in names if not name.strip() or len(name) > 64]
    if blank or len({name.casefold() for name in names}) < count:
        raise ComparisonError("NAMES_ALIKE", found=", ".join(names))


def _ask(
    aligned: Aligned, inputs: Inputs, options: Options, report: Progress, *, pre_allocation: bool
) -> tuple[list[Recomputed | None], ...]:
    """Give by table what the reference gets for each unit's inputs there; equal ones ask once."""
    asked: dict[tuple[str | None, ...], int] = {}
    places = []
    for table in range(len(aligned.tables)):
        usable = inputs.usable[table].tolist()
        places.append(
            [
                asked.setdefault(subject, len(asked)) if ready else None
                for subject, ready in zip(inputs.subjects(table), usable, strict=True)
            ]
        )
    answers = recompute(
        [inputs.as_cells(subject) for subject in asked],
        aligned.kind,
        options.readings,
        pre_allocation=pre_allocation,
        progress=report,
    )
    return tuple([None if at is None else answers[at] for at in column] for column in places)


def _common(
    inputs: Inputs, own: Sequence[Sequence[Recomputed | None]]
) -> tuple[Flags, list[Recomputed | None]]:
    """Tell which units can be compared, and what the reference gives for them.

    They can where the inputs are the same, or where the difference changes no figure.
    """
    comparable = inputs.same.copy()
    reference: list[Recomputed | None] = []
    for unit, answers in enumerate(zip(*own, strict=True)):
        given = [answer for answer in answers if answer is not None]
        first = given[0] if given else None
        reference.append(first)
        if not comparable[unit] and first is not None and first.code is None:
            comparable[unit] = all(answer == first for answer in given)
    return np.asarray(comparable), reference


def _silent(stage: str, done: int, total: int | None) -> None:
    """Report progress to nobody."""
