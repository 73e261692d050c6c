"""Checks that come after the form: what the rules ask of units, one function per error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from cets_reference.clauses import clause
from cets_reference.emissions import compute_emissions
from cets_reference.errors import RuleError, child
from cets_reference.parameters import Parameters
from cets_reference.quantities import print_decimal
from cets_reference.records import Unit
from cets_reference.scope import needs_intensity


@clause("S-8")
def check_year(year: int, path: str, plan: Parameters) -> None:
    """Refuse a year the plan does not cover."""
    if year not in plan.years.value:
        years = " and ".join(str(covered) for covered in sorted(plan.years.value))
        raise RuleError("YEAR_NOT_COVERED", path, f"the plan covers {years}", "S-8")


@clause("S-6", "S-8", "B-1")
def check_unit(
    unit: Unit, path: str, plan: Parameters, *, sector: str | None = None, year: int | None = None
) -> None:
    """Refuse a unit of a year not covered, of another sector or year, or that does not add up."""
    check_year(unit.year, child(path, "year"), plan)
    if sector is not None and unit.sector != sector:
        raise RuleError(
            "SECTOR_MISMATCH",
            child(path, "sector"),
            f"the input is for {sector}, this unit is {unit.sector}",
            "B-1",
        )
    if year is not None and unit.year != year:
        raise RuleError(
            "YEAR_MISMATCH",
            child(path, "year"),
            f"the input is for {year}, this unit for {unit.year}",
            "S-8",
        )
    check_emissions(unit, path, plan)


@clause("S-6")
def check_emissions(unit: Unit, path: str, plan: Parameters) -> None:
    """Refuse verified emissions that are not exactly what the given gases make."""
    if unit.gases is None or unit.verified_emissions is None:
        return
    computed = compute_emissions(unit.gases, plan)
    if computed != unit.verified_emissions:
        raise RuleError(
            "EMISSIONS_MISMATCH",
            child(path, "verified_emissions"),
            f"the gases make {print_decimal(computed)} t CO2e, "
            f"not {print_decimal(unit.verified_emissions)}",
            "S-6",
        )


@clause("S-1")
def check_unique(units: Sequence[Unit], base: str = "") -> None:
    """Refuse a unit that is given twice, at the second one's id."""
    seen: set[str] = set()
    for path, unit in placed(units, base):
        if unit.unit_id in seen:
            raise RuleError(
                "DUPLICATE_UNIT",
                child(path, "unit_id"),
                f"unit {unit.unit_id} is given twice",
                "S-1",
            )
        seen.add(unit.unit_id)


@clause("A-5")
def check_intensity(unit: Unit, path: str) -> None:
    """Refuse a unit whose intensity cannot be computed."""
    if unit.process_emissions and unit.process_emissions.total > unit.emissions:
        raise RuleError(
            "PROCESS_EXCEEDS_ENTERPRISE",
            child(path, "process_emissions"),
            f"ironmaking and sintering make {print_decimal(unit.process_emissions.total)} t CO2e, "
            f"more than the enterprise's {print_decimal(unit.emissions)}",
            "A-5",
        )
    if not unit.output:
        raise RuleError(
            "OUTPUT_NOT_POSITIVE",
            child(path, "output"),
            "an intensity needs an output above 0 t",
            "A-5",
        )


@clause("A-3", "B-4")
def check_balance_value(balance_value: Fraction | None, path: str) -> None:
    """Refuse a missing balance value, or one that is not positive, where one is needed."""
    if balance_value is None:
        raise RuleError(
            "BALANCE_VALUE_REQUIRED",
            path,
            "the sector's balance value is needed to allocate by intensity",
            "A-3",
        )
    if balance_value <= 0:
        raise RuleError(
            "BALANCE_VALUE_NOT_POSITIVE", path, "a balance value is above 0 t CO2e/t", "A-3"
        )


@clause("A-7", "S-1", "S-8")
def check_enterprise(
    year: int,
    units: Sequence[Unit],
    balance_values: Mapping[str, Fraction],
    plan: Parameters,
    base: str = "",
) -> None:
    """Check an enterprise's units of one year in the order of errors; ``base`` is their place."""
    check_year(year, f"{base}/year", plan)
    for path, unit in placed(units, base):
        check_unit(unit, path, plan, year=year)
    check_unique(units, base)
    for path, unit in placed(units, base):
        if needs_intensity(unit, plan):
            check_intensity(unit, path)
            place = child(f"{base}/balance_values", unit.sector)
            check_balance_value(balance_values.get(unit.sector), place)


def placed(units: Sequence[Unit], base: str = "") -> list[tuple[str, Unit]]:
    """Give units with their places in the input."""
    return [(f"{base}/units/{index}", unit) for index, unit in enumerate(units)]
