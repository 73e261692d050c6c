"""Tables drawn from what breaks arithmetic: ties, bounds, extremes, odd and empty cells."""

from __future__ import annotations

from fractions import Fraction
from random import Random
from typing import Any

from .handmade import Row, alpha, credit_code, half_up, identity

BALANCES = {"cement": ("0.86", "1", "0.8"), "steel": ("1.75", "2"), "aluminium": ("1.6", "1.568")}

EMISSIONS = (
    "100",
    "1000050",
    "1000000.5",
    "2499999.999999",
    "0.000001",
    "0",
    "999999999.999999",
    "1000000000",
    "1152921504606.846976",
    "1152921504606.846977",
    "999999999999999.999999",
)
"""Ties of 3 %, of 1.5 % and of halves; the least and the greatest; where a column changes form."""

INTENSITIES = ("0.8", "0.9", "1", "1.2", "0.5", "1.7", "0.800000001", "1.199999999")
"""I/B: the bounds, at them and beside them; X = 0.1, at which 100 t tie."""

ODD = ("", " 12 ", "１２３", "1,234", "-5", "1e3", "abc", "0012", "12.3456789", "99999999999999999")

READINGS = (
    {},
    {"rounding": "unit_floor"},
    {"rounding": "enterprise_half_up"},
    {"steel_base": "main_processes"},
    {"excluded_unit_obligation": "verified_emissions"},
    {"balance_precision": "four_decimals"},
    {"rounding": "unit_floor", "steel_base": "main_processes"},
)


def text(exact: Fraction) -> str:
    """Six decimals at most, none that is not needed."""
    millionths = int(exact * 10**6)
    whole, rest = divmod(millionths, 10**6)
    return f"{whole}.{rest:06d}".rstrip("0").rstrip(".") if rest else str(whole)


def verified_table(random: Random, rows: int) -> list[Row]:
    """Draw an allocation table: mostly right, a good part of it not."""
    balances = {sector: random.choice(values) for sector, values in BALANCES.items()}
    return [_verified(random, at, balances) for at in range(rows)]


def _verified(random: Random, at: int, balances: dict[str, str]) -> Row:
    sector = random.choice(("cement", "cement", "steel", "aluminium"))
    balance = balances[sector]
    exact = Fraction(_emissions(random))
    ratio = Fraction(random.choice(INTENSITIES)) if random.random() < 0.5 else _ratio(random)
    processes = exact * Fraction(7, 10) if sector == "steel" else exact
    output = Fraction(text(processes / (ratio * Fraction(balance)))) if exact else Fraction(5)
    row = identity(sector, f"U{at}", random.choice((2025, 2025, 2025, 2024)))
    row |= {"verified_emissions": text(exact), "output": text(output), "balance_value": balance}
    row |= _own(random, sector, processes)
    rate = Fraction(0)
    if row["year"] == 2025 and output:
        rate = alpha(1 - processes / output / Fraction(balance))
        row |= _ratios(random, processes / output, Fraction(balance), rate)
    allowance, obligation = half_up(exact * (1 + rate)), half_up(exact)
    row |= {"allowance": allowance, "obligation": obligation}
    if random.random() < 0.4:
        row |= {"pre_allocation": half_up(exact * Fraction(7, 10))}
        row |= {"adjustment": allowance - int(row["pre_allocation"])}
    return _spoilt(random, row)


def _emissions(random: Random) -> str:
    if random.random() < 0.3:
        return random.choice(EMISSIONS)
    return text(Fraction(random.randrange(10**9, 3 * 10**12), 10 ** random.choice((6, 5, 3))))


def _ratio(random: Random) -> Fraction:
    return Fraction(random.randrange(700_000, 1_300_000), 10**6)


