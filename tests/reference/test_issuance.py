"""Issuance worked out by hand: I-1 to I-6 (rulebook, section 4) and their details in section 7."""

from __future__ import annotations

import pytest

from .compliance_inputs import GREATEST, NO_DEDUCTION, amendment, settlement
from .inputs import CLOSED, FLOOR, NEW, NOTHING, ONCE, WHITE, Json, cement, output, steel

# --- I-1, I-2: pre-allocation

PRE: list[tuple[str, Json, str | None, dict[str, str], tuple[bool, str | None, int]]] = [
    ("70 % of the year before", cement("5"), "1000", {}, (True, None, 700)),
    ("0 for a unit with none", cement("5"), None, {}, (True, None, 0)),
    ("0 where the year before had none", cement("5"), "0", {}, (True, None, 0)),
    ("a half goes up", cement("5"), "5", {}, (True, None, 4)),  # 3.5
    ("just below a half goes down", cement("5"), "4.999999", {}, (True, None, 3)),
    ("a half goes down under unit_floor", cement("5"), "5", FLOOR, (True, None, 3)),
    ("a unit's figure is half-up under enterprise_half_up", cement("5"), "5", ONCE,
     (True, None, 4)),
    ("nothing in 2024", cement("5", year=2024), "1000", {}, (True, None, 0)),
    ("equal lines too", cement("5", **WHITE), "1000", {}, (True, None, 700)),
    ("a new unit: nothing", cement("5", **NEW), "1000", {}, (False, "NEW_UNIT", 0)),
    ("a closed unit: nothing", cement("5", **CLOSED), "1000", {}, (False, "CLOSED_UNIT", 0)),
    ("commissioned in 2024, outside 2024's allocation, but inside 2025's",
     cement("5", commissioned_year=2024), "1000", {}, (True, None, 700)),
    ("a route that is not covered", steel(route="rolling"), "1000", {},
     (False, "ROUTE_NOT_COVERED", 0)),
    ("its own emissions are not asked for", cement(NOTHING, NOTHING), "10", {}, (True, None, 7)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("unit", "before", "readings", "expected"), [row[1:] for row in PRE], ids=[r[0] for r in PRE]
)
def test_pre_allocation(
    unit: Json,
    before: str | None,
    readings: dict[str, str],
    expected: tuple[bool, str | None, int],
) -> None:
    value = {"unit": unit} | ({} if before is None else {"previous_year_emissions": before})
    found = output("pre-allocation", value, readings)
    assert (found["covered"], found["reason"], found["pre_allocation"]) == expected


# --- I-3, I-5, I-6: settlement
# expected: deduction, entitlement, adjustment, issued, recovered, recovery_outstanding

SETTLED: list[tuple[str, Json, dict[str, str], tuple[int, int, int, int, int, int]]] = [
    ("what is missing is issued", settlement(), {}, (0, 1000, 300, 300, 0, 0)),
    ("nothing missing, nothing too much", settlement(pre_allocated=1000), {},
     (0, 1000, 0, 0, 0, 0)),
    ("too much is recovered", settlement(pre_allocated=1200), {}, (0, 1000, -200, 0, 200, 0)),
    ("… from a holding that is just enough", settlement(pre_allocated=1200, holding=200), {},
     (0, 1000, -200, 0, 200, 0)),
    ("… from one that is not", settlement(pre_allocated=1200, holding=199), {},
     (0, 1000, -200, 0, 199, 1)),
    ("… from an empty one", settlement(pre_allocated=1200, holding=0), {},
     (0, 1000, -200, 0, 0, 200)),
    ("a holding does not matter to an issue", settlement(holding=0), {},
     (0, 1000, 300, 300, 0, 0)),
    ("arrears are deducted", settlement(arrears=250), {}, (250, 750, 50, 50, 0, 0)),
    ("arrears make an issue a recovery", settlement(arrears=400), {}, (400, 600, -100, 0, 100, 0)),
    ("arrears as great as the allowance", settlement(arrears=1000), {},
     (1000, 0, -700, 0, 700, 0)),
    ("arrears greater than it: no more than it", settlement(arrears=1001), {},
     (1000, 0, -700, 0, 700, 0)),
    ("the deduction stands though its recovery stays outstanding",
     settlement(arrears=1000, holding=0), {}, (1000, 0, -700, 0, 0, 700)),
    ("no allowance, no deduction", settlement(verified_allowance=0, arrears=5), {},
     (0, 0, -700, 0, 700, 0)),
    ("arrears are not deducted, if so read", settlement(arrears=250), NO_DEDUCTION,
     (0, 1000, 300, 300, 0, 0)),
    ("2024 without pre-allocation", settlement(year=2024, pre_allocated=0), {},
     (0, 1000, 1000, 1000, 0, 0)),
    ("2024 with pre-allocation is computed like any other", settlement(year=2024), {},
     (0, 1000, 300, 300, 0, 0)),
    ("the greatest amounts", settlement(verified_allowance=0, pre_allocated=GREATEST), {},
     (0, 0, -GREATEST, 0, GREATEST, 0)),
    ("nothing at all", settlement(verified_allowance=0, pre_allocated=0), {}, (0, 0, 0, 0, 0, 0)),
]  # fmt: skip
SETTLEMENT = (
    "deduction",
    "entitlement",
    "adjustment",
    "issued",
    "recovered",
    "recovery_outstanding",
    "account",
)


@pytest.mark.parametrize("high_risk", [False, True])
@pytest.mark.parametrize(
    ("value", "readings", "expected"), [row[1:] for row in SETTLED], ids=[r[0] for r in SETTLED]
)
def test_settlement_goes_to_the_province_s_account_only_at_high_risk(
    value: Json, readings: dict[str, str], expected: tuple[int, ...], high_risk: bool
) -> None:
    """I-5: «receives its allowances on the province's account»; the figures are the same."""
    found = output("settlement", {**value, "high_risk": high_risk}, readings)
    account = "province" if high_risk else "enterprise"
    assert list(found.items()) == list(zip(SETTLEMENT, (*expected, account), strict=True))


# --- I-4: amendment
# expected: change, issued, recovered, recovery_outstanding, change, outstanding, over_surrendered

AMENDED: list[tuple[str, Json, tuple[int, int, int, int, int, int, int]]] = [
    ("nothing changes", amendment(), (0, 0, 0, 0, 0, 0, 0)),
    ("emissions were higher", amendment(allowance_after=1133, obligation_after=1100),
     (103, 103, 0, 0, 100, 100, 0)),
    ("emissions were lower", amendment(allowance_after=927, obligation_after=900),
     (-103, 0, 103, 0, -100, 0, 100)),
    ("… and the holding is just enough", amendment(allowance_after=927, holding=103),
     (-103, 0, 103, 0, 0, 0, 0)),
    ("… or is not", amendment(allowance_after=927, holding=102), (-103, 0, 102, 1, 0, 0, 0)),
    ("… or is empty", amendment(allowance_after=927, holding=0), (-103, 0, 0, 103, 0, 0, 0)),
    ("a missing holding is enough", amendment(allowance_after=0), (-1030, 0, 1030, 0, 0, 0, 0)),
    ("a holding does not matter to an issue", amendment(allowance_after=1031, holding=0),
     (1, 1, 0, 0, 0, 0, 0)),
    ("nothing surrendered yet", amendment(surrendered=0, obligation_after=900),
     (0, 0, 0, 0, -100, 900, 0)),
    ("partly surrendered", amendment(surrendered=950), (0, 0, 0, 0, 0, 50, 0)),
    ("one tonne too much", amendment(surrendered=1001), (0, 0, 0, 0, 0, 0, 1)),
    ("exactly what is owed now", amendment(surrendered=900, obligation_after=900),
     (0, 0, 0, 0, -100, 0, 0)),
    ("the greatest amounts", amendment(allowance_before=GREATEST, allowance_after=0,
                                       obligation_before=GREATEST, obligation_after=0,
                                       surrendered=GREATEST),
     (-GREATEST, 0, GREATEST, 0, -GREATEST, 0, GREATEST)),
]  # fmt: skip
AMENDMENT = (
    "allowance_change",
    "issued",
    "recovered",
    "recovery_outstanding",
    "obligation_change",
    "outstanding",
    "over_surrendered",
)


@pytest.mark.parametrize(
    ("value", "expected"), [row[1:] for row in AMENDED], ids=[row[0] for row in AMENDED]
)
def test_amendment_recomputes_and_issues_or_recovers_the_difference(
    value: Json, expected: tuple[int, ...]
) -> None:
    found = output("amendment", value)
    assert list(found.items()) == list(zip(AMENDMENT, expected, strict=True))
