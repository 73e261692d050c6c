"""Synthetic national tables: the real unit counts and sector totals, everything else made up.

Counts and totals are those of 2024 in the ministry's national carbon market development report
2026; no totals of 2025 are published, so the table of 2025 keeps them. A table is a pure function
of year, kind, seed and planted mistake: it uses ``random.Random.random()`` alone, whose sequence
Python keeps from version to version.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property, lru_cache
from random import Random
from types import MappingProxyType
from typing import Any

from stdnum.cn import uscc

from cets_conformance.diagnosis.mistakes import MISTAKES, compute_mistaken
from cets_conformance.tables.columns import Kind
from cets_reference.allocation import compute_allocation, compute_exact
from cets_reference.balance import compute_balance
from cets_reference.issuance import compute_pre_allocation
from cets_reference.quantities import print_decimal, print_ratio
from cets_reference.records import ProcessEmissions, Unit
from cets_reference.rule_set import DEFAULT

__all__ = ["SECTORS", "Planted", "Sample", "SampleError", "national"]


@dataclass(frozen=True, slots=True)
class Sector:
    """What is real about a sector's sample."""

    units: int
    """Units in 2024."""
    total: int
    """Verified emissions of 2024 together, t CO2e."""
    intensity: Fraction
    """Middle of the made-up intensities, t CO2e per t of product."""
    provinces: str
    """Two-digit codes, repeated as often as they weigh."""
    name: str
    """Word in the made-up names."""


SECTORS = MappingProxyType(
    {
        "steel": Sector(
            232,
            1_862_466_000,
            Fraction(175, 100),
            "13 13 13 13 13 32 32 32 37 37 21 21 14 14 42 43 41 34 35 36 44 45 51 53 15 22 65 33",
            "钢铁",
        ),
        "cement": Sector(
            962,
            956_178_700,
            Fraction(84, 100),
            "34 34 51 51 44 44 45 45 53 53 52 41 41 43 43 37 37 13 36 36 33 32 42 42 61 62 65 65 "
            "14 15 21 22 23 35 46 50 54 63 64",
            "水泥",
        ),
        "aluminium": Sector(
            97,
            68_997_500,
            Fraction(1568, 1000),
            "37 37 37 65 65 65 15 15 53 53 41 62 63 64 45 52 51 14",
            "铝业",
        ),
    }
)
"""Unit counts and totals as published; intensities and provinces chosen to look alike."""


class SampleError(ValueError):
    """A sample that cannot be made as asked."""


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


@dataclass(frozen=True, slots=True)
class _Line:
    """A made-up unit: who it is, and what stays the same from year to year."""

    unit: Unit
    province: str
    enterprise_id: str
    enterprise_name: str


def national(
    year: int,
    *,
    seed: int = 1,
    kind: Kind = Kind.ALLOCATION,
    mistake: str | None = None,
    rate: Fraction = Fraction(0),
) -> Sample:
    """Make the national table of a year, with a share ``rate`` of its rows wrong.

    Rows are wrong as ``mistake`` would make them, or by some tonnes without one. Raises
    :class:`SampleError` where a year, mistake or rate cannot be.
    """
    if year not in DEFAULT.plan.years.value:
        raise SampleError(f"no sample of {year}: the plan covers 2024 and 2025")
    if mistake is not None and (mistake not in MISTAKES or kind is not Kind.ALLOCATION):
        raise SampleError(f"no sample with {mistake}: choose one of {', '.join(MISTAKES)}")
    if not 0 <= rate <= 1:
        raise SampleError("the rate is a share from 0 to 1")
    lines = [line for sector in SECTORS for line in _lines(sector, year, seed)]
    if kind is Kind.PRE_ALLOCATION:
        rows = _pre_allocation_rows(lines, seed)
    else:
        rows = _allocation_rows(lines, year, seed)
    random = Random(f"{seed}/{year}/{mistake}")  # noqa: S311  (made-up data)
    balances = _balances(year, seed) if mistake else {}
    planted = _plant(rows, lines, kind, mistake, rate, random, balances)
    return Sample(kind, rows, planted)


@lru_cache(maxsize=12)
def _lines(sector: str, year: int, seed: int) -> tuple[_Line, ...]:
    """Make a sector's units; the same seed gives the same units in both years."""
    about = SECTORS[sector]
    draw = Random(f"{seed}/{sector}").random  # noqa: S311  (made-up data)
    weights = [int(10**6 * (Fraction(1, 20) + Fraction(draw()) ** 3)) for _ in range(about.units)]
    identities = _identities(sector, draw)
    changing = Random(f"{seed}/{sector}/{year}").random  # noqa: S311  (made-up data)
    weights = [int(weight * (0.9 + 0.2 * changing())) for weight in weights]
    emissions = _share_out(about.total * 4, weights)
    lines = []
    for index, (identity, quarters) in enumerate(zip(identities, emissions, strict=True)):
        unit = _unit(sector, year, index, Fraction(quarters, 4), draw, changing)
        lines.append(replace(identity, unit=unit))
    return tuple(lines)


