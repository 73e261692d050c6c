"""Mistakes: plausible misreadings of the rulebook, each a variant of the reference.

Ids are for ever. A mistake is a rule set: other figures, another reading, or other functions in
the place of rule functions. Their texts are in ``vectors/mistakes.json``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from cets_conformance.diagnosis import misallocating as allocating
from cets_conformance.diagnosis import miscomplying as complying
from cets_reference.plan import VINTAGES
from cets_reference.rule_set import DEFAULT, RuleSet

__all__ = ["MISTAKES", "Mistake"]


@dataclass(frozen=True, slots=True)
class Mistake:
    """One misreading."""

    id: str
    """Permanent id, ``M-01`` onwards."""
    clause: str
    """Clause it misreads."""
    rule_set: RuleSet
    """The rules as a system with the mistake has them."""
    reading: str | None = None
    """``reading=choice`` where it equals an alternative of a reading."""


def _figures(**values: Any) -> dict[str, Any]:
    """Change figures of the plan."""
    plan = DEFAULT.plan
    changed = {name: replace(getattr(plan, name), value=value) for name, value in values.items()}
    return {"plan": replace(plan, **changed)}


def _functions(**functions: Callable[..., Any]) -> dict[str, Any]:
    """Put other functions in place; ``module__function`` stands for ``module.function``."""
    return {"replaced": {name.replace("__", "."): item for name, item in functions.items()}}


def _right_balance(**changes: Any) -> Mapping[str, Any]:
    """Change figures for the allocation alone: the balance value is still solved right."""
    return _figures(**changes) | _functions(balance__compute_balance=allocating.right_balance)


def _exact(step: Callable[..., Any]) -> Mapping[str, Any]:
    """Change a step of allocating by intensity."""
    return _functions(allocation__compute_exact=allocating.with_step(step))


def _reading(name: str, choice: str) -> Mapping[str, Any]:
    return {"readings": DEFAULT.with_readings({name: choice}).readings}


_ALL_YEARS = frozenset({2024, 2025})
_NIL = {"coefficient_upper": Fraction(0), "coefficient_lower": Fraction(0)}
_UP = {"deviation_upper": allocating.UNBOUNDED}
_LOW = {"deviation_lower": -allocating.UNBOUNDED}
_THREE = Fraction(3, 100)
_ANY_ROUTE = frozenset({"long_process", "electric_arc", "rolling", "other"})
_EVERY_VINTAGE = MappingProxyType({2024: VINTAGES[:-1], 2025: VINTAGES})
_ONCE = allocating.exclusion_without

_ALL: tuple[tuple[str, str, Mapping[str, Any]], ...] = (
    ("M-01", "Q-4", _functions(rounding__round_tonnes=allocating.round_half_to_even)),
    ("M-02", "Q-4", _reading("rounding", "unit_floor")),
    ("M-03", "Q-4", _functions(rounding__round_tonnes=allocating.round_up)),
    ("M-04", "Q-3", _exact(allocating.rounded_intensity)),
    ("M-05", "Q-3", _exact(allocating.rounded_deviation)),
    ("M-06", "Q-3", _exact(allocating.rounded_coefficient)),
    ("M-07", "Q-4", _reading("rounding", "enterprise_half_up")),
    ("M-08", "Q-3", _exact(allocating.single_precision)),
    ("M-09", "A-3", _exact(allocating.divided_by_intensity)),
    ("M-10", "A-3", _exact(allocating.reversed_sign)),
    ("M-11", "A-4", _right_balance(**_UP, **_LOW)),
    ("M-12", "A-4", _right_balance(**_LOW)),
    ("M-13", "A-4", _right_balance(**_UP)),
    (
        "M-14",
        "A-4",
        _right_balance(slope=Fraction(1), deviation_upper=_THREE, deviation_lower=-_THREE),
    ),
    ("M-15", "A-4", _right_balance(**_NIL)),
    ("M-16", "A-1", _figures(equal_years=frozenset())),
    ("M-17", "A-2", _right_balance(**_NIL, slope=Fraction(0))),
    ("M-18", "A-2", _exact(allocating.benchmark)),
    ("M-19", "A-6", _figures(equal_line_kinds=frozenset({"gypsum_acid_byproduct"}))),
    ("M-20", "A-6", _figures(equal_line_kinds=frozenset({"white_only"}))),
    ("M-21", "A-6", _figures(carbide_slag_threshold=Fraction(1))),
    ("M-22", "A-6", _functions(scope__is_special_line=allocating.special_at_fifteen)),
    ("M-23", "A-5", _functions(allocation__compute_intensity=allocating.whole_enterprise)),
    ("M-24", "A-5", _functions(allocation__compute_intensity=allocating.ironmaking_alone)),
    ("M-25", "S-6", _figures(gwp_cf4=6500, gwp_c2f6=9200)),
    ("M-26", "S-6", _figures(gwp_cf4=7390, gwp_c2f6=12200)),
    ("M-27", "S-6", _figures(gwp_cf4=7380, gwp_c2f6=12400)),
    ("M-28", "S-5", _functions(records__read_unit=allocating.with_indirect)),
    ("M-29", "S-7", _functions(scope__compute_exclusion=_ONCE("NEW_UNIT"))),
    ("M-30", "S-7", _functions(scope__compute_exclusion=_ONCE("CLOSED_UNIT"))),
    ("M-31", "S-3", _figures(covered_routes=_ANY_ROUTE)),
    ("M-32", "S-2", _functions(scope__compute_exclusion=_ONCE("NOT_LISTED"))),
    ("M-33", "S-7", _functions(scope__compute_exclusion=allocating.new_for_two_years)),
    ("M-34", "B-1", _functions(balance__solve_balance_value=allocating.output_weighted_mean)),
    ("M-35", "B-1", _functions(balance__solve_balance_value=allocating.plain_mean)),
    ("M-36", "B-1", _functions(balance__solve_balance_value=allocating.emission_weighted_mean)),
    ("M-37", "B-1", _functions(balance__get_weights=allocating.weights_with_special)),
    ("M-38", "B-1", _functions(balance__get_weights=allocating.weights_with_uncovered)),
    ("M-39", "I-1", _figures(pre_allocation_years=_ALL_YEARS)),
    ("M-40", "I-2", _functions(issuance__compute_exact_pre_allocation=allocating.current_year)),
    ("M-41", "I-2", _figures(pre_allocation_share=Fraction(1))),
    ("M-42", "I-3", _functions(issuance__compute_recovery=complying.no_recovery)),
    (
        "M-43",
        "I-3",
        _functions(
            issuance__compute_recovery=complying.full_recovery,
            ledger__keep_books=complying.unchecked_books,
        ),
    ),
    ("M-44", "I-6", _reading("arrears_deduction", "none")),
    ("M-45", "I-6", _functions(issuance__compute_deduction=complying.whole_arrears)),
    (
        "M-46",
        "I-5",
        _functions(
            issuance__compute_settlement=complying.own_account,
            events__get_holder=complying.own_holder,
        ),
    ),
    ("M-47", "R-4", _figures(ccer_years=_ALL_YEARS)),
    ("M-48", "R-4", _figures(ccer_share=Fraction(1))),
    ("M-49", "R-4", _figures(ccer_share=Fraction(10, 100))),
    ("M-50", "R-4", _figures(ccer_first_day=date(2024, 1, 23))),
    ("M-51", "R-4", _figures(ccer_first_day=date.min)),
    ("M-52", "R-3", _figures(vintages=_EVERY_VINTAGE)),
    ("M-53", "R-6", _functions(surrender__compute_refusal=complying.any_source)),
    (
        "M-54",
        "R-2",
        _functions(
            surrender__get_deadline=complying.day_before,
            surrender__compute_surrender=complying.printed_deadline,
        ),
    ),
    ("M-55", "R-7", _functions(surrender__handle_submission=complying.nothing_late)),
    (
        "M-56",
        "R-7",
        _functions(
            surrender__compute_surrender=complying.deduction_forgotten,
            cycle__conclude_year=complying.deduction_forgotten_in_year,
        ),
    ),
    (
        "M-57",
        "R-8",
        _functions(
            surrender__compute_surrender=complying.certificate_in_time,
            cycle__conclude_year=complying.certificate_in_time_in_year,
        ),
    ),
    (
        "M-58",
        "R-5",
        _functions(
            surrender__compute_from_provincial=complying.nothing_provincial,
            surrender__compute_surrender=complying.all_released,
        ),
    ),
    ("M-59", "R-9", _functions(surrender__handle_submission=complying.surplus_accepted)),
    ("M-60", "C-4", _functions(carry_over__compute_net_sold=complying.signed_net_sold)),
    ("M-61", "C-3", _reading("carry_base", "per_key_emitting_unit")),
    ("M-62", "C-2", _figures(carry_factor=Fraction(1))),
    ("M-63", "C-4", _figures(trades_first_day=date.min, trades_last_day=date.max)),
    ("M-64", "C-4", _functions(carry_over__compute_net_sold=complying.every_vintage_sold)),
    ("M-65", "C-5", _functions(carry_over__compute_holding=complying.available_alone)),
    ("M-66", "C-2", _functions(carry_over__compute_maximum=complying.cap_alone)),
    ("M-67", "C-7", _figures(applications_last_day=date.max)),
    ("M-68", "C-6", _functions(carry_over__is_eligible=complying.late_is_eligible)),
    ("M-69", "C-7", _functions(carry_over__handle_application=complying.each_alone)),
    ("M-70", "C-2", _figures(carry_base=0)),
)

_AS_READING = {
    "M-02": "rounding=unit_floor",
    "M-07": "rounding=enterprise_half_up",
    "M-44": "arrears_deduction=none",
    "M-61": "carry_base=per_key_emitting_unit",
}

MISTAKES: Mapping[str, Mistake] = MappingProxyType(
    {
        name: Mistake(name, clause, replace(DEFAULT, **changes), _AS_READING.get(name))
        for name, clause, changes in _ALL
    }
)
"""Every mistake by id."""
