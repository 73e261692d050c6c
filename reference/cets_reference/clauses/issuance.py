"""Section 4 of the rulebook, issuance: clauses I-1 to I-6."""

from __future__ import annotations

from cets_reference.clauses.model import Clause
from cets_reference.sources import Basis

ISSUANCE: tuple[Clause, ...] = (
    Clause(
        id="I-1",
        title_zh="2024年度不预分配",
        title_en="No pre-allocation for 2024",
        zh="2024年度不开展配额预分配。",
        en="Nothing is pre-allocated for 2024.",
        basis=Basis.STATED,
        basis_note="",
        sources=("EXP",),
    ),
    Clause(
        id="I-2",
        title_zh="2025年度预分配",
        title_en="Pre-allocation for 2025",
        zh=(
            "2025年度按单元预分配配额，预分配配额量为其上一年度经核查排放量的70%，按Q-4取整。没有上"
            "一年度经核查排放量，或不在2025年度配额分配范围内的单元，预分配配额量为0。"
        ),
        en=(
            "For 2025 each unit is pre-allocated 70 % of its verified emissions of the year "
            "before, rounded as in Q-4. A unit without such emissions, or outside the allocation "
            "of 2025, is pre-allocated 0."
        ),
        basis=Basis.STATED,
        basis_note="",
        sources=("EXP",),
    ),
    Clause(
        id="I-3",
        title_zh="多退少补",
        title_en="Settlement at verification",
        zh=(
            "核定阶段，调整量 = 应发配额量（I-6）− 预分配配额量；调整量为正的补发，为负的收回。收回"
            "以账户持有量为限，未能收回的部分记为recovery_outstanding。"
        ),
        en=(
            "At the verified stage, adjustment = entitlement (I-6) − pre-allocated amount; a "
            "positive one is issued, a negative one recovered. No more is recovered than the "
            "account holds; the rest stands as recovery_outstanding."
        ),
        basis=Basis.CONVENTION,
        basis_note=(
            "issue and recovery stated; limit to the holding convention / 多退少补有明文；收回以持"
            "有量为限为本项目约定"
        ),
        sources=("EXP", "PROJECT"),
    ),
    Clause(
        id="I-4",
        title_zh="核查结果变更",
        title_en="Changed verification results",
        zh=(
            "配额核定后年度核查结果发生变更的，重新计算配额量和应清缴配额量，并按差额补发或收回配"
            "额。"
        ),
        en=(
            "Where the verification results change after allowances were verified, allowance and "
            "obligation are computed anew and the difference is issued or recovered."
        ),
        basis=Basis.CONVENTION,
        basis_note="existence stated; mechanics convention / 可作变更有明文；具体办法为本项目约定",
        sources=("EXP", "PROJECT"),
    ),
    Clause(
        id="I-5",
        title_zh="履约风险单位",
        title_en="Units at compliance risk",
        zh=(
            "存在明显履约风险等情形的重点排放单位（输入项high_risk，由省级生态环境主管部门决定），"
            "其配额发放至省级生态环境主管部门账户并优先用于清缴，剩余配额归该单位。"
        ),
        en=(
            "Where a unit shows a marked compliance risk or the like (high_risk, for the province "
            "to decide), its allowances go to the province's account and serve surrender first; "
            "what is left goes to the unit."
        ),
        basis=Basis.STATED,
        basis_note="",
        sources=("EXP",),
    ),
    Clause(
        id="I-6",
        title_zh="欠缴核减",
        title_en="Deduction of arrears",
        zh=(
            "以前年度欠缴的配额在下一次配额分配时核减：核减量 = min(欠缴量, 核定配额量)，应发配额"
            "量 = 核定配额量 − 核减量。是否核减由解读项arrears_deduction确定：默认为deduct（核"
            "减），备选为none（不核减）。"
        ),
        en=(
            "Arrears of an earlier year are taken off the next allocation: deduction = "
            "min(arrears, verified allowance), entitlement = verified allowance − deduction. "
            "Whether this is done is a reading: the default is deduct, the alternative none."
        ),
        basis=Basis.OPEN,
        basis_note=(
            "existence stated; whether and how it applies here open / 有核减做法有明文；本方案如何"
            "适用尚无定论"
        ),
        sources=("EXP", "PROJECT"),
        reading="arrears_deduction",
    ),
)
