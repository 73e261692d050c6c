"""An explanation shows, figure by figure, the formula of this very case with the figures put in."""

from __future__ import annotations

import re
from typing import Any

import pytest

from cets_reference import DEFAULT, explain
from cets_reference.clauses import CLAUSES

from .inputs import (
    FLOOR,
    GASES,
    MAIN,
    NEW,
    SURRENDER_ALL,
    WHITE,
    Json,
    balance,
    cement,
    enterprise,
    steel,
)


def steps(operation: str, value: Any, readings: dict[str, str]) -> dict[str, Json]:
    """Explain; give steps by path."""
    found = explain(operation, value, rule_set=DEFAULT.with_readings(readings))["steps"]
    by_path = {step["path"]: step for step in found}
    assert len(by_path) == len(found)
    return by_path


LINE = {"unit": cement("1000000", "1200000"), "balance_value": "0.86"}
SUBMISSION = {
    "id": "s",
    "date": "2026-11-01",
    "instrument": "allowance",
    "vintage": "2025",
    "source": "own",
    "amount": 50,
}
NO_FORMULA = (None, None)
ZERO = ("0", None)

FORMULAS: list[tuple[str, str, Any, dict[str, str], dict[str, tuple[str | None, str | None]]]] = [
    (
        "the gases are weighed",
        "emissions",
        {"gases": GASES},
        {},
        {"/verified_emissions": ("CO2 + 6630 · CF4 + 11100 · C2F6", "100 + 6630 · 1 + 11100 · 1")},
    ),
    (
        "an ordinary line between the bounds",
        "allocation",
        LINE,
        {},
        {
            "/covered": NO_FORMULA,
            "/method": NO_FORMULA,
            "/intensity": ("E / Q", "1000000 / 1200000"),
            "/deviation": ("(B − I) / B", "(0.86 − 0.833333333333) / 0.86"),
            "/coefficient": ("0.15 · X", "0.15 · 0.031007751938"),
            "/allowance": ("⌊E · (1 + α) + 1/2⌋", "⌊1000000 · (1 + 0.004651162791) + 1/2⌋"),
            "/obligation": ("⌊E + 1/2⌋", "⌊1000000 + 1/2⌋"),
            "/surplus": ("A − O", "1004651 − 1000000"),
        },
    ),
    (
        "the reading of rounding changes the formula",
        "allocation",
        LINE,
        FLOOR,
        {
            "/allowance": ("⌊E · (1 + α)⌋", "⌊1000000 · (1 + 0.004651162791)⌋"),
            "/obligation": ("⌊E⌋", "⌊1000000⌋"),
        },
    ),
    (
        "above the lower bound of α: a negative number stands in brackets",
        "allocation",
        {"unit": cement("100", "50"), "balance_value": "0.86"},
        {},
        {
            "/coefficient": ("−0.03 (X ≤ −0.2)", "−0.03 ((−1.325581395349) ≤ −0.2)"),
            "/allowance": ("⌊E · (1 + α) + 1/2⌋", "⌊100 · (1 + (−0.030000000000)) + 1/2⌋"),
            "/surplus": ("A − O", "97 − 100"),
        },
    ),
    (
        "at the upper bound exactly",
        "allocation",
        {"unit": cement("100", "125"), "balance_value": "1"},
        {},
        {"/coefficient": ("0.03 (X ≥ 0.2)", "0.03 (0.200000000000 ≥ 0.2)")},
    ),
    (
        "at the lower bound exactly",
        "allocation",
        {"unit": cement("120", "100"), "balance_value": "1"},
        {},
        {"/coefficient": ("−0.03 (X ≤ −0.2)", "−0.03 ((−0.200000000000) ≤ −0.2)")},
    ),
    (
        "equal allocation: no intermediate, the emissions alone",
        "allocation",
        {"unit": cement("100", **WHITE)},
        {},
        {
            "/intensity": NO_FORMULA,
            "/deviation": NO_FORMULA,
            "/coefficient": NO_FORMULA,
            "/allowance": ("⌊E + 1/2⌋", "⌊100 + 1/2⌋"),
        },
    ),
    (
        "outside: nothing is multiplied",
        "allocation",
        {"unit": cement("100", **NEW)},
        {},
        {"/allowance": ZERO, "/obligation": ZERO, "/surplus": ("A − O", "0 − 0")},
    ),
    (
        "outside, but owing by a reading",
        "allocation",
        {"unit": cement("100", **NEW)},
        SURRENDER_ALL,
        {
            "/allowance": ZERO,
            "/obligation": ("⌊E + 1/2⌋", "⌊100 + 1/2⌋"),
            "/surplus": ("A − O", "0 − 100"),
        },
    ),
    (
        "covered without emissions is no case of nothing",
        "allocation",
        {"unit": cement("0")},
        {},
        {"/allowance": ("⌊E + 1/2⌋", "⌊0 + 1/2⌋"), "/obligation": ("⌊E + 1/2⌋", "⌊0 + 1/2⌋")},
    ),
    (
        "steel: the main processes make the intensity",
        "allocation",
        {"unit": steel(), "balance_value": "1.4"},
        {},
        {
            "/intensity": ("(E_iron + E_sinter) / Q", "(50 + 10) / 40"),
            "/allowance": ("⌊E · (1 + α) + 1/2⌋", "⌊100 · (1 + (−0.010714285714)) + 1/2⌋"),
        },
    ),
    (
        "steel: and are multiplied if so read",
        "allocation",
        {"unit": steel(), "balance_value": "1.4"},
        MAIN,
        {
            "/allowance": (
                "⌊E + α · (E_iron + E_sinter) + 1/2⌋",
                "⌊100 + (−0.010714285714) · (50 + 10) + 1/2⌋",
            )
        },
    ),
    (
        "cement is not touched by that reading",
        "allocation",
        LINE,
        MAIN,
        {"/allowance": ("⌊E · (1 + α) + 1/2⌋", "⌊1000000 · (1 + 0.004651162791) + 1/2⌋")},
    ),
    (
        "each unit of an enterprise has its own figures, the sums stand after them",
        "enterprise-allocation",
        enterprise(cement(), steel(), cement="1", steel="1.5"),
        {},
        {
            "/units/0/unit_id": NO_FORMULA,
            "/units/0/intensity": ("E / Q", "100 / 125"),
            "/units/0/deviation": ("(B − I) / B", "(1 − 0.800000000000) / 1"),
            "/units/1/intensity": ("(E_iron + E_sinter) / Q", "(50 + 10) / 40"),
            "/units/1/deviation": ("(B − I) / B", "(1.5 − 1.500000000000) / 1.5"),
            "/units/1/surplus": ("A − O", "100 − 100"),
            "/allowance": ("Σ A", None),
            "/obligation": ("Σ O", None),
            "/surplus": ("ΣA − ΣO", "203 − 200"),
            "/surplus_rate": ("S / ΣO", "3 / 200"),
        },
    ),
    (
        "a unit of equal allocation needs no balance value, an enterprise of none no rate",
        "enterprise-allocation",
        enterprise(cement("0", **WHITE)),
        {},
        {
            "/units/0/allowance": ("⌊E + 1/2⌋", "⌊0 + 1/2⌋"),
            "/units/0/deviation": NO_FORMULA,
            "/surplus_rate": NO_FORMULA,
        },
    ),
    (
        "a sum over many units has no figures put in",
        "balance",
        balance("cement", cement(), cement("100", "110")),
        {},
        {
            "/units_counted": NO_FORMULA,
            "/total_emissions": NO_FORMULA,
            "/balance_value": ("Σ(w · α(I, B)) = 0", None),
            "/surplus_rate": ("Σ(w · α) / ΣE", None),
        },
    ),
    (
        "70 percent of the previous year",
        "pre-allocation",
        {"unit": cement(), "previous_year_emissions": "100"},
        {},
        {"/pre_allocation": ("⌊0.7 · E_prev + 1/2⌋", "⌊0.7 · 100 + 1/2⌋")},
    ),
    (
        "or nothing without a previous year",
        "pre-allocation",
        {"unit": cement()},
        {},
        {"/pre_allocation": ZERO},
    ),
    (
        "or nothing in 2024",
        "pre-allocation",
        {"unit": cement(year=2024), "previous_year_emissions": "100"},
        {},
        {"/pre_allocation": ZERO},
    ),
    (
        "or nothing outside the allocation",
        "pre-allocation",
        {"unit": cement(**NEW), "previous_year_emissions": "100"},
        {},
        {"/pre_allocation": ZERO},
    ),
    (
        "fields of the input and earlier output stand in by name",
        "settlement",
        {
            "year": 2025,
            "verified_allowance": 90,
            "pre_allocated": 70,
            "arrears": 30,
            "high_risk": False,
            "holding": 3,
        },
        {},
        {
            "/deduction": ("min(arrears, verified_allowance)", "min(30, 90)"),
            "/entitlement": ("verified_allowance − deduction", "90 − 30"),
            "/adjustment": ("entitlement − pre_allocated", "60 − 70"),
            "/issued": ("max(0, adjustment)", "max(0, (−10))"),
            "/recovered": ("min(max(0, −adjustment), holding)", "min(max(0, −(−10)), 3)"),
            "/account": NO_FORMULA,
        },
    ),
    (
        "so they do in surrender, of whose submissions each has its place",
        "surrender",
        {
            "year": 2025,
            "obligation": 100,
            "provincial_holding": 10,
            "account_frozen": False,
            "deducted": 0,
            "as_of": "2026-12-01",
            "submissions": [SUBMISSION],
        },
        {},
        {
            "/deadline": NO_FORMULA,
            "/from_provincial": ("min(provincial_holding, obligation)", "min(10, 100)"),
            "/submissions/0/accepted": NO_FORMULA,
            "/outstanding": (
                "max(0, obligation − surrendered − deducted)",
                "max(0, 100 − 60 − 0)",
            ),
        },
    ),
]


