"""Cases of ``balance``: the root among breakpoints, who counts, and where there is none."""

from __future__ import annotations

from typing import Any

from cets_conformance.vectors.cases.builders import Input, aluminium, cases_of, cement, steel
from cets_conformance.vectors.model import Draft

_case = cases_of("balance")


def _of(*units: Input, sector: str = "cement", year: Any = 2025) -> Input:
    return {
        "sector": sector,
        "year": year,
        "units": [{**unit, "unit_id": f"U-{place}"} for place, unit in enumerate(units, 1)],
    }


def _lines(*pairs: tuple[str, str]) -> tuple[Input, ...]:
    return tuple(cement(emissions, output) for emissions, output in pairs)


def _refused(name: str, guards: str, en: str, zh: str, clauses: str, value: Input) -> Draft:
    return _case(name, en, zh, clauses, value, guards)


_TWO = _lines(("800000", "1000000"), ("900000", "1000000"))
_BAD_GASES = {"co2": "2", "cf4": "0", "c2f6": "0"}

_SOLVED = (
    _case(
        "one-line",
        "One line alone balances at its own intensity.",
        "仅一条线时平衡值即其强度。",
        "B-1 B-3",
        _of(*_lines(("860000", "1000000"))),
        "single unit",
    ),
    _case(
        "nobody-clipped",
        "Nobody clipped: the emission-weighted mean of intensities.",
        "无人触界时为排放量加权平均强度。",
        "B-1 B-3",
        _of(*_TWO),
    ),
    _case(
        "repeating-decimal",
        "The solved value is printed with twelve digits.",
        "解得的平衡值输出十二位小数。",
        "B-3 Q-5",
        _of(*_lines(("700000", "900000"), ("800000", "900000"), ("900000", "1100000"))),
    ),
    _case(
        "dirty-line-clipped",
        "A line far above the others is held at the lower bound.",
        "一条线强度过高，触及下限。",
        "B-1 B-2",
        _of(*_lines(("800000", "1000000"), ("850000", "1000000"), ("500000", "300000"))),
    ),
    _case(
        "clean-line-clipped",
        "A line far below the others is held at the upper bound.",
        "一条线强度过低，触及上限。",
        "B-1 B-2",
        _of(*_lines(("300000", "1000000"), ("850000", "1000000"), ("900000", "1000000"))),
    ),
    _case(
        "root-beyond-the-clean-lines-bound",
        "A clean line's bound lies just below the root.",
        "解紧邻一条线的触界点之上。",
        "B-2",
        _of(*_lines(("650000", "1000000"), ("850000", "1000000"), ("900000", "1000000"))),
    ),
    _case(
        "clipped-on-both-sides",
        "Lines at both bounds and one between.",
        "两端触界、中间一条线。",
        "B-1 B-2",
        _of(*_lines(("300000", "1000000"), ("850000", "1000000"), ("900000", "400000"))),
    ),
    _case(
        "zero-on-an-interval",
        "Zero on an interval: its lower end is taken.",
        "平衡点为一区间时取下端。",
        "B-1 B-2",
        _of(*_lines(("1000000", "4000000"), ("1000000", "500000"))),
    ),
    _case(
        "root-at-a-breakpoint",
        "A root at a breakpoint itself is taken exactly.",
        "解恰在折点处时精确取得。",
        "B-2",
        _of(
            *_lines(
                ("800000", "1000000"),
                ("1200000", "1000000"),
                ("100000", "100000"),
                ("400000", "500000"),
            )
        ),
    ),
    _case(
        "large-and-small",
        "A large line outweighs a small one.",
        "大线权重高于小线。",
        "B-3",
        _of(*_lines(("900000000.000001", "1000000000"), ("0.8", "1"))),
    ),
    _case(
        "aluminium",
        "Aluminium is balanced over liquid aluminium.",
        "铝按铝液产量平衡。",
        "B-1 A-5",
        _of(aluminium("1500000"), aluminium("1600000", "900000"), sector="aluminium"),
    ),
    _case(
        "steel",
        "Steel is balanced by main-process intensity, weighted by all emissions.",
        "钢铁按主要工序强度、以全厂排放量加权平衡。",
        "B-1 A-5",
        _of(
            steel("1000000", "700000", "100000", "500000"),
            steel("3000000", "1500000", "300000", "1100000"),
            sector="steel",
        ),
    ),
    _case(
        "steel-without-processes",
        "Steel with main processes of 0 counts, save by one reading.",
        "主要工序排放为 0 的钢铁企业照计，某一读法除外。",
        "B-1 A-5",
        _of(
            steel("1000000", "700000", "100000", "500000"),
            steel("50000", "0", "0", "1000"),
            sector="steel",
        ),
    ),
    _case(
        "special-line-skipped",
        "A white-cement line does not count.",
        "白水泥线不参与平衡。",
        "B-1 A-6",
        _of(*_TWO, cement("500000", "400000", line_kind="white_only")),
    ),
    _case(
        "carbide-slag-at-15-percent-counts",
        "A line at exactly 15 % carbide slag counts.",
        "电石渣替代率恰 15% 的线参与平衡。",
        "B-1 A-6",
        _of(*_TWO, cement("500000", "600000", carbide_slag_rate="0.15")),
    ),
    _case(
        "unlisted-skipped",
        "A line not listed does not count.",
        "未列入名录的线不参与平衡。",
        "B-1 S-2",
        _of(*_TWO, cement("500000", "600000", listed=False)),
    ),
    _case(
        "new-skipped",
        "A new line does not count.",
        "新投产线不参与平衡。",
        "B-1 S-7",
        _of(*_TWO, cement("500000", "600000", commissioned_year=2025)),
    ),
    _case(
        "last-years-counts",
        "A line of last year counts.",
        "上一年投产的线参与平衡。",
        "B-1 S-7",
        _of(*_TWO, cement("500000", "600000", commissioned_year=2024)),
    ),
    _case(
        "closed-skipped",
        "A closed line does not count.",
        "关停线不参与平衡。",
        "B-1 S-7",
        _of(*_TWO, cement("500000", "600000", closed_before_verification=True)),
    ),
    _case(
        "uncovered-route-skipped",
        "A rolling mill does not count.",
        "轧钢企业不参与平衡。",
        "B-1 S-3",
        _of(
            steel("1000000", "700000", "100000", "500000"),
            steel("900000", "600000", "100000", "500000"),
            steel("500000", "300000", "0", "100000", route="rolling"),
            sector="steel",
        ),
    ),
    _case(
        "without-emissions-skipped",
        "A line without emissions does not count.",
        "零排放的线不参与平衡。",
        "B-2",
        _of(*_TWO, cement("0", "0")),
        "emissions of 0",
    ),
    _case(
        "indirect-emissions",
        "Indirect emissions have no weight.",
        "间接排放不计权重。",
        "B-1 S-5",
        _of(cement("800000", "1000000", indirect_emissions="400000"), _TWO[1]),
    ),
    _case(
        "total-with-fraction",
        "Total emissions are printed exactly.",
        "总排放量精确输出。",
        "B-1 Q-2",
        _of(*_lines(("800000.25", "1000000"), ("900000.000005", "1000000"))),
        "exact sum",
    ),
    _case(
        "total-beyond-2-to-the-53",
        "Total emissions beyond 2^53 are printed exactly.",
        "总排放量超过 2^53 时精确输出。",
        "B-1 Q-2",
        _of(*_lines(*[("999999999999999.999999", "999999999999999")] * 10)),
        "exact sum",
    ),
    _case(
        "four-decimals-reading",
        "A value between two 4-decimal ones; see the reading.",
        "平衡值介于两个四位小数之间，读法影响结果。",
        "B-4",
        _of(*_lines(("800001", "1000000"), ("900000", "1000000"))),
    ),
)

