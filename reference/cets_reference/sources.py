"""Where the rules come from, and how far each is settled."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Basis(StrEnum):
    """How far a rule or figure is settled. Never upgraded silently."""

    STATED = "stated"
    """The explanatory note in hand says it."""
    CORROBORATED = "corroborated"
    """Two or more public sources relay it."""
    INFERRED = "inferred"
    """Follows from stated text by reasoning."""
    CONVENTION = "convention"
    """This project's choice, where any choice would do."""
    OPEN = "open"
    """The texts in hand do not settle it: a reading."""


@dataclass(frozen=True, slots=True)
class Source:
    """A public text that rules are taken from."""

    id: str
    """Short tag, such as ``EXP``."""
    title_zh: str
    """Title as published, or as relayed."""
    title_en: str
    """The same in English."""
    in_hand: bool
    """Whether the full text was read; otherwise its facts are relayed by public excerpts."""


SOURCES: tuple[Source, ...] = (
    Source(
        "EXP",
        "《2024、2025年度全国碳排放权交易市场钢铁、水泥、铝冶炼行业配额总量和分配方案（征求意见稿）》编制说明",
        "Explanatory note to the consultation draft of the plan (September 2025)",
        in_hand=True,
    ),
    Source(
        "PLAN",
        "《2024、2025年度全国碳排放权交易市场钢铁、水泥、铝冶炼行业配额总量和分配方案》（国环规气候〔2025〕2号）",
        "The plan itself, 16 November 2025",
        in_hand=False,
    ),
    Source(
        "POWER",
        "《2023、2024年度全国碳排放权交易发电行业配额总量和分配方案》（国环规气候〔2024〕1号）",
        "The power-sector plan 2023-2024, chapter and annex on carry-over",
        in_hand=False,
    ),
    Source(
        "QA",
        "全国碳排放权注册登记机构关于配额结转的问答（2025年12月30日）",
        "The registry's questions and answers on carry-over, 30 December 2025",
        in_hand=False,
    ),
    Source(
        "REP26",
        "《全国碳市场发展报告（2026）》",
        "The ministry's national carbon market development report 2026",
        in_hand=False,
    ),
    Source(
        "PROJECT",
        "本项目约定",
        "A choice of this project, where the texts leave one",
        in_hand=True,
    ),
)