@pytest.mark.parametrize(
    ("operation", "value", "readings", "expected"),
    [row[1:] for row in FORMULAS],
    ids=[row[0] for row in FORMULAS],
)
def test_a_figure_has_the_formula_and_the_numbers_that_made_it(
    operation: str,
    value: Any,
    readings: dict[str, str],
    expected: dict[str, tuple[str | None, str | None]],
) -> None:
    found = steps(operation, value, readings)
    assert {path: (found[path]["formula"], found[path]["numbers"]) for path in expected} == expected


def test_a_step_says_all_that_stands_behind_its_figure() -> None:
    step = steps("allocation", LINE, FLOOR)["/allowance"]
    assert step == {
        "path": "/allowance",
        "field": "allowance",
        "title": {"en": "allowance", "zh": "核定配额量"},
        "symbol": "A",
        "formula": "⌊E · (1 + α)⌋",
        "numbers": "⌊1000000 · (1 + 0.004651162791)⌋",
        "value": 1004651,
        "unit": "t",
        "role": "result",
        "clauses": ["A-1", "A-2", "Q-4"],
        "basis": {"A-1": "stated", "A-2": "open", "Q-4": "open"},
        "readings": [
            {"id": "rounding", "choice": "unit_floor"},
            {"id": "steel_base", "choice": "enterprise"},
        ],
    }


def test_an_explanation_quotes_the_clauses_it_used_and_no_others() -> None:
    found = explain("allocation", LINE, rule_set=DEFAULT.with_readings(FLOOR))
    assert list(found) == ["operation", "ruleset", "readings", "output", "steps", "clauses"]
    assert (found["operation"], found["ruleset"]) == ("allocation", "cn-industry-2024-2025")
    assert found["readings"] == FLOOR
    used = {clause for step in found["steps"] for clause in step["clauses"]}
    assert set(found["clauses"]) == used
    for id_, quoted in found["clauses"].items():
        clause = CLAUSES[id_]
        assert quoted == {
            "title": {"en": clause.title_en, "zh": clause.title_zh},
            "text": {"en": clause.en, "zh": clause.zh},
            "basis": clause.basis.value,
            "sources": list(clause.sources),
        }


def test_the_steps_are_the_output_in_the_order_of_computation() -> None:
    found = explain("allocation", LINE)
    assert [(step["field"], step["value"]) for step in found["steps"]] == list(
        found["output"].items()
    )


def test_an_operation_that_does_not_exist_cannot_be_explained() -> None:
    with pytest.raises(LookupError, match=re.escape("no operation 'allocations'; there are")):
        explain("allocations", LINE)