def _own(random: Random, sector: str, processes: Fraction) -> Row:
    if sector == "steel":
        sinter = Fraction(text(processes / 7))
        return {
            "route": "long_process",
            "ironmaking_emissions": text(processes - sinter),
            "sintering_emissions": text(sinter),
        }
    if sector == "cement":
        return {"line_kind": "ordinary", "carbide_slag_rate": random.choice(("", "0", "0.15"))}
    return {}


def _ratios(random: Random, intensity: Fraction, balance: Fraction, rate: Fraction) -> Row:
    if random.random() < 0.5:
        return {}
    figures = {
        "intensity": intensity,
        "deviation": 1 - intensity / balance,
        "coefficient": rate,
    }
    return {
        name: f"{'-' if value < 0 else ''}{_decimal(abs(value), random.choice((0, 2, 4, 9, 12)))}"
        for name, value in figures.items()
    }


def _decimal(value: Fraction, places: int) -> str:
    whole, rest = divmod(round(value * 10**places), 10**places)
    return f"{whole}.{rest:0{places}d}" if places else str(whole)


_CHANGES: dict[str, tuple[Any, ...]] = {
    "year": (2023, 2024, 2026, "", "x"),
    "province": ("99", "北京", ""),
    "enterprise_id": ("", "91340100MA2YN00010", credit_code("91110000MA0000001").lower(), "X" * 70),
    "enterprise_name": ("", "某某（集团）公司"),
    "sector": ("cement", "steel", "aluminium", "", "玻璃"),
    "unit_id": ("U0", "U1", "", " U2 ", "#1"),
    "listed": ("是", "否", "maybe"),
    "route": ("electric_arc", "长流程", "", "other"),
    "line_kind": ("white_only", "grinding_only", "普通", "", "??"),
    "carbide_slag_rate": ("0.15", "0.150001", "0.2", "1.5", "0.1234567", "16%", "-0.1"),
    "commissioned_year": ("2025", "2024", "2026", "1899"),
    "closed_before_verification": ("是", "no"),
    "verified_emissions": ODD + EMISSIONS,
    "ironmaking_emissions": (*ODD, "0"),
    "sintering_emissions": (*ODD, "0"),
    "output": (*ODD, "0", "0.000001"),
    "balance_value": ("0.86", "0.860", "0.8600001", "0", "-1", "", "86%", "x"),
    "intensity": ("0", "1", "-0.5", "x"),
    "deviation": ("0.2", "-0.2", "20%"),
    "coefficient": ("0.03", "0.0", "-0.030000000001", "3%"),
    "pre_allocation": (*ODD, "0"),
    "previous_year_emissions": ODD + EMISSIONS,
    "allowance": (*ODD, "0", "9007199254740991"),
    "obligation": (*ODD, "0"),
    "adjustment": (*ODD, "0"),
}

_AMOUNTS = ("allowance", "obligation", "adjustment", "pre_allocation")


def _spoilt(random: Random, row: Row) -> Row:
    """Change some cells: amounts by a tonne or by much, others to what may stand there."""
    for name in _AMOUNTS:
        if name in row and random.random() < 0.15:
            row[name] = int(row[name]) + random.choice((1, -1, 7, -(10**6), 10**5))
    while random.random() < 0.35:
        name = random.choice(tuple(_CHANGES))
        if name in ("previous_year_emissions", "year", "sector") and random.random() < 0.5:
            continue
        row[name] = random.choice(_CHANGES[name])
    return row


def pre_table(random: Random, rows: int) -> list[Row]:
    """Draw a pre-allocation table."""
    found = []
    for at in range(rows):
        previous = Fraction(_emissions(random))
        row = identity("cement", f"U{at}", random.choice((2025, 2025, 2024)))
        row |= {"line_kind": "ordinary", "previous_year_emissions": text(previous)}
        row["pre_allocation"] = half_up(previous * Fraction(7, 10))
        row = _spoilt(random, row)
        row.pop("verified_emissions", None)
        row.pop("allowance", None)
        found.append(row)
    return found
