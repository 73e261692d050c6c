"""Records: the unit that allowances are computed for, read from JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from cets_reference import forms
from cets_reference.clauses import clause
from cets_reference.errors import child, invalid
from cets_reference.forms import Member

SECTORS = ("steel", "cement", "aluminium")
"""The sectors of the plan."""

ROUTES = ("long_process", "electric_arc", "rolling", "other")
"""Steel production routes."""

LINE_KINDS = ("ordinary", "white_only", "gypsum_acid_byproduct", "grinding_only")
"""Kinds of cement line."""


@dataclass(frozen=True, slots=True)
class Gases:
    """Masses of the gases of an aluminium electrolysis process."""

    co2: Fraction
    """t CO2."""
    cf4: Fraction
    """t CF4."""
    c2f6: Fraction
    """t C2F6."""


@dataclass(frozen=True, slots=True)
class ProcessEmissions:
    """Emissions of a steel enterprise's main processes."""

    ironmaking: Fraction
    """t CO2e."""
    sintering: Fraction
    """t CO2e."""

    @property
    def total(self) -> Fraction:
        """Ironmaking and sintering together, t CO2e."""
        return self.ironmaking + self.sintering


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of allocation in one year: a steel enterprise, a clinker line, an electrolysis."""

    unit_id: str
    """Id of the unit, 1 to 64 characters."""
    sector: str
    """``steel``, ``cement`` or ``aluminium``."""
    year: int
    """Year the allowances are for."""
    listed: bool = True
    """Whether it is on the year's list of key emitting units."""
    route: str | None = None
    """Steel: the production route."""
    line_kind: str | None = None
    """Cement: the kind of line."""
    carbide_slag_rate: Fraction = Fraction(0)
    """Cement: carbide-slag replacement rate of the year, a fraction."""
    commissioned_year: int | None = None
    """Year the unit was commissioned, where known."""
    closed_before_verification: bool = False
    """Whether it was closed before the year's allowances were verified."""
    verified_emissions: Fraction | None = None
    """Verified direct emissions of the year, t CO2e."""
    indirect_emissions: Fraction | None = None
    """Emissions from purchased electricity and heat, t CO2e: carried, never counted."""
    gases: Gases | None = None
    """Aluminium: the masses that the verified emissions are made of."""
    process_emissions: ProcessEmissions | None = None
    """Steel: emissions of the main processes."""
    output: Fraction | None = None
    """Hot metal, clinker or liquid aluminium, t."""

    @property
    def emissions(self) -> Fraction:
        """Verified emissions, t CO2e, where the form required them."""
        if self.verified_emissions is None:
            raise ValueError("verified emissions were not required of this unit")
        return self.verified_emissions


_GASES = {name: Member(forms.read_measured) for name in ("co2", "cf4", "c2f6")}
_PROCESSES = {name: Member(forms.read_measured) for name in ("ironmaking", "sintering")}
_SECTOR_OF = {
    "route": "steel",
    "line_kind": "cement",
    "carbide_slag_rate": "cement",
    "gases": "aluminium",
    "process_emissions": "steel",
}
"""The one sector whose units have the field."""


@clause("S-6")
def read_gases(value: object, path: str) -> Gases:
    """Read the masses of CO2, CF4 and C2F6, t."""
    return Gases(**forms.read_object(value, path, _GASES))


@clause("A-5")
def read_processes(value: object, path: str) -> ProcessEmissions:
    """Read the emissions of ironmaking and sintering, t CO2e."""
    return ProcessEmissions(**forms.read_object(value, path, _PROCESSES))


@clause("S-1", "S-5")
def read_unit(value: object, path: str, *, emissions_required: bool = True) -> Unit:
    """Read a unit; fields of another sector are refused.

    A field of another sector can be told only where the sector itself is a known one.
    """
    sector = value.get("sector") if isinstance(value, Mapping) else None
    members = {
        "unit_id": Member(forms.read_id),
        "sector": Member(forms.choice(*SECTORS)),
        "year": Member(forms.read_integer),
        "listed": Member(forms.read_flag, required=False),
        "route": Member(forms.choice(*ROUTES), required=sector == "steel"),
        "line_kind": Member(forms.choice(*LINE_KINDS), required=sector == "cement"),
        "carbide_slag_rate": Member(forms.read_share, required=False),
        "commissioned_year": Member(forms.read_calendar_year, required=False),
        "closed_before_verification": Member(forms.read_flag, required=False),
        "verified_emissions": Member(forms.read_measured, required=emissions_required),
        "indirect_emissions": Member(forms.read_measured, required=False),
        "gases": Member(read_gases, required=False),
        "process_emissions": Member(read_processes, required=False),
        "output": Member(forms.read_measured, required=False),
    }
    if sector in SECTORS:
        members = {
            name: member
            for name, member in members.items()
            if _SECTOR_OF.get(name, sector) == sector
        }
    return Unit(**forms.read_object(value, path, members))


def require_processes(unit: Unit, path: str) -> None:
    """Refuse a steel unit without process emissions, where its intensity is computed."""
    if unit.sector == "steel" and unit.process_emissions is None:
        raise invalid(
            child(path, "process_emissions"),
            "the intensity of a steel enterprise needs its ironmaking and sintering emissions",
            "A-5",
        )
