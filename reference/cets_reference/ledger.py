"""Ledger: vintages in two accounts, as an immutable value that keeps its own books.

For every vintage: opening + issued + bought + carried in
= recovered + sold + surrendered + carried out + held in both accounts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from cets_reference.clauses import clause
from cets_reference.plan import VINTAGES

INTO = frozenset({"opening", "issued", "bought", "carried_in"})
"""Flows that bring allowances in; all others take them out."""


@dataclass(frozen=True, slots=True)
class Books:
    """What has moved and what is held of one vintage, t."""

    opening: int = 0
    """Held before the cycle."""
    issued: int = 0
    """Issued, pre-allocation included, after deduction."""
    bought: int = 0
    """Bought."""
    carried_in: int = 0
    """Carried over into this vintage."""
    recovered: int = 0
    """Recovered."""
    sold: int = 0
    """Sold."""
    surrendered: int = 0
    """Surrendered from either account."""
    carried_out: int = 0
    """Carried over into vintage 2025."""
    enterprise: int = 0
    """Held in the enterprise's account."""
    province: int = 0
    """Held for it in the province's account (I-5)."""

    @property
    def balanced(self) -> bool:
        """Whether the conservation law holds and nothing is overdrawn."""
        came = self.opening + self.issued + self.bought + self.carried_in
        went = self.recovered + self.sold + self.surrendered + self.carried_out
        held = self.enterprise + self.province
        return came == went + held and self.enterprise >= 0 and self.province >= 0


@dataclass(frozen=True, slots=True)
class Ledger:
    """The books of every vintage."""

    books: Mapping[str, Books]
    """By vintage, oldest first."""

    def holding(self, account: str, vintage: str) -> int:
        """Allowances of a vintage in ``enterprise`` or ``province``, t."""
        held: int = getattr(self.books[vintage], account)
        return held

    def total(self, account: str, vintages: tuple[str, ...]) -> int:
        """Allowances of several vintages in an account, t."""
        return sum(self.holding(account, vintage) for vintage in vintages)


EMPTY = Ledger(MappingProxyType(dict.fromkeys(VINTAGES, Books())))
"""Nothing held, nothing moved."""


@clause("I-3", "I-5", "R-1", "C-7")
def apply_flow(ledger: Ledger, flow: str, account: str, vintage: str, amount: int) -> Ledger:
    """Move ``amount`` t of a vintage into or out of an account."""
    if amount == 0:
        return ledger
    books = ledger.books[vintage]
    held = getattr(books, account) + (amount if flow in INTO else -amount)
    changes = {flow: getattr(books, flow) + amount, account: held}
    return keep_books(ledger, vintage, replace(books, **changes))


@clause("R-5")
def apply_release(ledger: Ledger, vintage: str) -> Ledger:
    """Give what the province holds of a vintage to the enterprise."""
    books = ledger.books[vintage]
    released = replace(books, enterprise=books.enterprise + books.province, province=0)
    return keep_books(ledger, vintage, released)


@clause("C-7", "R-1")
def keep_books(ledger: Ledger, vintage: str, books: Books) -> Ledger:
    """Give the ledger with new books of a vintage; books that do not balance are our defect."""
    if not books.balanced:
        raise AssertionError(f"the books of vintage {vintage} do not balance: {books}")
    return Ledger(MappingProxyType({**ledger.books, vintage: books}))