_REFUSED = (
    _refused(
        "year-2024",
        "NO_INTENSITY_UNITS",
        "In 2024 nothing is allocated by intensity.",
        "2024 年无按强度分配的单元。",
        "B-2 A-1",
        _of(cement(year=2024), year=2024),
    ),
    _refused(
        "no-units",
        "NO_INTENSITY_UNITS",
        "No units, no balance value.",
        "无单元则无平衡值。",
        "B-2",
        _of(),
    ),
    _refused(
        "only-special-lines",
        "NO_INTENSITY_UNITS",
        "Special lines alone give none.",
        "仅有特殊生产线时无平衡值。",
        "B-2 A-6",
        _of(cement(line_kind="white_only")),
    ),
    _refused(
        "only-without-emissions",
        "NO_INTENSITY_UNITS",
        "Lines without emissions give none.",
        "仅有零排放的线时无平衡值。",
        "B-2",
        _of(cement("0")),
    ),
    _refused(
        "zero-however-small",
        "NO_INTENSITY_UNITS",
        "Steel of intensity 0 outweighs: no positive value makes the sum zero.",
        "强度为 0 的企业占优，无正平衡值。",
        "B-2 B-1",
        _of(steel("2000000", "0", "0", "1000"), steel("1000000"), sector="steel"),
    ),
    _refused(
        "interval-without-lower-end",
        "NO_INTENSITY_UNITS",
        "Zero down to nothing: the interval has no positive lower end.",
        "平衡区间无正下端。",
        "B-2 B-1",
        _of(steel("1000000", "0", "0", "1000"), steel("1000000"), sector="steel"),
    ),
    _refused(
        "year-not-covered",
        "YEAR_NOT_COVERED",
        "2026 is not covered.",
        "2026 年不在方案范围。",
        "S-8",
        _of(cement(year=2026), year=2026),
    ),
    _refused(
        "unit-year-not-covered",
        "YEAR_NOT_COVERED",
        "A unit's year must be covered.",
        "单元年份须在方案范围。",
        "S-8",
        _of(cement(), cement(year=2026)),
    ),
    _refused(
        "unit-of-another-sector",
        "SECTOR_MISMATCH",
        "A unit of another sector is refused.",
        "其他行业的单元拒绝。",
        "B-1",
        _of(cement(), aluminium()),
    ),
    _refused(
        "unit-of-another-year",
        "YEAR_MISMATCH",
        "A unit of another year is refused.",
        "其他年份的单元拒绝。",
        "S-8 B-1",
        _of(cement(year=2024)),
    ),
    _refused(
        "sector-before-year",
        "order of errors",
        "Another sector comes before another year.",
        "行业不符先于年份不符。",
        "B-1 S-8",
        _of(aluminium(year=2024)),
    ),
    _refused(
        "unit-year-before-sector",
        "order of errors",
        "A year not covered comes before another sector.",
        "年份不覆盖先于行业不符。",
        "S-8 B-1",
        _of(aluminium(year=2026)),
    ),
    _refused(
        "gases-do-not-add-up",
        "EMISSIONS_MISMATCH",
        "Gases must make the emissions.",
        "气体折算须与排放量一致。",
        "S-6",
        _of(aluminium("1", gases=_BAD_GASES), sector="aluminium"),
    ),
    _refused(
        "duplicate-unit",
        "DUPLICATE_UNIT",
        "A unit given twice is refused at the second.",
        "单元重复时在第二处拒绝。",
        "S-1",
        {"sector": "cement", "year": 2025, "units": [cement(), cement("5"), cement("6")]},
    ),
    _refused(
        "process-exceeds-enterprise",
        "PROCESS_EXCEEDS_ENTERPRISE",
        "Processes above the whole are refused.",
        "工序超出全厂时拒绝。",
        "A-5",
        _of(steel("1", "2", "0"), sector="steel"),
    ),
    _refused(
        "output-missing",
        "OUTPUT_NOT_POSITIVE",
        "A line that counts needs an output.",
        "参与平衡的线须有产量。",
        "A-5 B-2",
        _of(cement(), cement(output="0")),
    ),
    _refused(
        "output-unasked-of-special",
        "check only where an intensity is computed",
        "A special line needs no output.",
        "特殊生产线无须产量。",
        "A-5 A-6",
        _of(*_TWO, cement("5", "0", line_kind="white_only")),
    ),
    _refused(
        "sector-unknown",
        "form of the input",
        "A sector outside the plan is refused.",
        "方案外行业拒绝。",
        "S-1",
        _of(sector="power"),
    ),
    _refused(
        "processes-missing",
        "form of a unit",
        "Steel needs its process emissions.",
        "钢铁须有工序排放量。",
        "A-5",
        _of({k: v for k, v in steel().items() if k != "process_emissions"}, sector="steel"),
    ),
)

CASES = (*_SOLVED, *_REFUSED)
