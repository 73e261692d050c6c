"""Cases of ``scope`` that are refused: the year, the gases, and the form of a unit."""

from __future__ import annotations

from typing import Any

from cets_conformance.vectors.cases.builders import (
    Input,
    aluminium,
    cases_of,
    cement,
    steel,
    without,
)

_case = cases_of("scope")


def _unit(value: Input) -> Input:
    return {"unit": value}


def _of(**more: Any) -> Input:
    return _unit(cement(**more))


_LONGEST = "水" * 63 + "𠮷"


def _wrong(name: str, en: str, zh: str, value: Input, clauses: str = "S-1") -> Any:
    return _case(name, en, zh, clauses, _unit(value), "form of a unit")


CASES = (
    _case(
        "year-2023",
        "The year before the plan is refused.",
        "方案实施前一年拒绝。",
        "S-8",
        _of(year=2023),
        "YEAR_NOT_COVERED",
    ),
    _case(
        "year-2026",
        "The year after the plan is refused.",
        "方案实施后一年拒绝。",
        "S-8",
        _of(year=2026),
        "YEAR_NOT_COVERED",
    ),
    _case(
        "gases-do-not-add-up",
        "Gases that do not make the emissions are refused, by the least digit.",
        "气体折算与排放量差末位一个单位即拒绝。",
        "S-6",
        _unit(aluminium("6630.000001", gases={"co2": "0", "cf4": "1", "c2f6": "0"})),
        "EMISSIONS_MISMATCH",
    ),
    _case(
        "gases-without-emissions",
        "Gases without emissions have nothing to disagree with.",
        "只给气体而无排放量时无从比对。",
        "S-6",
        _unit(aluminium(None, gases={"co2": "0", "cf4": "1", "c2f6": "0"})),
        "check only where both are given",
    ),
    _case(
        "year-before-gases",
        "A year not covered is found before gases that do not add up.",
        "年份不覆盖先于气体折算不符。",
        "S-8 S-6",
        _unit(aluminium("1", year=2026, gases={"co2": "2", "cf4": "0", "c2f6": "0"})),
        "order of errors",
    ),
    _wrong(
        "year-as-text",
        "A year given as text is refused.",
        "年份为文本时拒绝。",
        cement(year="2025"),
        "S-8",
    ),
    _wrong("year-as-flag", "true is no year.", "布尔值不是年份。", cement(year=True), "S-8"),
    _wrong(
        "sector-unknown",
        "A sector outside the plan is refused.",
        "方案外行业拒绝。",
        cement(sector="power"),
    ),
    _wrong(
        "route-missing",
        "Steel needs its route.",
        "钢铁须给出工艺流程。",
        without(steel(), "route"),
        "S-3",
    ),
    _wrong(
        "line-kind-missing",
        "Cement needs its kind of line.",
        "水泥须给出生产线类型。",
        without(cement(), "line_kind"),
        "S-4",
    ),
    _wrong(
        "field-of-another-sector",
        "A route is no field of cement.",
        "水泥单元不得有工艺流程。",
        cement(route="long_process"),
        "S-3",
    ),
    _wrong(
        "carbide-slag-of-steel",
        "Carbide slag is no field of steel.",
        "钢铁单元不得有电石渣替代率。",
        steel(carbide_slag_rate="0"),
        "A-6",
    ),
    _wrong(
        "line-kind-of-aluminium",
        "A kind of line is no field of aluminium.",
        "铝冶炼单元不得有生产线类型。",
        aluminium(line_kind="ordinary"),
        "S-4",
    ),
    _wrong(
        "process-emissions-of-cement",
        "Process emissions are no field of cement.",
        "水泥单元不得有工序排放量。",
        cement(process_emissions={"ironmaking": "1", "sintering": "0"}),
        "A-5",
    ),
    _wrong(
        "gases-of-cement",
        "Gases are no field of cement.",
        "水泥单元不得有气体明细。",
        cement(gases={"co2": "1", "cf4": "0", "c2f6": "0"}),
        "S-5",
    ),
    _wrong(
        "unknown-field", "A field nobody knows is refused.", "未知字段拒绝。", cement(remark="x")
    ),
    _wrong(
        "optional-field-null",
        "An optional field may be absent, never null.",
        "可选字段可缺省，不可为 null。",
        cement(listed=None),
        "S-2",
    ),
    _wrong(
        "flag-as-text",
        "A flag given as text is refused.",
        "布尔字段为文本时拒绝。",
        cement(listed="false"),
        "S-2",
    ),
    _wrong(
        "flag-as-number",
        "0 is no flag.",
        "数值 0 不是布尔值。",
        cement(closed_before_verification=0),
        "S-7",
    ),
    _wrong("id-empty", "An empty id is refused.", "空编号拒绝。", cement(unit_id="")),
    _wrong(
        "id-65-characters",
        "An id of 65 characters is refused.",
        "65 个字符的编号拒绝。",
        cement(unit_id="x" * 65),
    ),
    _wrong(
        "id-64-characters",
        "An id of 64 characters counts code points, not bytes.",
        "编号 64 个字符按码点计，不按字节。",
        cement(unit_id=_LONGEST),
    ),
    _wrong(
        "id-as-number",
        "An id given as a number is refused.",
        "编号为数值时拒绝。",
        cement(unit_id=7),
    ),
    _wrong(
        "commissioned-1899",
        "1899 is too early a year.",
        "1899 年过早。",
        cement(commissioned_year=1899),
        "S-7",
    ),
    _wrong(
        "commissioned-1900",
        "1900 is a year that may be given.",
        "1900 年可以接受。",
        cement(commissioned_year=1900),
        "S-7",
    ),
    _wrong(
        "commissioned-2100",
        "2100 is a year that may be given.",
        "2100 年可以接受。",
        cement(commissioned_year=2100),
        "S-7",
    ),
    _wrong(
        "commissioned-2101",
        "2101 is too late a year.",
        "2101 年过晚。",
        cement(commissioned_year=2101),
        "S-7",
    ),
    _wrong(
        "carbide-slag-above-1",
        "A carbide-slag rate above 1 is refused.",
        "电石渣替代率超过 1 时拒绝。",
        cement(carbide_slag_rate="1.000001"),
        "A-6",
    ),
    _wrong(
        "carbide-slag-as-percent",
        "A rate is a fraction; 15 for 15 % is refused.",
        "替代率为小数，写成 15 时拒绝。",
        cement(carbide_slag_rate="15"),
        "A-6",
    ),
    _wrong(
        "process-emissions-half",
        "Process emissions need both processes.",
        "主要工序排放须炼铁、烧结齐备。",
        steel(process_emissions={"ironmaking": "1"}),
        "A-5",
    ),
    _wrong(
        "output-negative",
        "An output below 0 is refused.",
        "产量为负时拒绝。",
        cement(output="-1"),
        "A-5",
    ),
    _wrong(
        "indirect-as-number",
        "Indirect emissions have the form of any quantity.",
        "间接排放量须符合计量数据格式。",
        cement(indirect_emissions=1),
        "S-5",
    ),
    _case(
        "unit-missing",
        "An input without a unit is refused.",
        "缺少单元时拒绝。",
        "S-1",
        {},
        "required field of the input",
    ),
    _case(
        "unit-as-text",
        "A unit that is no object is refused.",
        "单元不是对象时拒绝。",
        "S-1",
        {"unit": "C-1"},
        "object expected",
    ),
    _case(
        "reading-in-input",
        "A reading never stands in the input.",
        "读法不得写入输入。",
        "Q-4",
        {**_of(), "readings": {"rounding": "unit_floor"}},
        "unknown field of the input",
    ),
)
