"""Cases of ``cycle``: offsets, carry-over, and days on which it is looked at."""

from __future__ import annotations

from cets_conformance.vectors.cases.builders import allowance, cases_of, ccer, cement
from cets_conformance.vectors.cases.cycle import (
    HELD,
    carrying,
    pay_2024,
    pay_2025,
    through,
    trade,
    year_2024,
    year_2025,
)

_case = cases_of("cycle")

_OFFSETS = (
    _case(
        "ccer-in-2025",
        "CCER up to 5 % offset; the rest is refused with its reason.",
        "CCER 按 5% 抵销，超出部分拒绝。",
        "R-4 R-9",
        through(year_2024(pay_2024()), year_2025(ccer("c", "2026-11-01", 5000), pay_2025())),
        "limit of CCER",
    ),
    _case(
        "ccer-limit-not-whole",
        "5 % of 90,010 t are not whole; see the readings.",
        "90010 吨的 5% 非整数，取决于读法。",
        "R-4",
        through(
            year_2024(pay_2024()),
            year_2025(
                ccer("c", "2026-11-01", 4501, covered=True),
                pay_2025(85000),
                units=[cement("90010", "100000")],
            ),
        ),
        "readings together",
    ),
    _case(
        "ccer-refusals",
        "CCER for 2024, registered early, and on the first day.",
        "2024 年用 CCER、登记过早、首日登记。",
        "R-4",
        through(
            year_2024(ccer("c24", "2025-12-01", 10)),
            year_2025(
                ccer("early", "2026-11-01", 10, "2024-01-21"),
                ccer("first", "2026-11-01", 10, "2024-01-22"),
            ),
        ),
        "first day of registration",
    ),
    _case(
        "old-vintage-for-2025",
        "An old vintage held is refused for 2025.",
        "持有的旧年份配额不可用于 2025 年度。",
        "R-3",
        through(
            year_2024(pay_2024()),
            year_2025(allowance("old", "2026-11-01", "2023", 100)),
            opening=HELD,
        ),
        "reason VINTAGE_NOT_USABLE",
    ),
)

