"""Cases of ``enterprise-allocation``: sums over units, rounding, and the order of errors."""

from __future__ import annotations

from typing import Any

from cets_conformance.vectors.cases.builders import Input, aluminium, cases_of, cement, steel
from cets_conformance.vectors.model import Draft

_case = cases_of("enterprise-allocation")


def _of(*units: Input, year: Any = 2025, **balance_values: Any) -> Input:
    return {
        "enterprise_id": "91110000MA00000000",
        "year": year,
        "units": [
            {"unit_id": f"U-{position}", **{k: v for k, v in unit.items() if k != "unit_id"}}
            for position, unit in enumerate(units, 1)
        ],
        "balance_values": balance_values,
    }


def _named(name: str, value: Input) -> Input:
    return {**value, "units": [{**unit, "unit_id": name} for unit in value["units"]]}


def _refused(name: str, guards: str, en: str, zh: str, clauses: str, value: Input) -> Draft:
    return _case(name, en, zh, clauses, value, guards)


_BAD_GASES = {"co2": "2", "cf4": "0", "c2f6": "0"}

_COMPUTED = (
    _case(
        "two-cement-lines",
        "Two lines, one cleaner, one dirtier, add up.",
        "两条生产线一优一劣，合计。",
        "A-7 A-9 R-1",
        _of(cement("1000000", "1200000"), cement("600000", "650000"), cement="0.86"),
        "sum over units",
    ),
    _case(
        "three-sectors",
        "Each unit has its own sector's balance value.",
        "各单元采用各自行业的平衡值。",
        "A-7 S-1",
        _of(
            steel("8000000", "5200000", "800000", "3600000"),
            cement(),
            aluminium(),
            steel="1.6",
            cement="0.86",
            aluminium="1.6",
        ),
        "each sector's own balance value",
    ),
    _case(
        "halves-add-up",
        "Two halves are rounded each: 0.5 + 0.5 make 2.",
        "两个半吨分别取整，合计为 2 吨。",
        "Q-4 A-7 R-1",
        _of(cement("0.5"), cement("0.5"), year=2024)
        | {
            "units": [
                {**cement("0.5", year=2024), "unit_id": "U-1"},
                {**cement("0.5", year=2024), "unit_id": "U-2"},
            ]
        },
        "rounding before the sum",
    ),
    _case(
        "less-than-halves-add-up",
        "Three times 0.4 t are each 0; together not 1.",
        "三个 0.4 吨各为 0，合计不为 1。",
        "Q-4 A-7",
        _of(*[cement("0.4", year=2024)] * 3, year=2024),
        "rounding before the sum",
    ),
    _case(
        "rounding-apart-by-intensity",
        "Allowances of 1.03 and 10.3 t are rounded each.",
        "按强度分配的各单元分别取整。",
        "Q-4 A-7",
        _of(cement("15", "1000"), cement("15", "1000"), cement("50", "10"), cement="1"),
        "rounding before the sum",
    ),
    _case(
        "no-units",
        "An enterprise without units has nothing, and no rate.",
        "无单元的企业各项为 0，盈余率为空。",
        "A-7 A-9",
        _of(),
        "empty list, surplus rate null",
    ),
    _case(
        "only-uncovered",
        "Nothing covered: no obligation, so no surplus rate.",
        "全部不纳入时无清缴义务，盈余率为空。",
        "A-9 S-7",
        _of(cement(line_kind="grinding_only"), cement(commissioned_year=2025)),
        "surplus rate null where nothing is owed",
    ),
    _case(
        "covered-and-new",
        "A new line adds nothing; its obligation is a reading.",
        "新投产线不增配额；清缴义务取决于读法。",
        "S-7 A-7 R-1",
        _of(
            cement("1000000.5", "1200000"),
            cement("300000.5", commissioned_year=2025),
            cement="0.86",
        ),
        "reading excluded_unit_obligation",
    ),
    _case(
        "closed-and-new-only",
        "Only excluded units: the reading may give an obligation.",
        "仅有新投产与关停单元：读法可能产生清缴义务。",
        "S-7 R-1",
        _of(
            cement("10.5", commissioned_year=2025), cement("20.5", closed_before_verification=True)
        ),
        "reading excluded_unit_obligation",
    ),
    _case(
        "special-beside-ordinary",
        "A white-cement line needs no balance value beside another.",
        "白水泥线与普通线并存。",
        "A-6 A-7",
        _of(cement("400000", "500000", line_kind="white_only"), cement(), cement="0.86"),
        "balance value not needed",
    ),
    _case(
        "surplus-rate-of-printed-amounts",
        "The surplus rate is of the rounded amounts.",
        "盈余率按取整后的数计算。",
        "A-9 Q-4",
        _of(cement("33", "1000"), cement="1"),
        "surplus rate",
    ),
    _case(
        "negative-surplus-rate",
        "A gap gives a negative rate.",
        "缺口对应负的盈余率。",
        "A-9",
        _of(cement("1000000", "900000"), cement="0.86"),
        "negative surplus rate",
    ),
    _case(
        "surplus-may-be-no-less-than-zero",
        "A rate of exactly 0 has no minus sign.",
        "盈余率恰为 0 时不带负号。",
        "A-9 Q-5",
        _of(cement("1000000", "1000000"), cement="1"),
        "no negative zero",
    ),
    _case(
        "sum-beyond-2-to-the-53",
        "The sum may exceed 2^53 and stays exact.",
        "合计可超过 2^53，仍须精确。",
        "Q-1 A-7",
        _of(*[cement("999999999999999.4", year=2024)] * 10, year=2024),
        "sums beyond 2^53",
    ),
    _case(
        "order-of-units",
        "Units are listed in the order given, not sorted.",
        "单元按输入顺序输出，不排序。",
        "A-7",
        {
            **_of(year=2024),
            "units": [
                {**cement("3", year=2024), "unit_id": "Z"},
                {**cement("1", year=2024), "unit_id": "A"},
            ],
        },
        "order of lists",
    ),
    _case(
        "ids-differ-by-case",
        "Ids that differ only by case are two units.",
        "编号仅大小写不同即为两个单元。",
        "S-1",
        {
            **_of(year=2024),
            "units": [
                {**cement("3", year=2024), "unit_id": "a"},
                {**cement("1", year=2024), "unit_id": "A"},
            ],
        },
        "ids compared exactly",
    ),
    _case(
        "unused-balance-value",
        "A balance value of a sector without units does no harm.",
        "无单元行业的平衡值不影响结果。",
        "A-7 B-4",
        _of(cement("5", year=2024), year=2024, steel="-1"),
        "balance value not needed",
    ),
)

