"""What the laws of allocation and of balance have in common: readers and a second α."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import strategies as st

from cets_reference import DEFAULT
from cets_reference.records import Unit, read_unit

from .inputs import SECTORS, Json
from .strategies import sectors_of_units, weighed

MAIN = DEFAULT.with_readings({"steel_base": "main_processes"})
RULES = st.sampled_from([DEFAULT, MAIN])
ANY_WEIGHED = st.sampled_from(SECTORS).flatmap(weighed)
SAME_SECTOR = sectors_of_units(most=6)
PRINTED_WITHIN = Fraction(5, 10**13)
"""Half a unit of the twelfth fractional digit (Q-5)."""


def read(given: Json) -> Unit:
    return read_unit(given, "")


def alpha(intensity: Fraction, balance_value: Fraction) -> Fraction:
    """A-4 once more, as one expression: 0.15·X held between -0.03 and +0.03."""
    deviation = 1 - intensity / balance_value
    return min(max(Fraction(15, 100) * deviation, Fraction(-3, 100)), Fraction(3, 100))


def scale(unit: Unit, factor: Fraction) -> Unit:
    """The same unit, larger in emissions and output alike."""
    processes = unit.process_emissions
    if processes is not None:
        parts = {"ironmaking": processes.ironmaking, "sintering": processes.sintering}
        processes = type(processes)(**{name: factor * part for name, part in parts.items()})
    assert unit.output is not None
    return Unit(
        unit_id=unit.unit_id,
        sector=unit.sector,
        year=unit.year,
        route=unit.route,
        line_kind=unit.line_kind,
        verified_emissions=factor * unit.emissions,
        process_emissions=processes,
        output=factor * unit.output,
    )
