"""Results: the output record of every operation, in the order of computation.

Each field carries what explains it: symbol, clauses, unit and title. Intermediates
explain and are printed as ratios; results judge.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from cets_reference.quantities import print_decimal, print_ratio


def figure(
    title_en: str,
    title_zh: str,
    *clauses: str,
    symbol: str | None = None,
    unit: str | None = None,
    intermediate: bool = False,
) -> Any:
    """Declare an output field with what explains it."""
    return field(
        metadata={
            "title_en": title_en,
            "title_zh": title_zh,
            "clauses": clauses,
            "symbol": symbol,
            "unit": unit,
            "role": "intermediate" if intermediate else "result",
        }
    )


@dataclass(frozen=True, slots=True)
class Emissions:
    """Output of ``emissions``."""

    verified_emissions: Fraction = figure(
        "verified emissions", "经核查排放量", "S-5", "S-6", symbol="E", unit="t CO2e"
    )


@dataclass(frozen=True, slots=True)
class Scope:
    """Output of ``scope``."""

    covered: bool = figure("covered", "是否纳入配额分配", "S-2", "S-3", "S-4", "S-7")
    reason: str | None = figure("reason", "不纳入原因", "S-2", "S-3", "S-4", "S-7")
    method: str = figure("method", "分配方法", "A-1", "A-2", "A-6")


@dataclass(frozen=True, slots=True)
class Balance:
    """Output of ``balance``."""

    units_counted: int = figure("units counted", "参与求解单元数", "B-1", "B-2", symbol="n")
    total_emissions: Fraction = figure(
        "total emissions", "排放量合计", "B-1", symbol="ΣE", unit="t CO2e"
    )
    balance_value: Fraction = figure(
        "balance value", "行业平衡值", "B-1", "B-2", symbol="B", unit="t CO2e/t", intermediate=True
    )
    surplus_rate: Fraction = figure(
        "surplus rate", "行业盈余率", "A-9", "B-1", symbol="s", unit="1", intermediate=True
    )


@dataclass(frozen=True, slots=True)
class Allocation:
    """Output of ``allocation``."""

    covered: bool = figure("covered", "是否纳入配额分配", "S-2", "S-3", "S-4", "S-7")
    reason: str | None = figure("reason", "不纳入原因", "S-2", "S-3", "S-4", "S-7")
    method: str = figure("method", "分配方法", "A-1", "A-2", "A-6")
    intensity: Fraction | None = figure(
        "intensity", "碳排放强度", "A-5", symbol="I", unit="t CO2e/t", intermediate=True
    )
    deviation: Fraction | None = figure(
        "deviation", "碳强度偏差度", "A-3", symbol="X", unit="1", intermediate=True
    )
    coefficient: Fraction | None = figure(
        "coefficient", "碳排放强度系数", "A-4", symbol="α", unit="1", intermediate=True
    )
    allowance: int = figure("allowance", "核定配额量", "A-1", "A-2", "Q-4", symbol="A", unit="t")
    obligation: int = figure("obligation", "应清缴配额量", "R-1", "Q-4", symbol="O", unit="t")
    surplus: int = figure("surplus", "盈缺量", "A-9", symbol="S", unit="t")


@dataclass(frozen=True, slots=True)
class UnitAllocation:
    """One unit within the output of ``enterprise-allocation``."""

    unit_id: str = figure("unit id", "生产线（工序）编号", "S-1")
    allocation: Allocation = figure("allocation", "核定结果", "A-2")


@dataclass(frozen=True, slots=True)
class EnterpriseAllocation:
    """Output of ``enterprise-allocation``."""

    units: tuple[UnitAllocation, ...] = figure("units", "各单元核定结果", "A-7")
    allowance: int = figure("allowance", "核定配额量", "A-7", "Q-4", symbol="ΣA", unit="t")
    obligation: int = figure("obligation", "应清缴配额量", "R-1", "Q-4", symbol="ΣO", unit="t")
    surplus: int = figure("surplus", "盈缺量", "A-9", symbol="S", unit="t")
    surplus_rate: Fraction | None = figure(
        "surplus rate", "盈缺率", "A-9", symbol="s", unit="1", intermediate=True
    )


@dataclass(frozen=True, slots=True)
class PreAllocation:
    """Output of ``pre-allocation``."""

    covered: bool = figure("covered", "是否纳入配额分配", "S-2", "S-3", "S-4", "S-7")
    reason: str | None = figure("reason", "不纳入原因", "S-2", "S-3", "S-4", "S-7")
    pre_allocation: int = figure(
        "pre-allocation", "预分配配额量", "I-1", "I-2", "Q-4", symbol="P", unit="t"
    )


def print_record(record: Any) -> dict[str, Any]:
    """Print an output record as JSON-like data, fields in the order of computation."""
    printed: dict[str, Any] = {}
    for item in fields(record):
        value = getattr(record, item.name)
        if item.name == "allocation":  # a unit's figures stand beside its id, not below it
            printed |= print_record(value)
        else:
            printed[item.name] = _print(value, item.metadata["role"])
    return printed


def _print(value: Any, role: str) -> Any:
    if isinstance(value, Fraction):
        return print_ratio(value) if role == "intermediate" else print_decimal(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_print(item, role) for item in value]
    return print_record(value) if is_dataclass(value) else value
