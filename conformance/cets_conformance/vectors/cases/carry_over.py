"""Cases of ``carry-over``: maximum, trades, holding, eligibility, applications."""

from __future__ import annotations

from typing import Any

from cets_conformance.vectors.cases.builders import Input, cases_of

_case = cases_of("carry-over")


def holding(vintage: str, available: Any, frozen: Any = 0) -> Input:
    """Make a row of holdings."""
    return {"vintage": vintage, "available": available, "frozen": frozen}


def trade(side: str, amount: int, day: str = "2025-06-01", vintage: str = "2023") -> Input:
    """Make a trade."""
    return {"date": day, "vintage": vintage, "side": side, "amount": amount}


def application(name: str, amount: Any, day: str = "2026-03-01", **more: Any) -> Input:
    """Make an application."""
    return {"id": name, "date": day, "amount": amount, **more}


def carrying_over(
    *applications: Input,
    trades: Any = (),
    holdings: Any = None,
    units: Any = 1,
    y2023: str = "fulfilled",
    y2024: str = "fulfilled",
) -> Input:
    """Make the input; 100,000 t of vintage 2024 are held unless something else is said."""
    return {
        "key_emitting_units": units,
        "compliance": {"2023": y2023, "2024": y2024},
        "holdings": [holding("2024", 100000)] if holdings is None else list(holdings),
        "trades": list(trades),
        "applications": list(applications),
    }


_MAXIMUM = (
    _case(
        "base-alone",
        "Nothing sold: 10,000 t may be carried over.",
        "无净卖出时可结转 1 万吨。",
        "C-2",
        carrying_over(application("a", 10000)),
        "base of carry-over",
    ),
    _case(
        "one-tonne-above-the-maximum",
        "One tonne more is cut.",
        "超过上限 1 吨即截取。",
        "C-2 C-7",
        carrying_over(application("a", 10001)),
        "reason EXCEEDS_MAXIMUM",
    ),
    _case(
        "sold-raises-it",
        "1.5 t more for every tonne sold net.",
        "每净卖出 1 吨增加 1.5 吨。",
        "C-2 C-4",
        carrying_over(trades=[trade("sell", 2000)]),
        "net sales",
    ),
    _case(
        "half-tonne-dropped",
        "1.5 times an odd amount ends in a half; see the reading.",
        "奇数净卖出量的 1.5 倍含半吨，取决于读法。",
        "C-2",
        carrying_over(trades=[trade("sell", 2001)]),
        "reading carry_fraction",
    ),
    _case(
        "bought-against-sold",
        "What was bought counts against what was sold.",
        "买入量抵减卖出量。",
        "C-4",
        carrying_over(trades=[trade("sell", 3000), trade("buy", 1000, vintage="2021")]),
        "net sales",
    ),
    _case(
        "more-bought-than-sold",
        "Net purchases do not lower the base.",
        "净买入不降低基础结转量。",
        "C-4",
        carrying_over(trades=[trade("buy", 3000), trade("sell", 1000)]),
        "net sales never negative",
    ),
    _case(
        "holding-below-the-cap",
        "No more than is held can be carried over.",
        "结转量不得超过持有量。",
        "C-2 C-5",
        carrying_over(application("a", 5000), holdings=[holding("2022", 4000)]),
        "maximum limited by the holding",
    ),
    _case(
        "holding-exactly-the-cap",
        "Holding and cap are equal.",
        "持有量恰等于上限。",
        "C-2",
        carrying_over(holdings=[holding("2024", 10000)]),
        "equality of cap and holding",
    ),
    _case(
        "several-key-emitting-units",
        "The base is once per enterprise; see the reading.",
        "基础量按企业计一次，另见读法。",
        "C-3",
        carrying_over(units=3),
        "reading carry_base",
    ),
    _case(
        "both-readings-of-the-cap",
        "Several units and a half tonne: two readings.",
        "多个重点排放单位且有半吨：两项读法。",
        "C-2 C-3",
        carrying_over(units=2, trades=[trade("sell", 2001)]),
        "readings together",
    ),
    _case(
        "greatest-sale",
        "A sale of 2^53 - 1 t is multiplied exactly.",
        "卖出 2^53 - 1 吨仍精确相乘。",
        "C-2 Q-1",
        carrying_over(trades=[trade("sell", 2**53 - 1)]),
        "sums beyond 2^53",
    ),
    _case(
        "nothing-held",
        "Nothing held, nothing carried.",
        "无持有量则无结转。",
        "C-2",
        carrying_over(application("a", 1), holdings=[]),
        "maximum limited by the holding",
    ),
)

_TRADES = tuple(
    _case(
        f"trade-{name}",
        en,
        zh,
        "C-4",
        carrying_over(trades=[trade("sell", 2000, day, vintage)]),
        "window and vintages of trades",
    )
    for name, day, vintage, en, zh in (
        ("on-the-first-day", "2024-01-01", "2023", "2024-01-01 is inside.", "2024-01-01 计入。"),
        ("before-the-window", "2023-12-31", "2023", "2023-12-31 is outside.", "2023-12-31 不计。"),
        ("on-the-last-day", "2025-12-31", "2023", "2025-12-31 is inside.", "2025-12-31 计入。"),
        ("after-the-window", "2026-01-01", "2023", "2026-01-01 is outside.", "2026-01-01 不计。"),
        (
            "of-vintage-2019-2020",
            "2025-06-01",
            "2019-2020",
            "The oldest vintage counts.",
            "最早年份配额计入。",
        ),
        ("of-vintage-2024", "2025-06-01", "2024", "Vintage 2024 counts.", "2024 年份计入。"),
        (
            "of-vintage-2025",
            "2025-06-01",
            "2025",
            "Vintage 2025 does not count.",
            "2025 年份不计。",
        ),
    )
)

