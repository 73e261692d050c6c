"""Formulas: how a figure of this very case came about, in symbols and field names.

One table, by output record and field. An entry is the formula, or a function of the case where a
reading or the case itself decides which formula was used.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from cets_reference.outcomes import Amendment, CarryOver, Settlement, Surrender
from cets_reference.quantities import print_ratio
from cets_reference.results import (
    Allocation,
    Balance,
    Emissions,
    EnterpriseAllocation,
    PreAllocation,
)
from cets_reference.rule_set import RuleSet

__all__ = ["Case", "formula_of"]


@dataclass(frozen=True, slots=True)
class Case:
    """What a formula may depend on."""

    record: Any
    """Exact output record."""
    value: Mapping[str, Any]
    """Input it was computed from, as given."""
    rules: RuleSet
    """Rules it was computed under."""

    def reads(self, reading: str, choice: str) -> bool:
        """Tell whether an open point is read so."""
        return self.rules.readings[reading] == choice

    def floor(self, formula: str, reading: str, cut_off: str) -> str:
        """Round a formula: cut off under one choice of ``reading``, else halves upwards."""
        half = "" if self.reads(reading, cut_off) else " + 1/2"
        return f"⌊{formula}{half}⌋"

    def tonnes(self, formula: str) -> str:
        """Round a formula as tonnes are rounded (Q-4)."""
        return self.floor(formula, "rounding", "unit_floor")


def formula_of(field: str, case: Case) -> str | None:
    """Give the formula of a figure; None where it is null or follows from no formula."""
    formula = _FORMULAS.get(type(case.record), {}).get(field)
    if getattr(case.record, field) is None:
        return None
    return formula(case) if callable(formula) else formula


def _verified_emissions(case: Case) -> str:
    plan = case.rules.plan
    return f"CO2 + {plan.gwp_cf4.value} · CF4 + {plan.gwp_c2f6.value} · C2F6"


def _intensity(case: Case) -> str:
    return "(E_iron + E_sinter) / Q" if case.value["unit"]["sector"] == "steel" else "E / Q"


def _coefficient(case: Case) -> str:
    plan, deviation = case.rules.plan, case.record.deviation
    if deviation >= plan.deviation_upper.value:
        return f"{_plain(plan.coefficient_upper.value)} (X ≥ {_plain(plan.deviation_upper.value)})"
    if deviation <= plan.deviation_lower.value:
        return f"{_plain(plan.coefficient_lower.value)} (X ≤ {_plain(plan.deviation_lower.value)})"
    return f"{_plain(plan.slope.value)} · X"


def _allowance(case: Case) -> str:
    if not case.record.covered:
        return "0"
    if case.record.coefficient is None:
        return case.tonnes("E")
    if case.value["unit"]["sector"] == "steel" and case.reads("steel_base", "main_processes"):
        return case.tonnes("E + α · (E_iron + E_sinter)")
    return case.tonnes("E · (1 + α)")


def _obligation(case: Case) -> str:
    return case.tonnes("E") if case.record.covered or case.record.obligation else "0"


def _sum_of(symbol: str) -> Callable[[Case], str]:
    def formula(case: Case) -> str:
        once = case.reads("rounding", "enterprise_half_up")
        return case.tonnes(f"Σ {symbol}_exact") if once else f"Σ {symbol}"

    return formula


def _pre_allocation(case: Case) -> str:
    plan, year = case.rules.plan, case.value["unit"]["year"]
    given = "previous_year_emissions" in case.value
    if not (case.record.covered and given and year in plan.pre_allocation_years.value):
        return "0"
    return case.tonnes(f"{_plain(plan.pre_allocation_share.value)} · E_prev")


def _deduction(case: Case) -> str:
    none = case.reads("arrears_deduction", "none")
    return "0" if none else "min(arrears, verified_allowance)"


def _recovered(change: str) -> Callable[[Case], str]:
    def formula(case: Case) -> str:
        due = f"max(0, −{change})"
        return f"min({due}, holding)" if "holding" in case.value else due

    return formula


def _ccer_limit(case: Case) -> str:
    plan = case.rules.plan
    if case.value["year"] not in plan.ccer_years.value:
        return "0"
    return case.floor(f"{_plain(plan.ccer_share.value)} · obligation", "ccer_fraction", "floor")


def _released(case: Case) -> str:
    return "0" if case.record.outstanding else "provincial_holding − from_provincial"


def _base(case: Case) -> str:
    base = str(case.rules.plan.carry_base.value)
    each = case.reads("carry_base", "per_key_emitting_unit")
    return f"{base} · key_emitting_units" if each else base


def _cap(case: Case) -> str:
    factor = _plain(case.rules.plan.carry_factor.value)
    return "base + " + case.floor(f"{factor} · net_sold", "carry_fraction", "floor")


def _maximum(case: Case) -> str:
    return "min(cap, holding)" if case.record.eligible else "0"


def _plain(ratio: Fraction) -> str:
    return print_ratio(ratio).rstrip("0").rstrip(".").replace("-", "−")


_FORMULAS: Mapping[type, Mapping[str, str | Callable[[Case], str]]] = {
    Emissions: {"verified_emissions": _verified_emissions},
    Balance: {"balance_value": "Σ(w · α(I, B)) = 0", "surplus_rate": "Σ(w · α) / ΣE"},
    Allocation: {
        "intensity": _intensity,
        "deviation": "(B − I) / B",
        "coefficient": _coefficient,
        "allowance": _allowance,
        "obligation": _obligation,
        "surplus": "A − O",
    },
    EnterpriseAllocation: {
        "allowance": _sum_of("A"),
        "obligation": _sum_of("O"),
        "surplus": "ΣA − ΣO",
        "surplus_rate": "S / ΣO",
    },
    PreAllocation: {"pre_allocation": _pre_allocation},
    Settlement: {
        "deduction": _deduction,
        "entitlement": "verified_allowance − deduction",
        "adjustment": "entitlement − pre_allocated",
        "issued": "max(0, adjustment)",
        "recovered": _recovered("adjustment"),
        "recovery_outstanding": "max(0, −adjustment) − recovered",
    },
    Amendment: {
        "allowance_change": "allowance_after − allowance_before",
        "issued": "max(0, allowance_change)",
        "recovered": _recovered("allowance_change"),
        "recovery_outstanding": "max(0, −allowance_change) − recovered",
        "obligation_change": "obligation_after − obligation_before",
        "outstanding": "max(0, obligation_after − surrendered)",
        "over_surrendered": "max(0, surrendered − obligation_after)",
    },
    Surrender: {
        "ccer_limit": _ccer_limit,
        "from_provincial": "min(provincial_holding, obligation)",
        "surrendered": "from_provincial + Σ accepted",
        "outstanding": "max(0, obligation − surrendered − deducted)",
        "released": _released,
    },
    CarryOver: {
        "base": _base,
        "net_sold": "max(0, Σ sold − Σ bought)",
        "cap": _cap,
        "maximum": _maximum,
        "carried": "Σ accepted",
        "not_carried": "holding − carried",
    },
}
