"""Cases of ``allocation`` that show with which arithmetic a system computes."""

from __future__ import annotations

from collections.abc import Iterator

from cets_conformance.vectors.cases.builders import Input, cases_of, cement, steel
from cets_conformance.vectors.model import Draft

_case = cases_of("allocation")


def _equal(emissions: str) -> Input:
    return {"unit": cement(emissions, year=2024)}


def _at(balance_value: str, emissions: str, output: str) -> Input:
    return {"unit": cement(emissions, output), "balance_value": balance_value}


def _rounding() -> Iterator[Draft]:
    for name, emissions, en, zh in (
        ("half-of-one", "0.5", "Half a tonne rounds up to 1.", "半吨进为 1 吨。"),
        ("half-above-odd", "1.5", "1.5 t round up to 2.", "1.5 吨进为 2 吨。"),
        (
            "half-above-even",
            "2.5",
            "2.5 t round up to 3, not to even.",
            "2.5 吨进为 3 吨而非取偶。",
        ),
        (
            "just-below-half",
            "0.499999",
            "A millionth below half a tonne is 0.",
            "比半吨少百万分之一为 0。",
        ),
        (
            "just-above-half",
            "2.500001",
            "A millionth above half a tonne rounds up.",
            "比半吨多百万分之一即进位。",
        ),
        (
            "just-above-whole",
            "7.000001",
            "A millionth above a whole tonne rounds down.",
            "比整吨多百万分之一舍去。",
        ),
        (
            "just-below-whole",
            "7.999999",
            "A millionth below a whole tonne rounds up.",
            "比整吨少百万分之一进位。",
        ),
        (
            "round-once",
            "2.449999",
            "Rounding decimal by decimal would end above; it is 2.",
            "逐位修约会偏高，应为 2 吨。",
        ),
    ):
        yield _case(f"rounding-{name}", en, zh, "Q-4 A-1", _equal(emissions), "rounding of tonnes")


def _sizes() -> Iterator[Draft]:
    for name, emissions, en, zh in (
        (
            "float32-step",
            "16777217",
            "16,777,217 t is beyond single precision.",
            "16777217 吨超出单精度可表示范围。",
        ),
        (
            "int32-step",
            "2147483648",
            "2^31 t is beyond 32-bit integers.",
            "2 的 31 次方吨超出 32 位整数。",
        ),
        (
            "uint32-step",
            "4294967296.5",
            "2^32 t and a half is beyond unsigned 32-bit integers.",
            "2 的 32 次方吨再加半吨超出无符号 32 位整数。",
        ),
        (
            "double-loses-the-fraction",
            "999999999999999.499999",
            "Binary doubles round this up; it is below the half.",
            "双精度会误进位；实际不足半吨。",
        ),
        (
            "greatest",
            "999999999999999.999999",
            "The greatest emissions there can be.",
            "可能的最大排放量。",
        ),
    ):
        yield _case(f"size-{name}", en, zh, "Q-1 Q-3 A-1", _equal(emissions), "range of amounts")


