"""Section 5 of the rulebook, surrender: clauses R-1 to R-9."""

from __future__ import annotations

from cets_reference.clauses.model import Clause
from cets_reference.sources import Basis

SURRENDER: tuple[Clause, ...] = (
    Clause(
        id="R-1",
        title_zh="应清缴配额量",
        title_en="Obligation",
        zh="应清缴配额量为纳入分配的各单元经核查排放量之和，各单元先按Q-4取整再加总。",
        en=(
            "The obligation is the sum of the verified emissions of the covered units, each "
            "rounded as in Q-4 before they are added."
        ),
        basis=Basis.STATED,
        basis_note="",
        sources=("EXP",),
    ),
    Clause(
        id="R-2",
        title_zh="清缴截止日期",
        title_en="Deadline",
        zh=(
            "清缴截止日期为次年12月31日（含当日）：2024年度为2025年12月31日，2025年度为2026年12月31"
            "日。"
        ),
        en=(
            "Surrender is due by 31 December of the following year, that day included: 2025-12-31 "
            "for 2024 and 2026-12-31 for 2025."
        ),
        basis=Basis.INFERRED,
        basis_note=(
            "31 December stated; following year corroborated; inclusive inferred / 12月31日有明文；"
            "次年为多方转述；含当日为推断"
        ),
        sources=("EXP", "PLAN"),
    ),
    Clause(
        id="R-3",
        title_zh="可用配额年度",
        title_en="Usable vintages",
        zh=(
            "2024年度清缴可使用2019—2020、2021、2022、2023、2024年度配额，逾期清缴2024年度配额的，"
            "可用配额年度不变。2025年度清缴仅可使用2025年度配额，以前年度配额须经结转后使用。"
        ),
        en=(
            "For 2024 the vintages 2019-2020, 2021, 2022, 2023 and 2024 may be surrendered, and "
            "the same ones when 2024 is surrendered late. For 2025 only vintage 2025 may be; older "
            "allowances have to be carried over first."
        ),
        basis=Basis.INFERRED,
        basis_note="2025 stated; 2024 inferred / 2025年度有明文；2024年度为推断",
        sources=("EXP",),
    ),
    Clause(
        id="R-4",
        title_zh="CCER抵销",
        title_en="Offsetting with CCER",
        zh=(
            "CCER仅可用于抵销2025年度应清缴配额，抵销量不超过应清缴配额量的5%，登记日期须在2024年1"
            "月22日（含当日）以后。5%不为整吨时如何取整由解读项ccer_fraction确定：默认为floor（舍去"
            "小数），备选为half_up（四舍五入）。配额管理范围内的项目产生的CCER是否可用由解读项"
            "ccer_covered_project确定：默认为refuse（不予受理），备选为accept（予以受理）。"
        ),
        en=(
            "CCER may offset the obligation of 2025 only, up to 5 % of it, and must have been "
            "registered on 2024-01-22 or later. A 5 % that is not whole is cut down "
            "(ccer_fraction: default floor, alternative half_up). CCER from a project inside "
            "allowance management is refused (ccer_covered_project: default refuse, alternative "
            "accept)."
        ),
        basis=Basis.OPEN,
        basis_note=(
            "year and date stated; 5 % corroborated; fraction and covered projects open / 年份与日"
            "期有明文；5%为多方转述；取整与配额管理范围内项目尚无定论"
        ),
        sources=("EXP", "PLAN", "PROJECT"),
        reading="ccer_fraction",
    ),
    Clause(
        id="R-5",
        title_zh="省级账户配额优先",
        title_en="Province-held allowances first",
        zh=(
            "发放至省级生态环境主管部门账户的配额（I-5）优先用于清缴；足额清缴后，剩余配额转给该单"
            "位。"
        ),
        en=(
            "Allowances held by the province (I-5) are used before all others. What remains of "
            "them is released once the obligation is met."
        ),
        basis=Basis.STATED,
        basis_note="",
        sources=("EXP",),
    ),
    Clause(
        id="R-6",
        title_zh="他方协助清缴",
        title_en="Help from another enterprise",
        zh=(
            "仅在重点排放单位因银行账户冻结等客观原因无法购买配额时，可由其他企业提供配额协助完成清"
            "缴。输入项account_frozen代表省级生态环境主管部门认可的任何此类原因。"
        ),
        en=(
            "Another enterprise may provide allowances only where the unit is kept from buying by "
            "an objective reason such as a frozen bank account. The input account_frozen stands "
            "for any reason of this kind that the province accepts."
        ),
        basis=Basis.CONVENTION,
        basis_note=(
            "permission and example stated; who decides convention / 情形有明文；由谁认可为本项目约"
            "定"
        ),
        sources=("EXP", "PROJECT"),
    ),
    Clause(
        id="R-7",
        title_zh="逾期清缴",
        title_en="Late surrender",
        zh=(
            "清缴截止日期后，未足额清缴且未在配额分配中核减（I-6）的部分仍可继续清缴，已移出名录的"
            "重点排放单位亦可。"
        ),
        en=(
            "After the deadline whatever is outstanding and has not been deducted (I-6) may still "
            "be surrendered, also by units that are no longer on the list."
        ),
        basis=Basis.STATED,
        basis_note="",
        sources=("EXP",),
    ),
    Clause(
        id="R-8",
        title_zh="履约证明",
        title_en="Compliance certificate",
        zh="未清缴配额量为0的，由全国碳排放权注册登记机构向重点排放单位出具履约证明。",
        en=(
            "As soon as nothing is outstanding, a compliance certificate from the registry is due "
            "to the unit."
        ),
        basis=Basis.STATED,
        basis_note="",
        sources=("EXP",),
    ),
    Clause(
        id="R-9",
        title_zh="超限提交与次序",
        title_en="Submissions above a limit",
        zh=(
            "提交量超过限额的，限额以内予以受理，其余不予受理并说明原因。各笔提交按日期先后处理，同"
            "日的按提交的先后次序处理。"
        ),
        en=(
            "Of a submission that exceeds its limit the part within is accepted and the rest "
            "refused with the reason. Submissions are dealt with by date, those of one day in the "
            "order given."
        ),
        basis=Basis.CONVENTION,
        basis_note="",
        sources=("PROJECT",),
    ),
)
