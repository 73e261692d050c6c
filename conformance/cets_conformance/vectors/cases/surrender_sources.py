"""Cases of ``surrender``: vintages, sources, province-held allowances, deductions, order."""

from __future__ import annotations

from cets_conformance.vectors.cases.builders import Input, allowance, cases_of, ccer
from cets_conformance.vectors.cases.surrender import surrendering

_case = cases_of("surrender")


def _own(amount: int, day: str = "2026-11-30", name: str = "a", vintage: str = "2025") -> Input:
    return allowance(name, day, vintage, amount)


_SOURCES = (
    *(
        _case(
            f"vintage-{vintage}-for-2024",
            f"Vintage {vintage} may be used for 2024.",
            f"{vintage} 年份配额可用于 2024 年度。",
            "R-3",
            surrendering(allowance("a", "2025-11-01", vintage, 1000), year=2024),
            f"vintage {vintage}",
        )
        for vintage in ("2019-2020", "2021", "2022", "2023", "2024")
    ),
    _case(
        "vintage-2025-for-2024",
        "Vintage 2025 may not be used for 2024.",
        "2025 年份配额不可用于 2024 年度。",
        "R-3",
        surrendering(allowance("a", "2026-01-01", "2025", 10), year=2024, as_of="2026-01-01"),
        "reason VINTAGE_NOT_USABLE",
    ),
    *(
        _case(
            f"vintage-{vintage}-for-2025",
            f"Vintage {vintage} may not be used for 2025.",
            f"{vintage} 年份配额不可用于 2025 年度。",
            "R-3",
            surrendering(allowance("a", "2026-11-01", vintage, 10)),
            "reason VINTAGE_NOT_USABLE",
        )
        for vintage in ("2019-2020", "2024")
    ),
    _case(
        "one-tonne-of-an-old-vintage",
        "A single tonne of an old vintage is refused too.",
        "旧年份配额即使仅一吨也不可使用。",
        "R-3 R-9",
        surrendering(allowance("a", "2026-11-01", "2023", 1)),
        "least amount that is refused",
    ),
    _case(
        "third-party",
        "Another's allowances are refused without a frozen account.",
        "账户未冻结时不得使用他人配额。",
        "R-6",
        surrendering(allowance("a", "2026-11-01", "2025", 10, "third_party")),
        "reason THIRD_PARTY_NOT_PERMITTED",
    ),
    _case(
        "third-party-frozen",
        "With a frozen account another may provide.",
        "账户冻结时可由他人代缴。",
        "R-6",
        surrendering(
            allowance("a", "2026-11-01", "2025", 1000, "third_party"), account_frozen=True
        ),
        "frozen account",
    ),
    _case(
        "vintage-before-third-party",
        "The vintage comes before the source.",
        "年份不符先于来源不符。",
        "R-3 R-6",
        surrendering(allowance("a", "2026-11-01", "2023", 10, "third_party")),
        "order of reasons",
    ),
    _case(
        "zero-is-accepted-whole",
        "An amount of 0 is accepted whole, whatever it is.",
        "数量为 0 时无论何种情形均整体接受。",
        "R-9",
        surrendering(
            allowance("a", "2026-11-01", "2021", 0, "third_party"),
            ccer("c", "2026-11-01", 0, "2020-01-01"),
        ),
    ),
    _case(
        "more-than-owed",
        "What exceeds the obligation is not surrendered.",
        "超过应清缴量的部分不接受。",
        "R-9",
        surrendering(_own(1001)),
        "reason EXCEEDS_OBLIGATION",
    ),
    _case(
        "nothing-left-to-surrender",
        "Once all is met nothing more is accepted.",
        "已足额后再提交的接受量为 0。",
        "R-9",
        surrendering(_own(1000), _own(5, name="b")),
        "reason EXCEEDS_OBLIGATION",
    ),
    _case(
        "by-date-not-by-order",
        "Submissions are taken by date, listed as given.",
        "按日期先后受理，按输入顺序输出。",
        "R-9",
        surrendering(_own(700, "2026-12-02", "late"), _own(700, "2026-12-01", "early")),
        "order of dates",
    ),
    _case(
        "same-day-in-order-given",
        "On one day they are taken in the order given.",
        "同日按输入顺序受理。",
        "R-9",
        surrendering(_own(700, name="z"), _own(700, name="a")),
        "order within a day",
    ),
)

_PROVINCE = (
    _case(
        "province-held-in-part",
        "Province-held allowances are used first, in part released.",
        "省级账户配额优先清缴，余额返还。",
        "R-5 I-5",
        surrendering(provincial_holding=1200),
        "province-held allowances first",
    ),
    _case(
        "province-held-exactly",
        "Province-held allowances of exactly the obligation.",
        "省级账户配额恰等于应清缴量。",
        "R-5",
        surrendering(provincial_holding=1000),
        "province-held allowances first",
    ),
    _case(
        "province-held-too-little",
        "Too little is all used; the rest is still open.",
        "省级账户配额不足时全部使用，余额待清缴。",
        "R-5",
        surrendering(provincial_holding=400),
        "province-held allowances first",
    ),
    _case(
        "province-held-first",
        "They come before an earlier submission.",
        "省级账户配额先于任何提交。",
        "R-5 R-9",
        surrendering(_own(700), provincial_holding=400),
        "province-held allowances first",
    ),
    _case(
        "province-held-after-the-deadline",
        "They count as surrendered in time.",
        "省级账户配额视为按期清缴。",
        "R-5 R-2",
        surrendering(provincial_holding=1000, as_of="2027-02-01"),
        "province-held allowances in time",
    ),
    _case(
        "province-held-nothing-owed",
        "Nothing owed: all is released.",
        "无清缴义务时全部返还。",
        "R-5",
        surrendering(obligation=0, provincial_holding=5),
        "released where nothing is owed",
    ),
)

_DEDUCTED = (
    _case(
        "deducted-in-full",
        "What was deducted settles the obligation.",
        "核减即了结欠缴。",
        "R-7 I-6 R-8",
        surrendering(year=2024, as_of="2026-10-01", deducted=1000),
        "status settled_by_deduction",
    ),
    _case(
        "deducted-in-part",
        "A deduction in part leaves the rest outstanding.",
        "部分核减后余额仍欠缴。",
        "R-7 I-6",
        surrendering(year=2024, as_of="2026-10-01", deducted=400),
        "deduction in part",
    ),
    _case(
        "deducted-then-surrendered-late",
        "After a deduction only the rest can be surrendered.",
        "核减后仅余额可补缴。",
        "R-7 R-9",
        surrendering(
            _own(1000, "2026-11-01", vintage="2024"), year=2024, as_of="2026-12-01", deducted=400
        ),
        "deduction before a late surrender",
    ),
    _case(
        "deducted-beside-in-time",
        "In-time submissions are not cut by the deduction.",
        "期限内提交不受核减影响。",
        "R-7",
        surrendering(
            _own(600, "2025-11-01", vintage="2024"), year=2024, as_of="2026-12-01", deducted=400
        ),
        "deduction beside surrender in time",
    ),
    _case(
        "deducted-province-released",
        "A deduction that settles releases the province's rest.",
        "核减了结后省级账户余额返还。",
        "R-5 R-7",
        surrendering(year=2024, as_of="2026-12-01", provincial_holding=600, deducted=400),
        "release after a deduction",
    ),
)

CASES = (*_SOURCES, *_PROVINCE, *_DEDUCTED)
