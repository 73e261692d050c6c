"""Cases of ``amendment``: verification results that change after settlement."""

from __future__ import annotations

from typing import Any

from cets_conformance.vectors.cases.builders import Input, cases_of, without

_case = cases_of("amendment")


def _of(allowances: Any, obligations: Any, surrendered: Any = 0, **more: Any) -> Input:
    return {
        "allowance_before": allowances[0],
        "allowance_after": allowances[1],
        "obligation_before": obligations[0],
        "obligation_after": obligations[1],
        "surrendered": surrendered,
        **more,
    }


CASES = (
    _case(
        "both-upwards",
        "More emissions: more is issued and more is owed.",
        "排放量上调：补发配额、应清缴量增加。",
        "I-4",
        _of((1000, 1100), (980, 1090), 980),
        "upward change",
    ),
    _case(
        "both-downwards",
        "Fewer emissions: allowances are recovered.",
        "排放量下调：收回配额。",
        "I-4",
        _of((1000, 900), (980, 880), 980),
        "recovery",
    ),
    _case(
        "recovery-limited-by-holding",
        "A recovery takes no more than is held.",
        "收回量以持有量为限。",
        "I-4 I-3",
        _of((1000, 900), (980, 980), 980, holding=60),
        "recovery limited by the holding",
    ),
    _case(
        "recovery-exactly-held",
        "A recovery of exactly what is held.",
        "收回量恰等于持有量。",
        "I-4 I-3",
        _of((1000, 900), (980, 980), 980, holding=100),
        "recovery limited by the holding",
    ),
    _case(
        "holding-of-zero",
        "Nothing held, nothing recovered.",
        "无持有量则无从收回。",
        "I-4 I-3",
        _of((1000, 900), (980, 980), 980, holding=0),
        "recovery limited by the holding",
    ),
    _case(
        "nothing-changes",
        "Nothing changes.",
        "无变化。",
        "I-4",
        _of((1000, 1000), (980, 980), 980, holding=0),
        "change of 0",
    ),
    _case(
        "in-opposite-directions",
        "Allowance down while the obligation goes up.",
        "配额下调而应清缴量上调。",
        "I-4",
        _of((1000, 999), (980, 1200), 980),
        "changes in opposite directions",
    ),
    _case(
        "exactly-surrendered",
        "What was surrendered is exactly the new obligation.",
        "已清缴量恰等于新的应清缴量。",
        "I-4",
        _of((1000, 1100), (980, 1000), 1000),
        "neither outstanding nor over",
    ),
    _case(
        "over-surrendered-by-one",
        "One tonne too much was surrendered.",
        "多清缴 1 吨。",
        "I-4",
        _of((1000, 1000), (980, 979), 980),
        "over-surrendered",
    ),
    _case(
        "outstanding-by-one",
        "One tonne is owed now.",
        "尚欠 1 吨。",
        "I-4",
        _of((1000, 1000), (980, 981), 980),
        "outstanding",
    ),
    _case(
        "nothing-surrendered-yet",
        "Before any surrender all of it is outstanding.",
        "尚未清缴时全部待清缴。",
        "I-4",
        _of((0, 0), (980, 990)),
        "outstanding",
    ),
    _case(
        "greatest-amounts",
        "Changes of 2^53 - 1 t are exact.",
        "变动 2^53 - 1 吨仍精确。",
        "Q-1 I-4",
        _of((2**53 - 1, 0), (0, 2**53 - 1), 1, holding=2**53 - 2),
        "range of amounts",
    ),
    _case(
        "amount-as-text",
        "An amount given as text is refused.",
        "吨数为文本时拒绝。",
        "Q-1",
        _of((1000, "1000"), (1, 1)),
        "form of an amount",
    ),
    _case(
        "surrendered-negative",
        "An amount below 0 is refused.",
        "吨数为负时拒绝。",
        "Q-1",
        _of((1, 1), (1, 1), -1),
        "form of an amount",
    ),
    _case(
        "amount-missing",
        "Every amount is required.",
        "各吨数均为必填。",
        "I-4",
        without(_of((1, 1), (1, 1)), "obligation_after"),
        "required field",
    ),
    _case(
        "year-is-unknown",
        "An amendment has no year.",
        "更正操作无年份字段。",
        "I-4",
        _of((1, 1), (1, 1), year=2025),
        "unknown field",
    ),
)