def _share_out(total: int, weights: Sequence[int]) -> list[int]:
    """Share a whole total by weights, exactly; what division leaves goes one by one in order."""
    whole = sum(weights)
    shares = [total * weight // whole for weight in weights]
    for index in range(total - sum(shares)):
        shares[index] += 1
    return shares


def _identities(sector: str, draw: Any) -> list[_Line]:
    """Make enterprises, of one to three units in one province where the sector has lines."""
    about = SECTORS[sector]
    provinces = about.provinces.split()
    lines: list[_Line] = []
    number = 0
    while len(lines) < about.units:
        number += 1
        province = provinces[int(draw() * len(provinces))]
        units = 1 + int(draw() * 3) if sector == "cement" else 1
        kind = {"steel": "1", "cement": "2", "aluminium": "3"}[sector]
        code = f"91{province}0100MA{kind}YN{number:04d}"
        identity = _Line(
            Unit("", sector, 0),
            province,
            code + uscc.calc_check_digit(code),
            f"合成{about.name}企业{number:04d}（虚构）",
        )
        lines += [identity] * min(units, about.units - len(lines))
    return lines


def _unit(
    sector: str, year: int, index: int, emissions: Fraction, draw: Any, changing: Any
) -> Unit:
    """Make one unit; some cement lines are special, some carry exactly 15 % carbide slag."""
    intensity = SECTORS[sector].intensity * _wide(draw()) * _narrow(changing())
    unit = Unit(
        f"SYN-{sector[:3].upper()}-{index + 1:04d}",
        sector,
        year,
        commissioned_year=1992 + int(draw() * 30),
        verified_emissions=emissions,
    )
    measured = emissions
    if sector == "steel":
        ironmaking = _cents(emissions * Fraction(60 + int(draw() * 10), 100))
        sintering = _cents(emissions * Fraction(9 + int(draw() * 4), 100))
        unit = replace(
            unit,
            route="long_process",
            process_emissions=ProcessEmissions(ironmaking, sintering),
        )
        measured = ironmaking + sintering
    elif sector == "cement":
        unit = _cement_line(unit, draw())
        closes = draw() < 0.01
        unit = replace(unit, closed_before_verification=closes and year == 2025)
    return replace(unit, output=_cents(measured / intensity))


def _cement_line(unit: Unit, place: float) -> Unit:
    for share, kind, rate in (
        (0.02, "white_only", 0),
        (0.03, "gypsum_acid_byproduct", 0),
        (0.06, "ordinary", 62),
        (0.07, "ordinary", 15),
        (0.10, "ordinary", 8),
    ):
        if place < share:
            return replace(unit, line_kind=kind, carbide_slag_rate=Fraction(rate, 100))
    return replace(unit, line_kind="ordinary")


def _wide(place: float) -> Fraction:
    """Between 0.72 and 1.28, the middle more often."""
    offset = Fraction(place) * 2 - 1
    return 1 + Fraction(28, 100) * offset * abs(offset)


def _narrow(place: float) -> Fraction:
    return 1 + Fraction(4, 100) * (Fraction(place) - Fraction(1, 2))


def _cents(exact: Fraction) -> Fraction:
    return Fraction(round(exact * 100), 100)


def _identity_cells(line: _Line) -> dict[str, Any]:
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


def _allocation_rows(lines: Sequence[_Line], year: int, seed: int) -> list[dict[str, Any]]:
    equal = year in DEFAULT.plan.equal_years.value
    balances: Mapping[str, Fraction] = {} if equal else _balances(year, seed)
    before = {
        line.unit.unit_id: line.unit.emissions
        for sector in SECTORS
        for line in _lines(sector, 2024, seed)
    }
    rows = []
    for line in lines:
        unit = line.unit
        processes = unit.process_emissions
        pre = compute_pre_allocation(unit, before[unit.unit_id], DEFAULT).pre_allocation
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
            "balance_value": _ratio(balances.get(unit.sector)),
        }
        result = compute_allocation(
            compute_exact(unit, balances.get(unit.sector), DEFAULT), DEFAULT
        )
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


def _pre_allocation_rows(lines: Sequence[_Line], seed: int) -> list[dict[str, Any]]:
    before = {
        line.unit.unit_id: line.unit.emissions
        for sector in SECTORS
        for line in _lines(sector, 2024, seed)
    }
    rows = []
    for line in lines:
        previous = before[line.unit.unit_id] if line.unit.year == 2025 else None
        result = compute_pre_allocation(line.unit, previous or Fraction(0), DEFAULT)
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


@lru_cache(maxsize=4)
def _balances(year: int, seed: int) -> Mapping[str, Fraction]:
    """Solve balance values by the rule of 2025, which in 2024 only a mistaken system applies."""
    solved = {
        sector: compute_balance(
            [replace(line.unit, year=2025) for line in _lines(sector, year, seed)], DEFAULT
        )
        for sector in SECTORS
    }
    return MappingProxyType(
        {sector: found.balance_value for sector, found in solved.items() if found is not None}
    )


def _ratio(ratio: Fraction | None) -> str | None:
    return None if ratio is None else print_ratio(ratio)


def _plant(
    rows: list[dict[str, Any]],
    lines: Sequence[_Line],
    kind: Kind,
    mistake: str | None,
    rate: Fraction,
    random: Random,
    balances: Mapping[str, Fraction],
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
            result = compute_mistaken(MISTAKES[mistake], unit, balances.get(unit.sector), DEFAULT)
            changed = _amount_cells(result, row["pre_allocation"])
        if changed[column] == right:
            continue
        row.update(changed)
        if "adjustment" in row:
            row["adjustment"] = row["allowance"] - row["pre_allocation"]
        planted.append(Planted(index + 2, row["unit_id"], column, right, row[column]))
    if len(planted) < wanted:
        raise SampleError(
            f"{mistake} changes only {len(planted)} rows of this table, {wanted} were asked for"
        )
    return sorted(planted, key=lambda item: item.row)


def _tonnes_off(random: Random) -> int:
    size = 1 + int(10 ** (4 * random.random()))
    return size if random.random() < 0.5 else -size
