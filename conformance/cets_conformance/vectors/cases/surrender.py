"""Cases of ``surrender``: deadline, CCER, province-held allowances, deductions, status."""

from __future__ import annotations

from typing import Any

from cets_conformance.vectors.cases.builders import Input, allowance, cases_of, ccer

_case = cases_of("surrender")


def surrendering(
    *submissions: Input, obligation: Any = 1000, year: Any = 2025, as_of: str = "", **more: Any
) -> Input:
    """Make an input, as of the last day unless said otherwise."""
    return {
        "year": year,
        "obligation": obligation,
        "provincial_holding": 0,
        "account_frozen": False,
        "deducted": 0,
        "as_of": as_of or ("2025-12-31" if year == 2024 else "2026-12-31"),
        "submissions": list(submissions),
        **more,
    }


def _own(amount: int, day: str = "2026-11-30", name: str = "a", vintage: str = "2025") -> Input:
    return allowance(name, day, vintage, amount)


_TIME = (
    _case(
        "fulfilled",
        "Surrendered in full before the deadline.",
        "期限前足额清缴。",
        "R-1 R-8",
        surrendering(_own(1000)),
        "fulfilled",
    ),
    _case(
        "on-the-last-day",
        "31 December itself is in time.",
        "12 月 31 日当日仍在期限内。",
        "R-2",
        surrendering(_own(1000, "2026-12-31"), as_of="2027-01-31"),
        "deadline",
    ),
    _case(
        "a-day-late",
        "1 January is late, yet it fulfils and is certified.",
        "1 月 1 日为逾期，仍可补缴并出具履约证明。",
        "R-2 R-7 R-8",
        surrendering(_own(1000, "2027-01-01"), as_of="2027-01-31"),
        "deadline",
    ),
    _case(
        "last-day-of-2024",
        "The deadline for 2024 is 2025-12-31.",
        "2024 年度清缴期限为 2025-12-31。",
        "R-2",
        surrendering(_own(1000, "2025-12-31", vintage="2024"), year=2024, as_of="2026-02-01"),
        "deadline",
    ),
    _case(
        "late-for-2024-old-vintage",
        "Late surrender for 2024 keeps its vintages.",
        "2024 年度逾期补缴仍可用原年份配额。",
        "R-3 R-7",
        surrendering(_own(1000, "2026-01-01", vintage="2022"), year=2024, as_of="2026-02-01"),
        "vintages of a late surrender",
    ),
    _case(
        "partly-late",
        "Part in time, part late: late on the whole.",
        "部分按期、部分逾期，整体为逾期完成。",
        "R-2 R-7",
        surrendering(_own(400), _own(600, "2027-03-01", "b"), as_of="2027-03-01"),
        "status fulfilled_late",
    ),
    _case(
        "open-before-the-deadline",
        "Before the deadline what is missing is open.",
        "期限前未缴足为待清缴。",
        "R-2",
        surrendering(_own(400), as_of="2026-12-01"),
        "status open",
    ),
    _case(
        "open-on-the-deadline",
        "On the last day itself it is still open.",
        "期限当日仍为待清缴。",
        "R-2",
        surrendering(_own(999), as_of="2026-12-31"),
        "status open",
    ),
    _case(
        "outstanding-after-the-deadline",
        "After it, what is missing is outstanding.",
        "期限后未缴足为欠缴。",
        "R-2 R-8",
        surrendering(_own(999), as_of="2027-01-01"),
        "status outstanding",
    ),
    _case(
        "nothing-owed",
        "Nothing owed is fulfilled and certified.",
        "无清缴义务即为完成。",
        "R-8",
        surrendering(obligation=0),
        "obligation of 0",
    ),
    _case(
        "greatest-obligation",
        "2^53 - 1 t are surrendered exactly.",
        "2^53 - 1 吨精确清缴。",
        "Q-1 R-1",
        surrendering(_own(2**53 - 1), obligation=2**53 - 1),
        "range of amounts",
    ),
)

