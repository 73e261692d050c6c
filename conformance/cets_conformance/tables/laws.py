"""Laws between rows (T-21, T-23 to T-25): they hold for any right table without recomputation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from cets_conformance.tables.balances import BalanceValue, last_place
from cets_conformance.tables.coded import dense, split_group
from cets_conformance.tables.exact import MILLION, Array, positions, sum_by
from cets_conformance.tables.findings import (
    Found,
    Listed,
    Reason,
    Result,
    Row,
    in_file_order,
    merged,
)
from cets_conformance.tables.identities import Kin, Years
from cets_conformance.tables.recompute import Recomputed
from cets_conformance.tables.units import PREVIOUS, Rows
from cets_reference.quantities import print_decimal
from cets_reference.rule_set import RuleSet

__all__ = [
    "Sums",
    "Written",
    "check_bounds",
    "check_national_balance",
    "check_presence",
    "check_previous_emissions",
]

Key = tuple[str, int]
"""Sector and year."""
Values = Mapping[Key, BalanceValue]

BOUND_SLACK = Fraction(1015, 1000)
"""t: the rounding of allowance and obligation, half a tonne each, the latter's also in 3 %."""

BOUND_SLACK_FLOOR = Fraction(103, 100)
"""t: the same where both are cut off, up to a tonne each and in one direction."""

NOT_A_UNIT = Reason("ROW_NOT_A_UNIT")


@dataclass(frozen=True, slots=True)
class Written:
    """The amounts that a law holds against each other."""

    rows: Rows
    """The rows."""
    usable: Array
    """Rows that make a unit and carry an allowance."""
    allowance: Array
    """Allowance as written, t."""
    obligation: Array
    """Obligation as written, else as computed, t."""

    @classmethod
    def of(cls, done: Recomputed) -> Written:
        """Take the amounts of a table."""
        rows, allowance, obligation = done.rows, done.found, done.rows.numbers("obligation")
        return cls(
            rows,
            rows.is_unit & allowance.present,
            allowance.values,
            np.where(obligation.present, obligation.values, done.obligation),
        )

    def result(self, check: str) -> Result:
        """Begin a check: rows without these amounts are not judged."""
        result = Result(check)
        result.skip(NOT_A_UNIT, len(self.rows) - int(np.count_nonzero(self.usable)))
        return result


def check_bounds(written: Written) -> Result:
    """T-21: a covered unit's surplus or deficit is at most 3 % of its obligation."""
    rows, result = written.rows, written.result("T-21")
    plan, rounding = rows.rules.plan, rows.rules.readings["rounding"]
    share = plan.coefficient_upper.value
    slack = BOUND_SLACK_FLOOR if rounding == "unit_floor" else BOUND_SLACK
    where = written.usable & rows.covered
    result.checked = int(np.count_nonzero(where))
    surplus = np.abs(written.allowance - written.obligation)
    # Amounts are below 2^53, so doubles are off by less than 2^-40 of what they are about; what
    # they leave open is settled in integers.
    about = float(share) * written.obligation + float(slack)
    likely = positions(where & (surplus > about * (1 - 2.0**-40)))
    if not len(likely):
        return result
    scale = share.denominator * slack.denominator
    most = written.obligation[likely].astype(object) * (share * scale).numerator
    most = (most + (slack * scale).numerator) // scale
    over = (surplus[likely] > most).astype(np.bool_)
    failed = likely[over]
    allowance, obligation, most = written.allowance[failed], written.obligation[failed], most[over]

    def make(index: int) -> Row:
        found, owed, allowed = int(allowance[index]), int(obligation[index]), int(most[index])
        bound = owed + (allowed if found > owed else -allowed)
        return rows.finding(int(failed[index]), "allowance", found, bound)

    result.failures = Found(failed, make, (surplus[failed] - most).astype(np.int64))
    return result


@dataclass(frozen=True, slots=True)
class Sums:
    """What the national balance adds up, by sector and year in the order they are first met."""

    units: Mapping[Key, tuple[int, int, int]]
    """Number, emissions in millionths of t, and allowances in t of the units by intensity."""
    incomplete: frozenset[tuple[str | None, int | None]]
    """Sectors and years of rows without unit or allowance, as far as they have them."""
    skipped: Result
    """T-23 as it begins."""

    @classmethod
    def of(cls, written: Written) -> Sums:
        """Add up a part."""
        rows = written.rows
        where = written.usable & rows.needs_intensity & (rows.base > 0)
        groups, codes = dense(np.where(where, rows.groups.codes, -1))
        verified = rows.numbers("verified_emissions").values
        figures = zip(
            np.bincount(codes[where], minlength=len(groups)).tolist(),
            sum_by(codes, verified, len(groups)),
            sum_by(codes, written.allowance, len(groups)),
            strict=True,
        )
        keys = (split_group(rows.groups.texts[group]) for group in groups.tolist())
        units = dict(zip(keys, figures, strict=True))
        return cls(units, frozenset(_incomplete(written)), written.result("T-23"))

    @classmethod
    def merged(cls, parts: Sequence[Sums]) -> Sums | None:
        """Add up the sums of parts; None where there are none."""
        if not parts:
            return None
        units: dict[Key, tuple[int, int, int]] = {}
        for part in parts:
            for key, (count, emissions, allowance) in part.units.items():
                known = units.get(key, (0, 0, 0))
                units[key] = known[0] + count, known[1] + emissions, known[2] + allowance
        return cls(
            units,
            frozenset().union(*(part.incomplete for part in parts)),
            merged([part.skipped for part in parts]),
        )


