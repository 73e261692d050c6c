"""Cases of ``pre-allocation``: 70 % of last year's emissions, in 2025 only."""

from __future__ import annotations

from typing import Any

from cets_conformance.vectors.cases.builders import Input, aluminium, cases_of, cement, steel

_case = cases_of("pre-allocation")


def _of(previous: Any, **more: Any) -> Input:
    return {"unit": cement(None, **more), "previous_year_emissions": previous}


def _new_and_closed() -> Any:
    for name, en, zh, more in (
        ("new-unit", "A new unit", "新投产单元", {"commissioned_year": 2025}),
        ("closed-unit", "A closed unit", "关停单元", {"closed_before_verification": True}),
        ("unlisted-unit", "A unit not listed", "未列入名录的单元", {"listed": False}),
        ("grinding-station", "A grinding station", "粉磨站", {"line_kind": "grinding_only"}),
    ):
        yield _case(
            name,
            f"{en} receives nothing in advance.",
            f"{zh}不预分配。",
            "I-2 S-7" if "unit" in name else "I-2 S-4",
            _of("1000000", **more),
            "outside the allocation",
        )


CASES = (
    _case(
        "seventy-percent",
        "70 % of last year's emissions are given in advance.",
        "按上一年度经核查排放量的 70% 预分配。",
        "I-2",
        _of("1000000"),
        "share of 70 %",
    ),
    _case(
        "steel",
        "A steel enterprise receives 70 % of its whole emissions.",
        "钢铁企业按全厂排放量的 70% 预分配。",
        "I-2",
        {"unit": steel(None), "previous_year_emissions": "8000001"},
        "whole emissions of steel",
    ),
    _case(
        "this-years-emissions-do-not-count",
        "This year's emissions do not count.",
        "当年排放量不作预分配依据。",
        "I-2",
        {"unit": cement("2000000"), "previous_year_emissions": "1000000"},
        "previous year's emissions alone",
    ),
    _case(
        "nothing-in-2024",
        "Nothing is given in advance in 2024.",
        "2024 年不预分配。",
        "I-1",
        _of("1000000", year=2024),
        "no pre-allocation in 2024",
    ),
    _case(
        "tie-to-even-neighbour-below",
        "70 % of 5 t are 3.5 t: up to 4.",
        "5 吨的 70% 为 3.5 吨，取 4 吨。",
        "I-2 Q-4",
        _of("5"),
        "ties in rounding",
    ),
    _case(
        "tie-to-odd-neighbour-above",
        "70 % of 15 t are 10.5 t: up to 11, not to even.",
        "15 吨的 70% 为 10.5 吨，取 11 吨而非取偶。",
        "I-2 Q-4",
        _of("15"),
        "ties in rounding",
    ),
    _case(
        "just-below-a-half",
        "A millionth below the half rounds down.",
        "比半吨少一丝即舍去。",
        "I-2 Q-4",
        _of("14.999999"),
        "rounding of tonnes",
    ),
    _case(
        "just-above-a-whole",
        "A little above a whole tonne rounds down.",
        "略多于整吨时舍去。",
        "I-2 Q-4",
        _of("10.000001"),
        "rounding of tonnes",
    ),
    _case(
        "one-tonne",
        "70 % of 1 t are 1 t.",
        "1 吨的 70% 取 1 吨。",
        "I-2 Q-4",
        _of("1"),
        "least emissions",
    ),
    _case(
        "greatest",
        "The greatest emissions are handled exactly.",
        "最大排放量也精确计算。",
        "I-2 Q-3",
        _of("999999999999999.999999"),
        "range of amounts",
    ),
    _case(
        "tie-binary-double-loses",
        "An exact half that binary doubles fall short of rounds up.",
        "双精度会算低的恰半值仍须进位。",
        "I-2 Q-3 Q-4",
        _of("45"),
        "exactness against binary doubles",
    ),
    _case(
        "without-previous-emissions",
        "Without last year's emissions nothing is given.",
        "没有上一年度排放量时不预分配。",
        "I-2",
        {"unit": cement()},
    ),
    _case(
        "previous-emissions-zero",
        "Last year's emissions of 0 give 0.",
        "上一年度排放量为 0 时为 0。",
        "I-2",
        _of("0"),
        "zero",
    ),
    _case(
        "special-line",
        "A white-cement line receives its advance like any other.",
        "白水泥生产线同样预分配。",
        "I-2 A-6",
        _of("1000000", line_kind="white_only"),
        "special line",
    ),
    _case(
        "outside-last-year-only",
        "New in 2024, inside in 2025: last year's emissions count.",
        "2024 年投产、2025 年纳入，上一年排放量照计。",
        "I-2 S-7",
        _of("500000", commissioned_year=2024),
        "boundary of a new unit",
    ),
    *_new_and_closed(),
    _case(
        "rolling-mill",
        "A rolling mill receives nothing in advance.",
        "轧钢企业不预分配。",
        "I-2 S-3",
        {"unit": steel(None, route="rolling"), "previous_year_emissions": "1000"},
        "outside the allocation",
    ),
    _case(
        "indirect-emissions-do-not-count",
        "Indirect emissions change nothing.",
        "间接排放量不影响预分配。",
        "I-2 S-5",
        _of("1000", indirect_emissions="500"),
        "indirect emissions",
    ),
    _case(
        "year-not-covered",
        "A year outside the plan is refused.",
        "方案外年份拒绝。",
        "S-8",
        _of("1", year=2026),
        "YEAR_NOT_COVERED",
    ),
    _case(
        "gases-do-not-add-up",
        "Gases that do not make the emissions are refused here too.",
        "气体折算不符在此同样拒绝。",
        "S-6",
        {"unit": aluminium("1", gases={"co2": "2", "cf4": "0", "c2f6": "0"})},
        "EMISSIONS_MISMATCH",
    ),
    _case(
        "previous-emissions-negative",
        "Last year's emissions below 0 are refused.",
        "上一年度排放量为负时拒绝。",
        "Q-2",
        _of("-1"),
        "form",
    ),
    _case(
        "previous-emissions-null",
        "Last year's emissions may be absent, never null.",
        "上一年度排放量可缺省，不可为 null。",
        "Q-2",
        _of(None),
        "form",
    ),
)
