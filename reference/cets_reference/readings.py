"""Readings: the points the texts in hand leave open, each with a default and its alternatives."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reading:
    """One open point."""

    id: str
    """Permanent id."""
    question_en: str
    """What the texts leave open, in English."""
    question_zh: str
    """What the texts leave open, in Chinese."""
    choices: tuple[str, ...]
    """Possible choices, the default first."""
    clauses: tuple[str, ...]
    """Clauses it touches."""

    @property
    def default(self) -> str:
        """The choice that holds where nothing is said."""
        return self.choices[0]


READINGS: tuple[Reading, ...] = (
    Reading(
        "rounding",
        "Where and how are tonnes rounded?",
        "吨数在何处、如何取整？",
        ("unit_half_up", "unit_floor", "enterprise_half_up"),
        ("Q-4",),
    ),
    Reading(
        "balance_precision",
        "Is a solved balance value rounded before use?",
        "求解得到的行业平衡值使用前是否修约？",
        ("exact", "four_decimals"),
        ("B-4",),
    ),
    Reading(
        "steel_base",
        "What does (1 + α) multiply for steel?",
        "钢铁行业（1＋α）所乘的排放量是什么？",
        ("enterprise", "main_processes"),
        ("A-2",),
    ),
    Reading(
        "excluded_unit_obligation",
        "Do new and closed units surrender for that year?",
        "新投产和核定前关停的单元当年是否清缴？",
        ("none", "verified_emissions"),
        ("S-7",),
    ),
    Reading(
        "ccer_fraction",
        "How is 5 % of the obligation taken where it is not whole?",
        "应清缴配额量的 5% 非整数时如何取整？",
        ("floor", "half_up"),
        ("R-4",),
    ),
    Reading(
        "ccer_covered_project",
        "May CCER from projects inside allowance management be used?",
        "纳入配额管理范围内项目产生的 CCER 可否用于抵销？",
        ("refuse", "accept"),
        ("R-4",),
    ),
    Reading(
        "carry_base",
        "Is the base once per enterprise or once per key emitting unit?",
        "基础结转量按企业计一次，还是按重点排放单位各计一次？",
        ("per_enterprise", "per_key_emitting_unit"),
        ("C-3",),
    ),
    Reading(
        "carry_fraction",
        "How is 1.5 × net sold taken where it is not whole?",
        "净卖出量的 1.5 倍非整数时如何取整？",
        ("floor", "half_up"),
        ("C-2",),
    ),
    Reading(
        "arrears_deduction",
        "Are arrears deducted from the next allocation?",
        "欠缴量是否在下一次配额分配时核减？",
        ("deduct", "none"),
        ("I-6",),
    ),
)
