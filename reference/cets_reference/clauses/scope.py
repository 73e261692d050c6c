"""Section 2 of the rulebook, scope: clauses S-1 to S-8."""

from __future__ import annotations

from cets_reference.clauses.model import Clause
from cets_reference.sources import Basis

SCOPE: tuple[Clause, ...] = (
    Clause(
        id="S-1",
        title_zh="配额计算单元",
        title_en="Units of allocation",
        zh="配额计算的单元：钢铁行业为企业，水泥行业为每条熟料生产线，铝冶炼行业为铝电解工序。",
        en=(
            "Allowances are computed for the whole enterprise in steel, for each clinker "
            "production line in cement and for the electrolysis process in aluminium."
        ),
        basis=Basis.STATED,
        basis_note="",
        sources=("EXP",),
    ),
    Clause(
        id="S-2",
        title_zh="名录管理",
        title_en="List of key emitting units",
        zh=(
            "配额分配范围与重点排放单位名录管理相衔接，仅限列入当年度重点排放单位名录的企业；未列入"
            "的，原因代码为NOT_LISTED。"
        ),
        en=(
            "Only enterprises that stand on the list of key emitting units for the year in "
            "question are covered; otherwise the reason is NOT_LISTED."
        ),
        basis=Basis.STATED,
        basis_note="",
        sources=("EXP",),
    ),
    Clause(
        id="S-3",
        title_zh="钢铁长流程企业",
        title_en="Long-process steel only",
        zh=(
            "钢铁行业仅覆盖长流程（高炉—转炉）企业。独立电炉短流程企业和独立压延加工（轧钢）企业不"
            "纳入配额管理，原因代码为ROUTE_NOT_COVERED。"
        ),
        en=(
            "In steel only producers by the long process (blast furnace and converter) are "
            "covered. Stand-alone electric-arc producers and stand-alone rolling mills are not "
            "under allowance management; the reason is ROUTE_NOT_COVERED."
        ),
        basis=Basis.CORROBORATED,
        basis_note="",
        sources=("REP26",),
    ),
    Clause(
        id="S-4",
        title_zh="水泥粉磨站",
        title_en="Grinding stations",
        zh="水泥行业没有熟料生产线的单元（粉磨站）不在配额分配范围内，原因代码为NO_CLINKER_LINE。",
        en=(
            "A cement unit that has no clinker line, that is a grinding station, is not covered; "
            "the reason is NO_CLINKER_LINE."
        ),
        basis=Basis.CORROBORATED,
        basis_note="",
        sources=("PLAN", "EXP"),
    ),
    Clause(
        id="S-5",
        title_zh="温室气体与排放边界",
        title_en="Gases and direct emissions",
        zh=(
            "钢铁、水泥行业覆盖二氧化碳（CO2），铝冶炼行业覆盖二氧化碳、四氟化碳（CF4）和六氟化二碳"
            "（C2F6）。三个行业只计化石燃料燃烧、工业过程等产生的直接排放，因消耗电力、热力等带来的"
            "间接排放不计。"
        ),
        en=(
            "Steel and cement are covered for CO2; aluminium for CO2, CF4 and C2F6. Only direct "
            "emissions count, from burning fossil fuel and from the industrial process; indirect "
            "emissions that come with consuming electricity or heat do not."
        ),
        basis=Basis.STATED,
        basis_note="",
        sources=("EXP",),
    ),
    Clause(
        id="S-6",
        title_zh="二氧化碳当量换算",
        title_en="Conversion to CO2 equivalent",
        zh=(
            "排放量（tCO2e）= CO2 + 6630×CF4 + 11100×C2F6，各气体质量以吨计。全球变暖潜势（GWP）采"
            "用IPCC第五次评估报告（AR5）的数值。"
        ),
        en=(
            "Emissions in t CO2e = CO2 + 6630 × CF4 + 11100 × C2F6, each gas by its mass in "
            "tonnes. The global warming potentials are those of the IPCC's fifth assessment report "
            "(AR5)."
        ),
        basis=Basis.CORROBORATED,
        basis_note="",
        sources=("PLAN",),
    ),
    Clause(
        id="S-7",
        title_zh="新投产与关停单元",
        title_en="New and closed units",
        zh=(
            "某年度投产的单元（投产年份不早于该年度，NEW_UNIT）和该年度配额核定前已关停的单元"
            "（CLOSED_UNIT），不参与该年度配额分配，不发放该年度配额。其该年度是否须清缴，现有文本"
            "未予明确，由解读项excluded_unit_obligation确定：默认为none，应清缴配额量为0；备选为"
            "verified_emissions，即按经核查排放量清缴。"
        ),
        en=(
            "A unit commissioned in a year (its commissioning year is that year or later: "
            "NEW_UNIT) and a unit closed before that year's allowances were verified (CLOSED_UNIT) "
            "take no part in the year's allocation and get no allowance for it. Whether they must "
            "surrender for that year is not settled by the texts in hand; the reading decides. By "
            "default (none) the obligation is 0; the alternative is their verified_emissions."
        ),
        basis=Basis.OPEN,
        basis_note=(
            "exclusion corroborated; obligation of 0 open / 不参与分配为多方转述；应清缴配额量为0尚"
            "无定论"
        ),
        sources=("PLAN", "PROJECT"),
        reading="excluded_unit_obligation",
    ),
    Clause(
        id="S-8",
        title_zh="适用年度",
        title_en="Years covered",
        zh="适用于2024、2025年度；其他年度返回错误YEAR_NOT_COVERED。",
        en="The rules cover the years 2024 and 2025; any other year is the error YEAR_NOT_COVERED.",
        basis=Basis.STATED,
        basis_note="",
        sources=("EXP",),
    ),
)
