"""The columns of the annex tables: one place that reader, checks, sample and schema share.

The official annex column names are not public; names and headers here are the project's own
(convention), as published in ``schemas/v1/table.schema.json``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

__all__ = ["COLUMNS", "KINDS", "Column", "Kind", "Need", "Type"]


class Kind(StrEnum):
    """The two tables that provinces and vendors exchange."""

    ALLOCATION = "allocation"
    """核定: verified allocation."""
    PRE_ALLOCATION = "pre-allocation"
    """预分配: pre-allocation."""


KINDS: tuple[str, ...] = tuple(kind.value for kind in Kind)


class Type(StrEnum):
    """What a cell of the column holds."""

    YEAR = "year"
    PROVINCE = "province"
    CODE = "code"
    TEXT = "text"
    ID = "id"
    CHOICE = "choice"
    FLAG = "flag"
    CALENDAR_YEAR = "calendar_year"
    QUANTITY = "quantity"
    RATIO = "ratio"
    AMOUNT = "amount"
    SIGNED_AMOUNT = "signed_amount"


class Need(StrEnum):
    """When a table of the kind must have the column."""

    ALWAYS = "always"
    SECTOR = "sector"
    """Where a row of the column's sectors is in the table."""
    INTENSITY = "intensity"
    """Where a row of the column's sectors is allocated by intensity."""
    OPTIONAL = "optional"
    """Its absence has a defined meaning, or it is not there to be computed from."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the tables."""

    name: str
    """English header and field name."""
    header_zh: str
    """Chinese header, without its unit."""
    type: Type
    """What a cell holds."""
    need: Mapping[Kind, Need]
    """Kinds of table that have it, and when they must."""
    unit: str | None = None
    """Unit as printed in the header, ``tCO2e`` or ``t``."""
    sectors: frozenset[str] = frozenset({"steel", "cement", "aluminium"})
    """Sectors whose rows may fill it (T-06)."""
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """For choices and flags: canonical value to accepted spellings, the printed Chinese first."""

    @property
    def header_en(self) -> str:
        """Header printed in English tables."""
        return self.name

    @property
    def printed_zh(self) -> str:
        """Header printed in Chinese tables, unit included."""
        return f"{self.header_zh}（{self.unit}）" if self.unit else self.header_zh


_V, _P = Kind.ALLOCATION, Kind.PRE_ALLOCATION
_BOTH = MappingProxyType({_P: Need.ALWAYS, _V: Need.ALWAYS})
_BOTH_OPTIONAL = MappingProxyType({_P: Need.OPTIONAL, _V: Need.OPTIONAL})
_BOTH_SECTOR = MappingProxyType({_P: Need.SECTOR, _V: Need.SECTOR})
_V_ALWAYS = MappingProxyType({_V: Need.ALWAYS})
_V_INTENSITY = MappingProxyType({_V: Need.INTENSITY})
_V_OPTIONAL = MappingProxyType({_V: Need.OPTIONAL})
_STEEL, _CEMENT = frozenset({"steel"}), frozenset({"cement"})
_FLAG = MappingProxyType(
    {"true": ("是", "true", "yes", "y", "1"), "false": ("否", "false", "no", "n", "0")}
)

_ALL: tuple[Column, ...] = (
    Column("year", "年度", Type.YEAR, _BOTH),
    Column("province", "省份", Type.PROVINCE, _BOTH),
    Column("enterprise_id", "统一社会信用代码", Type.CODE, _BOTH),
    Column("enterprise_name", "企业名称", Type.TEXT, _BOTH),
    Column(
        "sector",
        "行业",
        Type.CHOICE,
        _BOTH,
        choices=MappingProxyType(
            {
                "steel": ("钢铁", "steel"),
                "cement": ("水泥", "cement"),
                "aluminium": ("铝冶炼", "aluminium", "aluminum"),
            }
        ),
    ),
    Column("unit_id", "生产线（工序）编号", Type.ID, _BOTH),
    Column("listed", "是否纳入名录", Type.FLAG, _BOTH_OPTIONAL, choices=_FLAG),
    Column(
        "route",
        "工艺流程",
        Type.CHOICE,
        _BOTH_SECTOR,
        sectors=_STEEL,
        choices=MappingProxyType(
            {
                "long_process": ("长流程", "long_process"),
                "electric_arc": ("电炉短流程", "electric_arc"),
                "rolling": ("压延加工", "rolling"),
                "other": ("其他", "other"),
            }
        ),
    ),
    Column(
        "line_kind",
        "生产线类型",
        Type.CHOICE,
        _BOTH_SECTOR,
        sectors=_CEMENT,
        choices=MappingProxyType(
            {
                "ordinary": ("普通", "ordinary"),
                "white_only": ("仅白水泥熟料", "white_only"),
                "gypsum_acid_byproduct": ("石膏制硫酸副产", "gypsum_acid_byproduct"),
                "grinding_only": ("粉磨", "grinding_only"),
            }
        ),
    ),
    Column("carbide_slag_rate", "电石渣替代率", Type.RATIO, _V_OPTIONAL, sectors=_CEMENT),
    Column("commissioned_year", "投产年份", Type.CALENDAR_YEAR, _BOTH_OPTIONAL),
    Column("closed_before_verification", "核定前关停", Type.FLAG, _BOTH_OPTIONAL, choices=_FLAG),
    Column(
        "previous_year_emissions",
        "上一年度经核查排放量",
        Type.QUANTITY,
        MappingProxyType({_P: Need.ALWAYS}),
        unit="tCO2e",
    ),
    Column("verified_emissions", "经核查排放量", Type.QUANTITY, _V_ALWAYS, unit="tCO2e"),
    Column(
        "ironmaking_emissions",
        "炼铁工序排放量",
        Type.QUANTITY,
        _V_INTENSITY,
        unit="tCO2e",
        sectors=_STEEL,
    ),
    Column(
        "sintering_emissions",
        "烧结工序排放量",
        Type.QUANTITY,
        _V_INTENSITY,
        unit="tCO2e",
        sectors=_STEEL,
    ),
    Column("output", "产量", Type.QUANTITY, _V_INTENSITY, unit="t"),
    Column("balance_value", "行业平衡值", Type.RATIO, _V_INTENSITY),
    Column("intensity", "碳排放强度", Type.RATIO, _V_OPTIONAL),
    Column("deviation", "碳强度偏差度", Type.RATIO, _V_OPTIONAL),
    Column("coefficient", "碳排放强度系数", Type.RATIO, _V_OPTIONAL),
    Column(
        "pre_allocation",
        "预分配配额量",
        Type.AMOUNT,
        MappingProxyType({_P: Need.ALWAYS, _V: Need.OPTIONAL}),
        unit="t",
    ),
    Column("allowance", "核定配额量", Type.AMOUNT, _V_ALWAYS, unit="t"),
    Column("obligation", "应清缴配额量", Type.AMOUNT, _V_OPTIONAL, unit="t"),
    Column("adjustment", "多退少补量", Type.SIGNED_AMOUNT, _V_OPTIONAL, unit="t"),
)

COLUMNS: Mapping[str, Column] = MappingProxyType({column.name: column for column in _ALL})
"""Every column by name, in the order tables are printed."""
