"""Every check on a table that was read, and the outcome made of what they found.

The plan is written once for a table in parts, wherever these are (``parts``): what all rows
together say is asked first, then every part is judged, then what was said is put together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

from cets_conformance import direct
from cets_conformance.tables import enterprises
from cets_conformance.tables.amounts import check_amounts
from cets_conformance.tables.balances import (
    BalanceValue,
    Counted,
    balance_values,
    check_balance_values,
    right_values,
)
from cets_conformance.tables.catalogue import CHECKS
from cets_conformance.tables.columns import Kind
from cets_conformance.tables.findings import Reason, Result, merged
from cets_conformance.tables.hands import hands
from cets_conformance.tables.identities import Kin, Years, kin_of, strangers
from cets_conformance.tables.laws import (
    Sums,
    Written,
    check_bounds,
    check_national_balance,
    check_presence,
    check_previous_emissions,
)
from cets_conformance.tables.options import Options
from cets_conformance.tables.order import check_order
from cets_conformance.tables.outcome import Outcome
from cets_conformance.tables.parts import Parts, Side
from cets_conformance.tables.plausibility import check_plausibility
from cets_conformance.tables.reading import Progress, Table, cut
from cets_conformance.tables.recompute import Recomputed, recompute
from cets_conformance.tables.rereading import conforms_under, under
from cets_conformance.tables.structure import check_header, check_structure, needed_columns
from cets_conformance.tables.totals import Totals
from cets_conformance.tables.units import Rows

__all__ = ["judge", "judge_parts"]

PART = 1 << 18
"""Rows of a part in memory."""


def judge(table: Table, options: Options, previous: Table | None, progress: Progress) -> Outcome:
    """Run every check on a table in memory."""
    rules = direct.ruleset_with(options.readings)
    own, before = (
        Side([Rows(part, rules) for part in cut(some, PART)]) if some else None
        for some in (table, previous)
    )
    assert own is not None  # noqa: S101 - there is a table
    return judge_parts(table, own, before, options, progress)


def judge_parts(
    table: Table,
    parts: Parts[Rows],
    before: Parts[Rows] | None,
    options: Options,
    progress: Progress,
) -> Outcome:
    """Run every check on a table in parts, and say under which other reading it would conform.

    ``table``: what is known of the table but for its rows.
    """
    outcome, done = _judge(table, parts, before, options, progress)

    def again(other: Options) -> Outcome:
        rules = direct.ruleset_with(other.readings)
        own, earlier = (side and side.then(under, rules) for side in (parts, before))
        assert own is not None  # noqa: S101 - there is a table
        return _judge(table, own, earlier, other, _silent)[0]

    outcome = replace(outcome, conforms_under=conforms_under(outcome, done, again))
    progress("done", outcome.rows, outcome.rows)
    return outcome


def _silent(_stage: str, _done: int, _total: int | None) -> None:
    """Report progress to nobody."""


def _judge(
    table: Table,
    parts: Parts[Rows],
    before: Parts[Rows] | None,
    options: Options,
    progress: Progress,
) -> tuple[Outcome, Parts[Recomputed]]:
    """Run every check under one set of readings; what needs no other result runs beside."""
    progress("units", 0, None)
    rules = direct.ruleset_with(options.readings)
    verified = table.kind is Kind.ALLOCATION
    with hands(1, len(table.rows) or None) as aside:
        counting = aside.submit(_count_enterprises, parts)
        facts = _Facts.merged(parts.each(_Facts.of))
        years = Years.merged([facts.years, *(before.each(_years_of) if before else [])])
        values = balance_values(parts, facts.counted, options, rules) if verified else {}
        progress("recomputing", 0, facts.rows)
        done = parts.then(recompute, values)
        written = done.then(Written.of) if verified else None
        progress("laws", 0, facts.rows)
        if years.neighbours or not facts.ascending:
            kin, gone = kin_of(parts, before, years)
        else:
            kin, gone = parts.then(strangers), None
        count = counting.result()
        ordering = aside.submit(check_order, done, written) if written else None
        right = right_values(facts.counted, values)
        said = done.each(_Said.of, kin, written, years, right, options.national, parts.keep)
        ran = [merged(results) for results in zip(*(part.results for part in said), strict=True)]
        ran.append(check_header(table, frozenset().union(*(s.needed for s in said)), facts.rows))
        if ordering:
            sums = Sums.merged([part.sums for part in said if part.sums])
            ran.append(check_national_balance(sums, values, rules))
            ran.append(ordering.result())
    results = {result.check: result for result in ran}
    if gone:
        results["T-25"] = merged([gone, results["T-25"]])
    outcome = Outcome(
        table,
        options,
        facts.rows,
        values,
        Totals.merged([part.totals for part in said]).as_json(count),
        {
            name: results[name]
            if table.kind in check.kinds
            else Result(name, reason=Reason("NOT_IN_KIND"))
            for name, check in CHECKS.items()
        },
    )
    return outcome, done


@dataclass(frozen=True, slots=True)
class _Facts:
    """What the rows of a part say that matters to all others."""

    rows: int
    """How many."""
    years: Years
    """Their years."""
    ascending: bool
    """Whether each has a unit id, and a greater one than the row before."""
    ends: tuple[str, ...]
    """The first and the last of the ids, where they ascend; nothing where there is no row."""
    counted: Counted
    """Their balance values."""

    @classmethod
    def of(cls, rows: Rows) -> _Facts:
        """Look through a part."""
        text = rows.texts("unit_id").text
        ascending = not text.null_count and bool(
            len(text) < 2 or pc.all(pc.less(text.slice(0, len(text) - 1), text.slice(1))).as_py()
        )
        ends = (text[0].as_py(), text[-1].as_py()) if ascending and len(text) else ()
        return cls(len(rows), _years_of(rows), ascending, ends, Counted.of(rows))

    @classmethod
    def merged(cls, parts: Sequence[_Facts]) -> _Facts:
        """Put together what the parts of a table say, in the order of the file."""
        if len(parts) == 1:
            return parts[0]
        ends = [end for part in parts for end in part.ends]
        steps = zip(ends[1:-1:2], ends[2::2], strict=True)
        return cls(
            sum(part.rows for part in parts),
            Years.merged([part.years for part in parts]),
            all(part.ascending for part in parts) and all(last < first for last, first in steps),
            (),
            Counted.merged([part.counted for part in parts]),
        )


def _years_of(rows: Rows) -> Years:
    known = rows.present("unit_id")
    usable = rows.is_unit & rows.numbers("verified_emissions").present
    years = rows.coded("year")
    found, emissions = (map(int, years.met(where)) for where in (known, usable))
    return Years(tuple(sorted(found)), frozenset(emissions), rows.rules.plan.years.value)


def _count_enterprises(parts: Parts[Rows]) -> int:
    return sum(parts.shuffled(_codes).each(enterprises.count))


def _codes(rows: Rows, buckets: int) -> list[pa.ChunkedArray]:
    """Give the codes of a part, which T-04 finds looked through."""
    rows.valid_codes  # noqa: B018 - kept by the rows
    return enterprises.split(rows.texts("enterprise_id").text, buckets)


@dataclass(frozen=True, slots=True)
class _Said:
    """What a part says once all is known that its rows must know of others."""

    results: list[Result]
    needed: frozenset[str]
    """Columns that these rows need and have not."""
    totals: Totals
    sums: Sums | None
    """In a national table: what the national balance adds up."""

    @classmethod
    def of(
        cls,
        done: Recomputed,
        kin: Kin,
        written: Written | None,
        years: Years,
        right: Mapping[tuple[str, int], BalanceValue],
        national: bool,  # noqa: FBT001 - parts are asked by position
        keep: Callable[[Result], Result],
    ) -> _Said:
        """Judge the rows of a part."""
        rows = done.rows
        results = [*check_structure(done, kin), *check_amounts(done, kin, years)]
        results.append(check_presence(rows, kin, years))
        if written is None:
            results.append(check_previous_emissions(rows, kin, years))
        else:
            results += check_plausibility(done, kin, years)
            results += [check_balance_values(rows, right), check_bounds(written)]
        return cls(
            list(map(keep, results)),
            needed_columns(done),
            Totals.of(done),
            Sums.of(written) if written and national else None,
        )