_CARRIED = (
    _case(
        "carried-and-surrendered",
        "What is carried over pays for 2025, oldest vintage first.",
        "结转后的配额用于 2025 年度，先用最早年份。",
        "C-1 C-2 C-7",
        through(
            year_2024(pay_2024()),
            year_2025(pay_2025(), units=[cement("99000", "100000")]),
            opening=[{"vintage": "2023", "amount": 6000}, {"vintage": "2019-2020", "amount": 7000}],
            applications=[carrying(9000)],
        ),
        "oldest vintage first",
    ),
    _case(
        "carried-after-sale",
        "Old vintages sold raise the maximum.",
        "卖出旧年份配额提高结转上限。",
        "C-2 C-4",
        through(
            year_2024(pay_2024()),
            year_2025(),
            opening=HELD,
            trades=[trade("t", "sell", 3001, "2025-06-01", "2023")],
            applications=[carrying(20000)],
        ),
        "net sales",
    ),
    _case(
        "trades-that-do-not-count",
        "Trades outside the window or of 2025 do not count.",
        "窗口外及 2025 年份交易不计。",
        "C-4",
        through(
            year_2024(pay_2024()),
            year_2025(),
            opening=HELD,
            trades=[
                trade("early", "sell", 100, "2023-12-31", "2023"),
                trade("late", "sell", 200, "2026-01-01", "2023"),
                trade("counted", "sell", 50, "2025-06-01", "2023"),
                trade("new", "buy", 40, "2025-06-01", "2025"),
                trade("sold", "sell", 4, "2025-06-02", "2025"),
            ],
        ),
        "window and vintages of trades",
    ),
    _case(
        "net-purchases",
        "Net purchases do not lower the maximum.",
        "净买入不降低结转上限。",
        "C-4",
        through(
            year_2024(pay_2024()),
            year_2025(),
            opening=HELD,
            trades=[trade("t", "buy", 3000, "2025-06-01", "2022")],
        ),
        "net sales never negative",
    ),
    _case(
        "several-applications",
        "Applications add up to the maximum; late ones are refused.",
        "多次申请累计至上限；过期的拒绝。",
        "C-7",
        through(
            year_2024(pay_2024()),
            year_2025(),
            opening=HELD,
            applications=[
                carrying(6000, "2026-02-01", "k1"),
                carrying(6000, "2026-06-10", "k2"),
                carrying(1, "2026-06-11", "k3"),
            ],
        ),
    ),
    _case(
        "applied-for-more-than-held",
        "An application exceeds what the account still holds.",
        "申请量超过账户现有量。",
        "C-7",
        through(
            year_2024(pay_2024()),
            year_2025(),
            opening=HELD,
            trades=[trade("t", "sell", 25000, "2026-02-01", "2023")],
            applications=[carrying(8000)],
        ),
        "reason EXCEEDS_AVAILABLE",
    ),
    _case(
        "several-key-emitting-units",
        "Three key emitting units: one base, or three.",
        "三个重点排放单位：基础量一次或三次。",
        "C-3",
        through(
            year_2024(pay_2024()),
            year_2025(),
            opening=HELD,
            enterprise={"enterprise_id": "E", "key_emitting_units": 3},
            applications=[carrying(30000)],
        ),
        "reading carry_base",
    ),
    _case(
        "late-in-2023",
        "Late in 2023: nothing may be carried over.",
        "2023 年逾期：不得结转。",
        "C-6",
        through(
            year_2024(pay_2024()),
            year_2025(),
            opening=HELD,
            compliance_2023="fulfilled_late",
            applications=[carrying(1)],
        ),
        "compliance fulfilled_late",
    ),
    _case(
        "ineligible-beyond-what-is-held",
        "Ineligible: that is the reason, not what is held.",
        "不符合结转条件时，理由并非持有量不足。",
        "C-6 C-7",
        through(year_2024(), year_2025(), opening=HELD, applications=[carrying(200000)]),
        "order of reasons",
    ),
    _case(
        "application-too-early",
        "An application in 2025 comes too early.",
        "2025 年内的结转申请过早。",
        "C-7",
        through(
            year_2024(pay_2024()),
            year_2025(),
            opening=HELD,
            applications=[carrying(500, "2025-12-31")],
        ),
        "reason APPLICATION_TOO_EARLY",
    ),
    _case(
        "one-tonne-bought-and-one-sold",
        "A single tonne bought, and one sold, move.",
        "买入一吨、卖出一吨同样计入账户。",
        "R-1 C-8",
        through(
            year_2024(pay_2024()),
            year_2025(),
            opening=HELD,
            trades=[
                trade("in", "buy", 1, "2026-02-01", "2024"),
                trade("out", "sell", 1, "2026-02-01", "2023"),
            ],
        ),
        "least amount that moves",
    ),
    _case(
        "nothing-applied-for-too-early",
        "An application for 0 is accepted whole before the holding day too.",
        "持有量核定日前申请结转 0 吨同样整体接受。",
        "C-7",
        through(
            year_2024(pay_2024()),
            year_2025(),
            opening=HELD,
            applications=[carrying(0, "2025-12-01")],
        ),
        "amount of 0",
    ),
    _case(
        "sold-carried-and-submitted-at-once",
        "Trade, carry-over, surrender: in this order.",
        "同日依次为交易、结转、清缴。",
        "R-9 C-7",
        through(
            year_2024(pay_2024()),
            year_2025(allowance("s", "2026-02-01", "2025", 500)),
            opening=[{"vintage": "2023", "amount": 2000}],
            trades=[trade("out", "sell", 1500, "2026-02-01", "2023")],
            applications=[carrying(1000, "2026-02-01")],
        ),
        "order within a day",
    ),
    _case(
        "released-to-what-is-held",
        "What is released joins what the enterprise holds.",
        "返还的配额并入企业已有持有量。",
        "I-5 R-5",
        through(
            year_2024(pay_2024()),
            year_2025(high_risk=True, units=[cement("90000", "200000")]),
            trades=[trade("in", "buy", 250, "2026-05-01", "2025")],
        ),
    ),
)

_DAYS = (
    _case(
        "before-anything",
        "Before any issue nothing is held and carry-over is null.",
        "发放前无持有量，结转为空。",
        "I-3 C-5",
        through(year_2024(), year_2025(), as_of="2025-11-19"),
        "carry-over null before the holding day",
    ),
    _case(
        "before-the-holding-day",
        "A day before the holding day carry-over is null.",
        "持有量核定日前一日结转为空。",
        "C-5",
        through(year_2024(pay_2024()), year_2025(), as_of="2025-12-30"),
        "holding day",
    ),
    _case(
        "on-the-holding-day",
        "On the holding day carry-over is known.",
        "持有量核定日当日结转已知。",
        "C-5",
        through(year_2024(pay_2024(day="2025-12-31")), year_2025(), as_of="2025-12-31"),
        "holding day",
    ),
    _case(
        "issued-bought-and-submitted-at-once",
        "Issue, purchase, surrender fall on one day.",
        "同日发放、买入、清缴。",
        "R-9 I-3",
        through(
            year_2024(pay_2024(100000, "2025-11-20", "2024")),
            year_2025(allowance("s", "2026-09-30", "2025", 90000)),
            trades=[
                trade("out", "sell", 10000, "2026-03-02", "2025"),
                trade("in", "buy", 10000, "2026-09-30", "2025"),
            ],
        ),
        "order within a day",
    ),
)

CASES = (*_OFFSETS, *_CARRIED, *_DAYS)
