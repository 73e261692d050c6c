"""Synthetic national tables: the real unit counts and sector totals, everything else made up.

Counts and totals are those of 2024 in the ministry's national carbon market development report
2026; no totals of 2025 are published, so the table of 2025 keeps them. A table is a pure function
of year, kind, seed, readings and planted mistake: it uses ``random.Random.random()`` alone, whose
sequence Python keeps from version to version.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property, lru_cache
from random import Random
from types import MappingProxyType
from typing import Any

from cets_conformance import messages
from cets_conformance.diagnosis.combining import under
from cets_conformance.diagnosis.misallocating import allocate
from cets_conformance.diagnosis.mistakes import MISTAKES
from cets_conformance.messages import Language
from cets_conformance.tables.columns import Kind
from cets_conformance.tables.sample_units import SECTORS, Line, make_lines
from cets_reference.allocation import compute_allocation, compute_exact
from cets_reference.balance import compute_balance
from cets_reference.issuance import compute_pre_allocation
from cets_reference.quantities import print_decimal, print_ratio
from cets_reference.rule_set import DEFAULT, RuleSet

__all__ = ["SECTORS", "Planted", "Sample", "SampleError", "national"]


_NOT_SHOWN = {"M-07", "M-25", "M-26", "M-27", "M-28", "M-29", "M-31", "M-32", "M-33"}
"""Need gases, indirect emissions, several units to a sum, or kinds of unit the sample has not."""

PLANTABLE = tuple(
    name
    for name, mistake in MISTAKES.items()
    if mistake.clause[0] in "QSA" and name not in _NOT_SHOWN
)
"""Mistakes that show in a unit's allowance in the sample."""


class SampleError(ValueError):
    """A sample that cannot be made as asked; catalogue key ``sample.problem.<code>``."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(messages.text(f"sample.problem.{code}", "en", **values))
        self.code = code
        self.values = values

    def text(self, language: Language) -> str:
        """Say in a language what cannot be."""
        return messages.text(f"sample.problem.{self.code}", language, **self.values)


@dataclass(frozen=True, slots=True)
class Planted:
    """A row whose amount was made wrong on purpose."""

    row: int
    """Row number in the written table (the header is row 1)."""
    unit_id: str
    """Unit."""
    field: str
    """Column."""
    right: int
    """What the reference computes, t."""
    planted: int
    """What stands in the table, t."""


@dataclass(frozen=True)
class Sample:
    """A synthetic table: canonical values by column, and what was planted in it."""

    kind: Kind
    rows: Sequence[dict[str, Any]]
    planted: Sequence[Planted]

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Columns in the order they are printed."""
        return tuple(self.rows[0])


def national(
    year: int,
    *,
    seed: int = 1,
    kind: Kind = Kind.ALLOCATION,
    mistake: str | None = None,
    rate: Fraction = Fraction(0),
    readings: Mapping[str, str] = MappingProxyType({}),
) -> Sample:
    """Make the national table of a year under readings, with a share ``rate`` of its rows wrong.

    Rows are wrong as ``mistake`` would make them, or by some tonnes without one. Raises
    :class:`SampleError` where a year, mistake or rate cannot be, ``ValueError`` where a reading
    cannot.
    """
    rules = DEFAULT.with_readings(readings)
    if year not in DEFAULT.plan.years.value:
        raise SampleError("NO_YEAR", year=year)
    if mistake is not None and (mistake not in PLANTABLE or kind is not Kind.ALLOCATION):
        raise SampleError("NO_MISTAKE", mistake=mistake, known=", ".join(PLANTABLE))
    if not 0 <= rate <= 1:
        raise SampleError("NO_SHARE")
    lines = [line for sector in SECTORS for line in make_lines(sector, year, seed)]
    if kind is Kind.PRE_ALLOCATION:
        rows = _pre_allocation_rows(lines, seed, rules)
    else:
        rows = _allocation_rows(lines, year, seed, rules)
    random = Random(f"{seed}/{year}/{mistake}")  # noqa: S311  (made-up data)
    balances = _balances(year, seed, rules) if mistake else {}
    planted = _plant(rows, lines, kind, mistake, rate, random, balances, rules)
    return Sample(kind, rows, planted)


def _identity_cells(line: Line) -> dict[str, Any]:
    unit = line.unit
    return {
        "year": unit.year,
        "province": line.province,
        "enterprise_id": line.enterprise_id,
        "enterprise_name": line.enterprise_name,
        "sector": unit.sector,
        "unit_id": unit.unit_id,
        "listed": True,
        "route": unit.route,
        "line_kind": unit.line_kind,
    }


