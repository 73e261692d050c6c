"""Cases of ``balance`` that are refused, and the order in which they are."""

from __future__ import annotations

from cets_conformance.vectors.cases.balance import TWO_LINES, balancing
from cets_conformance.vectors.cases.builders import Input, aluminium, cases_of, cement, steel
from cets_conformance.vectors.model import Draft

_case = cases_of("balance")


def _refused(name: str, guards: str, en: str, zh: str, clauses: str, value: Input) -> Draft:
    return _case(name, en, zh, clauses, value, guards)


_BAD_GASES = {"co2": "2", "cf4": "0", "c2f6": "0"}

CASES = (
    _refused(
        "year-2024",
        "NO_INTENSITY_UNITS",
        "In 2024 nothing is allocated by intensity.",
        "2024 年无按强度分配的单元。",
        "B-2 A-1",
        balancing(cement(year=2024), year=2024),
    ),
    _refused(
        "no-units",
        "NO_INTENSITY_UNITS",
        "No units, no balance value.",
        "无单元则无平衡值。",
        "B-2",
        balancing(),
    ),
    _refused(
        "only-special-lines",
        "NO_INTENSITY_UNITS",
        "Special lines alone give none.",
        "仅有特殊生产线时无平衡值。",
        "B-2 A-6",
        balancing(cement(line_kind="white_only")),
    ),
    _refused(
        "only-without-emissions",
        "NO_INTENSITY_UNITS",
        "Lines without emissions give none.",
        "仅有零排放的线时无平衡值。",
        "B-2",
        balancing(cement("0")),
    ),
    _refused(
        "zero-however-small",
        "NO_INTENSITY_UNITS",
        "Steel of intensity 0 outweighs: no positive value makes the sum zero.",
        "强度为 0 的企业占优，无正平衡值。",
        "B-2 B-1",
        balancing(steel("2000000", "0", "0", "1000"), steel("1000000"), sector="steel"),
    ),
    _refused(
        "interval-without-lower-end",
        "NO_INTENSITY_UNITS",
        "Zero down to nothing: the interval has no positive lower end.",
        "平衡区间无正下端。",
        "B-2 B-1",
        balancing(steel("1000000", "0", "0", "1000"), steel("1000000"), sector="steel"),
    ),
    _refused(
        "year-not-covered",
        "YEAR_NOT_COVERED",
        "2026 is not covered.",
        "2026 年不在方案范围。",
        "S-8",
        balancing(cement(year=2026), year=2026),
    ),
    _refused(
        "unit-year-not-covered",
        "YEAR_NOT_COVERED",
        "A unit's year must be covered.",
        "单元年份须在方案范围。",
        "S-8",
        balancing(cement(), cement(year=2026)),
    ),
    _refused(
        "unit-of-another-sector",
        "SECTOR_MISMATCH",
        "A unit of another sector is refused.",
        "其他行业的单元拒绝。",
        "B-1",
        balancing(cement(), aluminium()),
    ),
    _refused(
        "unit-of-another-sector-of-aluminium",
        "SECTOR_MISMATCH",
        "Among electrolyses a clinker line is refused.",
        "铝冶炼行业中混入水泥熟料生产线时拒绝。",
        "B-1",
        balancing(aluminium(), cement(), sector="aluminium"),
    ),
    _refused(
        "unit-of-another-year",
        "YEAR_MISMATCH",
        "A unit of another year is refused.",
        "其他年份的单元拒绝。",
        "S-8 B-1",
        balancing(cement(year=2024)),
    ),
    _refused(
        "sector-before-year",
        "order of errors",
        "Another sector comes before another year.",
        "行业不符先于年份不符。",
        "B-1 S-8",
        balancing(aluminium(year=2024)),
    ),
    _refused(
        "unit-year-before-sector",
        "order of errors",
        "A year not covered comes before another sector.",
        "年份不覆盖先于行业不符。",
        "S-8 B-1",
        balancing(aluminium(year=2026)),
    ),
    _refused(
        "gases-do-not-add-up",
        "EMISSIONS_MISMATCH",
        "Gases must make the emissions.",
        "气体折算须与排放量一致。",
        "S-6",
        balancing(aluminium("1", gases=_BAD_GASES), sector="aluminium"),
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
        balancing(steel("1", "2", "0"), sector="steel"),
    ),
    _refused(
        "output-missing",
        "OUTPUT_NOT_POSITIVE",
        "A line that counts needs an output.",
        "参与平衡的线须有产量。",
        "A-5 B-2",
        balancing(cement(), cement(output="0")),
    ),
    _refused(
        "output-unasked-of-special",
        "check only where an intensity is computed",
        "A special line needs no output.",
        "特殊生产线无须产量。",
        "A-5 A-6",
        balancing(*TWO_LINES, cement("5", "0", line_kind="white_only")),
    ),
    _refused(
        "sector-unknown",
        "form of the input",
        "A sector outside the plan is refused.",
        "方案外行业拒绝。",
        "S-1",
        balancing(sector="power"),
    ),
    _refused(
        "processes-missing",
        "form of a unit",
        "Steel needs its process emissions.",
        "钢铁须有工序排放量。",
        "A-5",
        balancing({k: v for k, v in steel().items() if k != "process_emissions"}, sector="steel"),
    ),
)
