"""Made-up units of the synthetic tables: real counts and totals by sector, the rest drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from random import Random
from types import MappingProxyType
from typing import Any

from stdnum.cn import uscc

from cets_reference.records import ProcessEmissions, Unit

__all__ = ["SECTORS", "Line", "make_lines"]


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


@dataclass(frozen=True, slots=True)
class Line:
    """A made-up unit: who it is, and what stays the same from year to year."""

    unit: Unit
    province: str
    enterprise_id: str
    enterprise_name: str


@lru_cache(maxsize=12)
def make_lines(sector: str, year: int, seed: int) -> tuple[Line, ...]:
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


def _identities(sector: str, draw: Any) -> list[Line]:
    """Make enterprises, of one to three units in one province where the sector has lines."""
    about = SECTORS[sector]
    provinces = about.provinces.split()
    lines: list[Line] = []
    number = 0
    while len(lines) < about.units:
        number += 1
        province = provinces[int(draw() * len(provinces))]
        units = 1 + int(draw() * 3) if sector == "cement" else 1
        kind = {"steel": "1", "cement": "2", "aluminium": "3"}[sector]
        code = f"91{province}0100MA{kind}YN{number:04d}"
        identity = Line(
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
