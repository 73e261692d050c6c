"""Proofs for all real and whole numbers, by z3: the negation of each sentence has no solution.

The formulas are built from the plan's own figures, and the last tests hold them against the
reference at sampled points, so that what is proved is proved of this code.
"""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

import pytest
import z3  # type: ignore[import-untyped]

from cets_reference import DEFAULT
from cets_reference.allocation import compute_coefficient, compute_deviation, compute_exact
from cets_reference.records import read_unit

from .compliance_inputs import ccer, lettered, own, surrender
from .inputs import Json, cement, output, steel

PLAN = DEFAULT.plan
MAIN = DEFAULT.with_readings({"steel_base": "main_processes"})
SECONDS = 15
"""How long z3 may think about one sentence."""


def number(value: Fraction | int) -> Any:
    exact = Fraction(value)
    return z3.RatVal(exact.numerator, exact.denominator)


UPPER, LOWER = number(PLAN.coefficient_upper.value), number(PLAN.coefficient_lower.value)


def alpha_of(deviation: Any) -> Any:
    """A-4: α as a function of X."""
    return z3.If(
        deviation >= number(PLAN.deviation_upper.value),
        UPPER,
        z3.If(
            deviation <= number(PLAN.deviation_lower.value),
            LOWER,
            number(PLAN.slope.value) * deviation,
        ),
    )


def alpha(intensity: Any, balance: Any) -> Any:
    """A-3, A-4: α as a function of I and B."""
    return alpha_of((balance - intensity) / balance)


def prove(sentence: str, claim: Any) -> None:
    """Fail with a counter-example unless the negation of the claim has no solution."""
    solver = z3.Solver()
    solver.set("timeout", 1000 * SECONDS)
    solver.add(z3.Not(claim))
    found = solver.check()
    if found == z3.sat:
        pytest.fail(f"not so: {sentence}\nclaim {claim}\ncounter-example {solver.model()}")
    assert found == z3.unsat, f"not decided: {sentence} ({solver.reason_unknown()})"


E, W, I, B, B1, B2, X, Y = z3.Reals("E W I B B1 B2 X Y")  # noqa: E741 - the plan's own letters
POSITIVE = z3.And(W >= 0, I >= 0, B1 > 0, B1 < B2)


def test_a_false_claim_is_answered_with_a_counter_example() -> None:
    with pytest.raises(pytest.fail.Exception, match="counter-example"):
        prove("α is above -0.03", z3.Implies(z3.And(I >= 0, B > 0), alpha(I, B) > LOWER))


# --- «|A − E| ≤ 3 % of E before rounding»


def test_the_coefficient_is_within_its_bounds() -> None:
    claim = z3.And(alpha_of(X) <= UPPER, alpha_of(X) >= LOWER)
    prove("-0.03 ≤ α(X) ≤ 0.03 for every X", claim)
    three = number(Fraction(3, 100))
    prove("3 % is what the bounds are", z3.And(three == UPPER, -three == LOWER))


def test_an_allowance_departs_from_emissions_by_at_most_3_percent() -> None:
    """A = E + α·w with 0 ≤ w ≤ E: w is E, or a steel enterprise's main processes if so read."""
    value = alpha_of(X)
    three = number(Fraction(3, 100))
    allowed = z3.And(E >= 0, W >= 0, W <= E)
    within = z3.And(W * value <= three * E, W * value >= -three * E)
    prove("|A − E| = |w·α| ≤ 0.03·E", z3.Implies(allowed, within))


# --- «α = 0.15·X where −0.20 < X < 0.20; +0.03 …; −0.03 …»