def check_national_balance(sums: Sums | None, values: Values, rules: RuleSet) -> Result:
    """T-23: in a national table the sector's allowances by intensity sum up to its emissions.

    Slack: the rounding of n units, and what the last written place of B can move. Without ``sums``
    the table is not declared to be national.
    """
    if sums is None:
        return Result("T-23", reason=Reason("NOT_DECLARED_NATIONAL"))
    result, incomplete = sums.skipped, sums.incomplete
    failures = Listed()
    for (sector, year), (count, emissions, allowance) in sums.units.items():
        if (sector, year) not in values:
            places = {"sector": sector, "year": str(year)}
            result.skip(Reason("NO_BALANCE_VALUE", places), count)
            continue
        if incomplete & {(sector, year), (sector, None), (None, year), (None, None)}:
            result.skip(NOT_A_UNIT, count)
            continue
        result.checked += count
        total = Fraction(emissions, MILLION)
        if abs(allowance - total) > _slack(count, total, values[sector, year], rules):
            failures.append(
                Row(
                    None,
                    year,
                    None,
                    "allowance",
                    allowance,
                    print_decimal(total),
                    allowance - total,
                    "SECTOR_OUT_OF_BALANCE",
                    {"sector": sector, "units": str(count)},
                )
            )
    result.failures = failures
    return result


def _slack(count: int, total: Fraction, balance: BalanceValue, rules: RuleSet) -> Fraction:
    each = Fraction(1) if rules.readings["rounding"] == "unit_floor" else Fraction(1, 2)
    place = last_place(balance, rules) / balance.value
    return each * count + total * rules.plan.slope.value * place


def _incomplete(written: Written) -> set[tuple[str | None, int | None]]:
    """Name the sectors and years of rows without unit or allowance, as far as they have them."""
    rows = written.rows
    sectors = rows.coded("sector")
    pairs = np.stack([sectors.codes, rows.year])[:, ~written.usable]
    return {
        (sectors.texts[code] if code >= 0 else None, year or None)
        for code, year in np.unique(pairs, axis=1).T.tolist()
    }


def check_previous_emissions(rows: Rows, kin: Kin, years: Years) -> Result:
    """T-24: the previous year's emissions are those of the previous year's table."""
    result = Result("T-24")
    if not years.emissions:
        result.reason = Reason("NO_PREVIOUS_TABLE")
        return result
    written = rows.numbers(PREVIOUS)
    named = rows.present("unit_id") & (rows.year > 0)
    named &= written.present | ~rows.by_sort(lambda sort: sort.blocked)
    result.skip_where(
        ~(named & kin.known),
        lambda at: Reason("NOT_IN_PREVIOUS_TABLE") if named[at] else NOT_A_UNIT,
    )
    result.checked = len(rows) - result.skipped
    failed = positions(named & kin.known & (written.values != kin.previous))
    found, expected = written.values[failed], kin.previous[failed]

    def make(index: int) -> Row:
        position, right_ = int(failed[index]), Fraction(int(expected[index]), MILLION)
        difference = Fraction(int(found[index]), MILLION) - right_
        text = rows.cell(PREVIOUS, position)
        return rows.finding(position, PREVIOUS, text, print_decimal(right_), difference)

    result.failures = Found(failed, make, np.abs(found - expected), MILLION)
    return result


def check_presence(rows: Rows, kin: Kin, years: Years) -> Result:
    """T-25: a unit of one year is there in the other; a unit new in the later year need not be.

    Here for the rows of a part; what is counted, and the units of the previous table, are said
    where all rows meet (``identities``).
    """
    result = Result("T-25", tonnage=False)
    if not years.compared:
        result.reason = Reason("NO_PREVIOUS_TABLE")
        return result
    places, which, _ = in_file_order([at for _, at in kin.missing])

    def make(index: int) -> Row:
        position, values = int(places[index]), {"year": str(kin.missing[which[index]][0])}
        unit_id = rows.cell("unit_id", position)
        return rows.finding(
            position, "unit_id", unit_id, code="UNIT_MISSING_IN_YEAR", values=values
        )

    result.failures = Found(places, make)
    return result
