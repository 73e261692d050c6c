"""Emissions: carbon-dioxide equivalent of an electrolysis process."""

from __future__ import annotations

from fractions import Fraction

from cets_reference.clauses import clause
from cets_reference.parameters import Parameters
from cets_reference.records import Gases


@clause("S-5", "S-6")
def compute_emissions(gases: Gases, plan: Parameters) -> Fraction:
    """Weigh the gases: CO2 + GWP·CF4 + GWP·C2F6, t CO2e, exact."""
    return gases.co2 + plan.gwp_cf4.value * gases.cf4 + plan.gwp_c2f6.value * gases.c2f6
