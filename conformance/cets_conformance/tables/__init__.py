"""Table checks: from a province's or vendor's allocation table to a verdict with its evidence."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from cets_conformance import direct
from cets_conformance.tables.amounts import check_amounts
from cets_conformance.tables.balances import balance_values, check_balance_values
from cets_conformance.tables.catalogue import CHECKS
from cets_conformance.tables.enterprises import Enterprises
from cets_conformance.tables.findings import Reason, Result
from cets_conformance.tables.identities import Identities
from cets_conformance.tables.laws import (
    Written,
    check_bounds,
    check_national_balance,
    check_presence,
    check_previous_emissions,
)
from cets_conformance.tables.options import OptionError, Options
from cets_conformance.tables.order import check_order
from cets_conformance.tables.outcome import Outcome
from cets_conformance.tables.plausibility import check_plausibility
from cets_conformance.tables.reading import (
    Limits,
    Table,
    TableError,
    read_table,
    table_from_rows,
)
from cets_conformance.tables.recompute import recompute
from cets_conformance.tables.structure import check_structure
from cets_conformance.tables.units import Rows

__all__ = [
    "CHECKS",
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

Progress = Callable[[str, int, int | None], None]


class PreviousTableError(TableError):
    """The previous year's file, not the one to be checked, could not be read as a table."""


def check_file(
    source: Path,
    *,
    name: str | None = None,
    options: Options | None = None,
    previous: Path | None = None,
    limits: Limits | None = None,
    progress: Progress | None = None,
) -> Outcome:
    """Read a table file and check it, optionally beside the previous year's table.

    Raises :class:`TableError` with all problems where the file cannot be read as a table,
    :class:`PreviousTableError` where the previous one cannot.
    """
    options = options or Options()
    limits = limits or Limits()
    table = read_table(
        source,
        name=name,
        kind=options.kind,
        sheet=options.sheet,
        unit="10kt" if options.unit == "10kt" else None,
        limits=limits,
        progress=progress,
    )
    before = _read_previous(previous, limits, progress) if previous else None
    return check_table(table, options=options, previous=before, progress=progress)


def _read_previous(previous: Path, limits: Limits, progress: Progress | None) -> Table:
    try:
        return read_table(previous, limits=limits, progress=progress)
    except TableError as error:
        raise PreviousTableError(error.problems) from None


def check_rows(
    rows: Sequence[Mapping[str, object]],
    *,
    options: Options | None = None,
    progress: Progress | None = None,
) -> Outcome:
    """Check rows given directly, as JSON objects whose members are the table's columns."""
    options = options or Options()
    table = table_from_rows(
        rows, kind=options.kind, unit="10kt" if options.unit == "10kt" else None
    )
    return check_table(table, options=options, progress=progress)


def check_table(
    table: Table,
    *,
    options: Options | None = None,
    previous: Table | None = None,
    progress: Progress | None = None,
) -> Outcome:
    """Run every check on a table as read."""
    options = options or Options()
    report = progress or _silent
    rules = direct.ruleset_with(options.readings)
    report("units", 0, None)
    rows = Rows(table, rules)
    with ThreadPoolExecutor(1) as aside:
        enterprises = aside.submit(Enterprises.of, rows.texts("enterprise_id").text)
        return _judge(rows, previous, options, enterprises, report)


def _judge(
    rows: Rows,
    previous: Table | None,
    options: Options,
    enterprises: Future[Enterprises],
    report: Progress,
) -> Outcome:
    table, rules = rows.table, rows.rules
    identities = Identities(rows, Rows(previous, rules) if previous else None)
    balances = balance_values(rows, options) if rows.verified else {}
    report("recomputing", 0, None)
    recomputed = recompute(rows, balances)
    report("laws", 0, None)
    ran = [
        *check_amounts(recomputed, identities),
        check_presence(rows, identities),
    ]
    if rows.verified:
        written = Written.of(rows)
        ran += [
            *check_plausibility(recomputed, identities),
            check_balance_values(rows, balances),
            check_bounds(written),
            check_order(written, recomputed),
            check_national_balance(written, balances, national=options.national),
        ]
    else:
        ran.append(check_previous_emissions(rows, identities))
    ran += check_structure(recomputed, identities, enterprises.result())
    results = {result.check: result for result in ran}
    report("done", len(rows), len(rows))
    return Outcome(
        table,
        options,
        recomputed,
        enterprises.result().count,
        {
            name: results[name]
            if table.kind in check.kinds
            else Result(name, reason=Reason("NOT_IN_KIND"))
            for name, check in CHECKS.items()
        },
    )


def _silent(stage: str, done: int, total: int | None) -> None:
    """Report progress to nobody."""
