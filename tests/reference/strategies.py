"""What hypothesis draws: units, inputs of every operation, and inputs gone wrong."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from .inputs import SECTORS, Json

LAW = settings(max_examples=80, deadline=None, database=None, derandomize=True)
"""How every law is tried: the same examples on every machine, nothing written."""

READINGS = st.fixed_dictionaries(
    {},
    optional={
        "rounding": st.sampled_from(["unit_half_up", "unit_floor", "enterprise_half_up"]),
        "balance_precision": st.sampled_from(["exact", "four_decimals"]),
        "steel_base": st.sampled_from(["enterprise", "main_processes"]),
        "excluded_unit_obligation": st.sampled_from(["none", "verified_emissions"]),
    },
)


def decimal_of(micros: int) -> str:
    """Write a whole number of 10^-6 as a decimal string."""
    return f"{micros // 10**6}.{micros % 10**6:06d}".rstrip("0").rstrip(".")


PLAIN = st.integers(0, 3 * 10**6).map(str)
FINE = st.integers(0, 10**13).map(decimal_of)
ROUND = st.sampled_from(["0", "0.5", "1", "50", "80", "100", "120", "125", "150", "1000000"])
EXTREME = st.sampled_from(["0.000001", "999999999999999.999999", "999999999999999"])
MEASURED = st.one_of(PLAIN, FINE, ROUND, EXTREME)
POSITIVE = MEASURED.filter(lambda text: text.strip("0.") != "")
RATIO = st.one_of(
    st.sampled_from(["0.86", "1", "1.5", "0", "-1", "0.000000000001"]),
    st.integers(1, 3 * 10**12).map(lambda n: f"{n // 10**12}.{n % 10**12:012d}"),
)
POSITIVE_RATIO = RATIO.filter(lambda text: text.strip("-0.") != "" and text[0] != "-")
IDS = st.sampled_from(["U-1", "U-2", "U-3", "线", "😀"]) | st.text(
    st.characters(exclude_categories=["Cs"]), min_size=1, max_size=64
)


@st.composite
def units(draw: st.DrawFn, sector: str | None = None, year: int | None = None) -> Json:
    """A unit of good form, of any kind, mostly covered."""
    sector = sector or draw(st.sampled_from(SECTORS))
    unit: Json = {
        "unit_id": draw(IDS),
        "sector": sector,
        "year": year or draw(st.sampled_from([2024, 2025, 2025, 2025])),
        "verified_emissions": draw(MEASURED),
        "output": draw(MEASURED),
    }
    rare = st.integers(0, 9).map(lambda n: n == 0)
    if sector == "steel":
        unit["route"] = "rolling" if draw(rare) else "long_process"
        unit["process_emissions"] = {
            "ironmaking": draw(MEASURED),
            "sintering": draw(st.just("0") | MEASURED),
        }
    if sector == "cement":
        kinds = ["ordinary"] * 5 + ["white_only", "gypsum_acid_byproduct", "grinding_only"]
        unit["line_kind"] = draw(st.sampled_from(kinds))
        if draw(rare):
            slag = st.sampled_from(["0", "0.15", "0.150001", "1"])
            unit["carbide_slag_rate"] = draw(slag)
    if draw(rare):
        unit["listed"] = draw(st.booleans())
    if draw(rare):
        unit["commissioned_year"] = draw(st.integers(2023, 2026))
    if draw(rare):
        unit["closed_before_verification"] = draw(st.booleans())
    return unit


@st.composite
def weighed(draw: st.DrawFn, sector: str) -> Json:
    """A covered unit of 2025 that an intensity is computed for."""
    unit: Json = {
        "unit_id": draw(IDS),
        "sector": sector,
        "year": 2025,
        "verified_emissions": draw(st.integers(1, 20).map(lambda n: str(10 * n)) | POSITIVE),
        "output": draw(st.integers(1, 20).map(lambda n: str(10 * n)) | POSITIVE),
    }
    if sector == "steel":
        emissions = int(unit["verified_emissions"].replace(".", "")[:15])
        part = draw(st.integers(0, emissions))
        point = unit["verified_emissions"].find(".")
        scale = 10 ** (len(unit["verified_emissions"]) - point - 1) if point >= 0 else 1
        iron = decimal_of(part * 10**6 // scale)
        unit |= {
            "route": "long_process",
            "process_emissions": {"ironmaking": iron, "sintering": "0"},
        }
    if sector == "cement":
        unit["line_kind"] = "ordinary"
    return unit


def renumber(drawn: list[Json]) -> list[Json]:
    return [{**unit, "unit_id": f"{index}"} for index, unit in enumerate(drawn)]


@st.composite
def sectors_of_units(draw: st.DrawFn, *, most: int = 7) -> list[Json]:
    """Units of one sector that each count in its balance, with different ids."""
    sector = draw(st.sampled_from(SECTORS))
    return renumber(draw(st.lists(weighed(sector), min_size=1, max_size=most)))


@st.composite
def inputs(draw: st.DrawFn) -> tuple[str, Json]:
    """An operation and an input of good form, often accepted."""
    operation = draw(
        st.sampled_from(
            [
                "emissions",
                "scope",
                "balance",
                "allocation",
                "enterprise-allocation",
                "pre-allocation",
            ]
        )
    )
    if operation == "emissions":
        gases = {name: draw(MEASURED) for name in ("co2", "cf4", "c2f6")}
        return operation, {"gases": gases}
    if operation == "balance":
        drawn = draw(sectors_of_units(most=4))
        return operation, {"sector": drawn[0]["sector"], "year": 2025, "units": drawn}
    if operation == "enterprise-allocation":
        year = draw(st.sampled_from([2024, 2025, 2025]))
        one = units(year=year) | st.sampled_from(SECTORS).flatmap(weighed)
        drawn = draw(st.lists(one, max_size=4))
        values = {sector: draw(RATIO) for sector in SECTORS if draw(st.integers(0, 5))}
        numbered = drawn if draw(st.integers(0, 3)) == 0 else renumber(drawn)
        return operation, {
            "enterprise_id": draw(IDS),
            "year": year,
            "units": numbered,
            "balance_values": values,
        }
    unit = draw(units() | st.sampled_from(SECTORS).flatmap(weighed))
    given: Json = {"unit": unit}
    if operation == "allocation":
        given["balance_value"] = draw(RATIO)
    if operation == "pre-allocation":
        given["previous_year_emissions"] = draw(MEASURED)
    return operation, given


JUNK: list[Any] = [
    None, True, False, 0, 1, -1, 2023, 2024, 2025, 2**53, 10**400, 1.0, 2025.0, 0.5, -0.0, 1e308,
    "", "0", "-0", "-1", "00", "01", "+1", "1e3", "1.0", "1.", ".5", "１", "1.0000000", "0.1234567",
    "0.123456789012", "0.1234567890123", "9" * 15, "9" * 16, "1\n", " 1", "0.15", "0.150001",
    "1.000001", "cement", "steel", "aluminium", "power", "long_process", "other", "white_only",
    "grinding_only", "x" * 64, "x" * 65, "😀" * 64, "😀" * 65, [], [1], [[]], {}, {"co2": "1"},
    {"ironmaking": "1", "sintering": "1"}, {"co2": "1", "cf4": "0", "c2f6": "0"}, {"": {}},
]  # fmt: skip
NAMES = [
    "unit_id", "sector", "year", "listed", "route", "line_kind", "carbide_slag_rate",
    "commissioned_year", "closed_before_verification", "verified_emissions", "indirect_emissions",
    "gases", "process_emissions", "output", "balance_value", "unit", "units", "co2", "x", "", "~/",
    "previous_year_emissions", "cement", "steel",
]  # fmt: skip


def holders(value: Any) -> list[Any]:
    """Every non-empty object and list within a value."""
    within = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    deeper = [holder for item in within for holder in holders(item)]
    return [value, *deeper] if isinstance(value, dict | list) and value else deeper


@st.composite
def mutated(draw: st.DrawFn, *, most: int = 3) -> tuple[str, Any]:
    """An input with up to ``most`` things deleted, repeated, retyped, renamed, added or turned."""
    operation, given = draw(inputs())
    given = copy.deepcopy(given)
    for _ in range(draw(st.integers(1, most))):
        places = holders(given)
        if not places:
            break
        holder = draw(st.sampled_from(range(len(places))).map(places.__getitem__))
        mutate(draw, holder)
    return operation, given


def mutate(draw: st.DrawFn, holder: Any) -> None:
    """Change one thing in an object or list, in place."""
    junk = copy.deepcopy(draw(st.sampled_from(range(len(JUNK))).map(JUNK.__getitem__)))
    keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
    key = draw(st.sampled_from(keys))
    action = draw(st.sampled_from(["delete", "repeat", "retype", "rename", "turn"]))
    if action == "delete":
        del holder[key]
    elif action == "retype":
        holder[key] = junk
    elif isinstance(holder, list):
        if action == "repeat":
            holder.append(copy.deepcopy(holder[key]))
        else:
            holder.reverse()
    elif action == "repeat":
        holder[draw(st.sampled_from(NAMES))] = copy.deepcopy(holder[key])
    elif action == "rename":
        holder[draw(st.sampled_from(NAMES))] = holder.pop(key)
    else:
        turned = dict(reversed(holder.items()))
        holder.clear()
        holder.update(turned)
