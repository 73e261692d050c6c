"""Cases of ``carry-over`` that are refused."""

from __future__ import annotations

from cets_conformance.vectors.cases.builders import cases_of, without
from cets_conformance.vectors.cases.carry_over import application, carrying_over, holding, trade

_case = cases_of("carry-over")

CASES = tuple(
    _case(name, en, zh, clauses, value, guards)
    for name, guards, en, zh, clauses, value in (
        (
            "duplicate-id",
            "DUPLICATE_ID",
            "An id given twice is refused at the second.",
            "编号重复时在第二处拒绝。",
            "C-7",
            carrying_over(application("a", 1), application("a", 2)),
        ),
        (
            "no-key-emitting-unit",
            "form of a count",
            "There is at least one key emitting unit.",
            "重点排放单位至少一个。",
            "C-3",
            carrying_over(units=0),
        ),
        (
            "year-of-compliance-missing",
            "required field",
            "Compliance of both years is required.",
            "两个年度的履约状态均须给出。",
            "C-6",
            {**carrying_over(), "compliance": {"2023": "fulfilled"}},
        ),
        (
            "compliance-unknown",
            "form of a status",
            "A status nobody knows is refused.",
            "未知履约状态拒绝。",
            "C-6",
            carrying_over(y2023="complied"),
        ),
        (
            "side-unknown",
            "form of a trade",
            "A trade sells or buys.",
            "交易方向只有买或卖。",
            "C-4",
            carrying_over(trades=[trade("swap", 1)]),
        ),
        (
            "trade-with-id",
            "unknown field",
            "Here a trade has no id.",
            "此操作的交易无编号。",
            "C-4",
            carrying_over(trades=[{**trade("sell", 1), "id": "t"}]),
        ),
        (
            "available-null",
            "form of an amount",
            "available may be absent, never null.",
            "可用量可缺省，不可为 null。",
            "C-7",
            carrying_over(application("a", 1, available=None)),
        ),
        (
            "frozen-missing",
            "required field",
            "What is frozen is required, also where 0.",
            "冻结量必填，无则为 0。",
            "C-5",
            carrying_over(holdings=[without(holding("2024", 1), "frozen")]),
        ),
    )
)
