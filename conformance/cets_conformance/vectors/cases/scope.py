"""Cases of ``scope``: coverage, its reasons in their order, the method, and the form of a unit."""

from __future__ import annotations

from typing import Any

from cets_conformance.vectors.cases.builders import (
    Input,
    aluminium,
    cases_of,
    cement,
    steel,
)

_case = cases_of("scope")


def _unit(value: Input) -> Input:
    return {"unit": value}


def _of(**more: Any) -> Input:
    return _unit(cement(**more))


_METHODS = (
    _case(
        "steel-by-intensity",
        "A long-process producer is allocated by intensity in 2025.",
        "长流程钢铁企业 2025 年按强度分配。",
        "S-3 A-2",
        _unit(steel()),
        "long process",
    ),
    _case(
        "cement-by-intensity",
        "An ordinary clinker line is allocated by intensity in 2025.",
        "普通熟料生产线 2025 年按强度分配。",
        "S-1 A-2",
        _of(),
        "ordinary line",
    ),
    _case(
        "aluminium-by-intensity",
        "An electrolysis is allocated by intensity in 2025.",
        "电解工序 2025 年按强度分配。",
        "S-1 A-2",
        _unit(aluminium()),
        "aluminium",
    ),
    _case(
        "equal-in-2024",
        "Whatever is covered in 2024 is allocated its emissions.",
        "2024 年纳入的单元一律等量分配。",
        "A-1",
        _of(year=2024),
        "equal allocation in 2024",
    ),
    _case(
        "white-cement-line",
        "A line that makes only white clinker is allocated its emissions.",
        "仅生产白水泥熟料的生产线等量分配。",
        "A-6",
        _of(line_kind="white_only"),
        "white-clinker line",
    ),
    _case(
        "gypsum-acid-line",
        "A by-product line of sulphuric acid from gypsum is allocated its emissions.",
        "石膏制硫酸副产熟料的生产线等量分配。",
        "A-6",
        _of(line_kind="gypsum_acid_byproduct"),
        "gypsum by-product line",
    ),
    _case(
        "carbide-slag-exactly-15-percent",
        "Carbide slag of exactly 15 % is not special.",
        "电石渣替代率恰为 15% 不属特殊。",
        "A-6",
        _of(carbide_slag_rate="0.15"),
        "threshold of carbide slag",
    ),
    _case(
        "carbide-slag-just-above-15-percent",
        "Carbide slag just above 15 % is special.",
        "电石渣替代率略高于 15% 即属特殊。",
        "A-6",
        _of(carbide_slag_rate="0.150001"),
        "threshold of carbide slag",
    ),
    _case(
        "carbide-slag-whole",
        "A carbide-slag rate of 1 is the greatest there is.",
        "电石渣替代率最大为 1。",
        "A-6",
        _of(carbide_slag_rate="1.000000"),
        "greatest rate",
    ),
    _case(
        "without-emissions",
        "The scope can be told without verified emissions.",
        "无经核查排放量也可判定是否纳入。",
        "S-1",
        _unit(steel(None)),
        "optional emissions",
    ),
)

_EXCLUDED = (
    _case(
        "not-listed",
        "An enterprise not on the list is outside.",
        "未列入名录的单位不纳入。",
        "S-2",
        _of(listed=False),
        "reason NOT_LISTED",
    ),
    *(
        _case(
            f"route-{route.replace('_', '-')}",
            f"{en} stands outside.",
            f"{zh}不纳入。",
            "S-3",
            _unit(steel(route=route)),
            "reason ROUTE_NOT_COVERED",
        )
        for route, en, zh in (
            ("electric_arc", "A stand-alone electric-arc producer", "独立电炉短流程企业"),
            ("rolling", "A stand-alone rolling mill", "独立轧钢企业"),
            ("other", "A producer of another route", "其他工艺流程企业"),
        )
    ),
    _case(
        "grinding-station",
        "A grinding station has no clinker line.",
        "粉磨站没有熟料生产线。",
        "S-4",
        _of(line_kind="grinding_only"),
        "reason NO_CLINKER_LINE",
    ),
    _case(
        "commissioned-this-year",
        "A unit commissioned in the year itself is outside.",
        "当年投产的单元不纳入。",
        "S-7",
        _of(commissioned_year=2025),
        "reason NEW_UNIT",
    ),
    _case(
        "commissioned-last-year",
        "A unit commissioned the year before is inside.",
        "上一年投产的单元纳入。",
        "S-7",
        _of(commissioned_year=2024),
        "boundary of a new unit",
    ),
    _case(
        "commissioned-later",
        "A unit commissioned only in a later year is outside.",
        "以后年份才投产的单元不纳入。",
        "S-7",
        _of(year=2024, commissioned_year=2025),
        "boundary of a new unit",
    ),
    _case(
        "commissioned-in-2024-for-2024",
        "New in 2024 is outside also under equal allocation.",
        "2024 年投产的单元在 2024 年同样不纳入。",
        "S-7 A-1",
        _of(year=2024, commissioned_year=2024),
        "boundary of a new unit",
    ),
    _case(
        "closed",
        "A unit closed before verification is outside.",
        "核定前关停的单元不纳入。",
        "S-7",
        _of(closed_before_verification=True),
        "reason CLOSED_UNIT",
    ),
    _case(
        "reasons-not-listed-first",
        "Of all reasons, not being listed comes first.",
        "多项理由并存时先报未列入名录。",
        "S-2 S-3 S-7",
        _unit(
            steel(
                route="rolling",
                listed=False,
                commissioned_year=2025,
                closed_before_verification=True,
            )
        ),
        "order of reasons",
    ),
    _case(
        "reasons-route-before-new",
        "The route comes before being new.",
        "工艺流程先于新投产。",
        "S-3 S-7",
        _unit(steel(route="electric_arc", commissioned_year=2025)),
        "order of reasons",
    ),
    _case(
        "reasons-no-clinker-before-new",
        "Having no clinker line comes before being new.",
        "无熟料生产线先于新投产。",
        "S-4 S-7",
        _of(line_kind="grinding_only", commissioned_year=2025, closed_before_verification=True),
        "order of reasons",
    ),
    _case(
        "reasons-new-before-closed",
        "Being new comes before being closed.",
        "新投产先于关停。",
        "S-7",
        _of(commissioned_year=2025, closed_before_verification=True),
        "order of reasons",
    ),
    _case(
        "special-and-not-listed",
        "A special line that is not listed is outside all the same.",
        "未列入名录的特殊生产线同样不纳入。",
        "S-2 A-6",
        _of(line_kind="white_only", listed=False),
        "order of reasons",
    ),
)

CASES = (*_METHODS, *_EXCLUDED)
