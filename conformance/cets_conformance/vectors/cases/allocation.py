"""Cases of ``allocation``: methods, bounds, intensity by sector, what counts as emissions."""

from __future__ import annotations

from collections.abc import Iterator

from cets_conformance.vectors.cases.builders import Input, aluminium, cases_of, cement, steel
from cets_conformance.vectors.model import Draft

_case = cases_of("allocation")


def _at(balance_value: str, unit: Input) -> Input:
    return {"unit": unit, "balance_value": balance_value}


def _bounds() -> Iterator[Draft]:
    """Around X = ±20 %, at B = 1; a thousand million tonnes make a millionth visible."""
    for name, emissions, en, zh in (
        ("upper-bound-just-inside", "800001000", "just below +20 %", "略低于 +20%"),
        ("upper-bound-exactly-20-percent", "800000000", "exactly +20 %", "恰为 +20%"),
        ("upper-bound-just-outside", "799999000", "just above +20 %", "略高于 +20%"),
        ("upper-bound-far-outside", "300000000", "far above +20 %", "远高于 +20%"),
        ("at-the-balance-value", "1000000000", "0", "0"),
        ("lower-bound-just-inside", "1199999000", "just above -20 %", "略高于 -20%"),
        ("lower-bound-exactly-20-percent", "1200000000", "exactly -20 %", "恰为 -20%"),
        ("lower-bound-just-outside", "1200001000", "just below -20 %", "略低于 -20%"),
        ("lower-bound-far-outside", "3000000000", "far below -20 %", "远低于 -20%"),
    ):
        yield _case(
            name,
            f"A deviation of {en}.",
            f"偏差度{zh}时的系数与配额。",
            "A-3 A-4",
            _at("1", cement(emissions, "1000000000")),
            "bound of the deviation",
        )


