"""Cases of ``cycle``: one enterprise through 2024 and 2025, and the readings on the way."""

from __future__ import annotations

from typing import Any

from cets_conformance.vectors.cases.builders import Input, allowance, cases_of, cement

_case = cases_of("cycle")


def trade(name: str, side: str, amount: int, day: str, vintage: str) -> Input:
    """Make a trade."""
    return {"id": name, "date": day, "vintage": vintage, "side": side, "amount": amount}


def year_2024(*submissions: Input, units: Any = None, **more: Any) -> Input:
    """Make 2024: one line of 100,000 t, issued in November 2025."""
    return {
        "year": 2024,
        "units": [cement("100000", year=2024)] if units is None else units,
        "balance_values": {},
        "high_risk": False,
        "account_frozen": False,
        "issued_on": "2025-11-20",
        "submissions": list(submissions),
        **more,
    }


def year_2025(*submissions: Input, units: Any = None, **more: Any) -> Input:
    """Make 2025: the same line at balance with 90,000 t, 70,000 t of them in advance."""
    return {
        "year": 2025,
        "units": [cement("90000", "100000")] if units is None else units,
        "balance_values": {"cement": "0.9"},
        "high_risk": False,
        "account_frozen": False,
        "pre_allocated_on": "2026-03-02",
        "issued_on": "2026-09-30",
        "submissions": list(submissions),
        **more,
    }


def through(first: Input, second: Input, **more: Any) -> Input:
    """Put both years together, as of the last day."""
    return {
        "enterprise": {"enterprise_id": "91110000MA00000000", "key_emitting_units": 1},
        "years": [first, second],
        "opening": [],
        "trades": [],
        "compliance_2023": "not_covered",
        "applications": [],
        "as_of": "2026-12-31",
        **more,
    }


def pay_2024(amount: int = 100000, day: str = "2025-12-20", vintage: str = "2024") -> Input:
    """Surrender for 2024."""
    return allowance("s24", day, vintage, amount)


def pay_2025(amount: int = 90000, day: str = "2026-12-20") -> Input:
    """Surrender for 2025."""
    return allowance("s25", day, "2025", amount)


HELD = ({"vintage": "2023", "amount": 30000},)
"""Old allowances held before."""


def carrying(amount: int, day: str = "2026-03-01", name: str = "k") -> Input:
    """Make an application to carry over."""
    return {"id": name, "date": day, "amount": amount}


