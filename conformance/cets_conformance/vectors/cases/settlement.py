"""Cases of ``settlement``: issue or recover, arrears, and whose account."""

from __future__ import annotations

from typing import Any

from cets_conformance.vectors.cases.builders import Input, cases_of, without

_case = cases_of("settlement")


def _of(
    allowance: Any = 1000, advance: Any = 700, arrears: Any = 0, year: Any = 2025, **more: Any
) -> Input:
    return {
        "year": year,
        "verified_allowance": allowance,
        "pre_allocated": advance,
        "arrears": arrears,
        "high_risk": False,
        **more,
    }


CASES = (
    _case(
        "more-is-issued",
        "What the advance lacks is issued.",
        "预分配不足部分补发。",
        "I-3",
        _of(),
        "adjustment above 0",
    ),
    _case(
        "nothing-to-adjust",
        "An advance that fits leaves nothing to do.",
        "预分配恰好时无需调整。",
        "I-3",
        _of(700),
        "adjustment of 0",
    ),
    _case(
        "too-much-is-recovered",
        "What was too much in advance is recovered.",
        "预分配超出部分收回。",
        "I-3",
        _of(600),
    ),
    _case(
        "recovery-limited-by-holding",
        "A recovery takes no more than is held.",
        "收回量以持有量为限。",
        "I-3",
        _of(600, holding=40),
    ),
    _case(
        "recovery-exactly-held",
        "A recovery of exactly what is held leaves nothing over.",
        "收回量恰等于持有量。",
        "I-3",
        _of(600, holding=100),
    ),
    _case(
        "recovery-nothing-held",
        "Where nothing is held all stays outstanding.",
        "无持有量时全部待收回。",
        "I-3",
        _of(600, holding=0),
    ),
    _case(
        "holding-beside-an-issue",
        "A holding changes nothing where allowances are issued.",
        "补发时持有量不影响结果。",
        "I-3",
        _of(holding=5),
        "holding not needed",
    ),
    _case(
        "arrears-deducted",
        "Arrears of 2024 are deducted from the allowance of 2025.",
        "2024 年欠缴量从 2025 年配额中核减。",
        "I-6",
        _of(arrears=120),
    ),
    _case(
        "arrears-make-a-recovery",
        "A deduction may turn an issue into a recovery.",
        "核减可使补发变为收回。",
        "I-6 I-3",
        _of(arrears=350),
    ),
    _case(
        "arrears-exactly-the-allowance",
        "Arrears of exactly the allowance take it all.",
        "欠缴量恰等于配额时全部核减。",
        "I-6",
        _of(arrears=1000, advance=0),
    ),
    _case(
        "arrears-above-the-allowance",
        "Arrears take no more than the allowance.",
        "核减量以核定配额为限。",
        "I-6",
        _of(arrears=1001, advance=0),
    ),
    _case(
        "arrears-and-short-holding",
        "A deduction stands although its recovery is short.",
        "收回不足时核减仍成立。",
        "I-6 I-3",
        _of(arrears=500, holding=50),
    ),
    _case(
        "high-risk",
        "At risk of not complying: the province's account.",
        "存在明显履约风险：发至省级账户。",
        "I-5",
        _of(high_risk=True),
    ),
    _case(
        "year-2024",
        "2024 is issued whole, nothing in advance.",
        "2024 年无预分配，一次发放。",
        "I-1 I-3",
        _of(advance=0, year=2024),
        "2024",
    ),
    _case(
        "advance-in-2024",
        "An advance in 2024, should there be one, is settled alike.",
        "2024 年若有预分配，同样结算。",
        "I-3",
        _of(advance=1200, year=2024),
    ),
    _case(
        "greatest-amounts",
        "2^53 - 1 t are kept exactly.",
        "2^53 - 1 吨精确保留。",
        "Q-1 I-3",
        _of(2**53 - 1, 2**53 - 2, 2**53 - 1),
        "range of amounts",
    ),
    _case(
        "all-zero",
        "Nothing allowed, nothing given, nothing owed.",
        "各项均为零。",
        "I-3",
        _of(0, 0),
        "zero",
    ),
    _case(
        "arrears-in-2024",
        "2024 has no arrears.",
        "2024 年不存在欠缴量。",
        "I-6",
        _of(arrears=1, year=2024),
        "ARREARS_NOT_APPLICABLE",
    ),
    _case(
        "year-not-covered",
        "2026 is not covered.",
        "2026 年不在方案范围。",
        "S-8",
        _of(year=2026),
        "YEAR_NOT_COVERED",
    ),
    _case(
        "year-before-arrears",
        "The year comes before arrears.",
        "年份错误先于欠缴量错误。",
        "S-8 I-6",
        _of(arrears=1, year=2023),
        "order of errors",
    ),
    _case(
        "amount-as-text",
        "An amount given as text is refused.",
        "吨数为文本时拒绝。",
        "Q-1",
        _of("1000"),
        "form of an amount",
    ),
    _case(
        "amount-negative",
        "An amount below 0 is refused.",
        "吨数为负时拒绝。",
        "Q-1",
        _of(-1),
        "form of an amount",
    ),
    _case(
        "amount-beyond-2-to-the-53",
        "2^53 is beyond what every reader keeps.",
        "2^53 超出可精确读取范围。",
        "Q-1",
        _of(2**53),
        "form of an amount",
    ),
    _case(
        "amount-as-flag",
        "true is no amount.",
        "布尔值不是吨数。",
        "Q-1",
        _of(advance=True),
        "form of an amount",
    ),
    _case(
        "holding-null",
        "A holding may be absent, never null.",
        "持有量可缺省，不可为 null。",
        "I-3",
        _of(holding=None),
        "form of an amount",
    ),
    _case(
        "arrears-missing",
        "Arrears are required, also where 0.",
        "欠缴量必填，无则为 0。",
        "I-6",
        without(_of(), "arrears"),
        "required field",
    ),
    _case(
        "risk-as-number",
        "0 is no flag.",
        "数值 0 不是布尔值。",
        "I-5",
        _of(high_risk=0),
        "form of a flag",
    ),
)