_WORKED = (
    _case(
        "cement-cleaner",
        "A line cleaner than balance has a surplus (worked public figure).",
        "强度优于平衡值的生产线有盈余（公开算例）。",
        "A-2 A-3 A-5",
        _at("0.86", cement("1000000", "1200000")),
        "surplus of a cleaner line",
    ),
    _case(
        "cement-dirtier",
        "A line dirtier than balance has a gap (worked public figure).",
        "强度劣于平衡值的生产线有缺口（公开算例）。",
        "A-2 A-3 A-5",
        _at("0.86", cement("600000", "650000")),
        "gap of a dirtier line",
    ),
    _case(
        "cement-upper-worked",
        "The worked public figure at the upper bound.",
        "公开算例：达到上限。",
        "A-4",
        _at("0.86", cement("1000000", "1500000")),
        "bound of the coefficient",
    ),
    _case(
        "cement-lower-worked",
        "The worked public figure at the lower bound.",
        "公开算例：达到下限。",
        "A-4",
        _at("0.86", cement("1000000", "900000")),
        "bound of the coefficient",
    ),
    _case(
        "aluminium",
        "An electrolysis: emissions over liquid aluminium.",
        "电解工序：排放量除以铝液产量。",
        "A-5 S-5",
        _at("1.568", aluminium("1538000", "1000000")),
        "aluminium",
    ),
    _case(
        "aluminium-gases-exact",
        "CO2, CF4 and C2F6 make the verified emissions.",
        "二氧化碳、CF4 与 C2F6 合计为经核查排放量。",
        "S-6 A-5",
        _at(
            "1.568",
            aluminium("1524360", "1000000", gases={"co2": "1500000", "cf4": "2", "c2f6": "1"}),
        ),
        "emissions equal to the gases",
    ),
    _case(
        "steel",
        "Steel: ironmaking and sintering per tonne of hot metal.",
        "钢铁：炼铁与烧结排放量除以铁水产量。",
        "A-5 A-2",
        _at("1.6", steel("8000000", "5200000", "800000", "3600000")),
        "intensity of the main processes",
    ),
    _case(
        "steel-without-sintering",
        "A producer that buys its sinter has 0 there.",
        "外购烧结矿的企业烧结排放量为 0。",
        "A-5",
        _at("1.6", steel("6000000", "5200000", "0", "3400000")),
        "sintering of 0",
    ),
    _case(
        "steel-processes-are-all",
        "Main processes may be all of the emissions.",
        "主要工序排放量可等于全厂排放量。",
        "A-5 A-2",
        _at("1.6", steel("6000000", "5200000", "800000", "3600000")),
        "process emissions equal to the whole",
    ),
    _case(
        "steel-processes-zero",
        "With main processes of 0 the intensity is 0: upper bound.",
        "主要工序排放量为 0 时强度为 0，取上限。",
        "A-5 A-4",
        _at("1.6", steel("1000000", "0", "0", "100000")),
        "main processes of 0",
    ),
    _case(
        "steel-dirtier",
        "A steel enterprise far above balance keeps 97 %.",
        "强度远劣于平衡值的钢铁企业得 97%。",
        "A-4 A-5",
        _at("1.6", steel("8000000", "6500000", "800000", "3500000")),
        "bound of the coefficient",
    ),
    _case(
        "indirect-emissions",
        "Purchased electricity and heat never count.",
        "购入电力、热力的间接排放不计入。",
        "S-5",
        _at("0.86", cement("1000000", "1200000", indirect_emissions="123456")),
        "indirect emissions",
    ),
    _case(
        "indirect-emissions-2024",
        "They do not count under equal allocation either.",
        "等量分配时间接排放同样不计入。",
        "S-5 A-1",
        {"unit": cement("1000000", year=2024, indirect_emissions="123456")},
        "indirect emissions",
    ),
    _case(
        "equal-in-2024",
        "In 2024 the allowance is the emissions, whatever the intensity.",
        "2024 年配额等于排放量，与强度无关。",
        "A-1 A-8",
        _at("0.86", cement("1000000", "1200000", year=2024)),
        "equal allocation in 2024",
    ),
    _case(
        "equal-in-2024-steel",
        "In 2024 steel needs no process emissions.",
        "2024 年钢铁无须工序排放量。",
        "A-1",
        {
            "unit": {
                name: item
                for name, item in steel("8000000.5", year=2024).items()
                if name not in ("process_emissions", "output")
            }
        },
        "check only where an intensity is computed",
    ),
    _case(
        "white-cement-line",
        "A white-clinker line is allocated its emissions.",
        "仅产白水泥熟料的生产线等量分配。",
        "A-6",
        _at("0.86", cement("400000", "500000", line_kind="white_only")),
        "white-clinker line",
    ),
    _case(
        "gypsum-acid-line",
        "A gypsum by-product line is allocated its emissions.",
        "石膏制硫酸副产线等量分配。",
        "A-6",
        _at("0.86", cement("400000", "500000", line_kind="gypsum_acid_byproduct")),
        "gypsum by-product line",
    ),
    _case(
        "special-without-output",
        "A special line needs neither output nor balance value.",
        "特殊生产线无须产量和平衡值。",
        "A-6",
        {"unit": cement("400000", "0", line_kind="white_only")},
        "check only where an intensity is computed",
    ),
    _case(
        "carbide-slag-exactly-15-percent",
        "Exactly 15 % carbide slag: by intensity.",
        "电石渣替代率恰为 15%：按强度分配。",
        "A-6",
        _at("0.86", cement("400000", "500000", carbide_slag_rate="0.15")),
        "threshold of carbide slag",
    ),
    _case(
        "carbide-slag-just-above-15-percent",
        "Just above 15 % carbide slag: equal.",
        "电石渣替代率略高于 15%：等量分配。",
        "A-6",
        _at("0.86", cement("400000", "500000", carbide_slag_rate="0.150001")),
        "threshold of carbide slag",
    ),
    _case(
        "carbide-slag-just-below-15-percent",
        "Just below 15 % carbide slag: by intensity.",
        "电石渣替代率略低于 15%：按强度分配。",
        "A-6",
        _at("0.86", cement("400000", "500000", carbide_slag_rate="0.149999")),
        "threshold of carbide slag",
    ),
    _case(
        "small-balance-value",
        "A balance value of a millionth still allocates.",
        "平衡值小至百万分之一仍可计算。",
        "A-3 B-4",
        _at("0.000000900000", cement("0.9", "1000000")),
        "small balance value",
    ),
    _case(
        "balance-value-twelve-digits",
        "A balance value is used to its twelfth digit.",
        "平衡值按十二位小数使用。",
        "B-4 Q-5",
        _at("0.860000000001", cement("860000000000000", "1000000000000000"[:15])),
        "precision of the balance value",
    ),
)