CASES = (
    _case(
        "both-years-fulfilled",
        "Both years are allocated, issued and surrendered in time.",
        "两个年度均按期分配、发放并足额清缴。",
        "A-7 I-3 R-1 R-8",
        through(year_2024(pay_2024()), year_2025(pay_2025())),
        "whole cycle",
    ),
    _case(
        "nothing-submitted",
        "Nothing is surrendered: 2024 is deducted, 2025 open.",
        "全程未清缴：2024 年欠缴核减，2025 年待清缴。",
        "I-6 R-7",
        through(year_2024(), year_2025()),
        "deduction of arrears",
    ),
    _case(
        "recovery-after-sale",
        "Advance sold before settlement: the recovery falls short.",
        "预分配配额售出后收回不足。",
        "I-3",
        through(
            year_2024(pay_2024()),
            year_2025(units=[cement("50000", "60000")]),
            trades=[trade("t", "sell", 60000, "2026-04-01", "2025")],
        ),
        "recovery limited by the holding",
    ),
    _case(
        "one-tonne-short-in-2024",
        "A single tonne short at the deadline is not fulfilled in time.",
        "期限时仅欠一吨亦不属按时足额清缴。",
        "R-1 R-2",
        through(year_2024(pay_2024(99999)), year_2025(pay_2025(89999))),
        "least amount outstanding",
    ),
    _case(
        "arrears-deducted-in-part",
        "Arrears partly paid before settlement are deducted.",
        "结算前部分补缴，余额核减。",
        "I-6 R-7",
        through(
            year_2024(pay_2024(60000), allowance("late", "2026-05-01", "2024", 10000)),
            year_2025(pay_2025(40000)),
        ),
        "deduction in part",
    ),
    _case(
        "late-surrender-on-settlement-day",
        "On settlement day the rest is what was not deducted.",
        "结算当日补缴仅限未核减部分。",
        "I-6 R-7",
        through(year_2024(allowance("late", "2026-09-30", "2024", 20000)), year_2025()),
        "order within a day",
    ),
    _case(
        "arrears-above-the-allowance",
        "Arrears above the 2025 allowance stay in part.",
        "欠缴量超过 2025 年配额时部分仍欠。",
        "I-6",
        through(year_2024(), year_2025(units=[cement("900", "1000")])),
        "deduction limited by the allowance",
    ),
    _case(
        "settled-in-2025-itself",
        "A settlement by 2025-12-31 deducts nothing yet.",
        "2025-12-31 及以前结算不核减。",
        "I-6 R-2",
        through(year_2024(), year_2025(pre_allocated_on="2025-12-01", issued_on="2025-12-31")),
    ),
    _case(
        "settled-a-day-before-the-deadline",
        "Nor does a settlement on the day before.",
        "期限前一日结算同样不核减。",
        "I-6 R-2",
        through(year_2024(), year_2025(pre_allocated_on="2025-12-01", issued_on="2025-12-30")),
        "deduction only after the deadline",
    ),
    _case(
        "last-day-counts",
        "Surrender on both last days is in time.",
        "两个期限当日清缴均有效。",
        "R-2",
        through(year_2024(pay_2024(day="2025-12-31")), year_2025(pay_2025(day="2026-12-31"))),
        "deadline",
    ),
    _case(
        "late-in-full",
        "2024 paid in full, but late: no carry-over.",
        "2024 年逾期足额补缴：不得结转。",
        "R-7 R-8 C-6",
        through(
            year_2024(pay_2024(day="2026-01-05")),
            year_2025(pay_2025()),
            opening=HELD,
            applications=[carrying(5000)],
        ),
        "status fulfilled_late",
    ),
    _case(
        "more-submitted-than-owed",
        "What exceeds the obligation stays on the account.",
        "超出应清缴量的部分留在账户。",
        "R-9",
        through(year_2024(pay_2024(100001)), year_2025(pay_2025())),
        "reason EXCEEDS_OBLIGATION",
    ),
    _case(
        "high-risk-2024",
        "Held by the province, surrendered at issue, the rest released.",
        "省级账户发放即清缴，余额返还。",
        "I-5 R-5",
        through(year_2024(high_risk=True), year_2025(pay_2025())),
        "province-held allowances first",
    ),
    _case(
        "high-risk-2025",
        "The advance stays with the province until settlement.",
        "预分配配额在结算前留存省级账户。",
        "I-5 R-5 I-3",
        through(year_2024(pay_2024()), year_2025(high_risk=True)),
        "advance on the province's account",
    ),
    _case(
        "high-risk-before-settlement",
        "Before settlement the province holds the advance.",
        "结算前省级账户持有预分配配额。",
        "I-5",
        through(year_2024(pay_2024()), year_2025(high_risk=True), as_of="2026-09-29"),
        "advance on the province's account",
    ),
    _case(
        "no-advance",
        "Without a day of pre-allocation nothing is given in advance.",
        "未设预分配日期则不预分配。",
        "I-2 I-3",
        through(
            year_2024(pay_2024()),
            {k: v for k, v in year_2025(pay_2025()).items() if k != "pre_allocated_on"},
        ),
        "no day of pre-allocation",
    ),
    _case(
        "advance-by-unit-id",
        "The advance uses each id's 2024 emissions; halves round up.",
        "预分配按同一编号上年排放量逐单元取整。",
        "I-2 Q-4",
        through(
            year_2024(
                units=[
                    {**cement("15", year=2024), "unit_id": "A"},
                    {**cement("25", year=2024), "unit_id": "B"},
                ]
            ),
            year_2025(
                units=[
                    {**cement("9", "10"), "unit_id": "B"},
                    {**cement("18", "20"), "unit_id": "C"},
                    {**cement("15", "15"), "unit_id": "A"},
                ]
            ),
        ),
    ),
    _case(
        "advance-before-the-issue-of-2024",
        "An advance of 2025 that comes before the issue of 2024 is no part of it.",
        "2025 年预分配早于 2024 年发放时互不影响。",
        "I-2 I-3",
        through(year_2024(pay_2024()), year_2025(pay_2025(), pre_allocated_on="2025-11-03")),
        "advance of one year beside the issue of another",
    ),
    _case(
        "new-unit-2024",
        "A line new in 2024: outside 2024, yet its emissions make an advance.",
        "2024 年新投产线：当年不纳入，排放量仍作预分配依据。",
        "S-7 I-2",
        through(
            year_2024(units=[cement("100000.5", year=2024, commissioned_year=2024)]),
            year_2025(pay_2025(), units=[cement("90000", "100000", commissioned_year=2024)]),
        ),
        "boundary of a new unit",
    ),
    _case(
        "clipped-in-2025",
        "A clean line in 2025 has a surplus left to hold.",
        "2025 年强度优于平衡值的生产线有盈余。",
        "A-4 C-8",
        through(year_2024(pay_2024()), year_2025(pay_2025(), units=[cement("90000", "200000")])),
        "bound of the coefficient",
    ),
    _case(
        "frozen-account",
        "With a frozen account another's allowances count, not the ledger.",
        "账户冻结时他人代缴计入清缴、不动账户。",
        "R-6",
        through(
            year_2024(
                allowance("x", "2025-12-01", "2023", 100000, "third_party"), account_frozen=True
            ),
            year_2025(pay_2025()),
        ),
    ),
    _case(
        "third-party-refused",
        "Another's allowances without a frozen account are refused.",
        "账户未冻结时他人代缴被拒。",
        "R-6",
        through(
            year_2024(allowance("x", "2025-12-01", "2023", 100000, "third_party")), year_2025()
        ),
        "reason THIRD_PARTY_NOT_PERMITTED",
    ),
)
