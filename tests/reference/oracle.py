"""A second implementation of the rulebook, written from its text alone, in scaled integers.

It shares no function and no method with the reference: quantities are integers of 10^-6, ratios
integers of 10^-12, the balance value is bisected to 10^-30 instead of solved for, roundings are
integer divisions. The form is judged in ``oracle_form``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]

MICRO = 10**6
PICO = 10**12
FINE = 10**30
EQUAL_LINES = ("white_only", "gypsum_acid_byproduct")


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not a fault
    """An error of the rulebook; ``paths`` are the places the text allows for it."""

    def __init__(self, code: str, *paths: str) -> None:
        super().__init__(code, paths)
        self.code = code
        self.paths = set(paths)


def scaled(text: str, scale: int) -> int:
    """Read a decimal string as a whole number of 1/scale."""
    sign = -1 if text.startswith("-") else 1
    whole, _, fraction = text.removeprefix("-").partition(".")
    digits = len(str(scale)) - 1
    return sign * int(whole + fraction.ljust(digits, "0"))


def micro(unit: Mapping[str, Any], name: str) -> int:
    return scaled(unit.get(name, "0"), MICRO)


def half_even(top: int, bottom: int) -> int:
    """Round top/bottom to a whole number, half to even; bottom is positive."""
    whole, rest = divmod(top, bottom)
    if 2 * rest > bottom or (2 * rest == bottom and whole % 2):
        whole += 1
    return whole


def ratio_text(top: int, bottom: int) -> str:
    """Print top/bottom with twelve fractional digits."""
    digits = str(abs(half_even(top * PICO, bottom))).rjust(13, "0")
    sign = "-" if half_even(top * PICO, bottom) < 0 else ""
    return f"{sign}{digits[:-12]}.{digits[-12:]}"


def decimal_text(micros: int) -> str:
    text = f"{micros // MICRO}.{micros % MICRO:06d}"
    return text.rstrip("0").rstrip(".")


def tonnes(top: int, bottom: int, rounding: str) -> int:
    return top // bottom if rounding == "unit_floor" else (2 * top + bottom) // (2 * bottom)


# --- scope


def reason_outside(unit: Json) -> str | None:
    tests = (
        ("NOT_LISTED", not unit.get("listed", True)),
        ("ROUTE_NOT_COVERED", unit.get("route", "long_process") != "long_process"),
        ("NO_CLINKER_LINE", unit.get("line_kind") == "grinding_only"),
        ("NEW_UNIT", unit.get("commissioned_year", 0) >= unit["year"]),
        ("CLOSED_UNIT", unit.get("closed_before_verification", False)),
    )
    return next((reason for reason, holds in tests if holds), None)


def scope(unit: Json) -> Json:
    reason = reason_outside(unit)
    special = unit.get("line_kind") in EQUAL_LINES or micro(unit, "carbide_slag_rate") > 150_000
    method = "equal" if unit["year"] == 2024 or special else "intensity"
    return {
        "covered": reason is None,
        "reason": reason,
        "method": "none" if reason else method,
    }


def wants_intensity(unit: Json) -> bool:
    return (
        unit["year"] in (2024, 2025)
        and scope(unit)["method"] == "intensity"
        and micro(unit, "verified_emissions") > 0
    )


def gases_micro(gases: Json) -> int:
    return micro(gases, "co2") + 6630 * micro(gases, "cf4") + 11100 * micro(gases, "c2f6")


def processes_micro(unit: Json) -> int:
    given = unit["process_emissions"]
    return micro(given, "ironmaking") + micro(given, "sintering")


def intensity_top(unit: Json) -> int:
    """Numerator of the intensity, 10^-6 t; its denominator is the output, 10^-6 t."""
    if unit["sector"] == "steel":
        return processes_micro(unit)
    return micro(unit, "verified_emissions")


def multiplied(unit: Json, readings: Mapping[str, str]) -> int:
    """What α multiplies, 10^-6 t."""
    if unit["sector"] == "steel" and readings.get("steel_base") == "main_processes":
        return processes_micro(unit)
    return micro(unit, "verified_emissions")


# --- allocation


def alpha(top: int, output: int, balance: int, fine: int) -> tuple[int, int]:
    """α as a fraction, for an intensity top/output and a balance value balance/fine."""
    clean, per = balance * output, fine * top  # B·Q and I·Q at one scale
    if 10 * per <= 8 * clean:
        return 3, 100
    if 10 * per >= 12 * clean:
        return -3, 100
    return 15 * (clean - per), 100 * clean


def exact_unit(unit: Json, balance: int, readings: Mapping[str, str]) -> Json:
    """A unit before rounding: amounts as (top, bottom), ratios printed."""
    where = scope(unit)
    emissions = micro(unit, "verified_emissions")
    surrenders = where["covered"] or (
        where["reason"] in ("NEW_UNIT", "CLOSED_UNIT")
        and readings.get("excluded_unit_obligation") == "verified_emissions"
    )
    found: Json = {
        **where,
        "intensity": None,
        "deviation": None,
        "coefficient": None,
        "allowance": (emissions if where["covered"] else 0, MICRO),
        "obligation": (emissions if surrenders else 0, MICRO),
    }
    if wants_intensity(unit):
        top, product = intensity_top(unit), micro(unit, "output")
        high, low = alpha(top, product, balance, PICO)
        found["intensity"] = ratio_text(top, product)
        found["deviation"] = ratio_text(balance * product - PICO * top, balance * product)
        found["coefficient"] = ratio_text(high, low)
        exact = emissions * low + high * multiplied(unit, readings)
        found["allowance"] = (exact, low * MICRO)
    return found


def round_unit(exact: Json, rounding: str) -> Json:
    allowance = add([exact["allowance"]], rounding)
    obligation = add([exact["obligation"]], rounding)
    amounts = {"allowance": allowance, "obligation": obligation, "surplus": allowance - obligation}
    return {**exact, **amounts}


def add(values: list[tuple[int, int]], rounding: str) -> int:
    """Round and sum, or sum and round once."""
    if rounding != "enterprise_half_up":
        return sum(tonnes(*value, rounding) for value in values)
    common = 1
    for _, bottom in values:
        common *= bottom
    return tonnes(sum(top * (common // bottom) for top, bottom in values), common, rounding)


# --- balance


def surplus_sign(counted: list[tuple[int, int, int]], balance: int) -> int:
    """Σ w·α at B = balance/FINE, times something positive; units are (w, I's top, output)."""
    terms = [(weight, *alpha(top, product, balance, FINE)) for weight, top, product in counted]
    common = 1
    for _, _, low in terms:
        if low != 100:
            common *= low
    common *= 100
    return sum(weight * high * (common // low) for weight, high, low in terms)


def bisect_balance(counted: list[tuple[int, int, int]]) -> int | None:
    """The least B with a surplus that is not negative, in 10^-30 rounded up; None where none."""
    if not counted or surplus_sign(counted, 1) >= 0:
        return None
    low, high = 1, max(2 * top * FINE // product for _, top, product in counted) + 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if surplus_sign(counted, middle) < 0 else (low, middle)
    return high


def balance_of(units: list[Json], readings: Mapping[str, str]) -> Json:
    kept = [unit for unit in units if wants_intensity(unit) and multiplied(unit, readings) > 0]
    counted = [
        (multiplied(unit, readings), intensity_top(unit), micro(unit, "output")) for unit in kept
    ]
    solved = bisect_balance(counted)
    if solved is None:
        raise Refusal("NO_INTENSITY_UNITS", "/units")
    if readings.get("balance_precision") == "four_decimals":
        printed = tonnes(solved * 10**4, FINE, "half_up") * 10**8
    else:
        printed = half_even(solved * PICO, FINE)
    if printed == 0:  # the rulebook is silent; nothing can be computed with it
        raise Refusal("NO_INTENSITY_UNITS", "/units")
    total = sum(micro(unit, "verified_emissions") for unit in kept)
    parts = [(weight, *alpha(top, product, printed, PICO)) for weight, top, product in counted]
    common = 1
    for _, _, low in parts:
        common *= low
    surplus = sum(weight * high * (common // low) for weight, high, low in parts)
    return {
        "units_counted": len(kept),
        "total_emissions": decimal_text(total),
        "balance_value": ratio_text(printed, PICO),
        "surplus_rate": ratio_text(surplus, common * total),
    }


# --- errors after the form


def check_units(units: list[tuple[str, Json]], sector: str | None, year: int | None) -> None:
    for path, unit in units:
        if unit["year"] not in (2024, 2025):
            raise Refusal("YEAR_NOT_COVERED", f"{path}/year")
        if sector not in (None, unit["sector"]):
            raise Refusal("SECTOR_MISMATCH", f"{path}/sector")
        if year not in (None, unit["year"]):
            raise Refusal("YEAR_MISMATCH", f"{path}/year")
        if "gases" in unit and "verified_emissions" in unit:
            made = gases_micro(unit["gases"])
            if made != micro(unit, "verified_emissions"):
                raise Refusal("EMISSIONS_MISMATCH", f"{path}/verified_emissions")
    ids = [unit["unit_id"] for _, unit in units]
    for index, name in enumerate(ids):
        if name in ids[:index]:
            raise Refusal("DUPLICATE_UNIT", f"{units[index][0]}/unit_id")


def check_intensity(path: str, unit: Json) -> None:
    if unit["sector"] == "steel" and processes_micro(unit) > micro(unit, "verified_emissions"):
        raise Refusal("PROCESS_EXCEEDS_ENTERPRISE", f"{path}/process_emissions")
    if micro(unit, "output") == 0:
        raise Refusal("OUTPUT_NOT_POSITIVE", f"{path}/output")


def needed_value(text: str | None, path: str) -> int:
    if text is None:
        raise Refusal("BALANCE_VALUE_REQUIRED", path)
    if scaled(text, PICO) <= 0:
        raise Refusal("BALANCE_VALUE_NOT_POSITIVE", path)
    return scaled(text, PICO)


# --- operations


def compute(operation: str, given: Json, readings: Mapping[str, str]) -> Json:
    """Give the output of an input of good form, or raise ``Refusal``."""
    rounding = readings.get("rounding", "unit_half_up")
    if operation == "emissions":
        return {"verified_emissions": decimal_text(gases_micro(given["gases"]))}
    if "year" in given and given["year"] not in (2024, 2025):
        raise Refusal("YEAR_NOT_COVERED", "/year")
    if operation in ("balance", "enterprise-allocation"):
        units = [(f"/units/{index}", unit) for index, unit in enumerate(given["units"])]
        check_units(units, given.get("sector"), given["year"])
        return _of_many(operation, given, units, readings)
    unit = given["unit"]
    check_units([("/unit", unit)], None, None)
    if operation == "scope":
        return scope(unit)
    if operation == "pre-allocation":
        where = scope(unit)
        due = where["covered"] and unit["year"] == 2025
        previous = 7 * micro(given, "previous_year_emissions") if due else 0
        return {
            "covered": where["covered"],
            "reason": where["reason"],
            "pre_allocation": tonnes(previous, 10 * MICRO, rounding),
        }
    value = 0
    if wants_intensity(unit):
        check_intensity("/unit", unit)
        value = needed_value(given.get("balance_value"), "/balance_value")
    return round_unit(exact_unit(unit, value, readings), rounding)


def _of_many(
    operation: str, given: Json, units: list[tuple[str, Json]], readings: Mapping[str, str]
) -> Json:
    values: dict[str, int] = {}
    for path, unit in units:
        if wants_intensity(unit):
            check_intensity(path, unit)
            if operation == "enterprise-allocation":
                sector = unit["sector"]
                text = given["balance_values"].get(sector)
                values[sector] = needed_value(text, f"/balance_values/{sector}")
    if operation == "balance":
        return balance_of([unit for _, unit in units], readings)
    rounding = readings.get("rounding", "unit_half_up")
    exact = [exact_unit(unit, values.get(unit["sector"], 0), readings) for _, unit in units]
    allowance = add([item["allowance"] for item in exact], rounding)
    obligation = add([item["obligation"] for item in exact], rounding)
    return {
        "units": [
            {"unit_id": unit["unit_id"], **round_unit(item, rounding)}
            for (_, unit), item in zip(units, exact, strict=True)
        ],
        "allowance": allowance,
        "obligation": obligation,
        "surplus": allowance - obligation,
        "surplus_rate": ratio_text(allowance - obligation, obligation) if obligation else None,
    }