_OUTSIDE = (
    _case(
        "not-listed",
        "Not on the list: no allowance, no obligation.",
        "未列入名录：无配额、无清缴义务。",
        "S-2",
        _at("0.86", cement("1000000", "1200000", listed=False)),
        "reason NOT_LISTED",
    ),
    _case(
        "electric-arc",
        "Electric-arc steel: no allowance, no obligation.",
        "电炉短流程：无配额、无清缴义务。",
        "S-3",
        _at("1.6", steel("800000", "0", "0", "500000", route="electric_arc")),
        "reason ROUTE_NOT_COVERED",
    ),
    _case(
        "rolling-mill-2024",
        "A rolling mill is outside in 2024 too.",
        "轧钢企业 2024 年同样不纳入。",
        "S-3 A-1",
        {"unit": steel("800000", year=2024, route="rolling")},
        "reason ROUTE_NOT_COVERED",
    ),
    _case(
        "grinding-station",
        "A grinding station: no allowance, no obligation.",
        "粉磨站：无配额、无清缴义务。",
        "S-4",
        _at("0.86", cement("1000", "500000", line_kind="grinding_only")),
        "reason NO_CLINKER_LINE",
    ),
    _case(
        "new-unit",
        "New this year: no allowance; the obligation is a reading.",
        "当年投产：无配额；清缴义务取决于读法。",
        "S-7",
        _at("0.86", cement("1000000.5", "1200000", commissioned_year=2025)),
        "reading excluded_unit_obligation",
    ),
    _case(
        "new-unit-2024",
        "New in 2024: nothing for 2024.",
        "2024 年投产：2024 年无配额。",
        "S-7 A-1",
        {"unit": cement("1000000", year=2024, commissioned_year=2024)},
        "reason NEW_UNIT",
    ),
    _case(
        "commissioned-last-year",
        "Commissioned last year: allocated in full.",
        "上一年投产：正常分配。",
        "S-7",
        _at("0.86", cement("1000000", "1200000", commissioned_year=2024)),
        "boundary of a new unit",
    ),
    _case(
        "closed-unit",
        "Closed before verification: no allowance; see the reading.",
        "核定前关停：无配额；清缴义务取决于读法。",
        "S-7",
        _at("0.86", cement("1000000.5", "1200000", closed_before_verification=True)),
        "reading excluded_unit_obligation",
    ),
    _case(
        "outside-needs-nothing",
        "Outside, neither output nor balance value is asked for.",
        "不纳入时不要求产量和平衡值。",
        "S-7 A-2",
        {"unit": cement("1000000", "0", closed_before_verification=True)},
        "check only where an intensity is computed",
    ),
    _case(
        "no-emissions",
        "Covered without emissions: method by intensity, nothing computed.",
        "纳入但零排放：方法为强度法，不计算强度。",
        "A-2 B-2",
        _at("0.86", cement("0", "1200000")),
        "emissions of 0",
    ),
    _case(
        "no-emissions-needs-nothing",
        "Without emissions no balance value is asked for.",
        "零排放时不要求平衡值与产量。",
        "A-2 B-2",
        {"unit": cement("0", "0")},
        "emissions of 0",
    ),
    _case(
        "no-emissions-special",
        "A special line without emissions is equal at 0.",
        "特殊生产线零排放时等量为 0。",
        "A-6",
        {"unit": cement("0", "0", line_kind="white_only")},
        "emissions of 0",
    ),
)

CASES = (*_bounds(), *_WORKED, *_OUTSIDE)
