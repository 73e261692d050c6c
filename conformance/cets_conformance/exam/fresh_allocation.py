"""Fresh questions on allocation and pre-allocation: drawn about the bounds that the rules set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from cets_conformance.exam.drawing import Draw
from cets_conformance.exam.fresh import Input, Theme
from cets_conformance.vectors.cases.builders import aluminium, cement, steel

__all__ = ["THEMES"]


def decimal(draw: Draw, most: int, digits: int | None = None) -> str:
    """Draw a quantity of 1 … ``most`` with up to six decimals, often none."""
    count = draw.choice((0, 0, 1, 3, 6)) if digits is None else digits
    whole = draw.between(1, most)
    if not count:
        return str(whole)
    return f"{whole}.{draw.below(10**count):0{count}d}"


def a_unit(draw: Draw, sector: str, year: int = 2025, **more: Any) -> Input:
    """Draw an ordinary unit whose intensity is near what is usual in its sector."""
    output = draw.between(200_000, 4_000_000)
    per_mille = {"cement": 840, "aluminium": 1560, "steel": 1900}[sector] + draw.between(-120, 120)
    emissions = f"{output * per_mille // 1000}.{draw.below(10**6):06d}"
    common = {"year": year, "unit_id": draw.name(), **more}
    if sector == "cement":
        return cement(emissions, str(output), **common)
    if sector == "aluminium":
        return aluminium(emissions, str(output), **common)
    iron, sinter = output * 14 // 10 + draw.below(9999), output // 4 + draw.below(9999)
    return steel(emissions, str(iron), f"{sinter}.25", str(output), **common)


def a_balance_value(draw: Draw, sector: str) -> str:
    """Draw a balance value near what is usual in a sector, with four decimals."""
    middle = {"cement": 8400, "aluminium": 15600, "steel": 16500}[sector]
    value = middle + draw.between(-150, 150)
    return f"{value // 10_000}.{value % 10_000:04d}"


def _sector(draw: Draw) -> str:
    return draw.choice(("cement", "aluminium", "steel"))


def _ordinary(draw: Draw) -> Input:
    sector = _sector(draw)
    return {"unit": a_unit(draw, sector), "balance_value": a_balance_value(draw, sector)}


def _at_a_bound(draw: Draw) -> Input:
    """An intensity of exactly 0.8 or 1.2 times the balance value, or a tonne beside it."""
    value = draw.between(600, 1700)
    output = 1000 * draw.odd(101, 3999)
    emissions = value * output // 1000 * draw.choice((4, 6)) // 5
    emissions += draw.choice((0, 0, 1, -1))
    make = draw.choice((cement, aluminium))
    return {
        "unit": make(str(emissions), str(output), unit_id=draw.name()),
        "balance_value": f"{value // 1000}.{value % 1000:03d}",
    }


def _tie(draw: Draw) -> Input:
    """Exactly half a tonne: at a bound by 3 %, between them at α = ±0.015, or in 2024."""
    odd = draw.odd(1001, 99_999)
    kind = draw.below(3)
    if kind == 0:
        return {"unit": cement(f"{odd}.5", year=2024, unit_id=draw.name())}
    if kind == 1:
        emissions, output = 50 * odd, draw.choice((25, 100)) * odd
    else:
        emissions, output = draw.choice((900, 1100)) * odd, 1000 * odd
    unit = cement(str(emissions), str(output), unit_id=draw.name())
    return {"unit": unit, "balance_value": "1"}


def _slag(draw: Draw) -> Input:
    rate = draw.choice(("0.15", "0.150001", "0.149999", "0.2", "0.1", "0.15", "1"))
    return {
        "unit": a_unit(draw, "cement", carbide_slag_rate=rate),
        "balance_value": a_balance_value(draw, "cement"),
    }


_OUTSIDE: Sequence[Mapping[str, Any]] = (
    {"listed": False},
    {"commissioned_year": 2025},
    {"commissioned_year": 2024},
    {"closed_before_verification": True},
    {"listed": False, "closed_before_verification": True},
    {"commissioned_year": 2025, "closed_before_verification": True},
)


def outside(draw: Draw, year: int = 2025) -> Input:
    """Draw a unit that may be outside the allocation, or specially treated inside it."""
    sector = _sector(draw)
    more = dict(draw.choice(_OUTSIDE))
    if "commissioned_year" in more:
        more["commissioned_year"] += year - 2025
    kind = draw.below(3)
    if kind == 0:
        more = {}
    if kind < 2 and sector == "cement":
        kinds = ("white_only", "gypsum_acid_byproduct", "grinding_only")
        more["line_kind"] = draw.choice(kinds)
    if kind < 2 and sector == "steel":
        more["route"] = draw.choice(("electric_arc", "rolling", "other"))
    return a_unit(draw, sector, year, **more)


def _treated(draw: Draw) -> Input:
    unit = outside(draw)
    return {"unit": unit, "balance_value": a_balance_value(draw, unit["sector"])}


def _equal_year(draw: Draw) -> Input:
    unit = a_unit(draw, _sector(draw), 2024, indirect_emissions=decimal(draw, 90_000))
    return {"unit": unit, "balance_value": a_balance_value(draw, unit["sector"])}


def _refused_allocation(draw: Draw) -> Input:
    value = _ordinary(draw)
    unit = value["unit"]
    kind = draw.below(5)
    if kind == 0:
        unit["output"] = draw.choice(("0", "0.000"))
    elif kind == 1:
        value["balance_value"] = draw.choice(("0", "-0.8", "-1"))
    elif kind == 2:
        del value["balance_value"]
    elif kind == 3:
        unit["year"] = draw.choice((2023, 2026))
    else:
        more = {"co2": decimal(draw, 9999), "cf4": "1", "c2f6": "0.5"}
        value["unit"] = a_unit(draw, "aluminium", gases=more)
    return value


def _gases(draw: Draw) -> Input:
    return {
        "gases": {
            "co2": decimal(draw, 2_000_000),
            "cf4": f"{draw.below(90)}.{draw.between(1, 999_999):06d}",
            "c2f6": f"{draw.below(9)}.{draw.between(1, 999_999):06d}",
        }
    }


def _scope(draw: Draw) -> Input:
    return {"unit": outside(draw, draw.choice((2024, 2025, 2025)))}


def _scope_of_slag(draw: Draw) -> Input:
    return {"unit": _slag(draw)["unit"]}


def _balance(draw: Draw) -> Input:
    """Units of which some are far from the others, so that they stand at a bound."""
    sector = _sector(draw)
    units = [a_unit(draw, sector) for _ in range(draw.between(3, 6))]
    for unit in units[: draw.below(3)]:
        unit["output"] = str(int(unit["output"]) * draw.choice((2, 3)))
    return {"sector": sector, "year": 2025, "units": draw.shuffled(units)}


def _mixed_balance(draw: Draw) -> Input:
    """Among the units one that does not count, or is treated specially."""
    value = _balance(draw)
    more = dict(draw.choice(_OUTSIDE))
    if value["sector"] == "cement":
        more = draw.choice((more, {"line_kind": "white_only"}, {"carbide_slag_rate": "0.3"}))
    value["units"] = draw.shuffled([*value["units"], a_unit(draw, value["sector"], **more)])
    return value


def _refused_balance(draw: Draw) -> Input:
    value = _balance(draw)
    kind = draw.below(4)
    if kind == 0:
        value["units"][-1]["unit_id"] = value["units"][0]["unit_id"]
    elif kind == 1:
        value["units"][draw.below(len(value["units"]))]["year"] = 2024
    elif kind == 2:
        value["units"] = [{**unit, "closed_before_verification": True} for unit in value["units"]]
    else:
        other = "aluminium" if value["sector"] == "cement" else "cement"
        value["units"].append(a_unit(draw, other))
    return value


def an_enterprise(draw: Draw, year: int = 2025) -> Input:
    """Draw an enterprise of several sectors with the balance values it needs."""
    units = [outside(draw, year) if draw.is_one_in(3) else a_unit(draw, _sector(draw), year)
             for _ in range(draw.between(2, 4))]  # fmt: skip
    return {
        "enterprise_id": draw.name(12),
        "year": year,
        "units": units,
        "balance_values": {
            sector: a_balance_value(draw, sector)
            for sector in sorted({unit["sector"] for unit in units})
        },
    }


def _ties_of_an_enterprise(draw: Draw) -> Input:
    """Units that each end in half a tonne: rounded one by one, not once."""
    units = [_tie(draw)["unit"] for _ in range(3)]
    even = [unit | {"year": 2025, "line_kind": "white_only"} for unit in units]
    for unit in even:
        unit["verified_emissions"] = f"{draw.between(1000, 99_999)}.5"
    return {"enterprise_id": draw.name(12), "year": 2025, "units": even, "balance_values": {}}


def _refused_enterprise(draw: Draw) -> Input:
    value = an_enterprise(draw)
    kind = draw.below(3)
    if kind == 0:
        value["units"][-1]["unit_id"] = value["units"][0]["unit_id"]
    elif kind == 1:
        value["units"][draw.below(len(value["units"]))]["year"] = 2024
    else:
        value["units"].append(a_unit(draw, "steel") | {"output": "0"})
        value["balance_values"]["steel"] = a_balance_value(draw, "steel")
    return value


def _pre_allocation(draw: Draw) -> Input:
    year = draw.choice((2024, 2025, 2025, 2025))
    value = {"unit": outside(draw, year), "previous_year_emissions": decimal(draw, 3_000_000)}
    if draw.is_one_in(5):
        del value["previous_year_emissions"]
    return value


def _tie_of_pre_allocation(draw: Draw) -> Input:
    """70 % of an odd multiple of 5 t end in half a tonne."""
    unit = a_unit(draw, _sector(draw))
    return {"unit": unit, "previous_year_emissions": str(5 * draw.odd(10_001, 399_999))}


THEMES: Mapping[str, Sequence[Theme]] = MappingProxyType(
    {
        "emissions": (Theme(_gases, "S-6", 3),),
        "scope": (Theme(_scope, "S-2 S-3 S-4 S-7", 4), Theme(_scope_of_slag, "A-6", 2)),
        "balance": (
            Theme(_balance, "B-1 B-2", 3),
            Theme(_mixed_balance, "B-1 A-6 S-2 S-7", 2),
            Theme(_refused_balance, "B-2", 2),
        ),
        "allocation": (
            Theme(_ordinary, "A-2 A-3 A-4 A-5", 3),
            Theme(_at_a_bound, "A-3 A-4", 4),
            Theme(_tie, "Q-4", 3),
            Theme(_slag, "A-6", 2),
            Theme(_treated, "S-2 S-3 S-4 S-7 A-6", 3),
            Theme(_equal_year, "A-1 S-5", 1),
            Theme(_refused_allocation, "A-5 B-4 S-6 S-8", 3),
        ),
        "enterprise-allocation": (
            Theme(an_enterprise, "A-7 A-9", 3),
            Theme(_ties_of_an_enterprise, "Q-4 A-7", 1),
            Theme(_refused_enterprise, "A-7", 2),
        ),
        "pre-allocation": (
            Theme(_pre_allocation, "I-1 I-2", 4),
            Theme(_tie_of_pre_allocation, "I-2 Q-4", 1),
        ),
    }
)
"""Themes of each operation of allocation and of pre-allocation."""