def test_the_coefficient_is_continuous_everywhere_at_20_percent_too() -> None:
    """No two deviations differ in α by more than 0.15 times what they differ by."""
    apart = z3.If(X >= Y, X - Y, Y - X)
    step = alpha_of(X) - alpha_of(Y)
    bound = number(PLAN.slope.value) * apart
    prove("|α(X) − α(Y)| ≤ 0.15·|X − Y|", z3.And(step <= bound, -step <= bound))
    for edge in (PLAN.deviation_upper.value, PLAN.deviation_lower.value):
        met = number(PLAN.slope.value) * number(edge) == alpha_of(number(edge))
        prove(f"0.15·X meets the bound at X = {edge}", met)


# --- B-1: «The sum is continuous and non-decreasing in B; where it is zero on an interval …»


def test_the_weighted_coefficient_never_falls_as_the_balance_value_rises() -> None:
    claim = z3.Implies(POSITIVE, W * alpha(I, B1) <= W * alpha(I, B2))
    prove("B1 < B2 ⇒ w·α(I, B1) ≤ w·α(I, B2)", claim)


def test_so_does_a_sum_of_any_number_of_them() -> None:
    """By induction: if the sum of the others does not fall, nor does it with one more."""
    others1, others2 = z3.Reals("S1 S2")
    one1, one2 = W * alpha(I, B1), W * alpha(I, B2)
    claim = z3.Implies(z3.And(POSITIVE, others1 <= others2), others1 + one1 <= others2 + one2)
    prove("S1 ≤ S2 ⇒ S1 + w·α(I, B1) ≤ S2 + w·α(I, B2)", claim)


def test_where_two_balance_values_balance_alike_each_unit_is_at_the_same_bound() -> None:
    """Uniqueness up to the interval of B-1. First: where a sum of terms that do not fall stays
    the same, no term changed; then: a term that does not change is at a bound."""
    first, second, rest = z3.Reals("α1 α2 rest")
    still = z3.And(W > 0, first <= second, rest >= 0, W * (second - first) + rest == 0)
    prove(
        "w·(α2 − α1) + rest = 0, no term negative ⇒ α1 = α2",
        z3.Implies(still, first == second),
    )
    unchanged = z3.And(I >= 0, B1 > 0, B1 < B2, alpha(I, B1) == alpha(I, B2))
    at_bound = z3.Or(alpha(I, B1) == UPPER, alpha(I, B1) == LOWER)
    prove("B1 < B2, α(I, B1) = α(I, B2) ⇒ α is ±0.03", z3.Implies(unchanged, at_bound))


def test_two_units_together_have_one_balance_value_unless_both_are_at_bounds() -> None:
    """The same said at once, for two units."""
    w, i = z3.Reals("w1 I1")
    one, two = alpha(I, B1), alpha(I, B2)
    three, four = alpha(i, B1), alpha(i, B2)
    lemma = z3.And(one <= two, three <= four)  # proved above for every unit
    zero = z3.And(W * one + w * three == 0, W * two + w * four == 0)
    allowed = z3.And(POSITIVE, W > 0, w > 0, i >= 0, lemma)
    same = z3.And(one == two, three == four)
    prove("Σ w·α = 0 at B1 and B2 ⇒ α unchanged", z3.Implies(z3.And(allowed, zero), same))


# --- the rule of acceptance, in whole tonnes

O, D, P, S, C, N1, N2 = z3.Ints("O D P S C N1 N2")  # noqa: E741 - O is the obligation
CCER1, CCER2, USABLE1, USABLE2, LATE1, LATE2 = z3.Bools("ccer1 ccer2 usable1 usable2 late1 late2")


def least(*values: Any) -> Any:
    found = values[0]
    for value in values[1:]:
        found = z3.If(value < found, value, found)
    return found


def ccer_limit(obligation: Any) -> Any:
    """5 % of the obligation, floor."""
    share = PLAN.ccer_share.value
    return (obligation * share.numerator) / share.denominator  # z3 divides integers with floor


