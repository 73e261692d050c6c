"""Cases of ``allocation`` that are refused: what an intensity needs, in the order of errors."""

from __future__ import annotations

from typing import Any

from cets_conformance.vectors.cases.builders import (
    Input,
    aluminium,
    cases_of,
    cement,
    steel,
    without,
)
from cets_conformance.vectors.model import Draft

_case = cases_of("allocation")


def _at(balance_value: Any, unit: Input) -> Input:
    return {"unit": unit, "balance_value": balance_value}


def _refused(name: str, code: str, en: str, zh: str, clauses: str, value: Input) -> Draft:
    return _case(name, en, zh, clauses, value, code)


_NO_INDIRECT = {"co2": "2", "cf4": "0", "c2f6": "0"}

CASES = (
    _refused(
        "year-not-covered",
        "YEAR_NOT_COVERED",
        "2026 is not covered.",
        "2026 年不在方案范围。",
        "S-8",
        _at("0.86", cement(year=2026)),
    ),
    _refused(
        "emissions-mismatch",
        "EMISSIONS_MISMATCH",
        "Gases must make the emissions exactly.",
        "气体折算须与排放量完全一致。",
        "S-6",
        _at("1.5", aluminium("6630.000001", gases={"co2": "0", "cf4": "1", "c2f6": "0"})),
    ),
    _refused(
        "emissions-mismatch-outside",
        "EMISSIONS_MISMATCH",
        "They must also where the unit is outside.",
        "单元不纳入时同样须一致。",
        "S-6 S-2",
        {"unit": aluminium("1", listed=False, gases=_NO_INDIRECT)},
    ),
    _refused(
        "mismatch-before-output",
        "order of errors",
        "Gases that do not add up come before a missing output.",
        "气体折算不符先于产量缺失。",
        "S-6 A-5",
        _at("1.5", aluminium("1", "0", gases=_NO_INDIRECT)),
    ),
    _refused(
        "process-exceeds-enterprise",
        "PROCESS_EXCEEDS_ENTERPRISE",
        "Main processes above the whole, by a millionth, are refused.",
        "主要工序排放超过全厂百万分之一吨即拒绝。",
        "A-5",
        _at("1.6", steel("900000", "800000", "100000.000001")),
    ),
    _refused(
        "process-exceeds-unasked-2024",
        "check only where an intensity is computed",
        "In 2024 nobody asks whether processes exceed the whole.",
        "2024 年不核对工序与全厂排放。",
        "A-5 A-1",
        {"unit": steel("1", "800000", "100000", year=2024)},
    ),
    _refused(
        "process-before-output",
        "order of errors",
        "Processes above the whole come before a missing output.",
        "工序超出全厂先于产量缺失。",
        "A-5",
        _at("0", steel("1", "2", "0", "0")),
    ),
    _refused(
        "output-missing",
        "OUTPUT_NOT_POSITIVE",
        "An intensity needs an output.",
        "计算强度须有产量。",
        "A-5",
        _at("0.86", without(cement(), "output")),
    ),
    _refused(
        "output-zero",
        "OUTPUT_NOT_POSITIVE",
        "An output of 0 gives no intensity.",
        "产量为 0 无法计算强度。",
        "A-5",
        _at("0.86", cement(output="0.000000")),
    ),
    _refused(
        "output-smallest",
        "least output",
        "A millionth of a tonne is an output.",
        "百万分之一吨也是产量。",
        "A-5",
        _at("0.86", cement(output="0.000001")),
    ),
    _refused(
        "output-before-balance-value",
        "order of errors",
        "A missing output comes before a missing balance value.",
        "产量缺失先于平衡值缺失。",
        "A-5 A-3",
        {"unit": cement(output="0")},
    ),
    _refused(
        "balance-value-missing",
        "BALANCE_VALUE_REQUIRED",
        "Allocation by intensity needs a balance value.",
        "按强度分配须有平衡值。",
        "A-3 B-4",
        {"unit": cement()},
    ),
    _refused(
        "balance-value-zero",
        "BALANCE_VALUE_NOT_POSITIVE",
        "A balance value of 0 is none.",
        "平衡值为 0 时拒绝。",
        "A-3 B-4",
        _at("0", cement()),
    ),
    _refused(
        "balance-value-negative",
        "BALANCE_VALUE_NOT_POSITIVE",
        "A negative balance value has the right form, but not the right sign.",
        "平衡值为负：格式正确而数值不允许。",
        "A-3 B-4",
        _at("-0.86", cement()),
    ),
    _refused(
        "balance-value-negative-unasked",
        "check only where an intensity is computed",
        "Where no intensity is computed no balance value is judged.",
        "不计算强度时不判断平衡值。",
        "A-1 B-4",
        _at("-0.86", cement(year=2024)),
    ),
    _refused(
        "balance-value-thirteen-decimals",
        "form of a ratio",
        "Thirteen fractional digits of a balance value are refused.",
        "平衡值十三位小数拒绝。",
        "Q-5",
        _at("0.8600000000000", cement()),
    ),
    _refused(
        "balance-value-as-number",
        "form of a ratio",
        "A balance value given as a number is refused.",
        "平衡值为数值时拒绝。",
        "Q-5",
        _at(1, cement()),
    ),
    _refused(
        "balance-value-plus-sign",
        "form of a ratio",
        "A plus sign is refused.",
        "平衡值带正号拒绝。",
        "Q-5",
        _at("+0.86", cement()),
    ),
    _refused(
        "balance-value-null",
        "form of a ratio",
        "A balance value may be absent, not null.",
        "平衡值可缺省，不可为 null。",
        "Q-5",
        _at(None, cement(year=2024)),
    ),
    _refused(
        "emissions-missing",
        "required field",
        "An allowance needs verified emissions.",
        "计算配额须有经核查排放量。",
        "S-1 A-1",
        _at("0.86", cement(None)),
    ),
    _refused(
        "processes-missing",
        "form of a unit",
        "Steel by intensity needs its process emissions.",
        "钢铁按强度分配须有工序排放量。",
        "A-5",
        _at("1.6", without(steel(), "process_emissions")),
    ),
    _refused(
        "processes-missing-before-output",
        "order of errors",
        "Process emissions that are missing come before a missing output.",
        "工序排放缺失属格式错误，先于产量缺失。",
        "A-5",
        {"unit": without(steel(), "process_emissions", "output")},
    ),
    _refused(
        "processes-unasked-outside",
        "check only where an intensity is computed",
        "Outside the allocation no process emissions are asked for.",
        "不纳入时不要求工序排放量。",
        "A-5 S-3",
        {"unit": without(steel(route="rolling"), "process_emissions")},
    ),
    _refused(
        "form-before-year",
        "order of errors",
        "The form comes before the year.",
        "格式错误先于年份错误。",
        "S-8 Q-2",
        _at("0.86", cement("x", year=2026)),
    ),
    _refused(
        "year-before-mismatch",
        "order of errors",
        "The year comes before gases that do not add up.",
        "年份错误先于气体折算不符。",
        "S-8 S-6",
        _at("1.5", aluminium("1", year=2023, gases=_NO_INDIRECT)),
    ),
    _refused(
        "unknown-field",
        "unknown field of the input",
        "A field nobody knows is refused.",
        "未知字段拒绝。",
        "A-2",
        {**_at("0.86", cement()), "benchmark": "0.85"},
    ),
)
