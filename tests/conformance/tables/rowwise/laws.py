"""Laws between rows (T-21 to T-25): they hold for any right table and need no recomputation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from tests.conformance.tables.rowwise.balances import BalanceValue, last_place
from tests.conformance.tables.rowwise.findings import Reason, Result, Row
from tests.conformance.tables.rowwise.units import Judged

from cets_reference.allocation import compute_base, compute_intensity, compute_obligation
from cets_reference.quantities import print_decimal
from cets_reference.records import Unit
from cets_reference.rounding import round_tonnes, sum_exact
from cets_reference.rule_set import DEFAULT, RuleSet
from cets_reference.scope import compute_scope, needs_intensity

__all__ = [
    "check_bounds",
    "check_national_balance",
    "check_order",
    "check_presence",
    "check_previous_emissions",
]

Values = Mapping[tuple[str, int], BalanceValue]

BOUND_SLACK = Fraction(1015, 1000)
"""t: the rounding of allowance and obligation, half a tonne each, the latter's also in 3 %."""

BOUND_SLACK_FLOOR = Fraction(103, 100)
"""t: the same where both are cut off, up to a tonne each and in one direction."""

ORDER_SLACK = 2
"""t a unit: what rounding can do to a surplus, with room."""


def check_bounds(rows: Sequence[Judged], rules: RuleSet) -> Result:
    """T-21: a covered unit's surplus or deficit is at most 3 % of its obligation."""
    result = Result("T-21")
    share = rules.plan.coefficient_upper.value
    cut_off = rules.readings["rounding"] == "unit_floor"
    slack = BOUND_SLACK_FLOOR if cut_off else BOUND_SLACK
    for row, unit, allowance, obligation in _amounts(rows, rules, result):
        if not compute_scope(unit, rules.plan).covered:
            continue
        result.checked += 1
        most = share * obligation + slack
        if abs(allowance - obligation) > most:
            bound = obligation + (floor(most) if allowance > obligation else -floor(most))
            result.rows.append(_row(row, allowance, bound))
    return result


def check_order(rows: Sequence[Judged], rules: RuleSet) -> Result:
    """T-22: within a sector and year the cleaner unit never has the lower surplus rate.

    A contradiction takes two rows. Where recomputation says which rows are right, the others are
    held against those alone; otherwise both rows of a contradiction are named.
    """
    result = Result("T-22")
    groups: dict[tuple[str, int], list[_Rated]] = defaultdict(list)
    for row, unit, allowance, obligation in _amounts(rows, rules, result):
        if needs_intensity(unit, rules.plan) and (base := compute_base(unit, rules)) > 0:
            result.checked += 1
            right = row.result is not None and (allowance, obligation) == (
                row.result.allowance,
                row.result.obligation,
            )
            groups[unit.sector, unit.year].append(
                _Rated(row, compute_intensity(unit), allowance, obligation, base, right)
            )
    for group in groups.values():
        agreeing = [item for item in group if item.right]
        judges, suspects = group, group
        if 2 * len(agreeing) >= len(group):
            judges, suspects = agreeing, [item for item in group if not item.right]
        if suspects:
            result.rows += _contradictions(judges, suspects)
    return result


@dataclass(frozen=True, slots=True)
class _Rated:
    """A unit with its intensity and the surplus written for it; rates are per t of the base."""

    row: Judged
    intensity: Fraction
    allowance: int
    obligation: int
    base: Fraction
    right: bool

    @property
    def least(self) -> Fraction:
        return (self.allowance - self.obligation - ORDER_SLACK) / self.base

    @property
    def most(self) -> Fraction:
        return (self.allowance - self.obligation + ORDER_SLACK) / self.base


def _contradictions(judges: Sequence[_Rated], suspects: Sequence[_Rated]) -> Iterator[Row]:
    """Hold each suspect against the strictly cleaner judge of least rate and the dirtier of most.

    One sort of both together, one sweep each way.
    """
    named: set[int] = set()
    for cleaner_first in (True, False):
        extreme: _Rated | None = None
        waiting: list[_Rated] = []
        order = sorted(
            [(item, True) for item in judges] + [(item, False) for item in suspects],
            key=lambda pair: pair[0].intensity,
            reverse=not cleaner_first,
        )
        for item, is_judge in order:
            if waiting and waiting[0].intensity != item.intensity:
                extreme = _extreme([extreme, *waiting], cleaner_first=cleaner_first)
                waiting = []
            if is_judge:
                waiting.append(item)
            elif extreme is not None and item.row.row not in named:
                bound = extreme.most if cleaner_first else extreme.least
                wrong = item.least > bound if cleaner_first else item.most < bound
                if wrong:
                    named.add(item.row.row)
                    yield _order_row(item, extreme, bound)


def _extreme(items: Sequence[_Rated | None], *, cleaner_first: bool) -> _Rated | None:
    known = [item for item in items if item is not None]
    if cleaner_first:
        return min(known, key=lambda item: item.most, default=None)
    return max(known, key=lambda item: item.least, default=None)


def _order_row(item: _Rated, other: _Rated, bound: Fraction) -> Row:
    limit = item.obligation + bound * item.base
    too_much = item.allowance > limit
    allowed = floor(limit + ORDER_SLACK) if too_much else ceil(limit - ORDER_SLACK)
    others = {"other_row": str(other.row.row), "other_unit": other.row.unit_id or ""}
    return Row(
        item.row.row,
        item.row.year,
        item.row.unit_id,
        "allowance",
        item.allowance,
        allowed,
        item.allowance - allowed,
        "RATE_OUT_OF_ORDER",
        others,
    )


