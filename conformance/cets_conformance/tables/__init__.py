"""Table checks: from a province's or vendor's allocation table to a verdict with its evidence."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path

from cets_conformance import direct
from cets_conformance.tables.balances import balance_values, check_balance_values
from cets_conformance.tables.catalogue import CHECKS
from cets_conformance.tables.columns import Kind
from cets_conformance.tables.findings import Reason, Result
from cets_conformance.tables.laws import (
    check_bounds,
    check_national_balance,
    check_order,
    check_presence,
    check_previous_emissions,
)
from cets_conformance.tables.options import OptionError, Options
from cets_conformance.tables.outcome import Outcome
from cets_conformance.tables.own_province import refuse_other_provinces
from cets_conformance.tables.plausibility import check_plausibility
from cets_conformance.tables.reading import (
    Limits,
    Table,
    TableError,
    read_table,
    table_from_rows,
)
from cets_conformance.tables.recompute import check_amounts, recompute
from cets_conformance.tables.structure import check_structure
from cets_conformance.tables.units import Judged, read_units

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
    province: str | None = None,
    progress: Progress | None = None,
) -> Outcome:
    """Read a table file and check it, optionally beside the previous year's table.

    ``province``: the code of the only province whose rows may be there. Raises
    :class:`TableError` with all problems where the file cannot be read as a table or holds rows of
    another province, :class:`PreviousTableError` where the previous one cannot be read.
    """
    options = options or Options()
    limits = limits or Limits()
    table = read_table(
        source,
        name=name,
        kind=options.kind,
        sheet=options.sheet,
        unit="10kt" if options.unit == "10kt" else None,
        mapped=options.mapped,
        limits=limits,
        progress=progress,
    )
    before = _read_previous(previous, options, limits, progress) if previous else None
    return check_table(
        table, options=options, previous=before, province=province, progress=progress
    )


def _read_previous(
    previous: Path, options: Options, limits: Limits, progress: Progress | None
) -> Table:
    try:
        return read_table(previous, mapped=options.mapped, limits=limits, progress=progress)
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
    options = options or Options()
    if province is not None:
        for given in (table, previous):
            if given is not None:
                refuse_other_provinces(given, province)
    report = progress or _silent
    rules = direct.ruleset_with(options.readings)
    rows = read_units(table, rules, report)
    before = read_units(previous, rules, report) if previous else []
    verified = table.kind is Kind.ALLOCATION
    balances = balance_values(rows, options, rules) if verified else {}
    recompute(rows, table.kind, balances, rules, report)
    report("laws", 0, None)
    emissions = _emissions_by_unit([*before, *rows])
    ran = [
        *check_structure(table, rows, rules),
        *check_amounts(rows, table.kind, balances, emissions, rules),
        check_presence(rows, before),
        check_previous_emissions(rows, _emissions_by_unit(before)),
    ]
    if verified:
        ran += [
            *check_plausibility(rows, emissions, rules),
            check_balance_values(rows, balances),
            check_bounds(rows, rules),
            check_order(rows, rules),
            check_national_balance(rows, balances, rules, national=options.national),
        ]
    results = {result.check: result for result in ran}
    report("done", len(rows), len(rows))
    return Outcome(
        table,
        options,
        rows,
        balances,
        {
            name: results[name]
            if table.kind in check.kinds
            else Result(name, reason=Reason("NOT_IN_KIND"))
            for name, check in CHECKS.items()
        },
    )


def _emissions_by_unit(rows: Sequence[Judged]) -> dict[tuple[str, int], Fraction]:
    """Verified emissions by unit and year, as far as rows have them."""
    return {
        (row.unit.unit_id, row.unit.year): row.unit.verified_emissions
        for row in rows
        if row.unit is not None and row.unit.verified_emissions is not None
    }


def _silent(stage: str, done: int, total: int | None) -> None:
    """Report progress to nobody."""