def accept(
    state: tuple[Any, Any], amount: Any, ccer_: Any, usable: Any, late: Any
) -> tuple[Any, Any, Any]:
    """R-9: what is accepted; then what is surrendered and what CCER is used."""
    surrendered, used = state
    room = O - surrendered - z3.If(late, D, 0)
    cut = z3.If(ccer_, least(amount, room, ccer_limit(O) - used), least(amount, room))
    accepted = z3.If(z3.And(usable, amount > 0), cut, 0)
    return accepted, surrendered + accepted, used + z3.If(ccer_, accepted, 0)


START = z3.And(O >= 0, P >= 0, D >= 0, N1 >= 0, N2 >= 0)


def within(surrendered: Any, used: Any, late: Any) -> Any:
    """What holds after every step: owed is no less than surrendered and, once late, deducted."""
    met = surrendered + z3.If(late, D, 0)
    return z3.And(surrendered >= 0, met <= O, used >= 0, used <= ccer_limit(O))


def test_no_submission_takes_an_obligation_or_the_ccer_limit_beyond_what_it_is() -> None:
    """By induction over any number of submissions: within before, within after."""
    accepted, surrendered, used = accept((S, C), N1, CCER1, USABLE1, LATE1)
    before = z3.And(START, within(S, C, LATE1))
    after = z3.And(accepted >= 0, accepted <= N1, within(surrendered, used, LATE1))
    prove("within ⇒ 0 ≤ accepted ≤ amount, and within", z3.Implies(before, after))
    first = least(P, O)
    prove("from_provincial is within", z3.Implies(START, within(first, 0, z3.BoolVal(False))))


def test_nor_do_two_submissions_with_the_deadline_anywhere_between() -> None:
    """D is deducted after the deadline, at most what is outstanding then."""
    first = least(P, O)
    _, s1, c1 = accept((first, z3.IntVal(0)), N1, CCER1, USABLE1, LATE1)
    _, s2, c2 = accept((s1, c1), N2, CCER2, USABLE2, LATE2)
    at_deadline = O - z3.If(LATE2, z3.If(LATE1, first, s1), s2)
    dated = z3.And(START, z3.Implies(LATE1, LATE2), at_deadline >= D)
    outstanding = O - s2 - D
    claim = z3.And(outstanding >= 0, c2 <= ccer_limit(O), c2 >= 0, s2 >= first)
    prove("outstanding ≥ 0 and CCER ≤ 5 %", z3.Implies(dated, claim))


def test_a_larger_submission_is_never_accepted_for_less() -> None:
    small, _, _ = accept((S, C), N1, CCER1, USABLE1, LATE1)
    large, _, _ = accept((S, C), N2, CCER1, USABLE1, LATE1)
    before = z3.And(START, within(S, C, LATE1), N1 <= N2)
    prove("n1 ≤ n2 ⇒ accepted(n1) ≤ accepted(n2)", z3.Implies(before, small <= large))


def test_two_like_submissions_of_a_day_give_the_same_in_either_order() -> None:
    def both(one: Any, two: Any) -> tuple[Any, Any]:
        _, s1, c1 = accept((S, C), one, CCER1, USABLE1, LATE1)
        _, s2, c2 = accept((s1, c1), two, CCER1, USABLE1, LATE1)
        return s2, c2

    (s12, c12), (s21, c21) = both(N1, N2), both(N2, N1)
    before = z3.And(START, within(S, C, LATE1))
    prove("n1, n2 and n2, n1: the same sums", z3.Implies(before, z3.And(s12 == s21, c12 == c21)))


# --- the formulas are the code


def value_of(formula: Any, **values: Fraction | int | bool) -> Fraction:
    """Put figures into a formula."""
    pairs = []
    for name, value in values.items():
        if isinstance(value, bool):
            pairs.append((z3.Bool(name), z3.BoolVal(value)))
        elif isinstance(value, int):
            pairs.append((z3.Int(name), z3.IntVal(value)))
        else:
            pairs.append((z3.Real(name), number(value)))
    found = z3.simplify(z3.substitute(formula, *pairs))
    return Fraction(str(found).replace(" ", ""))


