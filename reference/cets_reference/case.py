"""An enterprise's two years: the case as given, and the state it is in after each event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from cets_reference.carry_over import Entitlement
from cets_reference.dealings import Application, Submission, Trade
from cets_reference.ledger import Ledger
from cets_reference.outcomes import Settlement
from cets_reference.records import Unit
from cets_reference.surrender import Account


@dataclass(frozen=True, slots=True)
class YearCase:
    """What happens to an enterprise for one year."""

    year: int
    """The year."""
    units: Sequence[Unit]
    """Its units that year."""
    balance_values: Mapping[str, Fraction]
    """Balance value by sector, t CO2e per t."""
    high_risk: bool
    """Whether the province marked it (I-5)."""
    account_frozen: bool
    """Whether it cannot buy for an objective reason (R-6)."""
    issued_on: date
    """Day of settlement."""
    submissions: Sequence[Submission]
    """Submissions for this year's obligation."""
    pre_allocated_on: date | None = None
    """Day of pre-allocation; None is none."""


@dataclass(frozen=True, slots=True)
class Case:
    """An enterprise and its two years."""

    key_emitting_units: int
    """How many key emitting units the enterprise is."""
    years: Sequence[YearCase]
    """2024, then 2025."""
    opening: Sequence[tuple[str, int]]
    """Vintages held before, t."""
    trades: Sequence[Trade]
    """Purchases and sales."""
    compliance_2023: str
    """How 2023 was fulfilled."""
    applications: Sequence[Application]
    """Applications to carry over."""
    as_of: date
    """Last day that is looked at."""


@dataclass(frozen=True, slots=True)
class State:
    """Where the enterprise stands after an event."""

    ledger: Ledger
    """Both accounts."""
    accounts: Mapping[int, Account]
    """Obligation by year."""
    settlements: Mapping[int, Settlement]
    """Settlements that have happened, by year."""
    pre_allocated: int = 0
    """Pre-allocation of 2025 that has happened, t."""
    deduction: int = 0
    """Deducted from 2025 for arrears of 2024, t."""
    entitlement: Entitlement | None = None
    """Carry-over, once the holding day is over."""
    carried: int = 0
    """Carried over so far, t."""
