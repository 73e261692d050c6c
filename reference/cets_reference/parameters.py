"""The figures of the plan: each with value, unit, clause, basis and source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from fractions import Fraction
from typing import Generic, TypeVar

from cets_reference.sources import Basis

Value = TypeVar("Value", covariant=True)


@dataclass(frozen=True, slots=True)
class Parameter(Generic[Value]):
    """One figure of the plan."""

    value: Value
    """The figure, exact."""
    unit: str
    """Its unit; ``1`` for a pure number."""
    clause: str
    """Clause that sets it."""
    basis: Basis
    """How far it is settled."""
    source: str
    """Tag of the text it is taken from."""
    title_en: str
    """What it is, in English."""
    title_zh: str
    """What it is, in Chinese."""


@dataclass(frozen=True, slots=True)
class Parameters:
    """All figures of one plan. A variant is another value, made with ``dataclasses.replace``."""

    years: Parameter[frozenset[int]]
    """Years the plan covers."""
    equal_years: Parameter[frozenset[int]]
    """Years in which everyone is allocated their verified emissions."""
    gwp_cf4: Parameter[int]
    """t CO2e per t CF4."""
    gwp_c2f6: Parameter[int]
    """t CO2e per t C2F6."""
    covered_routes: Parameter[frozenset[str]]
    """Steel routes inside allowance management."""
    equal_line_kinds: Parameter[frozenset[str]]
    """Cement lines allocated their verified emissions."""
    carbide_slag_threshold: Parameter[Fraction]
    """Carbide-slag rate above which (strictly) a line is allocated its verified emissions."""
    slope: Parameter[Fraction]
    """Coefficient per unit of deviation between the bounds."""
    deviation_upper: Parameter[Fraction]
    """Deviation from which the coefficient stays at its upper bound."""
    deviation_lower: Parameter[Fraction]
    """Deviation down from which the coefficient stays at its lower bound."""
    coefficient_upper: Parameter[Fraction]
    """Upper bound of the coefficient."""
    coefficient_lower: Parameter[Fraction]
    """Lower bound of the coefficient."""
    pre_allocation_share: Parameter[Fraction]
    """Share of the previous year's verified emissions that is pre-allocated."""
    pre_allocation_years: Parameter[frozenset[int]]
    """Years for which allowances are pre-allocated."""

    deadlines: Parameter[Mapping[int, date]]
    """Last day of surrender, inclusive, by year."""
    vintages: Parameter[Mapping[int, tuple[str, ...]]]
    """Vintages usable for a year's obligation."""
    ccer_years: Parameter[frozenset[int]]
    """Years whose obligation CCER may offset."""
    ccer_share: Parameter[Fraction]
    """Greatest share of the obligation that CCER may offset."""
    ccer_first_day: Parameter[date]
    """First day of registration from which CCER may be used."""
    carry_base: Parameter[int]
    """Base of the carry-over maximum, t."""
    carry_factor: Parameter[Fraction]
    """Factor on net sold in the carry-over maximum."""
    carry_vintages: Parameter[tuple[str, ...]]
    """Vintages that may be carried over, oldest first."""
    trades_first_day: Parameter[date]
    """First day of the trades that count for net sold."""
    trades_last_day: Parameter[date]
    """Last day of the trades that count for net sold, inclusive."""
    holding_day: Parameter[date]
    """Day at whose end the holding is taken."""
    applications_first_day: Parameter[date]
    """First day of applications."""
    applications_last_day: Parameter[date]
    """Last day of applications, inclusive."""

    def items(self) -> tuple[tuple[str, Parameter[object]], ...]:
        """Give every parameter with its name, in the order of the plan."""
        return tuple((field.name, getattr(self, field.name)) for field in fields(self))
