"""Cases of ``balance``: the root among breakpoints, who counts, and where there is none."""

from __future__ import annotations

from typing import Any

from cets_conformance.vectors.cases.builders import Input, aluminium, cases_of, cement, steel

_case = cases_of("balance")


def balancing(*units: Input, sector: str = "cement", year: Any = 2025) -> Input:
    """Make the input from units, which get ids in their order."""
    return {
        "sector": sector,
        "year": year,
        "units": [{**unit, "unit_id": f"U-{place}"} for place, unit in enumerate(units, 1)],
    }


def _lines(*pairs: tuple[str, str]) -> tuple[Input, ...]:
    return tuple(cement(emissions, output) for emissions, output in pairs)


TWO_LINES = _lines(("800000", "1000000"), ("900000", "1000000"))
"""Two lines, neither of them clipped."""


CASES = (
    _case(
        "one-line",
        "One line alone balances at its own intensity.",
        "仅一条线时平衡值即其强度。",
        "B-1 B-3",
        balancing(*_lines(("860000", "1000000"))),
        "single unit",
    ),
    _case(
        "lines-of-a-few-tonnes",
        "Lines of a few tonnes are balanced as exactly as any.",
        "排放量仅数吨的生产线同样精确求解。",
        "B-1 B-2",
        balancing(*_lines(("8", "10"), ("9", "10"), ("12", "10"))),
        "sector of a few tonnes",
    ),
    _case(
        "nobody-clipped",
        "Nobody clipped: the emission-weighted mean of intensities.",
        "无人触界时为排放量加权平均强度。",
        "B-1 B-3",
        balancing(*TWO_LINES),
        "mean where nobody is clipped",
    ),
    _case(
        "repeating-decimal",
        "The solved value is printed with twelve digits.",
        "解得的平衡值输出十二位小数。",
        "B-3 Q-5",
        balancing(*_lines(("700000", "900000"), ("800000", "900000"), ("900000", "1100000"))),
        "printing of ratios",
    ),
    _case(
        "dirty-line-clipped",
        "A line far above the others is held at the lower bound.",
        "一条线强度过高，触及下限。",
        "B-1 B-2",
        balancing(*_lines(("800000", "1000000"), ("850000", "1000000"), ("500000", "300000"))),
        "bound of the deviation",
    ),
    _case(
        "clean-line-clipped",
        "A line far below the others is held at the upper bound.",
        "一条线强度过低，触及上限。",
        "B-1 B-2",
        balancing(*_lines(("300000", "1000000"), ("850000", "1000000"), ("900000", "1000000"))),
        "bound of the deviation",
    ),
    _case(
        "root-beyond-the-clean-lines-bound",
        "A clean line's bound lies just below the root.",
        "解紧邻一条线的触界点之上。",
        "B-2",
        balancing(*_lines(("650000", "1000000"), ("850000", "1000000"), ("900000", "1000000"))),
    ),
    _case(
        "clipped-on-both-sides",
        "Lines at both bounds and one between.",
        "两端触界、中间一条线。",
        "B-1 B-2",
        balancing(*_lines(("300000", "1000000"), ("850000", "1000000"), ("900000", "400000"))),
    ),
    _case(
        "zero-on-an-interval",
        "Zero on an interval: its lower end is taken.",
        "平衡点为一区间时取下端。",
        "B-1 B-2",
        balancing(*_lines(("1000000", "4000000"), ("1000000", "500000"))),
        "lower end of an interval",
    ),
    _case(
        "root-at-a-breakpoint",
        "A root at a breakpoint itself is taken exactly.",
        "解恰在折点处时精确取得。",
        "B-2",
        balancing(
            *_lines(
                ("800000", "1000000"),
                ("1200000", "1000000"),
                ("100000", "100000"),
                ("400000", "500000"),
            )
        ),
        "root at a breakpoint",
    ),
    _case(
        "large-and-small",
        "A large line outweighs a small one.",
        "大线权重高于小线。",
        "B-3",
        balancing(*_lines(("900000000.000001", "1000000000"), ("0.8", "1"))),
    ),
    _case(
        "aluminium",
        "Aluminium is balanced over liquid aluminium.",
        "铝按铝液产量平衡。",
        "B-1 A-5",
        balancing(aluminium("1500000"), aluminium("1600000", "900000"), sector="aluminium"),
        "aluminium",
    ),
    _case(
        "steel",
        "Steel is balanced by main-process intensity, weighted by all emissions.",
        "钢铁按主要工序强度、以全厂排放量加权平衡。",
        "B-1 A-5",
        balancing(
            steel("1000000", "700000", "100000", "500000"),
            steel("3000000", "1500000", "300000", "1100000"),
            sector="steel",
        ),
        "steel weighted by all emissions",
    ),
    _case(
        "steel-without-processes",
        "Steel with main processes of 0 counts, save by one reading.",
        "主要工序排放为 0 的钢铁企业照计，某一读法除外。",
        "B-1 A-5",
        balancing(
            steel("1000000", "700000", "100000", "500000"),
            steel("50000", "0", "0", "1000"),
            sector="steel",
        ),
        "main processes of 0",
    ),
    _case(
        "special-line-skipped",
        "A white-cement line does not count.",
        "白水泥线不参与平衡。",
        "B-1 A-6",
        balancing(*TWO_LINES, cement("500000", "400000", line_kind="white_only")),
        "special line",
    ),
    _case(
        "carbide-slag-at-15-percent-counts",
        "A line at exactly 15 % carbide slag counts.",
        "电石渣替代率恰 15% 的线参与平衡。",
        "B-1 A-6",
        balancing(*TWO_LINES, cement("500000", "600000", carbide_slag_rate="0.15")),
        "threshold of carbide slag",
    ),
    _case(
        "unlisted-skipped",
        "A line not listed does not count.",
        "未列入名录的线不参与平衡。",
        "B-1 S-2",
        balancing(*TWO_LINES, cement("500000", "600000", listed=False)),
        "outside the allocation",
    ),
    _case(
        "new-skipped",
        "A new line does not count.",
        "新投产线不参与平衡。",
        "B-1 S-7",
        balancing(*TWO_LINES, cement("500000", "600000", commissioned_year=2025)),
        "outside the allocation",
    ),
    _case(
        "last-years-counts",
        "A line of last year counts.",
        "上一年投产的线参与平衡。",
        "B-1 S-7",
        balancing(*TWO_LINES, cement("500000", "600000", commissioned_year=2024)),
        "boundary of a new unit",
    ),
    _case(
        "closed-skipped",
        "A closed line does not count.",
        "关停线不参与平衡。",
        "B-1 S-7",
        balancing(*TWO_LINES, cement("500000", "600000", closed_before_verification=True)),
        "outside the allocation",
    ),
    _case(
        "uncovered-route-skipped",
        "A rolling mill does not count.",
        "轧钢企业不参与平衡。",
        "B-1 S-3",
        balancing(
            steel("1000000", "700000", "100000", "500000"),
            steel("900000", "600000", "100000", "500000"),
            steel("500000", "300000", "0", "100000", route="rolling"),
            sector="steel",
        ),
        "outside the allocation",
    ),
    _case(
        "without-emissions-skipped",
        "A line without emissions does not count.",
        "零排放的线不参与平衡。",
        "B-2",
        balancing(*TWO_LINES, cement("0", "0")),
        "emissions of 0",
    ),
    _case(
        "indirect-emissions",
        "Indirect emissions have no weight.",
        "间接排放不计权重。",
        "B-1 S-5",
        balancing(cement("800000", "1000000", indirect_emissions="400000"), TWO_LINES[1]),
        "indirect emissions",
    ),
    _case(
        "total-with-fraction",
        "Total emissions are printed exactly.",
        "总排放量精确输出。",
        "B-1 Q-2",
        balancing(*_lines(("800000.25", "1000000"), ("900000.000005", "1000000"))),
        "exact sum",
    ),
    _case(
        "total-beyond-2-to-the-53",
        "Total emissions beyond 2^53 are printed exactly.",
        "总排放量超过 2^53 时精确输出。",
        "B-1 Q-2",
        balancing(*_lines(*[("999999999999999.999999", "999999999999999")] * 10)),
        "exact sum",
    ),
    _case(
        "four-decimals-reading",
        "A value between two 4-decimal ones; see the reading.",
        "平衡值介于两个四位小数之间，读法影响结果。",
        "B-4",
        balancing(*_lines(("800001", "1000000"), ("900000", "1000000"))),
        "reading balance_precision",
    ),
)