_HOLDING = (
    _case(
        "frozen-holdings-count",
        "Frozen allowances count as held.",
        "冻结配额计入持有量。",
        "C-5",
        carrying_over(holdings=[holding("2024", 4000, 3000)]),
        "frozen holdings",
    ),
    _case(
        "all-vintages-add-up",
        "Vintages up to 2024 add up, several rows of one too.",
        "2024 年及以前各年份合计，同年份多行相加。",
        "C-5 C-1",
        carrying_over(
            holdings=[
                holding("2019-2020", 1),
                holding("2021", 10),
                holding("2022", 100),
                holding("2023", 1000),
                holding("2024", 5000),
                holding("2024", 500, 50),
            ]
        ),
        "rows of one vintage",
    ),
    _case(
        "vintage-2025-is-not-held",
        "Vintage 2025 is no part of the holding.",
        "2025 年份不计入持有量。",
        "C-5 C-8",
        carrying_over(holdings=[holding("2025", 9000), holding("2024", 1000)]),
        "vintage 2025",
    ),
)

_ELIGIBLE = (
    *(
        _case(
            f"{status.replace('_', '-')}-in-{year}",
            f"{status} in {year}.",
            f"{year} 年履约状态为 {status}。",
            "C-6",
            carrying_over(application("a", 500), **{f"y{year}": status}),
            f"compliance {status}",
        )
        for year in (2023, 2024)
        for status in ("fulfilled_late", "outstanding", "not_covered")
    ),
    _case(
        "settled-by-deduction",
        "Settled by deduction is not fulfilled in time.",
        "以核减了结不属按期履约。",
        "C-6",
        carrying_over(application("a", 500), y2024="settled_by_deduction"),
        "compliance settled_by_deduction",
    ),
    _case(
        "still-open",
        "What is still open is not fulfilled.",
        "待清缴不属已履约。",
        "C-6",
        carrying_over(application("a", 500), y2024="open"),
        "compliance open",
    ),
    _case(
        "ineligible-with-availability",
        "Ineligible, EXCEEDS_MAXIMUM is the reason.",
        "不符合条件时理由为超过上限。",
        "C-6 C-7",
        carrying_over(application("a", 500, available=100), y2024="outstanding"),
        "reason where ineligible",
    ),
    _case(
        "ineligible-and-late",
        "Outside the window comes before being ineligible.",
        "申请超期先于不符合条件。",
        "C-6 C-7",
        carrying_over(application("a", 500, "2026-06-11"), y2024="outstanding"),
        "order of reasons",
    ),
)

_APPLICATIONS = (
    *(
        _case(
            f"application-{name}",
            en,
            zh,
            "C-7",
            carrying_over(application("a", 500, day)),
            "window of applications",
        )
        for name, day, en, zh in (
            ("too-early", "2025-12-31", "2025-12-31 is too early.", "2025-12-31 申请过早。"),
            ("on-the-first-day", "2026-01-01", "2026-01-01 is in time.", "2026-01-01 可申请。"),
            ("on-the-last-day", "2026-06-10", "2026-06-10 is in time.", "2026-06-10 可申请。"),
            ("too-late", "2026-06-11", "2026-06-11 is too late.", "2026-06-11 申请过晚。"),
        )
    ),
    _case(
        "sum-of-applications",
        "All applications together stay within the maximum.",
        "多次申请累计不得超过上限。",
        "C-7",
        carrying_over(application("a", 6000), application("b", 6000)),
        "sum of applications",
    ),
    _case(
        "by-date-not-by-order",
        "Applications are taken by date, listed as given.",
        "按日期先后受理，按输入顺序输出。",
        "C-7",
        carrying_over(
            application("late", 6000, "2026-05-02"), application("early", 6000, "2026-05-01")
        ),
        "order of dates",
    ),
    _case(
        "same-day-in-order-given",
        "On one day they are taken in the order given.",
        "同日按输入顺序受理。",
        "C-7",
        carrying_over(application("z", 6000), application("a", 6000)),
        "order within a day",
    ),
    _case(
        "more-than-available",
        "An application is cut to what is available.",
        "申请量以当时可用量为限。",
        "C-7",
        carrying_over(application("a", 500, available=300)),
        "reason EXCEEDS_AVAILABLE",
    ),
    _case(
        "exactly-available",
        "An application of exactly what is available is whole.",
        "申请量恰等于可用量。",
        "C-7",
        carrying_over(application("a", 300, available=300)),
        "available",
    ),
    _case(
        "available-before-maximum",
        "Above both limits: cut to the least, the first is named.",
        "同时超过两限额：取小者，理由取先者。",
        "C-7",
        carrying_over(application("a", 20000, available=15000)),
        "order of reasons",
    ),
    _case(
        "zero-at-any-time",
        "An application for 0 is accepted whole, at any time.",
        "申请量为 0 时任何时间均整体接受。",
        "C-7",
        carrying_over(application("a", 0, "2027-01-01")),
        "amount of 0",
    ),
)

CASES = (*_MAXIMUM, *_TRADES, *_HOLDING, *_ELIGIBLE, *_APPLICATIONS)
