"""Every error of a rule: its code, its path, its sentence and its clause (rulebook, section 7)."""

from __future__ import annotations

import pytest

from cets_reference import OPERATIONS, RuleError, run
from cets_reference.clauses import CLAUSES

from .inputs import (
    GASES,
    NOTHING,
    Json,
    aluminium,
    balance,
    cement,
    enterprise,
    form,
    outcome,
    refusal,
    steel,
    unit,
    valid_inputs,
    with_unit,
)

# --- every code

TWICE = [{**cement(), "unit_id": "U-1"}, {**cement(), "unit_id": "U-1"}]
CODES: list[tuple[str, str, Json, str, str]] = [
    ("of 2023", "scope", with_unit(year=2023), "YEAR_NOT_COVERED", "/unit/year"),
    ("of 2026", "allocation", with_unit(year=2026), "YEAR_NOT_COVERED", "/unit/year"),
    ("of 2026, before it is issued", "pre-allocation", with_unit(year=2026), "YEAR_NOT_COVERED",
     "/unit/year"),
    ("steel of 2026 is not asked for processes", "allocation",
     unit(steel(year=2026, process_emissions=NOTHING)), "YEAR_NOT_COVERED", "/unit/year"),
    ("balance of 2023", "balance", balance("cement", year=2023), "YEAR_NOT_COVERED", "/year"),
    ("enterprise of 2023", "enterprise-allocation", enterprise(year=2023), "YEAR_NOT_COVERED",
     "/year"),
    ("a unit's year not covered, in a balance", "balance",
     balance("cement", cement(), cement(year=2023)), "YEAR_NOT_COVERED", "/units/1/year"),
    ("another sector", "balance", balance("cement", cement(), aluminium()), "SECTOR_MISMATCH",
     "/units/1/sector"),
    ("another sector, though not counted", "balance",
     balance("cement", cement(), aluminium(listed=False)), "SECTOR_MISMATCH", "/units/1/sector"),
    ("another year in a balance", "balance", balance("cement", cement(), cement(year=2024)),
     "YEAR_MISMATCH", "/units/1/year"),
    ("another year in a balance of 2024", "balance",
     balance("cement", cement(year=2024), cement(), year=2024), "YEAR_MISMATCH", "/units/1/year"),
    ("another year in an enterprise", "enterprise-allocation",
     enterprise(cement(), cement(year=2024), cement="1"), "YEAR_MISMATCH", "/units/1/year"),
    ("another year of an uncovered unit", "enterprise-allocation",
     enterprise(cement(), cement(year=2024, listed=False), cement="1"), "YEAR_MISMATCH",
     "/units/1/year"),
    *[(f"gases that do not add up, in {operation}", operation,
       unit(aluminium("17829.999999", gases=GASES)), "EMISSIONS_MISMATCH",
       "/unit/verified_emissions") for operation in ("scope", "allocation", "pre-allocation")],
    ("gases that do not add up, in a balance", "balance",
     balance("aluminium", aluminium(), aluminium("17831", gases=GASES)), "EMISSIONS_MISMATCH",
     "/units/1/verified_emissions"),
    ("gases that do not add up, in an enterprise", "enterprise-allocation",
     enterprise(aluminium("17831", gases=GASES)), "EMISSIONS_MISMATCH",
     "/units/0/verified_emissions"),
    ("gases that do not add up, outside", "scope",
     unit(aluminium("1", gases=GASES, listed=False)), "EMISSIONS_MISMATCH",
     "/unit/verified_emissions"),
    ("gases beside no emissions at all", "allocation", unit(aluminium("0", gases=GASES)),
     "EMISSIONS_MISMATCH", "/unit/verified_emissions"),
    ("the same unit twice, in a balance", "balance",
     {"sector": "cement", "year": 2025, "units": TWICE}, "DUPLICATE_UNIT", "/units/1/unit_id"),
    ("the same unit twice, in an enterprise", "enterprise-allocation",
     {**enterprise(cement="1"), "units": [cement(unit_id="a"), *TWICE, *TWICE]}, "DUPLICATE_UNIT",
     "/units/2/unit_id"),
    ("the same id in two sectors", "enterprise-allocation",
     {**enterprise(), "units": [cement("0"), aluminium("0")]}, "DUPLICATE_UNIT",
     "/units/1/unit_id"),
    ("processes above the enterprise", "allocation",
     {"unit": steel("59.999999", "50", "10"), "balance_value": "1"}, "PROCESS_EXCEEDS_ENTERPRISE",
     "/unit/process_emissions"),
    ("processes above the enterprise, in a balance", "balance",
     balance("steel", steel(), steel("59", "50", "10")), "PROCESS_EXCEEDS_ENTERPRISE",
     "/units/1/process_emissions"),
    ("no output", "allocation", {"unit": cement(output=NOTHING), "balance_value": "1"},
     "OUTPUT_NOT_POSITIVE", "/unit/output"),
    ("an output of 0", "allocation", {"unit": aluminium(output="0.000"), "balance_value": "1"},
     "OUTPUT_NOT_POSITIVE", "/unit/output"),
    ("an output of 0, in a balance", "balance",
     balance("steel", steel(), steel(output="0")), "OUTPUT_NOT_POSITIVE", "/units/1/output"),
    ("no balance value", "allocation", with_unit(), "BALANCE_VALUE_REQUIRED", "/balance_value"),
    ("a balance value of 0", "allocation", {"unit": cement(), "balance_value": "0"},
     "BALANCE_VALUE_NOT_POSITIVE", "/balance_value"),
    ("no balance value for steel", "enterprise-allocation",
     enterprise(cement(), steel(), cement="1"), "BALANCE_VALUE_REQUIRED", "/balance_values/steel"),
    ("no balance value at all", "enterprise-allocation", enterprise(aluminium()),
     "BALANCE_VALUE_REQUIRED", "/balance_values/aluminium"),
    ("a negative balance value", "enterprise-allocation", enterprise(cement(), cement="-0.86"),
     "BALANCE_VALUE_NOT_POSITIVE", "/balance_values/cement"),
    ("no units", "balance", balance("cement"), "NO_INTENSITY_UNITS", "/units"),
    ("a balance of 2024", "balance", balance("cement", cement(year=2024), year=2024),
     "NO_INTENSITY_UNITS", "/units"),
    ("no unit that counts", "balance",
     balance("cement", cement("0"), cement(line_kind="white_only"), cement(listed=False)),
     "NO_INTENSITY_UNITS", "/units"),
    ("only intensities of 0", "balance", balance("steel", steel("100", "0", "0")),
     "NO_INTENSITY_UNITS", "/units"),
    ("intensities of 0 outweigh the rest", "balance",
     balance("steel", steel("101", "0", "0"), steel("100", "100", "0")), "NO_INTENSITY_UNITS",
     "/units"),
    ("an interval of zeros without a positive lower end", "balance",
     balance("steel", steel("100", "0", "0"), steel("100", "100", "0")), "NO_INTENSITY_UNITS",
     "/units"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("operation", "given", "code", "path"),
    [row[1:] for row in CODES],
    ids=[row[0] for row in CODES],
)
def test_every_code_stands_at_its_path(operation: str, given: Json, code: str, path: str) -> None:
    assert outcome(operation, given) == refusal(code, path)


@pytest.mark.parametrize(
    ("operation", "given"), [row[1:3] for row in CODES], ids=[row[0] for row in CODES]
)
def test_every_error_has_a_sentence_and_a_clause_of_the_rulebook(
    operation: str, given: Json
) -> None:
    with pytest.raises(RuleError) as caught:
        run(operation, given)
    printed = caught.value.as_json()
    assert list(printed) == ["code", "path", "message", "clause"]
    assert printed["clause"] in CLAUSES
    assert len(printed["message"].split()) >= 3


def test_no_main_process_at_all_leaves_no_unit_if_so_read() -> None:
    given = balance("steel", steel("100", "0", "0"))
    found = outcome("balance", given, {"steel_base": "main_processes"})
    assert found == refusal("NO_INTENSITY_UNITS", "/units")


def test_an_operation_that_does_not_exist_is_no_refusal_of_the_input() -> None:
    with pytest.raises(LookupError):
        run("no-such-operation", {})
    assert set(valid_inputs()) <= set(OPERATIONS)


@pytest.mark.parametrize("readings", [{"no_such": "x"}, {"rounding": "no_such"}, {"rounding": ""}])
def test_a_reading_that_does_not_exist_is_refused(readings: dict[str, str]) -> None:
    with pytest.raises(ValueError):
        outcome("scope", {"unit": cement()}, readings)


@pytest.mark.parametrize("operation", valid_inputs())
def test_readings_are_chosen_outside_the_input(operation: str) -> None:
    given = {**valid_inputs()[operation], "readings": {"rounding": "unit_floor"}}
    assert outcome(operation, given) == form("/readings")
