"""The figures of the plan: each with value, unit, clause, basis and source."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from fractions import Fraction
from typing import Generic, TypeVar

from cets_reference.sources import Basis

Value = TypeVar("Value", Fraction, int, date, frozenset[int], frozenset[str])


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

    def items(self) -> tuple[tuple[str, Parameter[object]], ...]:  # type: ignore[type-var]
        """Give every parameter with its name, in the order of the plan."""
        return tuple((field.name, getattr(self, field.name)) for field in fields(self))


PLAN_2024_2025 = Parameters(
    years=Parameter(
        frozenset({2024, 2025}),
        "year",
        "S-8",
        Basis.STATED,
        "EXP",
        "years covered",
        "实施年度",
    ),
    equal_years=Parameter(
        frozenset({2024}),
        "year",
        "A-1",
        Basis.STATED,
        "EXP",
        "years of equal allocation",
        "等量分配年度",
    ),
    gwp_cf4=Parameter(
        6630,
        "t CO2e/t",
        "S-6",
        Basis.CORROBORATED,
        "PLAN",
        "global warming potential of CF4 (AR5)",
        "四氟化碳全球变暖潜势（AR5）",
    ),
    gwp_c2f6=Parameter(
        11100,
        "t CO2e/t",
        "S-6",
        Basis.CORROBORATED,
        "PLAN",
        "global warming potential of C2F6 (AR5)",
        "六氟化二碳全球变暖潜势（AR5）",
    ),
    covered_routes=Parameter(
        frozenset({"long_process"}),
        "route",
        "S-3",
        Basis.CORROBORATED,
        "REP26",
        "steel routes covered",
        "纳入配额管理的钢铁工艺流程",
    ),
    equal_line_kinds=Parameter(
        frozenset({"white_only", "gypsum_acid_byproduct"}),
        "line kind",
        "A-6",
        Basis.CORROBORATED,
        "EXP",
        "cement lines of equal allocation",
        "等量分配的水泥熟料生产线类型",
    ),
    carbide_slag_threshold=Parameter(
        Fraction(15, 100),
        "1",
        "A-6",
        Basis.STATED,
        "EXP",
        "carbide-slag replacement rate above which allocation is equal",
        "电石渣替代率界限（超过方等量分配）",
    ),
    slope=Parameter(
        Fraction(15, 100),
        "1",
        "A-4",
        Basis.CORROBORATED,
        "PLAN",
        "coefficient per unit of deviation",
        "碳排放强度系数与偏差度之比",
    ),
    deviation_upper=Parameter(
        Fraction(20, 100),
        "1",
        "A-4",
        Basis.CORROBORATED,
        "PLAN",
        "deviation at which the upper bound begins",
        "偏差度上限",
    ),
    deviation_lower=Parameter(
        Fraction(-20, 100),
        "1",
        "A-4",
        Basis.CORROBORATED,
        "PLAN",
        "deviation at which the lower bound begins",
        "偏差度下限",
    ),
    coefficient_upper=Parameter(
        Fraction(3, 100),
        "1",
        "A-4",
        Basis.CORROBORATED,
        "PLAN",
        "upper bound of the coefficient",
        "碳排放强度系数上限",
    ),
    coefficient_lower=Parameter(
        Fraction(-3, 100),
        "1",
        "A-4",
        Basis.CORROBORATED,
        "PLAN",
        "lower bound of the coefficient",
        "碳排放强度系数下限",
    ),
    pre_allocation_share=Parameter(
        Fraction(70, 100),
        "1",
        "I-2",
        Basis.STATED,
        "EXP",
        "share of the previous year's verified emissions",
        "预分配比例（占上一年度经核查排放量）",
    ),
    pre_allocation_years=Parameter(
        frozenset({2025}),
        "year",
        "I-1",
        Basis.STATED,
        "EXP",
        "years of pre-allocation",
        "开展预分配的年度",
    ),
)
"""The figures of the 2024-2025 plan."""