_INTENSITY = (
    _case(
        "one-tonne-clean",
        "1 t at the upper bound is 1.03 t: 1.",
        "1 吨按上限为 1.03 吨，取 1 吨。",
        "Q-4 A-4",
        _at("1", "1", "10"),
        "rounding of tonnes",
    ),
    _case(
        "half-above-even-upper",
        "150 t at the upper bound are 154.5 t: 155.",
        "150 吨按上限为 154.5 吨，取 155 吨。",
        "Q-4 A-4",
        _at("1", "150", "1000"),
        "ties in rounding",
    ),
    _case(
        "half-above-even-lower",
        "50 t at the lower bound are 48.5 t: 49.",
        "50 吨按下限为 48.5 吨，取 49 吨。",
        "Q-4 A-4",
        _at("1", "50", "10"),
        "ties in rounding",
    ),
    _case(
        "half-below-odd-lower",
        "150 t at the lower bound are 145.5 t: 146.",
        "150 吨按下限为 145.5 吨，取 146 吨。",
        "Q-4 A-4",
        _at("1", "150", "10"),
        "ties in rounding",
    ),
    _case(
        "tie-binary-double-loses",
        "An exact half of which doubles lose a little.",
        "恰为半吨，双精度计算会偏离。",
        "Q-3 Q-4",
        _at("1.2", "1890", "1837.5"),
        "exactness against binary doubles",
    ),
    _case(
        "tie-decimal-28-loses",
        "An exact half of which 28-digit decimals lose a little.",
        "恰为半吨，28 位十进制计算会偏离。",
        "Q-3 Q-4",
        _at("0.9", "8190", "7962.5"),
        "exactness against 28-digit decimals",
    ),
    _case(
        "tie-both-lose",
        "An exact half that neither doubles nor 28-digit decimals keep.",
        "恰为半吨，双精度与 28 位十进制均会偏离。",
        "Q-3 Q-4",
        _at("1.5", "6510", "4805"),
        "exactness against 28-digit decimals",
    ),
    _case(
        "float32-by-intensity",
        "16,777,217 t at balance stay 16,777,217 t.",
        "强度等于平衡值时 16777217 吨不变。",
        "Q-3 A-2",
        _at("1", "16777217", "16777217"),
        "exactness against single precision",
    ),
    _case(
        "intensity-keeps-all-digits",
        "An intensity rounded to 4 decimals would show.",
        "强度若先修约到四位小数会偏离。",
        "Q-3 A-5",
        _at("0.86", "900000000", "1080000007"),
        "no rounding of the intensity",
    ),
    _case(
        "deviation-keeps-all-digits",
        "A deviation rounded to 4 decimals would show.",
        "偏差度若先修约到四位小数会偏离。",
        "Q-3 A-3",
        _at("0.86", "84123456789", "100000000000"),
        "no rounding of the deviation",
    ),
    _case(
        "coefficient-keeps-all-digits",
        "A coefficient rounded to 4 decimals would show.",
        "系数若先修约到四位小数会偏离。",
        "Q-3 A-4",
        _at("0.86", "8412345678", "9999999999.5"),
        "no rounding of the coefficient",
    ),
    _case(
        "coefficient-keeps-six-digits",
        "A coefficient rounded to 6 decimals would show.",
        "系数若先修约到六位小数会偏离。",
        "Q-3 A-4",
        _at("0.86", "841234567890", "999999999999"),
        "no rounding of the coefficient",
    ),
    _case(
        "repeating-ratio",
        "Ratios that never end are printed with twelve digits.",
        "无限循环的比率输出十二位小数。",
        "Q-5 A-3",
        _at("0.7", "1000000", "1500000"),
        "printing of ratios",
    ),
    _case(
        "thousand-million-tonnes",
        "10^9 t are allocated to the tonne.",
        "十亿吨也精确到吨。",
        "Q-3 A-2",
        _at("0.86", "1000000000", "1199999999"),
        "amounts of 10^9 t",
    ),
    _case(
        "six-decimals-everywhere",
        "Six decimals in every quantity are used.",
        "各量均带六位小数时全部参与计算。",
        "Q-2 Q-3",
        _at("0.860000000007", "1234567.654321", "1400000.123457"),
        "six fractional digits",
    ),
    _case(
        "greatest-by-intensity",
        "The greatest emissions at the upper bound.",
        "最大排放量按上限分配。",
        "Q-1 Q-3 A-4",
        _at("1000", "999999999999999.999999", "999999999999999.999999"),
        "range of amounts",
    ),
    _case(
        "smallest-by-intensity",
        "A millionth of a tonne is allocated 0.",
        "百万分之一吨分得 0。",
        "Q-4 A-2",
        _at("1", "0.000001", "0.000001"),
        "least emissions",
    ),
    _case(
        "obligation-and-allowance-part",
        "Allowance and obligation are rounded each alone.",
        "配额与应清缴量各自取整。",
        "Q-4 A-9",
        _at("1", "10.5", "11"),
        "allowance and obligation rounded apart",
    ),
    _case(
        "surplus-of-rounded",
        "The surplus is that of rounded figures.",
        "盈余按取整后的数计算。",
        "A-9 Q-4",
        _at("1", "33.4", "1000"),
        "allowance and obligation rounded apart",
    ),
    _case(
        "steel-tie",
        "Steel: an exact half under the default base.",
        "钢铁：默认基数下恰为半吨。",
        "Q-4 A-5",
        {"unit": steel("150", "60", "20", "1000"), "balance_value": "1"},
        "reading steel_base",
    ),
)

CASES = (*_rounding(), *_sizes(), *_INTENSITY)
