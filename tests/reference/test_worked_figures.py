"""Figures worked out by hand from the rulebook: section 11 and every boundary of sections 1 to 4.

Each row is one sentence: what it shows, the input, the readings, and the figures it must give.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from cets_reference import DEFAULT
from cets_reference.allocation import compute_exact
from cets_reference.records import read_unit

from .inputs import (
    CLOSED,
    FLOOR,
    FOUR,
    MAIN,
    NEW,
    NOTHING,
    ONCE,
    SURRENDER_ALL,
    WHITE,
    Json,
    aluminium,
    amounts,
    cement,
    output,
    steel,
)

NO_INTERMEDIATES = {"intensity": None, "deviation": None, "coefficient": None}


def check(operation: str, value: Any, expected: Json, readings: dict[str, str]) -> None:
    """Compare the named fields of the output, exactly."""
    found = output(operation, value, readings)
    assert {name: found[name] for name in expected} == expected


# --- section 11: the worked cement figures of a public third-party test, B = 0.86


SECTION_11 = [
    ("1000000", "1200000", "0.833333", "0.031008", "0.004651", "1004651.1628"),
    ("600000", "650000", "0.923077", "-0.073345", "-0.011002", "593398.9267"),
    ("1000000", "1500000", "0.666667", "0.224806", "0.030000", "1030000.0000"),
    ("1000000", "900000", "1.111111", "-0.291990", "-0.030000", "970000.0000"),
]


def to_digits(exact: Fraction | str, digits: int) -> Fraction:
    return round(Fraction(exact), digits)


@pytest.mark.parametrize(("emissions", "product", "i", "x", "alpha", "exact"), SECTION_11)
def test_the_worked_cement_figures_of_section_11(
    emissions: str, product: str, i: str, x: str, alpha: str, exact: str
) -> None:
    line = cement(emissions, product)
    unrounded = compute_exact(read_unit(line, ""), Fraction("0.86"), DEFAULT).allowance
    assert to_digits(unrounded, 4) == Fraction(exact)
    found = output("allocation", {"unit": line, "balance_value": "0.86"})
    for name, figure in (("intensity", i), ("deviation", x), ("coefficient", alpha)):
        assert to_digits(found[name], 6) == Fraction(figure), name
    assert found["allowance"] == to_digits(exact, 0)
    assert found["obligation"] == int(emissions)


# --- S-6: emissions of the gases


@pytest.mark.parametrize(
    ("gases", "expected"),
    [
        (("0", "0", "0"), "0"),
        (("1", "0", "0"), "1"),
        (("0", "1", "0"), "6630"),
        (("0", "0", "1"), "11100"),
        (("100", "1", "1"), "17830"),
        (("0", "0", "0.5"), "5550"),
        (("0.000001", "0.000001", "0"), "0.006631"),
        (("10", "0.00001", "0"), "10.0663"),
        (("999999999999999.999999",) * 3, "17730999999999999999.982269"),
    ],
)
def test_s6_weighs_the_gases_with_the_potentials_of_ar5(
    gases: tuple[str, str, str], expected: str
) -> None:
    given = dict(zip(("co2", "cf4", "c2f6"), gases, strict=True))
    assert output("emissions", {"gases": given}) == {"verified_emissions": expected}


# --- section 2: scope


EVERYTHING_WRONG: Json = {
    "listed": False,
    "commissioned_year": 2025,
    "closed_before_verification": True,
}
NOT_LISTED_ONLY = {"listed": False}


def without(*names: str) -> Json:
    return {name: value for name, value in EVERYTHING_WRONG.items() if name not in names}


SCOPES: list[tuple[str, Json, str | None, str]] = [
    ("an ordinary line", cement(), None, "intensity"),
    ("a long-process enterprise", steel(), None, "intensity"),
    ("an electrolysis", aluminium(), None, "intensity"),
    ("a plain unit of 2024", cement(year=2024), None, "equal"),
    ("steel of 2024", steel(year=2024), None, "equal"),
    ("a unit without emissions", cement("0"), None, "intensity"),
    ("a unit whose emissions are not given", cement(NOTHING), None, "intensity"),
    ("electric-arc steel", steel(route="electric_arc"), "ROUTE_NOT_COVERED", "none"),
    ("a rolling mill", steel(route="rolling"), "ROUTE_NOT_COVERED", "none"),
    ("other steel", steel(route="other"), "ROUTE_NOT_COVERED", "none"),
    ("a rolling mill of 2024", steel(route="rolling", year=2024), "ROUTE_NOT_COVERED", "none"),
    ("a grinding station", cement(line_kind="grinding_only"), "NO_CLINKER_LINE", "none"),
    ("commissioned the year before", cement(commissioned_year=2024), None, "intensity"),
    ("commissioned in the year", cement(commissioned_year=2025), "NEW_UNIT", "none"),
    ("commissioned after the year", cement(commissioned_year=2026), "NEW_UNIT", "none"),
    ("of 2024, commissioned 2023", cement(commissioned_year=2023, year=2024), None, "equal"),
    ("of 2024, commissioned 2024", cement(commissioned_year=2024, year=2024), "NEW_UNIT", "none"),
    ("of 2024, commissioned 2025", cement(commissioned_year=2025, year=2024), "NEW_UNIT", "none"),
    ("closed", aluminium(closed_before_verification=True), "CLOSED_UNIT", "none"),
    ("said not to be closed", aluminium(closed_before_verification=False), None, "intensity"),
    ("not listed", aluminium(listed=False), "NOT_LISTED", "none"),
    ("said to be listed", aluminium(listed=True), None, "intensity"),
    # the reasons are tested in their order
    ("all wrong, steel", steel(route="other", **EVERYTHING_WRONG), "NOT_LISTED", "none"),
    ("all but unlisted", steel(route="other", **without("listed")), "ROUTE_NOT_COVERED", "none"),
    ("new and closed", steel(**without("listed")), "NEW_UNIT", "none"),
    ("closed only", steel(**without("listed", "commissioned_year")), "CLOSED_UNIT", "none"),
    (
        "all wrong, cement",
        cement(line_kind="grinding_only", **EVERYTHING_WRONG),
        "NOT_LISTED",
        "none",
    ),
    (
        "all but unlisted, cement",
        cement(line_kind="grinding_only", **without("listed")),
        "NO_CLINKER_LINE",
        "none",
    ),
    ("new and closed, cement", cement(**without("listed")), "NEW_UNIT", "none"),
    ("all wrong, aluminium", aluminium(**EVERYTHING_WRONG), "NOT_LISTED", "none"),
    ("unlisted and closed", aluminium(**without("commissioned_year")), "NOT_LISTED", "none"),
    #
    ("white clinker only", cement(line_kind="white_only"), None, "equal"),
    ("by-product of gypsum acid", cement(line_kind="gypsum_acid_byproduct"), None, "equal"),
    ("white clinker only, new", cement(**WHITE, **NEW), "NEW_UNIT", "none"),
    ("carbide slag of 0", cement(carbide_slag_rate="0"), None, "intensity"),
    ("carbide slag one notch below 15 %", cement(carbide_slag_rate="0.149999"), None, "intensity"),
    ("carbide slag of exactly 15 %", cement(carbide_slag_rate="0.15"), None, "intensity"),
    ("carbide slag of exactly 15 %, long", cement(carbide_slag_rate="0.150000"), None, "intensity"),
    ("carbide slag one notch above 15 %", cement(carbide_slag_rate="0.150001"), None, "equal"),
    ("carbide slag of 100 %", cement(carbide_slag_rate="1"), None, "equal"),
    ("carbide slag of 2024", cement(carbide_slag_rate="0.2", year=2024), None, "equal"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("unit", "reason", "method"), [row[1:] for row in SCOPES], ids=[row[0] for row in SCOPES]
)
def test_scope_of_every_kind_of_unit(unit: Json, reason: str | None, method: str) -> None:
    expected = {"covered": reason is None, "reason": reason, "method": method}
    assert output("scope", {"unit": unit}) == expected


# --- section 3: allocation of a unit

ORDINARY = "1"  # a balance value of 1 t CO2e/t makes X = 1 - I

ALLOCATIONS: list[tuple[str, Json, str | None, dict[str, str], Json]] = [
    # A-4, the bounds: exactly 20 %, one notch inside, one notch outside
    ("X is exactly +20 %", cement("800000000", "1000000000"), ORDINARY, {},
     amounts(824000000, 800000000, intensity="0.800000000000", deviation="0.200000000000",
             coefficient="0.030000000000")),
    ("X is one notch below +20 %", cement("800001000", "1000000000"), ORDINARY, {},
     amounts(824000910, 800001000, deviation="0.199999000000", coefficient="0.029999850000")),
    ("X is one notch above +20 %", cement("799999000", "1000000000"), ORDINARY, {},
     amounts(823998970, 799999000, deviation="0.200001000000", coefficient="0.030000000000")),
    ("X is exactly -20 %", cement("1200000000", "1000000000"), ORDINARY, {},
     amounts(1164000000, 1200000000, deviation="-0.200000000000", coefficient="-0.030000000000")),
    ("X is one notch above -20 %", cement("1199999000", "1000000000"), ORDINARY, {},
     amounts(1163999210, 1199999000, deviation="-0.199999000000", coefficient="-0.029999850000")),
    ("X is one notch below -20 %", cement("1200001000", "1000000000"), ORDINARY, {},
     amounts(1164000970, 1200001000, deviation="-0.200001000000", coefficient="-0.030000000000")),
    ("X is 0", cement("100", "100"), ORDINARY, {},
     amounts(100, 100, deviation="0.000000000000", coefficient="0.000000000000")),
    ("a negative hair of X prints without a sign", cement("100000000000001", "100000000000000"),
     ORDINARY, {}, {"deviation": "0.000000000000", "coefficient": "0.000000000000"}),
    # Q-5, printed half to even
    ("a tie after twelve digits goes down to even", cement("0.000005", "10000000"), ORDINARY, {},
     {"intensity": "0.000000000000"}),
    ("a tie after twelve digits goes up to even", cement("0.000015", "10000000"), ORDINARY, {},
     {"intensity": "0.000000000002"}),
    ("another tie goes down to even", cement("0.000025", "10000000"), ORDINARY, {},
     {"intensity": "0.000000000002"}),
    #
    ("2024 allocates the verified emissions", cement("1000000", "900000", year=2024), None, {},
     amounts(1000000, 1000000, covered=True, reason=None, method="equal", **NO_INTERMEDIATES)),
    ("2024 heeds no balance value", steel("1000000", year=2024), "0.1", {},
     amounts(1000000, 1000000, method="equal", **NO_INTERMEDIATES)),
    ("2024 heeds not even one below 0", steel("1000000", year=2024), "-1", {},
     amounts(1000000, 1000000, **NO_INTERMEDIATES)),
    ("the same line in 2025", cement("1000000", "900000"), "0.86", {},
     amounts(970000, 1000000, method="intensity")),
    ("white clinker is allocated its emissions", cement("1000", NOTHING, **WHITE), None, {},
     amounts(1000, 1000, method="equal", **NO_INTERMEDIATES)),
    ("15 % carbide slag is not enough", cement("100", "125", carbide_slag_rate="0.15"), "1", {},
     amounts(103, 100, method="intensity")),
    ("a hair more is", cement("100", "125", carbide_slag_rate="0.150001"), "1", {},
     amounts(100, 100, method="equal", **NO_INTERMEDIATES)),
    # without emissions
    ("no emissions: nothing asked for", cement("0", NOTHING), None, {},
     amounts(0, 0, covered=True, reason=None, method="intensity", **NO_INTERMEDIATES)),
    ("no emissions of steel either", steel("0", output=NOTHING, process_emissions=NOTHING), None,
     {}, amounts(0, 0, covered=True, method="intensity", **NO_INTERMEDIATES)),
    ("no emissions, and processes that exceed them", steel("0.000"), None, {},
     amounts(0, 0, method="intensity", **NO_INTERMEDIATES)),
    ("no emissions, output 0, balance value 0", aluminium("0", "0"), "0", {},
     amounts(0, 0, method="intensity", **NO_INTERMEDIATES)),
    # outside
    ("outside: nothing", cement("100", line_kind="grinding_only"), None, {},
     amounts(0, 0, covered=False, reason="NO_CLINKER_LINE", method="none", **NO_INTERMEDIATES)),
    ("outside: not even asked for processes", steel("100", route="electric_arc",
     process_emissions=NOTHING), None, {}, amounts(0, 0, reason="ROUTE_NOT_COVERED")),
    # reading excluded_unit_obligation
    ("a new unit owes nothing", cement("100.5", **NEW), None, {},
     amounts(0, 0, covered=False, reason="NEW_UNIT", method="none", **NO_INTERMEDIATES)),
    ("a new unit owes its emissions if so read", cement("100.5", **NEW), None, SURRENDER_ALL,
     amounts(0, 101, covered=False, reason="NEW_UNIT", method="none", **NO_INTERMEDIATES)),
    ("a new unit of 2024 too", cement("100", year=2024, commissioned_year=2024), None,
     SURRENDER_ALL, amounts(0, 100, reason="NEW_UNIT")),
    ("a closed unit owes nothing", aluminium("100", **CLOSED), None, {}, amounts(0, 0)),
    ("a closed unit too", aluminium("100", **CLOSED), None, SURRENDER_ALL, amounts(0, 100)),
    ("and its obligation is rounded as read", aluminium("100.5", **CLOSED), None,
     SURRENDER_ALL | FLOOR, amounts(0, 100)),
    ("a grinding station never does", cement("100", line_kind="grinding_only"), None,
     SURRENDER_ALL, amounts(0, 0)),
    ("an electric-arc producer never does", steel(route="electric_arc"), None, SURRENDER_ALL,
     amounts(0, 0)),
    ("an unlisted unit never does", aluminium(listed=False), None, SURRENDER_ALL, amounts(0, 0)),
    ("nor a new one that is unlisted", aluminium(listed=False, **NEW), None, SURRENDER_ALL,
     amounts(0, 0, reason="NOT_LISTED")),
    ("a covered unit is not touched", cement("100", "125"), "1", SURRENDER_ALL, amounts(103, 100)),
    # Q-4, ties: the even neighbour, the odd neighbour, just below
    ("half a tonne", cement("0.5", **WHITE), None, {}, amounts(1, 1)),
    ("a tie above an even number", cement("2.5", **WHITE), None, {}, amounts(3, 3)),
    ("a tie above an odd number", cement("1.5", **WHITE), None, {}, amounts(2, 2)),
    ("just below a tie", cement("2.499999", **WHITE), None, {}, amounts(2, 2)),
    ("just above a tie", cement("2.500001", **WHITE), None, {}, amounts(3, 3)),
    ("just below a tonne", cement("2.999999", **WHITE), None, FLOOR, amounts(2, 2)),
    ("a tie under unit_floor", cement("2.5", **WHITE), None, FLOOR, amounts(2, 2)),
    ("a tie under enterprise_half_up is shown", cement("2.5", **WHITE), None, ONCE, amounts(3, 3)),
    ("an allowance of 154.5", cement("150", "300"), ORDINARY, {}, amounts(155, 150)),
    ("an allowance of 154.5, floor", cement("150", "300"), ORDINARY, FLOOR, amounts(154, 150)),
    ("an allowance of 51.5", cement("50", "100"), ORDINARY, {}, amounts(52, 50)),
    ("an allowance of 48.5", cement("50", "25"), ORDINARY, {}, amounts(49, 50)),
    ("an allowance of 145.5", cement("150", "75"), ORDINARY, {}, amounts(146, 150)),
    ("an allowance of 48.5, floor", cement("50", "25"), ORDINARY, FLOOR, amounts(48, 50)),
    ("allowance and obligation part", cement("10.4", "20"), ORDINARY, {}, amounts(11, 10)),
    ("the greatest unit", cement("999999999999999.999999", **WHITE), None, {},
     amounts(1000000000000000, 1000000000000000)),
    #
    ("steel: ironmaking and sintering, not the enterprise",
     steel("10000000", "5000000", "1000000", "4000000"), "1.75", {},
     amounts(10214286, 10000000, intensity="1.500000000000", deviation="0.142857142857",
             coefficient="0.021428571429")),
    ("steel: only the main processes are multiplied if so read",
     steel("10000000", "5000000", "1000000", "4000000"), "1.75", MAIN,
     amounts(10128571, 10000000, intensity="1.500000000000", coefficient="0.021428571429")),
    ("steel: processes may make all of it", steel("60", "50", "10", "40"), "1.5", {},
     amounts(60, 60, intensity="1.500000000000", coefficient="0.000000000000")),
    ("steel of no main process is the cleanest", steel("100", "0", "0", "1"), "1", {},
     amounts(103, 100, intensity="0.000000000000", deviation="1.000000000000",
             coefficient="0.030000000000")),
    ("… and gains nothing on its main processes", steel("100", "0", "0", "1"), "1", MAIN,
     amounts(100, 100, intensity="0.000000000000", coefficient="0.030000000000")),
    ("the reading steel_base is for steel alone", cement("1000000", "1200000"), "0.86", MAIN,
     amounts(1004651, 1000000)),
    ("aluminium: per tonne of liquid aluminium", aluminium("1568000", "1000000"), "1.6", {},
     amounts(1572704, 1568000, intensity="1.568000000000", deviation="0.020000000000",
             coefficient="0.003000000000")),
    ("gases that agree change nothing", aluminium("17830", "17830",
     gases={"co2": "100", "cf4": "1", "c2f6": "1.0"}), "1", {},
     amounts(17830, 17830, intensity="1.000000000000")),
    ("indirect emissions are never counted", cement("100", "125", indirect_emissions="9999"), "1",
     {}, amounts(103, 100, intensity="0.800000000000")),
    # B-4
    ("a given balance value is used as given", cement("100000000", "100000000"), "1.000049999999",
     FOUR, {"deviation": "0.000049997499"}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("unit", "balance_value", "readings", "expected"),
    [row[1:] for row in ALLOCATIONS],
    ids=[row[0] for row in ALLOCATIONS],
)
def test_allocation_of_a_unit(
    unit: Json, balance_value: str | None, readings: dict[str, str], expected: Json
) -> None:
    given = {"unit": unit} | ({} if balance_value is None else {"balance_value": balance_value})
    check("allocation", given, expected, readings)
