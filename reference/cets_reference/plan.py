"""The figures of the 2024-2025 plan."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from types import MappingProxyType

from cets_reference.parameters import Parameter, Parameters
from cets_reference.sources import Basis

OLD_VINTAGES = ("2019-2020", "2021", "2022", "2023", "2024")
"""Vintages of the years before 2025, oldest first."""

VINTAGES = (*OLD_VINTAGES, "2025")
"""Every vintage, oldest first."""

_STATED, _RELAYED, _INFERRED = Basis.STATED, Basis.CORROBORATED, Basis.INFERRED
_CHOSEN = Basis.CONVENTION

PLAN_2024_2025 = Parameters(
    years=Parameter(
        frozenset({2024, 2025}), "year", "S-8", _STATED, "EXP", "years covered", "实施年度"
    ),
    equal_years=Parameter(
        frozenset({2024}),
        "year",
        "A-1",
        _STATED,
        "EXP",
        "years of equal allocation",
        "等量分配年度",
    ),
    gwp_cf4=Parameter(
        6630, "t CO2e/t", "S-6", _RELAYED, "PLAN", "GWP of CF4 (AR5)", "CF4 全球变暖潜势（AR5）"
    ),
    gwp_c2f6=Parameter(
        11100, "t CO2e/t", "S-6", _RELAYED, "PLAN", "GWP of C2F6 (AR5)", "C2F6 全球变暖潜势（AR5）"
    ),
    covered_routes=Parameter(
        frozenset({"long_process"}),
        "route",
        "S-3",
        _RELAYED,
        "REP26",
        "steel routes covered",
        "纳入配额管理的钢铁工艺流程",
    ),
    equal_line_kinds=Parameter(
        frozenset({"white_only", "gypsum_acid_byproduct"}),
        "line kind",
        "A-6",
        _RELAYED,
        "EXP",
        "cement lines of equal allocation",
        "等量分配的水泥熟料生产线类型",
    ),
    carbide_slag_threshold=Parameter(
        Fraction(15, 100),
        "1",
        "A-6",
        _STATED,
        "EXP",
        "carbide-slag replacement rate above which allocation is equal",
        "电石渣替代率界限（超过方等量分配）",
    ),
    slope=Parameter(
        Fraction(15, 100),
        "1",
        "A-4",
        _RELAYED,
        "PLAN",
        "coefficient per unit of deviation",
        "碳排放强度系数与偏差度之比",
    ),
    deviation_upper=Parameter(
        Fraction(20, 100),
        "1",
        "A-4",
        _RELAYED,
        "PLAN",
        "deviation at which the upper bound begins",
        "偏差度上限",
    ),
    deviation_lower=Parameter(
        Fraction(-20, 100),
        "1",
        "A-4",
        _RELAYED,
        "PLAN",
        "deviation at which the lower bound begins",
        "偏差度下限",
    ),
    coefficient_upper=Parameter(
        Fraction(3, 100),
        "1",
        "A-4",
        _RELAYED,
        "PLAN",
        "upper bound of the coefficient",
        "碳排放强度系数上限",
    ),
    coefficient_lower=Parameter(
        Fraction(-3, 100),
        "1",
        "A-4",
        _RELAYED,
        "PLAN",
        "lower bound of the coefficient",
        "碳排放强度系数下限",
    ),
    pre_allocation_share=Parameter(
        Fraction(70, 100),
        "1",
        "I-2",
        _STATED,
        "EXP",
        "share of the previous year's verified emissions",
        "预分配比例（占上一年度经核查排放量）",
    ),
    pre_allocation_years=Parameter(
        frozenset({2025}), "year", "I-1", _STATED, "EXP", "years of pre-allocation", "预分配年度"
    ),
    deadlines=Parameter(
        MappingProxyType({2024: date(2025, 12, 31), 2025: date(2026, 12, 31)}),
        "date",
        "R-2",
        _INFERRED,
        "EXP",
        "last day of surrender",
        "清缴截止日期",
    ),
    vintages=Parameter(
        MappingProxyType({2024: OLD_VINTAGES, 2025: ("2025",)}),
        "vintage",
        "R-3",
        _INFERRED,
        "EXP",
        "vintages usable for the year",
        "可用于当年度清缴的配额年份",
    ),
    ccer_years=Parameter(
        frozenset({2025}), "year", "R-4", _STATED, "EXP", "years CCER may offset", "可抵销年度"
    ),
    ccer_share=Parameter(
        Fraction(5, 100),
        "1",
        "R-4",
        _RELAYED,
        "PLAN",
        "greatest share of the obligation offset by CCER",
        "CCER 抵销比例上限",
    ),
    ccer_first_day=Parameter(
        date(2024, 1, 22),
        "date",
        "R-4",
        _STATED,
        "EXP",
        "first day of registration of usable CCER",
        "可用 CCER 最早登记日期",
    ),
    carry_base=Parameter(
        10_000, "t", "C-2", _RELAYED, "POWER", "base of the carry-over maximum", "基础结转量"
    ),
    carry_factor=Parameter(
        Fraction(3, 2), "1", "C-2", _RELAYED, "POWER", "factor on net sold", "净卖出量倍数"
    ),
    carry_vintages=Parameter(
        OLD_VINTAGES,
        "vintage",
        "C-1",
        _STATED,
        "EXP",
        "vintages that may be carried over",
        "可结转的配额年份",
    ),
    trades_first_day=Parameter(
        date(2024, 1, 1),
        "date",
        "C-4",
        _RELAYED,
        "QA",
        "first day of trades counted",
        "净卖出量统计起始日",
    ),
    trades_last_day=Parameter(
        date(2025, 12, 31),
        "date",
        "C-4",
        _RELAYED,
        "QA",
        "last day of trades counted",
        "净卖出量统计截止日",
    ),
    holding_day=Parameter(
        date(2025, 12, 31),
        "date",
        "C-5",
        _RELAYED,
        "QA",
        "day at whose end the holding is taken",
        "持有量核定日",
    ),
    applications_first_day=Parameter(
        date(2026, 1, 1),
        "date",
        "C-7",
        _CHOSEN,
        "PROJECT",
        "first day of applications",
        "结转申请起始日",
    ),
    applications_last_day=Parameter(
        date(2026, 6, 10),
        "date",
        "C-7",
        _RELAYED,
        "POWER",
        "last day of applications",
        "结转申请截止日",
    ),
)
"""The figures of the 2024-2025 plan."""
