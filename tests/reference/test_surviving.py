"""What a mutant once survived: guards and corners that no other table asks for."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest

from cets_reference import DEFAULT, RuleError, forms, run
from cets_reference.allocation import compute_exact, compute_intensity
from cets_reference.ledger import EMPTY, apply_flow, keep_books
from cets_reference.quantities import print_decimal, print_ratio
from cets_reference.readings import READINGS
from cets_reference.records import read_unit

from .inputs import NOTHING, Json, balance, cement, output, steel


@pytest.mark.parametrize("output", [NOTHING, "0"])
def test_an_intensity_is_never_computed_without_an_output(output: object) -> None:
    with pytest.raises(ValueError, match="needs a positive output"):
        compute_intensity(read_unit(cement("100", output), ""))


def test_nothing_is_allocated_by_intensity_without_a_balance_value() -> None:
    with pytest.raises(ValueError, match="needs a balance value"):
        compute_exact(read_unit(cement(), ""), None, DEFAULT)


def test_emissions_that_were_not_required_cannot_be_taken_for_some() -> None:
    unit = read_unit(cement(NOTHING), "", emissions_required=False)
    with pytest.raises(ValueError, match="were not required"):
        assert unit.emissions is None


@pytest.mark.parametrize("quantity", [Fraction(1, 3), Fraction(1, 10**7)])
def test_a_quantity_of_more_than_6_digits_is_never_printed_shortened(quantity: Fraction) -> None:
    with pytest.raises(ValueError, match="more than 6"):
        print_decimal(quantity)


@pytest.mark.parametrize(
    ("ratio", "printed"),
    [
        (Fraction(-1, 10**12), "-0.000000000001"),
        (Fraction(-1, 2 * 10**12), "0.000000000000"),
        (Fraction(-3, 2 * 10**12), "-0.000000000002"),
    ],
)
def test_the_least_negative_ratio_has_a_sign_and_less_than_half_of_it_none(
    ratio: Fraction, printed: str
) -> None:
    assert print_ratio(ratio) == printed


@pytest.mark.parametrize("account", ["enterprise", "province"])
def test_no_account_is_overdrawn(account: str) -> None:
    """A flow out of an empty account is a defect of ours, not a refusal."""
    with pytest.raises(AssertionError, match="do not balance"):
        apply_flow(EMPTY, "sold", account, "2024", 1)


@pytest.mark.parametrize("held", [4, 6])
def test_books_that_do_not_add_up_are_never_kept(held: int) -> None:
    bought = apply_flow(EMPTY, "bought", "enterprise", "2024", 5).books["2024"]
    with pytest.raises(AssertionError, match="vintage 2023 do not balance"):
        keep_books(EMPTY, "2023", type(bought)(bought=5, enterprise=held))


CLIPPED: list[tuple[str, list[Json], str]] = [
    # 1300·0.15·(1 - 1/B) = 0.03·130, so B = 1/0.98; below 1.3/1.2 the dirty unit is at its bound
    (
        "the next breakpoint is where the dirty unit leaves its bound",
        [cement("1300", "1300"), cement("130", "100")],
        "1.020408163265",
    ),
    # 1100·0.15·(1 - 1/B) = -0.03·110, so B = 1/1.02; from 0.6875/0.8 the clean unit is at its bound
    (
        "the last breakpoint is where the clean unit met its bound",
        [cement("1100", "1100"), cement("110", "160")],
        "0.980392156863",
    ),
]


@pytest.mark.parametrize(
    ("units", "expected"), [row[1:] for row in CLIPPED], ids=[row[0] for row in CLIPPED]
)
def test_a_unit_at_its_bound_is_counted_there_once(units: list[Json], expected: str) -> None:
    assert output("balance", balance("cement", *units))["balance_value"] == expected


def test_a_line_that_says_nothing_of_carbide_slag_uses_none() -> None:
    assert read_unit(cement(), "").carbide_slag_rate == 0


def test_the_refusal_of_a_year_says_which_years_there_are() -> None:
    with pytest.raises(RuleError) as found:
        run("scope", {"unit": cement(year=2023)})
    assert found.value.message == "the plan covers 2024 and 2025"


READERS: list[tuple[Callable[[object, str], object], object, str]] = [
    (forms.read_measured, "-1", "Q-2"),
    (forms.read_id, "", "Q-2"),
    (forms.read_amount, -1, "Q-1"),
    (forms.read_count, 0, "C-3"),
    (forms.read_share, "1.1", "A-6"),
    (forms.read_ratio, "x", "Q-5"),
    (forms.read_date, "2025-02-30", "R-2"),
]


@pytest.mark.parametrize(
    ("read", "value", "clause"), READERS, ids=[row[0].__name__ for row in READERS]
)
def test_a_refused_form_names_the_clause_that_asks_for_it(
    read: Callable[[object, str], object], value: object, clause: str
) -> None:
    with pytest.raises(RuleError) as found:
        read(value, "/here")
    assert (found.value.code, found.value.path) == ("INVALID_INPUT", "/here")
    assert found.value.clause == clause


def test_missing_process_emissions_are_asked_for_by_the_rule_of_intensity() -> None:
    unit = {name: item for name, item in steel().items() if name != "process_emissions"}
    with pytest.raises(RuleError) as found:
        run("allocation", {"unit": unit, "balance_value": "1.5"})
    assert found.value.as_json()["clause"] == "A-5"


@pytest.mark.parametrize(
    ("reading", "choice"),
    [(reading.id, choice) for reading in READINGS for choice in reading.choices[1:]],
)
def test_every_alternative_of_a_reading_counts_as_changed(reading: str, choice: str) -> None:
    assert DEFAULT.with_readings({reading: choice}).changed_readings() == {reading: choice}


def test_without_a_choice_the_rules_are_the_very_same() -> None:
    assert DEFAULT.with_readings({}) is DEFAULT
