"""Carry-over: how much of the vintages up to 2024 becomes vintage 2025."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import floor

from cets_reference.clauses import clause
from cets_reference.dealings import Application, Holding, Trade, in_order
from cets_reference.outcomes import CarryOver, Handled
from cets_reference.rounding import round_half_up
from cets_reference.rule_set import RuleSet
from cets_reference.surrender import cut_to


@dataclass(frozen=True, slots=True)
class Entitlement:
    """How much may be carried over, before any application."""

    eligible: bool
    """Whether the enterprise fulfilled 2023 and 2024 in time."""
    base: int
    """Base, t."""
    net_sold: int
    """Net sold, t."""
    cap: int
    """base + 1.5 × net sold, t."""
    holding: int
    """Vintages up to 2024 held at the end of the holding day, t."""
    maximum: int
    """What may be carried over, t."""


@clause("C-6")
def is_eligible(compliance: Mapping[str, str]) -> bool:
    """Tell whether each year was fulfilled by its deadline, or the enterprise not covered then."""
    return all(status in {"fulfilled", "not_covered"} for status in compliance.values())


@clause("C-4")
def compute_net_sold(trades: Sequence[Trade], rules: RuleSet) -> int:
    """Sold less bought, t, never negative: vintages up to 2024, inside the window."""
    first, last = rules.plan.trades_first_day.value, rules.plan.trades_last_day.value
    net = sum(
        trade.amount if trade.side == "sell" else -trade.amount
        for trade in trades
        if trade.vintage in rules.plan.carry_vintages.value and first <= trade.date <= last
    )
    return max(0, net)


@clause("C-5")
def compute_holding(holdings: Sequence[Holding], rules: RuleSet) -> int:
    """Sum vintages up to 2024, frozen ones included, t."""
    return sum(
        holding.available + holding.frozen
        for holding in holdings
        if holding.vintage in rules.plan.carry_vintages.value
    )


@clause("C-2", "C-3")
def compute_entitlement(
    key_emitting_units: int, net_sold: int, holding: int, rules: RuleSet, *, eligible: bool
) -> Entitlement:
    """Put the maximum together: base once per enterprise (or unit, if so read) + 1.5 × net sold."""
    per_unit = rules.readings["carry_base"] == "per_key_emitting_unit"
    base = rules.plan.carry_base.value * (key_emitting_units if per_unit else 1)
    exact = rules.plan.carry_factor.value * Fraction(net_sold)
    half_up = rules.readings["carry_fraction"] == "half_up"
    extra = round_half_up(exact) if half_up else floor(exact)
    cap = base + extra
    maximum = compute_maximum(cap, holding) if eligible else 0
    return Entitlement(eligible, base, net_sold, cap, holding, maximum)


@clause("C-2")
def compute_maximum(cap: int, holding: int) -> int:
    """The smaller of cap and holding, t."""
    return min(cap, holding)


@clause("C-7")
def handle_application(
    application: Application, available: int | None, maximum: int, carried: int, rules: RuleSet
) -> Handled:
    """Say how much of an application is accepted, and why not more; 0 t is accepted whole."""
    window = compute_window_refusal(application.date, rules)
    if window is not None and application.amount > 0:
        return Handled(application.id, 0, window)
    limits = [] if available is None else [("EXCEEDS_AVAILABLE", available)]
    accepted, reason = cut_to(application.amount, [*limits, ("EXCEEDS_MAXIMUM", maximum - carried)])
    return Handled(application.id, accepted, reason)


@clause("C-7")
def compute_window_refusal(day: date, rules: RuleSet) -> str | None:
    """Say whether ``day`` lies before or after the window of applications."""
    if day < rules.plan.applications_first_day.value:
        return "APPLICATION_TOO_EARLY"
    if day > rules.plan.applications_last_day.value:
        return "APPLICATION_TOO_LATE"
    return None


@clause("C-7")
def apply_applications(
    entitlement: Entitlement, applications: Sequence[Application], rules: RuleSet
) -> tuple[Handled, ...]:
    """Take applications by date, then as given; results stand in the order given."""
    handled: dict[int, Handled] = {}
    carried = 0
    for position in in_order(applications):
        application = applications[position]
        # where nothing may be carried over at all, that is the reason, not what is available
        available = application.available if entitlement.eligible else None
        result = handle_application(application, available, entitlement.maximum, carried, rules)
        carried += result.accepted
        handled[position] = result
    return tuple(handled[position] for position in range(len(applications)))


@clause("C-1", "C-2", "C-6")
def compute_carry_over(entitlement: Entitlement, handled: tuple[Handled, ...]) -> CarryOver:
    """State the outcome; what is not carried may still be traded, but not surrendered for 2025."""
    carried = sum(result.accepted for result in handled)
    return CarryOver(
        eligible=entitlement.eligible,
        reason=None if entitlement.eligible else "NOT_FULFILLED_ON_TIME",
        base=entitlement.base,
        net_sold=entitlement.net_sold,
        cap=entitlement.cap,
        holding=entitlement.holding,
        maximum=entitlement.maximum,
        applications=handled,
        carried=carried,
        not_carried=entitlement.holding - carried,
    )
