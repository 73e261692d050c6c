"""Table checks: from a province's or vendor's allocation table to a verdict with its evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cets_conformance.tables.catalogue import CHECKS
from cets_conformance.tables.options import OptionError, Options
from cets_conformance.tables.reading import (
    Build,
    Limits,
    Progress,
    Table,
    TableError,
    read_table,
    table_from_rows,
)

if TYPE_CHECKING:
    from cets_conformance.tables.outcome import Outcome

__all__ = [
    "CHECKS",
    "ClusterError",
    "Limits",
    "OptionError",
    "Options",
    "Outcome",
    "PreviousTableError",
    "TableError",
    "check_file",
    "check_rows",
    "check_table",
]


class PreviousTableError(TableError):
    """The previous year's file, not the one to be checked, could not be read as a table."""


class ClusterError(Exception):
    """A table could not be checked on a cluster; catalogue key ``cluster.<code>``."""

    def __init__(self, code: str, **values: str) -> None:
        super().__init__(f"{code} {values}")
        self.code = code
        self.values = values


def check_file(
    source: Path,
    *,
    name: str | None = None,
    options: Options | None = None,
    previous: Path | None = None,
    limits: Limits | None = None,
    province: str | None = None,
    progress: Progress | None = None,
) -> Outcome:
    """Read a table file and check it, optionally beside the previous year's table.

    ``province``: code of the only province whose rows may be in the tables; None: any.
    Raises :class:`TableError` with all problems where the file cannot be read as a table,
    :class:`PreviousTableError` where the previous one cannot.
    """
    options = options or Options()
    limits = limits or Limits()
    with ThreadPoolExecutor(1) as aside:
        aside.submit(import_module, f"{__name__}.judging")  # meanwhile
        table = read_own(source, options, limits, progress, name=name)
        before = read_previous(previous, options, limits, progress) if previous else None
    return check_table(
        table, options=options, previous=before, province=province, progress=progress
    )


def read_own(
    source: Path,
    options: Options,
    limits: Limits,
    progress: Progress | None,
    *,
    name: str | None = None,
    build: Build | None = None,
) -> Table:
    """Read the file that is to be checked."""
    return read_table(
        source,
        name=name,
        kind=options.kind,
        sheet=options.sheet,
        unit="10kt" if options.unit == "10kt" else None,
        mapped=options.mapped,
        limits=limits,
        progress=progress,
        build=build,
    )


def read_previous(
    previous: Path,
    options: Options,
    limits: Limits,
    progress: Progress | None,
    *,
    build: Build | None = None,
) -> Table:
    """Read the previous year's file; :class:`PreviousTableError` where it is no table."""
    try:
        return read_table(
            previous, mapped=options.mapped, limits=limits, progress=progress, build=build
        )
    except TableError as error:
        raise PreviousTableError(error.problems) from None


def check_rows(
    rows: Sequence[Mapping[str, object]],
    *,
    options: Options | None = None,
    province: str | None = None,
    progress: Progress | None = None,
) -> Outcome:
    """Check rows given directly, as JSON objects whose members are the table's columns."""
    options = options or Options()
    table = table_from_rows(
        rows,
        kind=options.kind,
        unit="10kt" if options.unit == "10kt" else None,
        mapped=options.mapped,
    )
    return check_table(table, options=options, province=province, progress=progress)


def check_table(
    table: Table,
    *,
    options: Options | None = None,
    previous: Table | None = None,
    province: str | None = None,
    progress: Progress | None = None,
) -> Outcome:
    """Run every check on a table as read; ``province`` as in :func:`check_file`."""
    from cets_conformance.tables.judging import judge

    if province is not None:
        from cets_conformance.tables.own_province import refuse_other_provinces

        for given in (table, previous):
            if given is not None:
                refuse_other_provinces(given, province)
    return judge(table, options or Options(), previous, progress or _silent)


def _silent(stage: str, done: int, total: int | None) -> None:
    """Report progress to nobody."""


def __getattr__(name: str) -> Any:
    """Give :class:`Outcome` to who asks for it; to read a table it is not needed."""
    if name == "Outcome":
        return import_module(f"{__name__}.outcome").Outcome
    raise AttributeError(name)
