"""Section 3 of the rulebook, allocation and balance value: clauses A-1 to A-9, B-1 to B-4."""

from __future__ import annotations

from cets_reference.clauses.model import Clause
from cets_reference.sources import Basis

ALLOCATION: tuple[Clause, ...] = (
    Clause(
        id="A-1",
        title_zh="2024年度等量分配",
        title_en="Equal allocation for 2024",
        zh="2024年度配额基于经核查排放量等量分配，配额量等于经核查排放量，所有企业均无配额缺口。",
        en="For 2024 the allowance equals the verified emissions, so that no enterprise is short.",
        basis=Basis.STATED,
        basis_note="",
        sources=("EXP",),
    ),
    Clause(
        id="A-2",
        title_zh="2025年度配额计算",
        title_en="Allowance for 2025",
        zh=(
            "2025年度配额量A = E×(1 + α)，E为单元经核查排放量，α为碳排放强度系数；配额量与实际产出"
            "挂钩，不设绝对上限。钢铁行业E是否取全企业排放量，现有文本未予明确，由解读项steel_base"
            "确定：默认为enterprise；备选为main_processes，即A = E + α×（炼铁工序排放量 + 烧结工序"
            "排放量）。"
        ),
        en=(
            "For 2025 the allowance is A = E·(1 + α), with E the unit's verified emissions and α "
            "its coefficient; it follows output and has no absolute cap. That E is the whole "
            "enterprise's for steel is not settled: the default is enterprise, the alternative "
            "main_processes, E + α·(ironmaking + sintering emissions)."
        ),
        basis=Basis.OPEN,
        basis_note=(
            "shape stated; formula corroborated; steel base open / 分配思路有明文；公式为多方转述；"
            "钢铁基数尚无定论"
        ),
        sources=("EXP", "PLAN", "PROJECT"),
        reading="steel_base",
    ),
    Clause(
        id="A-3",
        title_zh="碳强度偏差度",
        title_en="Deviation",
        zh="碳强度偏差度X = (B − I)/B，B为所属行业的行业平衡值，I为单元的碳排放强度。",
        en=(
            "The deviation is X = (B − I)/B: B is the sector's balance value, I the unit's "
            "intensity."
        ),
        basis=Basis.CORROBORATED,
        basis_note="",
        sources=("PLAN",),
    ),
    Clause(
        id="A-4",
        title_zh="碳排放强度系数",
        title_en="Coefficient",
        zh=(
            "−0.20 < X < 0.20时，α = 0.15×X；X ≥ 0.20时，α = +0.03；X ≤ −0.20时，α = −0.03。α > 0表"
            "明优于行业平衡值，配额盈余；α < 0则配额短缺。"
        ),
        en=(
            "α = 0.15·X where −0.20 < X < 0.20, +0.03 where X ≥ 0.20 and −0.03 where X ≤ −0.20. A "
            "positive α means cleaner than the balance value and a surplus, a negative one a "
            "shortage."
        ),
        basis=Basis.CORROBORATED,
        basis_note=(
            "sign and existence of bounds stated; figures corroborated / 正负含义和设上下限有明文；"
            "数值为多方转述"
        ),
        sources=("PLAN", "EXP"),
    ),
    Clause(
        id="A-5",
        title_zh="碳排放强度",
        title_en="Intensity",
        zh=(
            "碳排放强度I：水泥为E与熟料产量之比；铝冶炼为E与铝液产量之比；钢铁为炼铁、烧结两工序排"
            "放量之和与炼铁工序铁水产量之比。"
        ),
        en=(
            "The intensity I is E per tonne of clinker in cement and E per tonne of liquid "
            "aluminium in aluminium. In steel it is ironmaking plus sintering emissions per tonne "
            "of hot metal."
        ),
        basis=Basis.INFERRED,
        basis_note=(
            "cement, aluminium corroborated; steel inferred / 水泥、铝冶炼为多方转述；钢铁为推断"
        ),
        sources=("PLAN", "EXP"),
    ),
    Clause(
        id="A-6",
        title_zh="三类特殊生产线",
        title_en="Special cement lines",
        zh=(
            "下列水泥熟料生产线2025年度按经核查排放量等量分配（A = E，α = 0）：仅生产白色硅酸盐水泥"
            "熟料的生产线；石膏制硫酸副产硅酸盐水泥熟料的生产线；当年度电石渣替代率超过15%（不含"
            "15%）的生产线。"
        ),
        en=(
            "Three kinds of cement line get A = E (α = 0) in 2025: those making nothing but white "
            "Portland clinker, those whose Portland clinker is a by-product of making sulphuric "
            "acid from gypsum, and those replacing more than 15 % by carbide slag in that year "
            "(exactly 15 % is not enough)."
        ),
        basis=Basis.CORROBORATED,
        basis_note=(
            "kinds and 15 % stated; “only”, “that year” corroborated / 类别和15%有明文；“仅”“当年"
            "度”为多方转述"
        ),
        sources=("EXP", "PLAN"),
    ),
    Clause(
        id="A-7",
        title_zh="配额加总",
        title_en="Sums of allowances",
        zh="企业配额量为其纳入分配的各单元配额量之和，省级配额总量为行政区域内各企业配额量之和。",
        en=(
            "An enterprise's allowance is the sum over its covered units, a province's over its "
            "enterprises."
        ),
        basis=Basis.CORROBORATED,
        basis_note="",
        sources=("PLAN",),
    ),
    Clause(
        id="A-8",
        title_zh="盈缺幅度",
        title_en="Limits of surplus and shortage",
        zh=(
            "由上述规则应可证明：取整前|A − E|不超过E的3%；行业整体盈余不超过3%；2024年度各方盈余均"
            "为0。"
        ),
        en=(
            "To be provable from the rules: before rounding A departs from E by at most 3 % of E, "
            "a sector's total surplus is at most 3 %, and in 2024 everyone's surplus is 0."
        ),
        basis=Basis.STATED,
        basis_note="",
        sources=("EXP",),
    ),
    Clause(
        id="A-9",
        title_zh="盈缺量与盈缺率",
        title_en="Surplus and surplus rate",
        zh=(
            "盈缺量 = 配额量 − 应清缴配额量；盈缺率 = 盈缺量/应清缴配额量，应清缴配额量为0时不计算"
            "盈缺率。"
        ),
        en=(
            "Surplus = allowance − obligation; surplus rate = surplus / obligation, with no rate "
            "where the obligation is 0."
        ),
        basis=Basis.CONVENTION,
        basis_note="",
        sources=("PROJECT", "EXP"),
    ),
    Clause(
        id="B-1",
        title_zh="行业平衡值",
        title_en="Balance value",
        zh=(
            "行业平衡值B是行业配额总量与经核查排放总量相等时对应的碳排放强度，即对全国按强度分配的"
            "全部单元，Σ E_i×α(I_i, B) = 0。左端随B连续且单调不减；在一个区间上为零的，取区间下端"
            "点。"
        ),
        en=(
            "A sector's balance value B is the intensity at which its total allowances equal its "
            "total verified emissions: Σ E_i·α(I_i, B) = 0 over all covered units of the nation "
            "allocated by intensity. The sum is continuous and never falls as B grows; if it is "
            "zero on an interval, B is the lower end."
        ),
        basis=Basis.CONVENTION,
        basis_note=(
            "definition stated; equation inferred; lower end convention / 定义有明文；方程为推断；"
            "取下端点为本项目约定"
        ),
        sources=("EXP", "PROJECT"),
    ),
    Clause(
        id="B-2",
        title_zh="平衡值精确求解",
        title_en="Exact solution",
        zh=(
            "B-1左端对1/B分段线性，对分段点排序即得有理数精确解，不作迭代逼近。E = 0的单元不计入；"
            "没有可计入的单元，或B-1没有正数解的，返回错误NO_INTENSITY_UNITS。"
        ),
        en=(
            "The sum of B-1 is piecewise linear in 1/B: sorted breakpoints give its root as an "
            "exact rational number, without iteration. Units with E = 0 do not count; if none is "
            "left, or B-1 has no positive solution, the error is NO_INTENSITY_UNITS."
        ),
        basis=Basis.CONVENTION,
        basis_note=(
            "piecewise linearity inferred; the rest convention / 分段线性为推断；其余为本项目约定"
        ),
        sources=("PROJECT",),
    ),
    Clause(
        id="B-3",
        title_zh="无截断时的平衡值",
        title_en="Balance value without clipping",
        zh=(
            "没有单元的α被上下限截断时，B = Σ E_i×I_i/Σ E_i，即以经核查排放量加权的平均强度；可作检"
            "验。"
        ),
        en=(
            "Where no unit's α is clipped, B = Σ E_i·I_i / Σ E_i, the mean intensity weighted by "
            "emissions; this makes a good test."
        ),
        basis=Basis.INFERRED,
        basis_note="",
        sources=("EXP",),
    ),
    Clause(
        id="B-4",
        title_zh="平衡值的采用",
        title_en="Use of a given balance value",
        zh=(
            "输入给定的行业平衡值按原值采用。求解所得的值采用前是否取整，现有文本未予明确，由解读项"
            "balance_precision确定：默认为exact（以Q-5列示的12位小数值为准，不再取整），备选为"
            "four_decimals（四舍五入至4位小数）。"
        ),
        en=(
            "A balance value given as input is used as it is. Whether a solved one is rounded "
            "before use is not settled: the default is exact (no further than the 12 digits of "
            "Q-5), the alternative four_decimals (half-up)."
        ),
        basis=Basis.OPEN,
        basis_note="",
        sources=("EXP", "PLAN", "PROJECT"),
        reading="balance_precision",
    ),
)
