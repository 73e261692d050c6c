"""Every check on a table that was read, and the outcome made of what they found."""

from __future__ import annotations

from concurrent.futures import Executor, Future

from cets_conformance import direct
from cets_conformance.tables.amounts import check_amounts
from cets_conformance.tables.balances import balance_values, check_balance_values
from cets_conformance.tables.catalogue import CHECKS
from cets_conformance.tables.enterprises import Enterprises
from cets_conformance.tables.findings import Reason, Result
from cets_conformance.tables.hands import hands
from cets_conformance.tables.identities import Identities
from cets_conformance.tables.laws import (
    Written,
    check_bounds,
    check_national_balance,
    check_presence,
    check_previous_emissions,
)
from cets_conformance.tables.options import Options
from cets_conformance.tables.order import check_order
from cets_conformance.tables.outcome import Outcome
from cets_conformance.tables.plausibility import check_plausibility
from cets_conformance.tables.reading import Progress, Table
from cets_conformance.tables.recompute import Recomputed, recompute
from cets_conformance.tables.structure import check_structure
from cets_conformance.tables.units import Rows

__all__ = ["judge"]


def judge(table: Table, options: Options, previous: Table | None, progress: Progress) -> Outcome:
    """Run every check on a table; what needs no other result runs beside the rest."""
    progress("units", 0, None)
    rules = direct.ruleset_with(options.readings)
    rows = Rows(table, rules)
    identities = Identities(rows, Rows(previous, rules) if previous else None)
    with hands(1, len(rows)) as aside:
        enterprises = aside.submit(Enterprises.of, rows.texts("enterprise_id").text)
        balances = balance_values(rows, options) if rows.verified else {}
        progress("recomputing", 0, None)
        done = recompute(rows, balances)
        progress("laws", 0, None)
        ran = _laws(done, identities, options, aside)
        ran += check_structure(done, enterprises.result())
    progress("done", len(rows), len(rows))
    results = {result.check: result for result in ran}
    return Outcome(
        table,
        options,
        done,
        enterprises.result().count,
        {
            name: results[name]
            if table.kind in check.kinds
            else Result(name, reason=Reason("NOT_IN_KIND"))
            for name, check in CHECKS.items()
        },
    )


def _laws(
    done: Recomputed, identities: Identities, options: Options, aside: Executor
) -> list[Result]:
    """Run the checks of amounts and the laws between rows."""
    rows = done.rows
    if not rows.verified:
        return [
            *check_amounts(done, identities),
            check_presence(rows, identities),
            check_previous_emissions(rows, identities),
        ]
    written = Written.of(rows)
    order: Future[Result] = aside.submit(check_order, written, done)
    return [
        *check_amounts(done, identities),
        check_presence(rows, identities),
        *check_plausibility(done, identities),
        check_balance_values(rows, done.values),
        check_bounds(written),
        check_national_balance(written, done.values, national=options.national),
        order.result(),
    ]
