"""Section 1 of the rulebook, quantities: clauses Q-1 to Q-5."""

from __future__ import annotations

from cets_reference.clauses.model import Clause
from cets_reference.sources import Basis

QUANTITIES: tuple[Clause, ...] = (
    Clause(
        id="Q-1",
        title_zh="计量单位与整数",
        title_en="Whole allowances",
        zh=(
            "一单位配额等于1吨二氧化碳当量（tCO2e）。配额和核证自愿减排量（CCER）的数量均为整数，在"
            "JSON中以整数表示。"
        ),
        en=(
            "One allowance stands for one tonne of CO2 equivalent (t CO2e). Amounts of allowances "
            "and of CCER are whole numbers, carried in JSON as integers."
        ),
        basis=Basis.CORROBORATED,
        basis_note="",
        sources=("PLAN",),
    ),
    Clause(
        id="Q-2",
        title_zh="计量数据的表示",
        title_en="Form of measured quantities",
        zh=(
            "排放量（tCO2e）、气体质量（t）和产品产量（t）等计量数据为非负十进制数，整数部分不超过"
            "15位，小数部分不超过6位。在JSON中以字符串表示，例如“1200000.5”。"
        ),
        en=(
            "Emissions (t CO2e), gas masses (t) and product output (t) are decimals that are never "
            "negative, with up to 15 digits before the point and up to 6 after it. JSON carries "
            'them as strings, for example "1200000.5".'
        ),
        basis=Basis.CONVENTION,
        basis_note="",
        sources=("PROJECT",),
    ),
    Clause(
        id="Q-3",
        title_zh="精确运算",
        title_en="Exact arithmetic",
        zh=(
            "全部运算按有理数精确进行，中间结果一律不取整、不修约，参考实现不使用二进制浮点数。吨数"
            "取整的环节和方法见Q-4。"
        ),
        en=(
            "Every calculation is carried out exactly, in rational numbers, and no intermediate "
            "result is rounded. The reference uses binary floating point nowhere. Where and how "
            "tonnes are rounded is settled in Q-4."
        ),
        basis=Basis.CONVENTION,
        basis_note="",
        sources=("PROJECT",),
    ),
    Clause(
        id="Q-4",
        title_zh="吨数取整",
        title_en="Rounding to whole tonnes",
        zh=(
            "由计量数据计算得出的配额量和应清缴配额量，按单元（S-1）逐一四舍五入至整吨，即floor(x "
            "+ 1/2)，恰为半吨时进位。现有文本未规定取整的环节和方法，由解读项rounding确定：默认为"
            "unit_half_up，备选为逐单元舍去小数（unit_floor）或企业合计后四舍五入"
            "（enterprise_half_up）。"
        ),
        en=(
            "An allowance or obligation that is computed from measured quantities is rounded to a "
            "whole tonne unit by unit (S-1), halves upwards: floor(x + 1/2). The texts in hand do "
            "not say where or how to round; the reading decides. The default is unit_half_up; the "
            "alternatives are to cut off the fraction of each unit (unit_floor) or to round the "
            "enterprise's exact sum half-up (enterprise_half_up)."
        ),
        basis=Basis.OPEN,
        basis_note="",
        sources=("EXP", "PLAN", "PROJECT"),
        reading="rounding",
    ),
    Clause(
        id="Q-5",
        title_zh="比值的列示与比对",
        title_en="Printing and comparing ratios",
        zh=(
            "计算得出的比值（碳排放强度、碳强度偏差度、碳排放强度系数、行业平衡值）以字符串列示，固"
            "定保留12位小数，按“四舍六入五成双”修约。比值仅用于说明计算过程，不作为判定依据：与其他"
            "系统给出的比值比对，绝对差不超过1e-9视为一致；数量须完全一致。"
        ),
        en=(
            "A computed ratio (intensity, deviation, coefficient, balance value) is printed as a "
            "string with exactly 12 fractional digits, ties to even. Ratios explain a result and "
            "do not judge it: one given by another system agrees when the absolute difference is "
            "at most 1e-9, whereas an amount has to be identical."
        ),
        basis=Basis.CONVENTION,
        basis_note="",
        sources=("PROJECT",),
    ),
)
