"""Outcomes: the output records of issuance, surrender, carry-over and the compliance cycle."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from cets_reference.results import figure


@dataclass(frozen=True, slots=True)
class Settlement:
    """Output of ``settlement``."""

    deduction: int = figure("deduction for arrears", "欠缴核减量", "I-6", unit="t")
    entitlement: int = figure("entitlement", "应发配额量", "I-6", unit="t")
    adjustment: int = figure("adjustment", "多退少补量", "I-3", unit="t")
    issued: int = figure("issued", "补发量", "I-3", unit="t")
    recovered: int = figure("recovered", "收回量", "I-3", unit="t")
    recovery_outstanding: int = figure("recovery outstanding", "待收回量", "I-3", unit="t")
    account: str = figure("account", "发放账户", "I-5")


@dataclass(frozen=True, slots=True)
class Amendment:
    """Output of ``amendment``."""

    allowance_change: int = figure("change of allowance", "核定配额变更量", "I-4", unit="t")
    issued: int = figure("issued", "补发量", "I-4", unit="t")
    recovered: int = figure("recovered", "收回量", "I-4", unit="t")
    recovery_outstanding: int = figure("recovery outstanding", "待收回量", "I-4", unit="t")
    obligation_change: int = figure("change of obligation", "应清缴量变更量", "I-4", unit="t")
    outstanding: int = figure("outstanding", "未清缴量", "I-4", unit="t")
    over_surrendered: int = figure("surrendered too much", "超额清缴量", "I-4", unit="t")


@dataclass(frozen=True, slots=True)
class Handled:
    """What became of one submission or application."""

    id: str = figure("id", "编号", "R-9")
    accepted: int = figure("accepted", "接受量", "R-9", "C-7", unit="t")
    reason: str | None = figure("reason", "未全部接受的原因", "R-9", "C-7")


@dataclass(frozen=True, slots=True)
class Surrender:
    """Output of ``surrender``."""

    deadline: date = figure("deadline", "清缴截止日期", "R-2")
    ccer_limit: int = figure("CCER limit", "CCER 抵销上限", "R-4", unit="t")
    from_provincial: int = figure("from the province's account", "省级账户清缴量", "R-5", unit="t")
    submissions: tuple[Handled, ...] = figure(
        "submissions", "清缴申请", "R-3", "R-4", "R-6", "R-7", "R-9"
    )
    ccer_used: int = figure("CCER used", "CCER 抵销量", "R-4", unit="t")
    surrendered: int = figure("surrendered", "已清缴量", "R-1", unit="t")
    outstanding_at_deadline: int = figure(
        "outstanding at the deadline", "截止日未清缴量", "R-2", unit="t"
    )
    outstanding: int = figure("outstanding", "未清缴量", "R-7", unit="t")
    released: int = figure("released to the enterprise", "释放至企业账户量", "R-5", unit="t")
    status: str = figure("status", "履约状态", "R-2", "R-7")
    certificate: bool = figure("compliance certificate due", "可出具履约证明", "R-8")


@dataclass(frozen=True, slots=True)
class CarryOver:
    """Output of ``carry-over``."""

    eligible: bool = figure("eligible", "是否可申请结转", "C-6")
    reason: str | None = figure("reason", "不可结转原因", "C-6")
    base: int = figure("base", "基础结转量", "C-2", "C-3", unit="t")
    net_sold: int = figure("net sold", "净卖出量", "C-4", unit="t")
    cap: int = figure("cap", "结转上限", "C-2", unit="t")
    holding: int = figure("holding", "持有量", "C-5", unit="t")
    maximum: int = figure("maximum", "最大可结转量", "C-2", "C-6", unit="t")
    applications: tuple[Handled, ...] = figure("applications", "结转申请", "C-7")
    carried: int = figure("carried over", "已结转量", "C-1", "C-7", unit="t")
    not_carried: int = figure("not carried over", "未结转量", "C-1", unit="t")


@dataclass(frozen=True, slots=True)
class YearOutcome:
    """One year within the output of ``cycle``."""

    year: int = figure("year", "年度", "S-8")
    pre_allocated: int = figure("pre-allocated", "预分配配额量", "I-2", unit="t")
    allowance: int = figure("verified allowance", "核定配额量", "A-7", unit="t")
    obligation: int = figure("obligation", "应清缴配额量", "R-1", unit="t")
    deduction: int = figure("deduction for arrears", "欠缴核减量", "I-6", unit="t")
    adjustment: int = figure("adjustment", "多退少补量", "I-3", unit="t")
    recovery_outstanding: int = figure("recovery outstanding", "待收回量", "I-3", unit="t")
    ccer_used: int = figure("CCER used", "CCER 抵销量", "R-4", unit="t")
    surrendered: int = figure("surrendered", "已清缴量", "R-1", unit="t")
    outstanding: int = figure("outstanding", "未清缴量", "R-7", unit="t")
    status: str = figure("status", "履约状态", "R-2", "R-7")
    certificate: bool = figure("compliance certificate due", "可出具履约证明", "R-8")


@dataclass(frozen=True, slots=True)
class Refusal:
    """One submission or application that was not accepted whole."""

    id: str = figure("id", "编号", "R-9")
    reason: str = figure("reason", "原因", "R-9", "C-7")


@dataclass(frozen=True, slots=True)
class VintageHolding:
    """What both accounts hold of one vintage in the end."""

    vintage: str = figure("vintage", "配额年份", "R-3")
    enterprise: int = figure("enterprise's account", "企业账户", "I-5", unit="t")
    province: int = figure("province's account", "省级账户", "I-5", unit="t")


@dataclass(frozen=True, slots=True)
class Cycle:
    """Output of ``cycle``."""

    years: tuple[YearOutcome, ...] = figure("years", "各年度结果", "R-1")
    carry_over: CarryOver | None = figure("carry-over", "结转", "C-2")
    refusals: tuple[Refusal, ...] = figure("refusals", "未全部接受的申请", "R-9")
    holdings: tuple[VintageHolding, ...] = figure("holdings", "账户持有量", "C-5")
