"""Cases of ``cycle`` that are refused, and the order in which they are."""

from __future__ import annotations

from cets_conformance.vectors.cases.builders import (
    Input,
    allowance,
    aluminium,
    cases_of,
    cement,
    steel,
    without,
)
from cets_conformance.vectors.cases.cycle import (
    pay_2024,
    pay_2025,
    through,
    trade,
    year_2024,
    year_2025,
)
from cets_conformance.vectors.model import Draft

_case = cases_of("cycle")
_BAD_GASES = {"co2": "2", "cf4": "0", "c2f6": "0"}


def _refused(name: str, guards: str, en: str, zh: str, clauses: str, value: Input) -> Draft:
    return _case(name, en, zh, clauses, value, guards)


def _with(first: Input | None = None, second: Input | None = None, **more: object) -> Input:
    return through(first or year_2024(), second or year_2025(), **more)


CASES = (
    _refused(
        "one-year-only",
        "form of years",
        "Both years are asked for.",
        "须给出两个年度。",
        "S-8",
        {**_with(), "years": [year_2024()]},
    ),
    _refused(
        "years-reversed",
        "form of years",
        "2024 comes first.",
        "2024 年在前。",
        "S-8",
        {**_with(), "years": [year_2025(), year_2024()]},
    ),
    _refused(
        "advance-in-2024",
        "form of a year",
        "2024 has no day of pre-allocation.",
        "2024 年不得有预分配日期。",
        "I-1",
        _with(year_2024(pre_allocated_on="2025-01-01")),
    ),
    _refused(
        "advance-on-the-day-of-issue",
        "form of a year",
        "A pre-allocation comes before the settlement.",
        "预分配须早于结算。",
        "I-2",
        _with(second=year_2025(pre_allocated_on="2026-09-30")),
    ),
    _refused(
        "advance-after-the-issue",
        "form of a year",
        "A pre-allocation after the settlement is refused.",
        "预分配晚于结算时拒绝。",
        "I-2",
        _with(second=year_2025(pre_allocated_on="2026-10-01")),
    ),
    _refused(
        "opening-of-vintage-2024",
        "form of the opening",
        "Vintages from 2024 on are not held before.",
        "期初不得持有 2024 年及以后年份。",
        "C-1",
        _with(opening=[{"vintage": "2024", "amount": 1}]),
    ),
    _refused(
        "application-with-availability",
        "unknown field",
        "The account says what is available.",
        "可用量由账户决定，不得给出。",
        "C-7",
        _with(applications=[{"id": "k", "date": "2026-03-01", "amount": 1, "available": 1}]),
    ),
    _refused(
        "compliance-missing",
        "required field",
        "Compliance of 2023 is required.",
        "2023 年履约状态必填。",
        "C-6",
        without(_with(), "compliance_2023"),
    ),
    _refused(
        "unit-of-the-other-year",
        "YEAR_MISMATCH",
        "A unit belongs to its entry's year.",
        "单元年份须与所属年度一致。",
        "S-8",
        _with(second=year_2025(units=[cement(year=2024)])),
    ),
    _refused(
        "unit-year-not-covered",
        "YEAR_NOT_COVERED",
        "A unit's year must be covered.",
        "单元年份须在方案范围。",
        "S-8",
        _with(year_2024(units=[cement(year=2023)])),
    ),
    _refused(
        "gases-do-not-add-up",
        "EMISSIONS_MISMATCH",
        "Gases must make the emissions.",
        "气体折算须与排放量一致。",
        "S-6",
        _with(year_2024(units=[aluminium("1", year=2024, gases=_BAD_GASES)])),
    ),
    _refused(
        "duplicate-unit",
        "DUPLICATE_UNIT",
        "A unit stands once in a year.",
        "同一年度内单元不得重复。",
        "S-1",
        _with(year_2024(units=[cement(year=2024), cement(year=2024)])),
    ),
    _refused(
        "process-exceeds-enterprise",
        "PROCESS_EXCEEDS_ENTERPRISE",
        "Processes above the whole are refused.",
        "工序超出全厂时拒绝。",
        "A-5",
        _with(second=year_2025(units=[steel("1", "2", "0")])),
    ),
    _refused(
        "output-missing",
        "OUTPUT_NOT_POSITIVE",
        "An intensity needs an output.",
        "计算强度须有产量。",
        "A-5",
        _with(second=year_2025(units=[cement(output="0")])),
    ),
    _refused(
        "balance-value-missing",
        "BALANCE_VALUE_REQUIRED",
        "Each sector of 2025 needs its balance value.",
        "2025 年各行业须有平衡值。",
        "A-3",
        _with(second=year_2025(balance_values={})),
    ),
    _refused(
        "balance-value-zero",
        "BALANCE_VALUE_NOT_POSITIVE",
        "It must be above 0.",
        "平衡值须大于 0。",
        "A-3",
        _with(second=year_2025(balance_values={"cement": "0"})),
    ),
    _refused(
        "first-year-first",
        "order of errors",
        "Units are checked year by year.",
        "逐年检查单元。",
        "S-8 S-1",
        _with(
            year_2024(units=[cement(year=2024), cement(year=2024)]),
            year_2025(units=[cement(year=2023)]),
        ),
    ),
    _refused(
        "submission-after-as-of",
        "DATE_AFTER_AS_OF",
        "Nothing may be dated after as_of.",
        "日期不得晚于统计日。",
        "R-9",
        _with(year_2024(pay_2024()), as_of="2025-12-19"),
    ),
    _refused(
        "trade-after-as-of",
        "DATE_AFTER_AS_OF",
        "Nor may a trade.",
        "交易亦不得晚于统计日。",
        "R-9",
        _with(trades=[trade("t", "buy", 1, "2026-12-31", "2023")], as_of="2026-12-30"),
    ),
    _refused(
        "application-after-as-of",
        "DATE_AFTER_AS_OF",
        "Nor may an application.",
        "申请亦不得晚于统计日。",
        "R-9",
        _with(applications=[{"id": "k", "date": "2026-03-02", "amount": 1}], as_of="2026-03-01"),
    ),
    _refused(
        "one-name-space",
        "DUPLICATE_ID",
        "Trades and submissions share one name space.",
        "交易与提交共用编号空间。",
        "R-9",
        _with(year_2024(pay_2024()), trades=[trade("s24", "buy", 1, "2025-06-01", "2023")]),
    ),
    _refused(
        "date-before-duplicate",
        "order of errors",
        "A date after as_of comes first.",
        "日期晚于统计日先于编号重复。",
        "R-9",
        _with(
            year_2024(pay_2024(), pay_2024()), trades=[trade("t", "buy", 1, "2027-01-01", "2023")]
        ),
    ),
    _refused(
        "sold-more-than-held",
        "INSUFFICIENT_HOLDING",
        "A sale needs the allowances.",
        "卖出须持有相应配额。",
        "R-1",
        _with(trades=[trade("t", "sell", 1, "2025-06-01", "2023")]),
    ),
    _refused(
        "submitted-more-than-held",
        "INSUFFICIENT_HOLDING",
        "A surrender needs the allowances of that vintage.",
        "清缴须持有该年份配额。",
        "R-1",
        _with(year_2024(pay_2024(vintage="2023"))),
    ),
    _refused(
        "submitted-before-issue",
        "INSUFFICIENT_HOLDING",
        "Before the issue nothing is there.",
        "发放前账户无配额。",
        "R-1 I-3",
        _with(year_2024(pay_2024(day="2025-11-19"))),
    ),
    _refused(
        "refused-before-holding",
        "order of errors",
        "A submission refused for its vintage needs no holding.",
        "因年份被拒的提交不核对持有量。",
        "R-3 R-1",
        _with(second=year_2025(allowance("x", "2026-11-01", "2021", 5))),
    ),
    _refused(
        "earliest-shortage",
        "INSUFFICIENT_HOLDING",
        "The earliest shortage is reported.",
        "报告最早发生的不足。",
        "R-1",
        _with(
            year_2024(pay_2024(vintage="2022")),
            year_2025(pay_2025(10, "2025-12-01")),
            trades=[trade("t", "sell", 1, "2025-12-01", "2021")],
        ),
    ),
    _refused(
        "province-held-cannot-be-sold",
        "INSUFFICIENT_HOLDING",
        "What the province holds is not the enterprise's to sell.",
        "省级账户配额不得由企业卖出。",
        "I-5",
        _with(
            second=year_2025(high_risk=True), trades=[trade("t", "sell", 1, "2026-04-01", "2025")]
        ),
    ),
)