_CCER = (
    _case(
        "ccer-exactly-at-the-limit",
        "CCER of exactly 5 % is accepted.",
        "CCER 恰为 5% 可以接受。",
        "R-4",
        surrendering(ccer("c", "2026-11-01", 50)),
        "limit of CCER",
    ),
    _case(
        "ccer-above-the-limit",
        "CCER above 5 % is cut to it.",
        "CCER 超过 5% 的部分不接受。",
        "R-4 R-9",
        surrendering(ccer("c", "2026-11-01", 51), _own(950)),
        "limit of CCER",
    ),
    _case(
        "ccer-limit-not-whole",
        "5 % of 1010 t are 50.5 t: 50, or 51 by the reading.",
        "1010 吨的 5% 为 50.5 吨：取 50，另一读法取 51。",
        "R-4",
        surrendering(ccer("c", "2026-11-01", 60), obligation=1010),
        "reading ccer_fraction",
    ),
    _case(
        "ccer-limit-below-one",
        "5 % of 19 t are less than a tonne: none.",
        "19 吨的 5% 不足 1 吨：不可用。",
        "R-4",
        surrendering(ccer("c", "2026-11-01", 1), obligation=19),
        "limit of CCER",
    ),
    _case(
        "ccer-limit-over-several",
        "The limit holds for all CCER together.",
        "上限按全部 CCER 合计。",
        "R-4 R-9",
        surrendering(ccer("c", "2026-11-01", 30), ccer("d", "2026-11-02", 30)),
    ),
    _case(
        "ccer-limit-before-obligation",
        "Above both limits, the CCER limit is the reason.",
        "同时超过两个限额时，理由为 CCER 上限。",
        "R-4 R-9",
        surrendering(_own(960), ccer("c", "2026-12-01", 60)),
    ),
    _case(
        "ccer-cut-by-the-obligation",
        "CCER within its limit is cut to what is owed.",
        "CCER 未超上限但超过待清缴量时截取。",
        "R-9",
        surrendering(_own(960), ccer("c", "2026-12-01", 45)),
        "reason EXCEEDS_OBLIGATION",
    ),
    _case(
        "ccer-limit-of-whole-obligation",
        "The limit is of the obligation before deductions.",
        "上限按核减前的应清缴量计。",
        "R-4 I-6",
        surrendering(ccer("c", "2027-02-01", 50), as_of="2027-02-01", deducted=500),
        "limit of CCER before deductions",
    ),
    _case(
        "ccer-registered-on-the-first-day",
        "Registered on 2024-01-22 it may be used.",
        "2024-01-22 登记的可用。",
        "R-4",
        surrendering(ccer("c", "2026-11-01", 10, "2024-01-22")),
        "first day of registration",
    ),
    _case(
        "ccer-registered-a-day-early",
        "Registered on 2024-01-21 it may not.",
        "2024-01-21 登记的不可用。",
        "R-4",
        surrendering(ccer("c", "2026-11-01", 10, "2024-01-21")),
        "first day of registration",
    ),
    _case(
        "ccer-registered-the-same-day",
        "It may be submitted on the day of registration.",
        "登记当日即可提交。",
        "R-4",
        surrendering(ccer("c", "2026-11-01", 10, "2026-11-01")),
        "registration date",
    ),
    _case(
        "ccer-for-2024",
        "CCER offsets nothing for 2024.",
        "2024 年度不可用 CCER 抵销。",
        "R-4",
        surrendering(ccer("c", "2025-11-01", 10), year=2024),
        "reason CCER_NOT_USABLE_FOR_YEAR",
    ),
    _case(
        "ccer-of-covered-project",
        "CCER from inside allowance management: see the reading.",
        "纳入配额管理范围内项目的 CCER：取决于读法。",
        "R-4",
        surrendering(ccer("c", "2026-11-01", 10, covered=True)),
        "reading ccer_covered_project",
    ),
    _case(
        "ccer-readings-together",
        "Both CCER readings at once.",
        "两项 CCER 读法并用。",
        "R-4",
        surrendering(ccer("c", "2026-11-01", 60, covered=True), obligation=1010),
        "readings together",
    ),
    _case(
        "ccer-early-before-covered",
        "Registered too early comes before a covered project.",
        "登记过早先于项目在管理范围内。",
        "R-4",
        surrendering(ccer("c", "2026-11-01", 10, "2023-06-01", covered=True)),
        "order of reasons",
    ),
    _case(
        "ccer-year-before-early",
        "Not usable for the year comes before registered too early.",
        "年度不可用先于登记过早。",
        "R-4",
        surrendering(ccer("c", "2025-11-01", 10, "2023-06-01", covered=True), year=2024),
        "order of reasons",
    ),
)

CASES = (*_TIME, *_CCER)
