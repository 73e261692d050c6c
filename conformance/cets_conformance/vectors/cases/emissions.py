"""Cases of ``emissions``: the gases of S-6 and the form of a measured quantity."""

from __future__ import annotations

from typing import Any

from cets_conformance.vectors.cases.builders import Input, cases_of

_case = cases_of("emissions")


def _gases(co2: Any = "0", cf4: Any = "0", c2f6: Any = "0", **more: Any) -> Input:
    return {"gases": {"co2": co2, "cf4": cf4, "c2f6": c2f6, **more}}


_COMPUTED = (
    _case(
        "co2-alone",
        "CO2 alone counts as it is.",
        "仅有二氧化碳时按原值计。",
        "S-6",
        _gases("698000"),
        "factor of CO2",
    ),
    _case(
        "one-tonne-of-cf4",
        "One tonne of CF4 is 6630 t CO2e.",
        "1 吨 CF4 折合 6630 吨二氧化碳当量。",
        "S-6",
        _gases(cf4="1"),
        "factor of CF4",
    ),
    _case(
        "one-tonne-of-c2f6",
        "One tonne of C2F6 is 11100 t CO2e.",
        "1 吨 C2F6 折合 11100 吨二氧化碳当量。",
        "S-6",
        _gases(c2f6="1"),
        "factor of C2F6",
    ),
    _case(
        "all-three-gases",
        "The three gases of an electrolysis add up.",
        "电解工序三种气体排放量相加。",
        "S-6 S-5",
        _gases("1500000.25", "8.5", "0.75"),
        "sum of the gases",
    ),
    _case(
        "nothing-emitted",
        "No gas gives 0, printed without a fraction.",
        "各气体均为零时结果为 0，不带小数。",
        "S-6 Q-2",
        _gases(),
        "zero",
    ),
    _case(
        "smallest-masses",
        "A millionth of a tonne of each gas is kept to the last digit.",
        "各气体均为百万分之一吨时逐位保留。",
        "S-6 Q-3",
        _gases("0.000001", "0.000001", "0.000001"),
    ),
    _case(
        "trailing-zeros",
        "Trailing zeros of the input are not printed.",
        "输入的小数末尾零不输出。",
        "Q-2",
        _gases("100.500000", "0.000000"),
        "decimal without trailing zeros",
    ),
    _case(
        "whole-sum-of-fractions",
        "Fractions that add up to a whole number leave no fraction behind.",
        "小数相加恰为整数时不输出小数部分。",
        "Q-2 Q-3",
        _gases("0.37", "0.001"),
        "decimal without trailing zeros",
    ),
    _case(
        "greatest-masses",
        "The greatest masses are summed beyond 2^53 without loss.",
        "各气体取最大值时，超过 2^53 的和仍精确。",
        "Q-2 Q-3 S-6",
        _gases("999999999999999.999999", "999999999999999.999999", "999999999999999.999999"),
        "sums beyond 2^53",
    ),
    _case(
        "binary-fractions-lose",
        "0.1 + 0.2 of binary fractions would show; the sum is exact.",
        "二进制小数相加会露出误差，此处须精确。",
        "Q-3",
        _gases("0.1", "0.00003", "0.000001"),
        "exactness against binary doubles",
    ),
)

_REFUSED_FORMS: tuple[tuple[str, Any, str, str], ...] = (
    ("as-number", 698000, "a JSON number", "JSON 数值"),
    ("negative", "-1", "a minus sign", "负号"),
    ("negative-zero", "-0", "minus zero", "负零"),
    ("plus-sign", "+1", "a plus sign", "正号"),
    ("exponent", "1e6", "an exponent", "科学计数法"),
    ("leading-zero", "01", "a leading zero", "前导零"),
    ("seven-decimals", "1.0000001", "seven fractional digits", "七位小数"),
    ("sixteen-digits", "1000000000000000", "sixteen integer digits", "十六位整数"),
    ("no-digit-after-point", "1.", "no digit after the point", "小数点后无数字"),
    ("no-digit-before-point", ".5", "no digit before the point", "小数点前无数字"),
    ("thousands-separator", "1,000", "a thousands separator", "千位分隔符"),
    ("surrounding-blank", " 1", "a leading blank", "前置空格"),
    ("final-newline", "1\n", "a final newline", "末尾换行"),
    ("full-width-digit", "１", "a full-width digit", "全角数字"),
    ("arabic-indic-digit", "٣", "a digit outside ASCII", "非 ASCII 数字"),
    ("empty", "", "an empty string", "空字符串"),
    ("null", None, "null", "空值 null"),
    ("not-a-number", "NaN", "the word NaN", "NaN 字样"),
)

_REFUSED = (
    *(
        _case(
            f"quantity-refused-{name}",
            f"A measured quantity with {en} is refused.",
            f"计量数据为{zh}时拒绝。",
            "Q-2",
            _gases(value),
            f"form of a measured quantity: {en}",
        )
        for name, value, en, zh in _REFUSED_FORMS
    ),
    _case(
        "longest-quantity",
        "Fifteen integer and six fractional digits are accepted.",
        "十五位整数、六位小数可以接受。",
        "Q-2",
        _gases("123456789012345.123456"),
        "form of a measured quantity: greatest length",
    ),
    _case(
        "gas-missing",
        "A gas that is missing is refused where it should stand.",
        "缺少一种气体时，在其应在的位置拒绝。",
        "S-6",
        {"gases": {"co2": "1", "cf4": "0"}},
        "required field",
    ),
    _case(
        "gas-unknown",
        "A gas the plan does not know is refused.",
        "方案未列的气体拒绝。",
        "S-6 S-5",
        _gases("1", sf6="1"),
        "unknown field",
    ),
    _case(
        "wrong-before-missing",
        "What is wrong is reported before what is missing.",
        "同时有误和缺项时先报有误的字段。",
        "S-6",
        {"gases": {"co2": "1", "c2f6": "x"}},
        "order of errors of form",
    ),
    _case(
        "gases-as-list",
        "Gases given as a list are refused.",
        "气体以数组给出时拒绝。",
        "S-6",
        {"gases": ["1", "0", "0"]},
        "object expected",
    ),
    _case(
        "empty-input",
        "An empty input lacks its gases.",
        "空输入缺少气体数据。",
        "S-6",
        {},
        "required field of the input",
    ),
    _case(
        "pointer-is-escaped",
        "A field name with / and ~ is escaped in the path.",
        "字段名含“/”“~”时，路径按 JSON 指针转义。",
        "S-6",
        _gases("1", **{"a/b~c": "1"}),
        "JSON pointer",
    ),
)

CASES = (*_COMPUTED, *_REFUSED)