def test_the_formula_of_the_coefficient_is_the_reference_s() -> None:
    dice = random.Random("alpha")
    formula = alpha(I, B)
    edges = [
        (Fraction(8, 10), Fraction(1)),
        (Fraction(12, 10), Fraction(1)),
        (Fraction(0), Fraction(1)),
    ]
    drawn = [(Fraction(dice.randint(0, 3000), 1000), Fraction(dice.randint(1, 3000), 1000))
             for _ in range(300)]  # fmt: skip
    for intensity, balance in edges + drawn:
        code = compute_coefficient(compute_deviation(intensity, balance), PLAN)
        assert value_of(formula, I=intensity, B=balance) == code, (intensity, balance)


def test_the_formula_of_the_allowance_is_the_reference_s() -> None:
    dice = random.Random("allowance")
    formula = E + W * alpha(I, B)
    for _ in range(100):
        emissions, product = dice.randint(1, 10**6), dice.randint(1, 10**6)
        iron = dice.randint(0, emissions)
        balance = Fraction(dice.randint(1, 3000), 1000)
        units: list[tuple[Json, Any, int, Fraction]] = [
            (cement(str(emissions), str(product)), DEFAULT, emissions,
             Fraction(emissions, product)),
            (steel(str(emissions), str(iron), "0", str(product)), DEFAULT, emissions,
             Fraction(iron, product)),
            (steel(str(emissions), str(iron), "0", str(product)), MAIN, iron,
             Fraction(iron, product)),
        ]  # fmt: skip
        for unit, rules, weight, intensity in units:
            code = compute_exact(read_unit(unit, ""), balance, rules).allowance
            figures = {
                "E": Fraction(emissions),
                "W": Fraction(weight),
                "I": intensity,
                "B": balance,
            }
            assert value_of(formula, **figures) == code


@pytest.mark.parametrize("seed", range(4))
def test_the_formula_of_acceptance_is_the_reference_s(seed: int) -> None:
    dice = random.Random(seed)
    first = least(P, O)
    a1, s1, c1 = accept((first, z3.IntVal(0)), N1, CCER1, USABLE1, LATE1)
    a2, s2, c2 = accept((s1, c1), N2, CCER2, USABLE2, LATE2)
    for _ in range(40):
        owed = dice.choice([0, 19, 20, 100, 1000])
        late = sorted(dice.random() < 0.5 for _ in range(2))
        kinds = [(dice.random() < 0.5, dice.random() < 0.8) for _ in range(2)]
        amounts = [dice.randint(0, owed + 5) for _ in range(2)]
        held = dice.randint(0, owed // 2)
        items = []
        for amount, (is_ccer, usable), after in zip(amounts, kinds, late, strict=True):
            day = "2027-01-01" if after else "2026-12-31"
            registered = "2024-01-22" if usable else "2024-01-21"
            vintage = "2025" if usable else "2024"
            items.append(ccer(amount, day, registered) if is_ccer else own(amount, day, vintage))
        plain = surrender(obligation=owed, provincial_holding=held, submissions=lettered(*items))
        deducted = dice.randint(0, output("surrender", plain)["outstanding_at_deadline"])
        found = output("surrender", {**plain, "deducted": deducted})
        figures = dict(zip(("N1", "N2"), amounts, strict=True)) | {
            "O": owed, "P": held, "D": deducted, "late1": late[0], "late2": late[1],
            "ccer1": kinds[0][0], "ccer2": kinds[1][0],
            "usable1": kinds[0][1], "usable2": kinds[1][1],
        }  # fmt: skip
        model = [value_of(formula, **figures) for formula in (a1, a2, s2, c2)]
        code = [item["accepted"] for item in found["submissions"]]
        assert model == [*code, found["surrendered"], found["ccer_used"]]
