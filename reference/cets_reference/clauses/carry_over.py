"""Section 6 of the rulebook, carry-over: clauses C-1 to C-8."""

from __future__ import annotations

from cets_reference.clauses.model import Clause
from cets_reference.sources import Basis

CARRY_OVER: tuple[Clause, ...] = (
    Clause(
        id="C-1",
        title_zh="结转范围",
        title_en="What may be carried over",
        zh=(
            "2019—2024年度配额经申请可结转为2025年度配额。未结转的配额仍可交易，但不得用于2025年度"
            "及后续年度清缴。"
        ),
        en=(
            "Allowances of the vintages 2019 to 2024 may, on application, be carried over to 2025. "
            "Those that are not can still be traded, but not surrendered for 2025 or any later "
            "year."
        ),
        basis=Basis.CORROBORATED,
        basis_note=(
            "tradability from the registry's answers; the rest stated / 可交易据注登机构问答；其余"
            "有明文"
        ),
        sources=("EXP", "QA"),
    ),
    Clause(
        id="C-2",
        title_zh="最大可结转量",
        title_en="Maximum",
        zh=(
            "最大可结转量 = min(基础结转量 + 1.5×净卖出量, 持有量)，基础结转量为10000吨。1.5×净卖出"
            "量不为整吨时如何取整，现有文本未予明确，由解读项carry_fraction确定：默认为floor（舍去"
            "小数），备选为half_up（四舍五入）。"
        ),
        en=(
            "Maximum = min(base + 1.5 × net sold, holding), with a base of 10,000 t. What happens "
            "to 1.5 × net sold that is not whole is not settled by the texts in hand: the default "
            "is floor, the alternative half_up."
        ),
        basis=Basis.OPEN,
        basis_note=(
            "formula and base corroborated; fraction open / 公式与基础结转量为多方转述；取整尚无定"
            "论"
        ),
        sources=("POWER", "QA", "PROJECT"),
        reading="carry_fraction",
    ),
    Clause(
        id="C-3",
        title_zh="基础结转量",
        title_en="Base, once per enterprise",
        zh=(
            "每个企业计一次基础结转量10000吨，同时纳入多个重点排放单位的企业亦同，其持有量和交易量"
            "合并计算。是否每个企业只计一次由解读项carry_base确定：默认为per_enterprise；备选为"
            "per_key_emitting_unit，即10000吨×重点排放单位个数。"
        ),
        en=(
            "The base is 10,000 t, once for each enterprise, even one that is several key emitting "
            "units; its holdings and trades are pooled. Whether it counts once is a reading: the "
            "default is per_enterprise, the alternative per_key_emitting_unit, 10,000 t × the "
            "number of key emitting units."
        ),
        basis=Basis.OPEN,
        basis_note=(
            "figure stated; once per enterprise and pooling inferred, hence open / 数值有明文；每个"
            "企业计一次及合并计算为推断，尚无定论"
        ),
        sources=("EXP", "PROJECT"),
        reading="carry_base",
    ),
    Clause(
        id="C-4",
        title_zh="净卖出量",
        title_en="Net sold",
        zh=(
            "净卖出量 = max(0, 卖出量 − 买入量)，按2024年1月1日至2025年12月31日（含首尾两日）期间"
            "2024年度及以前年度配额的交易计算。"
        ),
        en=(
            "Net sold = max(0, sold − bought), counting trades of vintages up to 2024 that are "
            "dated from 2024-01-01 to 2025-12-31, both days included."
        ),
        basis=Basis.CORROBORATED,
        basis_note="",
        sources=("QA",),
    ),
    Clause(
        id="C-5",
        title_zh="持有量",
        title_en="Holding",
        zh="持有量为2025年12月31日日终持有的2024年度及以前年度配额，含被冻结的配额。",
        en=(
            "The holding is what is held of vintages up to 2024 at the end of 2025-12-31; frozen "
            "allowances count."
        ),
        basis=Basis.CORROBORATED,
        basis_note="",
        sources=("QA",),
    ),
    Clause(
        id="C-6",
        title_zh="不得结转的情形",
        title_en="Who may not carry over",
        zh=(
            "2023年度（当年度已纳入的）或2024年度配额清缴未在各自截止日期前（含当日）完成的企业，不"
            "得结转。"
        ),
        en=(
            "An enterprise that did not fulfil 2023 (if it was covered then) or 2024 by the "
            "deadline for that year is not eligible."
        ),
        basis=Basis.CORROBORATED,
        basis_note="",
        sources=("QA",),
    ),
    Clause(
        id="C-7",
        title_zh="结转申请",
        title_en="Applications",
        zh=(
            "结转申请的受理期为2026年1月1日至2026年6月10日（含首尾两日）。可多次申请，累计不超过最"
            "大可结转量，每次不超过申请时可用的数量。结转的配额按1∶1转为2025年度配额。"
        ),
        en=(
            "Applications are open from 2026-01-01 to 2026-06-10, both days included. There may be "
            "several: together they stay within the maximum, and each within what is available at "
            "its time. Carried amounts turn into vintage 2025 one for one."
        ),
        basis=Basis.CONVENTION,
        basis_note=(
            "start date convention; the rest corroborated / 起始日期为本项目约定；其余为多方转述"
        ),
        sources=("POWER", "QA", "PROJECT"),
    ),
    Clause(
        id="C-8",
        title_zh="用于后续年度",
        title_en="Later use of vintage 2025",
        zh="2025年度配额可按有关规定用于后续年度配额清缴。",
        en="Allowances of vintage 2025 can still be surrendered for later years.",
        basis=Basis.STATED,
        basis_note="",
        sources=("EXP",),
    ),
)