def check_national_balance(
    rows: Sequence[Judged], values: Values, rules: RuleSet, *, national: bool
) -> Result:
    """T-23: in a national table the sector's allowances by intensity sum up to its emissions.

    Slack: the rounding of n units, and what the last written place of B can move.
    """
    result = Result("T-23")
    if not national:
        result.reason = Reason("NOT_DECLARED_NATIONAL")
        return result
    groups: dict[tuple[str, int], list[tuple[Judged, Unit, int]]] = defaultdict(list)
    incomplete = {
        (row.cells.get("sector"), row.year)
        for row in rows
        if row.unit is None or row.amount("allowance") is None
    }
    for row, unit, allowance, _ in _amounts(rows, rules, result):
        if needs_intensity(unit, rules.plan) and compute_base(unit, rules) > 0:
            groups[unit.sector, unit.year].append((row, unit, allowance))
    each = Fraction(1) if rules.readings["rounding"] == "unit_floor" else Fraction(1, 2)
    for key, group in groups.items():
        if key not in values:
            reason = Reason("NO_BALANCE_VALUE", {"sector": key[0], "year": str(key[1])})
            result.skip(reason, len(group))
            continue
        if incomplete & {key, (key[0], None), (None, key[1]), (None, None)}:
            result.skip(Reason("ROW_NOT_A_UNIT"), len(group))
            continue
        result.checked += len(group)
        emissions = sum_exact([unit.emissions for _, unit, _ in group])
        found = sum(allowance for _, _, allowance in group)
        place = last_place(values[key], rules) / values[key].value
        slack = each * len(group) + emissions * rules.plan.slope.value * place
        if abs(found - emissions) > slack:
            result.rows.append(
                Row(
                    None,
                    key[1],
                    None,
                    "allowance",
                    found,
                    print_decimal(emissions),
                    found - emissions,
                    "SECTOR_OUT_OF_BALANCE",
                    {"sector": key[0], "units": str(len(group))},
                )
            )
    return result


def check_previous_emissions(
    rows: Sequence[Judged], previous: Mapping[tuple[str, int], Fraction]
) -> Result:
    """T-24: the previous year's emissions are those of the previous year's table."""
    result = Result("T-24")
    if not previous:
        result.reason = Reason("NO_PREVIOUS_TABLE")
        return result
    for row in rows:
        text, year, unit_id = row.cells.get("previous_year_emissions"), row.year, row.unit_id
        if year is None or unit_id is None or (row.blocked and text is None):
            result.skip(Reason("ROW_NOT_A_UNIT"))
            continue
        right = previous.get((unit_id, year - 1))
        if right is None:
            result.skip(Reason("NOT_IN_PREVIOUS_TABLE"))
            continue
        result.checked += 1
        written = Fraction(text or "0")
        if written != right:
            result.rows.append(
                Row(
                    row.row,
                    year,
                    unit_id,
                    "previous_year_emissions",
                    text,
                    print_decimal(right),
                    written - right,
                )
            )
    return result


def check_presence(rows: Sequence[Judged], previous: Sequence[Judged]) -> Result:
    """T-25: a unit of one year is there in the other; a unit new in the later year need not be."""
    result = Result("T-25", tonnage=False)
    by_year: dict[int, dict[str, tuple[Judged, bool]]] = defaultdict(dict)
    for group, here in ((rows, True), (previous, False)):
        for row in group:
            if row.year is not None and row.unit_id is not None:
                by_year[row.year].setdefault(row.unit_id, (row, here))
    covered = by_year.keys() & DEFAULT.plan.years.value
    pairs = [(year, year + 1) for year in sorted(covered) if year + 1 in covered]
    if not pairs:
        result.reason = Reason("NO_PREVIOUS_TABLE")
    for earlier, later in pairs:
        for year, other in ((later, earlier), (earlier, later)):
            result.checked += len(by_year[year])
            for unit_id in sorted(by_year[year].keys() - by_year[other].keys()):
                row, here = by_year[year][unit_id]
                if year == later and row.cells.get("commissioned_year") == str(year):
                    continue
                result.rows.append(
                    Row(
                        row.row if here else None,
                        year,
                        unit_id,
                        "unit_id",
                        unit_id,
                        code="UNIT_MISSING_IN_YEAR",
                        values={"year": str(other)},
                    )
                )
    return result


def _amounts(
    rows: Sequence[Judged], rules: RuleSet, result: Result
) -> Iterator[tuple[Judged, Unit, int, int]]:
    """Give rows with unit, allowance and obligation, the latter computed where not written."""
    for row in rows:
        allowance = row.amount("allowance")
        if row.unit is None or allowance is None:
            result.skip(Reason("ROW_NOT_A_UNIT"))
            continue
        obligation = row.amount("obligation")
        if obligation is None:
            exact = compute_obligation(row.unit, compute_scope(row.unit, rules.plan), rules)
            obligation = round_tonnes(exact, rules.readings["rounding"])
        yield row, row.unit, allowance, obligation


def _row(row: Judged, found: int, expected: int) -> Row:
    return Row(row.row, row.year, row.unit_id, "allowance", found, expected, found - expected)