_REFUSED = (
    _refused(
        "year-not-covered",
        "YEAR_NOT_COVERED",
        "The input's own year comes first.",
        "先判断输入自身的年份。",
        "S-8",
        _of(cement(year=2023), year=2026),
    ),
    _refused(
        "unit-year-not-covered",
        "YEAR_NOT_COVERED",
        "A unit's year outside the plan is no mere mismatch.",
        "单元年份在方案之外，不只是不一致。",
        "S-8",
        _of(cement(year=2023), cement="0.86"),
    ),
    _refused(
        "unit-of-another-year",
        "YEAR_MISMATCH",
        "A unit of another year is refused.",
        "单元年份与输入不一致时拒绝。",
        "S-8",
        _of(cement(), cement(year=2024), cement="1"),
    ),
    _refused(
        "unit-of-a-later-year",
        "YEAR_MISMATCH",
        "A unit of a later year is refused too.",
        "晚于输入年份的单元同样拒绝。",
        "S-8",
        _of(cement(), year=2024),
    ),
    _refused(
        "year-mismatch-before-emissions",
        "order of errors",
        "Another year comes before gases that do not add up.",
        "年份不一致先于气体折算不符。",
        "S-8 S-6",
        _of(aluminium("1", year=2024, gases=_BAD_GASES)),
    ),
    _refused(
        "first-unit-first",
        "order of errors",
        "Units are checked in turn: the first unit's error is found.",
        "逐个单元检查，先报第一个单元的错误。",
        "S-8 S-6",
        _of(aluminium("1", gases=_BAD_GASES), cement(year=2024)),
    ),
    _refused(
        "duplicate-unit",
        "DUPLICATE_UNIT",
        "A unit given twice is refused at the second.",
        "单元重复时在第二处拒绝。",
        "S-1",
        _named("U", _of(cement(), cement(), cement="1")),
    ),
    _refused(
        "duplicate-before-output",
        "order of errors",
        "A duplicate comes before what an intensity needs.",
        "编号重复先于强度计算所需。",
        "S-1 A-5",
        _named("U", _of(cement(output="0"), cement())),
    ),
    _refused(
        "mismatch-before-duplicate",
        "order of errors",
        "Gases that do not add up come before a duplicate.",
        "气体折算不符先于编号重复。",
        "S-6 S-1",
        _named("U", _of(cement(), cement(), aluminium("1", gases=_BAD_GASES))),
    ),
    _refused(
        "process-exceeds",
        "PROCESS_EXCEEDS_ENTERPRISE",
        "Processes above the whole are found at their unit.",
        "工序超出全厂时指向该单元。",
        "A-5",
        _of(cement(year=2025), steel("1", "2", "0"), cement="0.86", steel="1.6"),
    ),
    _refused(
        "output-missing",
        "OUTPUT_NOT_POSITIVE",
        "A missing output is found at its unit.",
        "产量缺失时指向该单元。",
        "A-5",
        _of(cement(), cement(output="0"), cement="0.86"),
    ),
    _refused(
        "balance-value-of-sector-missing",
        "BALANCE_VALUE_REQUIRED",
        "A sector without an entry has no balance value.",
        "行业无对应平衡值时拒绝。",
        "A-3",
        _of(cement(), aluminium(), cement="0.86"),
    ),
    _refused(
        "balance-value-not-positive",
        "BALANCE_VALUE_NOT_POSITIVE",
        "The sector's balance value must be above 0.",
        "行业平衡值须大于 0。",
        "A-3",
        _of(cement(), cement="0"),
    ),
    _refused(
        "first-unit-balance-before-second-output",
        "order of errors",
        "The first unit's balance value comes before the second's output.",
        "第一个单元的平衡值先于第二个单元的产量。",
        "A-3 A-5",
        _of(cement(), aluminium(output="0"), aluminium="1.6"),
    ),
    _refused(
        "form-of-second-unit",
        "form of a unit",
        "The form of every unit comes first.",
        "先检查所有单元的格式。",
        "S-1 S-8",
        _of(cement(year=2023), cement("x")),
    ),
    _refused(
        "balance-values-missing",
        "required field",
        "Balance values are required, also where none is needed.",
        "平衡值字段必填，可为空对象。",
        "A-7",
        {"enterprise_id": "E", "year": 2024, "units": []},
    ),
    _refused(
        "balance-value-of-unknown-sector",
        "unknown field",
        "A balance value of a sector outside the plan is refused.",
        "方案外行业的平衡值拒绝。",
        "B-4",
        _of(year=2024, power="0.8"),
    ),
    _refused(
        "enterprise-id-empty",
        "form of an id",
        "An empty enterprise id is refused.",
        "企业编号为空时拒绝。",
        "A-7",
        {**_of(year=2024), "enterprise_id": ""},
    ),
    _refused(
        "units-as-object",
        "list expected",
        "Units given as an object are refused.",
        "单元以对象给出时拒绝。",
        "A-7",
        {**_of(year=2024), "units": {}},
    ),
    _refused(
        "year-as-text",
        "form of a year",
        "The year given as text is refused.",
        "年份为文本时拒绝。",
        "S-8",
        _of(year="2024"),
    ),
)

CASES = (*_COMPUTED, *_REFUSED)
