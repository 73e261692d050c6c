"""Cases of ``surrender`` that are refused, and the order in which they are."""

from __future__ import annotations

from cets_conformance.vectors.cases.builders import Input, allowance, cases_of, ccer, without
from cets_conformance.vectors.cases.surrender import surrendering
from cets_conformance.vectors.model import Draft

_case = cases_of("surrender")
_DAY = "2026-11-30"


def _refused(name: str, guards: str, en: str, zh: str, clauses: str, value: Input) -> Draft:
    return _case(name, en, zh, clauses, value, guards)


def _own(name: str = "a", day: str = _DAY, amount: int = 10) -> Input:
    return allowance(name, day, "2025", amount)


CASES = (
    _refused(
        "year-not-covered",
        "YEAR_NOT_COVERED",
        "2023 is not covered.",
        "2023 年不在方案范围。",
        "S-8",
        surrendering(year=2023),
    ),
    _refused(
        "after-as-of",
        "DATE_AFTER_AS_OF",
        "Nothing may be dated after as_of.",
        "提交日期不得晚于统计日。",
        "R-9",
        surrendering(_own(), _own("b", "2026-12-02"), as_of="2026-12-01"),
    ),
    _refused(
        "on-as-of",
        "as_of itself",
        "What is dated on as_of itself is taken.",
        "统计日当日的提交有效。",
        "R-9",
        surrendering(_own(day="2026-12-01"), as_of="2026-12-01"),
    ),
    _refused(
        "duplicate-id",
        "DUPLICATE_ID",
        "An id given twice is refused at the second.",
        "编号重复时在第二处拒绝。",
        "R-9",
        surrendering(_own("a"), _own("b"), _own("a")),
    ),
    _refused(
        "date-before-duplicate",
        "order of errors",
        "A date after as_of comes before a duplicate.",
        "日期晚于统计日先于编号重复。",
        "R-9",
        surrendering(_own("a"), _own("a"), _own("c", "2026-12-02"), as_of="2026-12-01"),
    ),
    _refused(
        "deducted-before-the-deadline",
        "DEDUCTION_NOT_APPLICABLE",
        "Nothing can be deducted while the deadline is ahead.",
        "期限未过时不得核减。",
        "I-6 R-7",
        surrendering(deducted=1, as_of="2026-12-31"),
    ),
    _refused(
        "deducted-half-a-year-before-the-deadline",
        "DEDUCTION_NOT_APPLICABLE",
        "Nor half a year before it.",
        "期限前半年同样不得核减。",
        "I-6 R-7",
        surrendering(deducted=1, as_of="2026-06-30"),
    ),
    _refused(
        "deducted-above-outstanding",
        "DEDUCTION_NOT_APPLICABLE",
        "No more can be deducted than was outstanding at the deadline.",
        "核减量不得超过期限时的欠缴量。",
        "I-6 R-7",
        surrendering(_own(amount=600), deducted=401, as_of="2027-01-01"),
    ),
    _refused(
        "deducted-above-what-the-last-day-left",
        "DEDUCTION_NOT_APPLICABLE",
        "What comes on the last day itself lowers what can be deducted.",
        "期限当日的清缴降低可核减量。",
        "I-6 R-2",
        surrendering(_own(day="2026-12-31", amount=600), deducted=401, as_of="2027-01-01"),
    ),
    _refused(
        "deducted-judged-at-the-deadline",
        "deduction at the deadline",
        "What comes late does not lower what can be deducted.",
        "逾期补缴不降低可核减量。",
        "I-6 R-7",
        surrendering(
            _own(amount=600), _own("b", "2027-01-01", 300), deducted=400, as_of="2027-01-01"
        ),
    ),
    _refused(
        "duplicate-before-deduction",
        "order of errors",
        "A duplicate comes before a deduction.",
        "编号重复先于核减错误。",
        "R-9 I-6",
        surrendering(_own(), _own(), deducted=1),
    ),
    _refused(
        "registered-after-submission",
        "form of a submission",
        "CCER registered after its submission is refused.",
        "CCER 登记晚于提交时拒绝。",
        "R-4",
        surrendering(ccer("c", _DAY, 1, "2026-12-01")),
    ),
    _refused(
        "allowance-with-registration",
        "field of the other instrument",
        "A registration is no field of an allowance.",
        "配额不得有登记日期。",
        "R-4",
        surrendering(allowance("a", _DAY, "2025", 1, registered_on=_DAY)),
    ),
    _refused(
        "ccer-with-vintage",
        "field of the other instrument",
        "A vintage is no field of CCER.",
        "CCER 不得有配额年份。",
        "R-3",
        surrendering({**ccer("c", _DAY, 1), "vintage": "2025"}),
    ),
    _refused(
        "instrument-unknown",
        "form of a submission",
        "An instrument nobody knows is refused.",
        "未知的清缴工具拒绝。",
        "R-4",
        surrendering({**_own(), "instrument": "vcs"}),
    ),
    _refused(
        "vintage-2020",
        "form of a vintage",
        "The first two years are one vintage.",
        "2019 与 2020 合为一个年份。",
        "R-3",
        surrendering(allowance("a", _DAY, "2020", 1)),
    ),
    _refused(
        "vintage-as-number",
        "form of a vintage",
        "A vintage is text.",
        "配额年份为文本。",
        "R-3",
        surrendering({**_own(), "vintage": 2025}),
    ),
    _refused(
        "day-that-does-not-exist",
        "form of a date",
        "31 June does not exist.",
        "6 月 31 日不存在。",
        "R-2",
        surrendering(_own(day="2026-06-31")),
    ),
    _refused(
        "leap-day",
        "form of a date",
        "29 February exists only in a leap year.",
        "2 月 29 日仅闰年存在。",
        "R-2",
        surrendering(as_of="2025-02-29"),
    ),
    _refused(
        "date-with-slashes",
        "form of a date",
        "Dates are written with hyphens.",
        "日期用连字符书写。",
        "R-2",
        surrendering(as_of="2026/12/31"),
    ),
    _refused(
        "date-without-hyphens",
        "form of a date",
        "Dates are never written without hyphens.",
        "日期不得省略连字符。",
        "R-2",
        surrendering(as_of="20261231"),
    ),
    _refused(
        "date-with-time",
        "form of a date",
        "A date has no time.",
        "日期不带时刻。",
        "R-2",
        surrendering(as_of="2026-12-31T00:00:00"),
    ),
    _refused(
        "amount-as-text",
        "form of an amount",
        "An amount given as text is refused.",
        "吨数为文本时拒绝。",
        "Q-1",
        surrendering({**_own(), "amount": "10"}),
    ),
    _refused(
        "source-missing",
        "required field",
        "Allowances need their source.",
        "配额须注明来源。",
        "R-6",
        surrendering(without(_own(), "source")),
    ),
    _refused(
        "as-of-missing",
        "required field",
        "as_of is required.",
        "统计日必填。",
        "R-2",
        without(surrendering(), "as_of"),
    ),
)
