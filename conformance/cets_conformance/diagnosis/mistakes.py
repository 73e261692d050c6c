"""Mistakes in allocating to a unit: each a named variant of the reference (ids are for ever).

A variant changes the parameters, the unit as it is read, a step of the computation, or the
rounding; everything else is the reference itself.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, floor
from types import MappingProxyType

from cets_reference.allocation import (
    ExactAllocation,
    compute_allocation,
    compute_coefficient,
    compute_deviation,
    compute_exact,
    compute_intensity,
)
from cets_reference.parameters import Parameters
from cets_reference.records import ProcessEmissions, Unit
from cets_reference.results import Allocation
from cets_reference.rounding import round_half_even
from cets_reference.rule_set import RuleSet
from cets_reference.scope import needs_intensity

__all__ = ["MISTAKES", "Mistake", "compute_mistaken"]

UNBOUNDED = Fraction(10**18)
"""A bound no deviation reaches."""


def _same_unit(unit: Unit) -> Unit:
    return unit


def _same_plan(plan: Parameters) -> Parameters:
    return plan


def _same_step(
    _unit: Unit, exact: ExactAllocation, _balance: Fraction, _plan: Parameters
) -> ExactAllocation:
    return exact


@dataclass(frozen=True, slots=True)
class Mistake:
    """What a system with the mistake does otherwise."""

    id: str
    """Permanent id, such as ``M-10``."""
    unit: Callable[[Unit], Unit] = _same_unit
    """How it misreads the unit."""
    plan: Callable[[Parameters], Parameters] = _same_plan
    """Which figures it has wrong."""
    step: Callable[[Unit, ExactAllocation, Fraction, Parameters], ExactAllocation] = _same_step
    """What it computes otherwise, where an intensity is computed."""
    rounding: Callable[[Fraction], int] | None = None
    """How it rounds tonnes, where not half up."""


def compute_mistaken(
    mistake: Mistake, unit: Unit, balance_value: Fraction | None, rules: RuleSet
) -> Allocation:
    """Allocate as a system with the mistake would; obligation and coverage follow from it."""
    misread = mistake.unit(unit)
    misread_rules = replace(rules, plan=mistake.plan(rules.plan))
    needs = needs_intensity(misread, misread_rules.plan)
    if needs and (balance_value is None or not misread.output):
        return compute_allocation(compute_exact(unit, balance_value, rules), rules)
    exact = compute_exact(misread, balance_value, misread_rules)
    if needs and balance_value is not None:
        exact = mistake.step(misread, exact, balance_value, misread_rules.plan)
    allocation = compute_allocation(exact, misread_rules)
    if mistake.rounding is not None:
        allowance = mistake.rounding(exact.allowance)
        obligation = mistake.rounding(exact.obligation)
        allocation = replace(
            allocation,
            allowance=allowance,
            obligation=obligation,
            surplus=allowance - obligation,
        )
    return allocation


def _figures(**values: Fraction | frozenset[str]) -> Callable[[Parameters], Parameters]:
    def change(plan: Parameters) -> Parameters:
        return replace(
            plan,
            **{name: replace(getattr(plan, name), value=value) for name, value in values.items()},
        )

    return change


def _four(exact: Fraction) -> Fraction:
    return Fraction(round_half_even(exact * 10**4), 10**4)


def _single(exact: Fraction) -> Fraction:
    """Store in single precision (IEEE 754 binary32)."""
    stored: float = struct.unpack("f", struct.pack("f", exact.numerator / exact.denominator))[0]
    return Fraction(stored)


def _from_intensity(change: Callable[[Fraction], Fraction]) -> Callable[..., ExactAllocation]:
    def step(
        unit: Unit, exact: ExactAllocation, balance: Fraction, plan: Parameters
    ) -> ExactAllocation:
        intensity = change(compute_intensity(unit))
        deviation = compute_deviation(intensity, balance)
        return _finish(unit, exact, plan, intensity, deviation)

    return step


def _from_deviation(
    change: Callable[[Fraction, Fraction], Fraction],
) -> Callable[..., ExactAllocation]:
    def step(
        unit: Unit, exact: ExactAllocation, balance: Fraction, plan: Parameters
    ) -> ExactAllocation:
        intensity = compute_intensity(unit)
        return _finish(unit, exact, plan, intensity, change(intensity, balance))

    return step


def _finish(
    unit: Unit, exact: ExactAllocation, plan: Parameters, intensity: Fraction, deviation: Fraction
) -> ExactAllocation:
    coefficient = compute_coefficient(deviation, plan)
    return replace(
        exact,
        intensity=intensity,
        deviation=deviation,
        coefficient=coefficient,
        allowance=unit.emissions * (1 + coefficient),
    )


def _rounded_coefficient(
    unit: Unit, exact: ExactAllocation, _balance: Fraction, _plan: Parameters
) -> ExactAllocation:
    coefficient = _four(exact.coefficient or Fraction(0))
    return replace(exact, coefficient=coefficient, allowance=unit.emissions * (1 + coefficient))


def _single_precision(
    unit: Unit, _exact: ExactAllocation, balance: Fraction, plan: Parameters
) -> ExactAllocation:
    emissions = _single(unit.emissions)
    numerator = _single(unit.process_emissions.total) if unit.process_emissions else emissions
    intensity = _single(numerator / _single(unit.output or Fraction(1)))
    deviation = _single(_single(_single(balance) - intensity) / _single(balance))
    coefficient = _single(compute_coefficient(deviation, plan))
    factor = _single(1 + coefficient)
    return replace(
        _exact,
        intensity=intensity,
        deviation=deviation,
        coefficient=coefficient,
        allowance=_single(emissions * factor),
        obligation=emissions,
    )


def _benchmark(
    unit: Unit, exact: ExactAllocation, balance: Fraction, _plan: Parameters
) -> ExactAllocation:
    return replace(exact, allowance=balance * (unit.output or Fraction(0)))


def _ordinary(kind: str) -> Callable[[Unit], Unit]:
    def read(unit: Unit) -> Unit:
        return replace(unit, line_kind="ordinary") if unit.line_kind == kind else unit

    return read


def _whole_enterprise(unit: Unit) -> Unit:
    if unit.process_emissions is None:
        return unit
    return replace(unit, process_emissions=ProcessEmissions(unit.emissions, Fraction(0)))


def _ironmaking_alone(unit: Unit) -> Unit:
    if unit.process_emissions is None:
        return unit
    return replace(
        unit,
        process_emissions=ProcessEmissions(unit.process_emissions.ironmaking, Fraction(0)),
    )


def _fifteen_is_special(unit: Unit) -> Unit:
    special = unit.carbide_slag_rate == Fraction(15, 100)
    return replace(unit, carbide_slag_rate=Fraction(1)) if special else unit


_UP, _LOW = {"deviation_upper": UNBOUNDED}, {"deviation_lower": -UNBOUNDED}
_NIL = {"coefficient_upper": Fraction(0), "coefficient_lower": Fraction(0)}

MISTAKES: Mapping[str, Mistake] = MappingProxyType(
    {
        mistake.id: mistake
        for mistake in (
            Mistake("M-01", rounding=round_half_even),
            Mistake("M-02", rounding=floor),
            Mistake("M-03", rounding=ceil),
            Mistake("M-04", step=_from_intensity(_four)),
            Mistake("M-05", step=_from_deviation(lambda i, b: _four((b - i) / b))),
            Mistake("M-06", step=_rounded_coefficient),
            Mistake("M-08", step=_single_precision),
            Mistake("M-09", step=_from_deviation(lambda i, b: (b - i) / i if i else b)),
            Mistake("M-10", step=_from_deviation(lambda i, b: (i - b) / b)),
            Mistake("M-11", plan=_figures(**_UP, **_LOW)),
            Mistake("M-12", plan=_figures(**_LOW)),
            Mistake("M-13", plan=_figures(**_UP)),
            Mistake(
                "M-14",
                plan=_figures(
                    slope=Fraction(1),
                    deviation_upper=Fraction(3, 100),
                    deviation_lower=Fraction(-3, 100),
                ),
            ),
            Mistake("M-15", plan=_figures(**_NIL)),
            Mistake("M-16", unit=lambda unit: replace(unit, year=2025)),
            Mistake("M-17", plan=_figures(**_NIL, slope=Fraction(0))),
            Mistake("M-18", step=_benchmark),
            Mistake("M-19", unit=_ordinary("white_only")),
            Mistake("M-20", unit=_ordinary("gypsum_acid_byproduct")),
            Mistake("M-21", unit=lambda unit: replace(unit, carbide_slag_rate=Fraction(0))),
            Mistake("M-22", unit=_fifteen_is_special),
            Mistake("M-23", unit=_whole_enterprise),
            Mistake("M-24", unit=_ironmaking_alone),
            Mistake("M-30", unit=lambda unit: replace(unit, closed_before_verification=False)),
        )
    }
)
"""The mistakes that show in a unit's allowance, by id."""