def _allocation_rows(
    lines: Sequence[Line], year: int, seed: int, rules: RuleSet
) -> list[dict[str, Any]]:
    equal = year in DEFAULT.plan.equal_years.value
    balances: Mapping[str, Fraction] = {} if equal else _balances(year, seed, rules)
    before = {
        line.unit.unit_id: line.unit.emissions
        for sector in SECTORS
        for line in make_lines(sector, 2024, seed)
    }
    rows = []
    for line in lines:
        unit = line.unit
        processes = unit.process_emissions
        pre = compute_pre_allocation(unit, before[unit.unit_id], rules).pre_allocation
        row = _identity_cells(line) | {
            "carbide_slag_rate": (
                print_decimal(unit.carbide_slag_rate) if unit.sector == "cement" else None
            ),
            "commissioned_year": unit.commissioned_year,
            "closed_before_verification": unit.closed_before_verification,
            "verified_emissions": print_decimal(unit.emissions),
            "ironmaking_emissions": print_decimal(processes.ironmaking) if processes else None,
            "sintering_emissions": print_decimal(processes.sintering) if processes else None,
            "output": print_decimal(unit.output or Fraction(0)),
            "balance_value": _as_used(balances.get(unit.sector)),
        }
        result = compute_allocation(compute_exact(unit, balances.get(unit.sector), rules), rules)
        rows.append(row | _amount_cells(result, pre))
    return rows


def _amount_cells(result: Any, pre_allocation: int) -> dict[str, Any]:
    return {
        "intensity": _ratio(result.intensity),
        "deviation": _ratio(result.deviation),
        "coefficient": _ratio(result.coefficient),
        "pre_allocation": pre_allocation,
        "allowance": result.allowance,
        "obligation": result.obligation,
        "adjustment": result.allowance - pre_allocation,
    }


def _pre_allocation_rows(lines: Sequence[Line], seed: int, rules: RuleSet) -> list[dict[str, Any]]:
    before = {
        line.unit.unit_id: line.unit.emissions
        for sector in SECTORS
        for line in make_lines(sector, 2024, seed)
    }
    rows = []
    for line in lines:
        previous = before[line.unit.unit_id] if line.unit.year == 2025 else None
        result = compute_pre_allocation(line.unit, previous or Fraction(0), rules)
        rows.append(
            _identity_cells(line)
            | {
                "commissioned_year": line.unit.commissioned_year,
                "closed_before_verification": line.unit.closed_before_verification,
                "previous_year_emissions": None if previous is None else print_decimal(previous),
                "pre_allocation": result.pre_allocation,
            }
        )
    return rows


def _balances(year: int, seed: int, rules: RuleSet) -> Mapping[str, Fraction]:
    return _solved(year, seed, tuple(sorted(rules.readings.items())))


@lru_cache(maxsize=4)
def _solved(year: int, seed: int, readings: tuple[tuple[str, str], ...]) -> Mapping[str, Fraction]:
    """Solve balance values by the rule of 2025, which in 2024 only a mistaken system applies."""
    rules = DEFAULT.with_readings(dict(readings))
    solved = {
        sector: compute_balance(
            [replace(line.unit, year=2025) for line in make_lines(sector, year, seed)], rules
        )
        for sector in SECTORS
    }
    return MappingProxyType(
        {sector: found.balance_value for sector, found in solved.items() if found is not None}
    )


def _as_used(balance_value: Fraction | None) -> str | None:
    """Print a balance value; one rounded to four decimals with these: they are its precision."""
    text = _ratio(balance_value)
    return text and text.removesuffix("0" * 8)


def _ratio(ratio: Fraction | None) -> str | None:
    return None if ratio is None else print_ratio(ratio)


def _plant(
    rows: list[dict[str, Any]],
    lines: Sequence[Line],
    kind: Kind,
    mistake: str | None,
    rate: Fraction,
    random: Random,
    balances: Mapping[str, Fraction],
    rules: RuleSet,
) -> list[Planted]:
    """Make rows wrong in place; the adjustment follows, as it would in the vendor's software."""
    wanted = -(-rate.numerator * len(rows) // rate.denominator)
    column = "allowance" if kind is Kind.ALLOCATION else "pre_allocation"
    planted: list[Planted] = []
    for index in sorted(range(len(rows)), key=lambda _: random.random()):
        if len(planted) == wanted:
            break
        row, right = rows[index], rows[index][column]
        if mistake is None:
            changed = {column: max(0, right + _tonnes_off(random))}
        else:
            unit = lines[index].unit
            value = balances.get(unit.sector)
            wrong = under(MISTAKES[mistake].rule_set, rules.changed_readings())
            result = allocate(unit, value, wrong)
            changed = _amount_cells(result, row["pre_allocation"])
        if changed[column] == right:
            continue
        row.update(changed)
        if "adjustment" in row:
            row["adjustment"] = row["allowance"] - row["pre_allocation"]
        planted.append(Planted(index + 2, row["unit_id"], column, right, row[column]))
    if len(planted) < wanted:
        raise SampleError("TOO_FEW_ROWS", mistake=mistake, found=len(planted), wanted=wanted)
    return sorted(planted, key=lambda item: item.row)


def _tonnes_off(random: Random) -> int:
    size = 1 + int(10 ** (4 * random.random()))
    return size if random.random() < 0.5 else -size
