"""The form of objects: unknown, missing, null and foreign fields, and which is found first."""

from __future__ import annotations

from typing import Any

import pytest

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
    place,
    steel,
    unit,
    valid_inputs,
    with_unit,
)

# --- fields: unknown, missing, null, of another sector

UNKNOWN = [
    ("plain", "/plain"),
    ("", "/"),
    ("a/b", "/a~1b"),
    ("a~b", "/a~0b"),
    ("~1", "/~01"),
    ("~/", "/~0~1"),
    ("/~0", "/~1~00"),
    ("名 称", "/名 称"),
    ("0", "/0"),
    ("Unit_id", "/Unit_id"),
]
NESTED = [
    ("emissions", "/gases"),
    ("scope", "/unit"),
    ("balance", "/units/1"),
    ("enterprise-allocation", "/balance_values"),
    ("enterprise-allocation", "/units/1/process_emissions"),
]


@pytest.mark.parametrize("operation", valid_inputs())
@pytest.mark.parametrize(("name", "pointer"), UNKNOWN)
def test_an_unknown_field_is_refused_at_its_escaped_pointer(
    operation: str, name: str, pointer: str
) -> None:
    assert outcome(operation, {**valid_inputs()[operation], name: "x"}) == form(pointer)


@pytest.mark.parametrize(("operation", "parent"), NESTED)
@pytest.mark.parametrize(("name", "pointer"), UNKNOWN)
def test_an_unknown_field_deeper_down_is_refused_there(
    operation: str, parent: str, name: str, pointer: str
) -> None:
    given = place(operation, parent + "/new", None)
    holder: Any = given
    for key in parent.split("/")[1:]:
        holder = holder[int(key)] if isinstance(holder, list) else holder[key]
    holder[name] = holder.pop("new")
    assert outcome(operation, given) == form(parent + pointer)


MISSING = [
    ("emissions", {}, "/gases"),
    ("emissions", {"gases": {"cf4": "0", "c2f6": "0"}}, "/gases/co2"),
    ("emissions", {"gases": {"co2": "0", "c2f6": "0"}}, "/gases/cf4"),
    ("emissions", {"gases": {"co2": "0", "cf4": "0"}}, "/gases/c2f6"),
    ("scope", {}, "/unit"),
    ("scope", with_unit(unit_id=NOTHING), "/unit/unit_id"),
    ("scope", with_unit(sector=NOTHING), "/unit/sector"),
    ("scope", with_unit(year=NOTHING), "/unit/year"),
    ("scope", with_unit(line_kind=NOTHING), "/unit/line_kind"),
    ("scope", unit(steel(route=NOTHING)), "/unit/route"),
    ("allocation", with_unit(verified_emissions=NOTHING), "/unit/verified_emissions"),
    ("allocation", {"balance_value": "1"}, "/unit"),
    ("allocation", unit(steel(process_emissions=NOTHING)), "/unit/process_emissions"),
    (
        "allocation",
        unit(steel(process_emissions={"sintering": "1"})),
        "/unit/process_emissions/ironmaking",
    ),
    (
        "scope",
        unit(steel(process_emissions={"ironmaking": "1"})),
        "/unit/process_emissions/sintering",
    ),
    ("balance", {"year": 2025, "units": []}, "/sector"),
    ("balance", {"sector": "steel", "units": []}, "/year"),
    ("balance", {"sector": "steel", "year": 2025}, "/units"),
    ("balance", balance("cement", cement(), cement(NOTHING)), "/units/1/verified_emissions"),
    ("balance", balance("steel", steel(process_emissions=NOTHING)), "/units/0/process_emissions"),
    ("enterprise-allocation", {"year": 2025, "units": [], "balance_values": {}}, "/enterprise_id"),
    (
        "enterprise-allocation",
        {"enterprise_id": "E", "units": [], "balance_values": {}},
        "/year",
    ),
    (
        "enterprise-allocation",
        {"enterprise_id": "E", "year": 2025, "balance_values": {}},
        "/units",
    ),
    ("enterprise-allocation", {"enterprise_id": "E", "year": 2025, "units": []}, "/balance_values"),
    (
        "enterprise-allocation",
        enterprise(cement(), steel(process_emissions=NOTHING)),
        "/units/1/process_emissions",
    ),
    ("pre-allocation", {"previous_year_emissions": "1"}, "/unit"),
]


@pytest.mark.parametrize(("operation", "given", "path"), MISSING)
def test_a_missing_field_is_reported_where_it_should_stand(
    operation: str, given: Json, path: str
) -> None:
    assert outcome(operation, given) == form(path)


NOT_REQUIRED = [
    ("no emissions, no processes", "allocation", unit(steel("0", process_emissions=NOTHING))),
    ("2024", "allocation", unit(steel(process_emissions=NOTHING, year=2024))),
    ("outside", "allocation", unit(steel(process_emissions=NOTHING, route="other"))),
    ("scope", "scope", unit(steel(NOTHING, process_emissions=NOTHING, output=NOTHING))),
    ("pre-allocation", "pre-allocation", unit(steel(NOTHING, process_emissions=NOTHING))),
    ("empty lists and objects", "enterprise-allocation", enterprise()),
]


@pytest.mark.parametrize(
    ("operation", "given"), [row[1:] for row in NOT_REQUIRED], ids=[row[0] for row in NOT_REQUIRED]
)
def test_what_no_intensity_needs_may_be_missing(operation: str, given: Json) -> None:
    assert "output" in outcome(operation, given)


OPTIONAL: dict[str, Json] = {
    "listed": cement(),
    "line_kind": cement(),
    "carbide_slag_rate": cement(),
    "commissioned_year": cement(),
    "closed_before_verification": cement(),
    "verified_emissions": cement(),
    "indirect_emissions": cement(),
    "output": cement(),
    "route": steel(),
    "process_emissions": steel(),
    "gases": aluminium(),
}


@pytest.mark.parametrize("name", OPTIONAL)
def test_null_never_stands_for_absent(name: str) -> None:
    assert outcome("scope", unit({**OPTIONAL[name], name: None})) == form(f"/unit/{name}")


@pytest.mark.parametrize(
    ("operation", "name"),
    [("allocation", "balance_value"), ("pre-allocation", "previous_year_emissions")],
)
def test_null_stands_for_absent_beside_a_unit_neither(operation: str, name: str) -> None:
    assert outcome(operation, place(operation, f"/{name}", None)) == form(f"/{name}")


FOREIGN: list[tuple[Json, str, Any]] = [
    (cement(), "route", "long_process"),
    (cement(), "process_emissions", {"ironmaking": "1", "sintering": "1"}),
    (cement(), "gases", GASES),
    (steel(), "line_kind", "ordinary"),
    (steel(), "carbide_slag_rate", "0"),
    (steel(), "gases", GASES),
    (aluminium(), "route", "long_process"),
    (aluminium(), "process_emissions", {"ironmaking": "1", "sintering": "1"}),
    (aluminium(), "line_kind", "ordinary"),
    (aluminium(), "carbide_slag_rate", "0"),
]


@pytest.mark.parametrize(("given", "name", "value"), FOREIGN)
@pytest.mark.parametrize("first", [True, False], ids=["before the sector", "after the sector"])
def test_a_field_of_another_sector_is_refused(
    given: Json, name: str, value: Any, *, first: bool
) -> None:
    ordered = {name: value, **given} if first else {**given, name: value}
    assert outcome("scope", unit(ordered)) == form(f"/unit/{name}")


def test_a_sector_without_entry_may_stand_nowhere_in_balance_values() -> None:
    given = enterprise(cement(), cement="1", power="1")
    assert outcome("enterprise-allocation", given) == form("/balance_values/power")
    given = enterprise(cement(), cement="1", steel=None)
    assert outcome("enterprise-allocation", given) == form("/balance_values/steel")


# --- form: depth-first in the order given, missing after present

DEPTH_FIRST: list[tuple[str, str, Json, str]] = [
    ("the first of two, as given", "balance", {"year": "x", "sector": "x", "units": []}, "/year"),
    ("the first of two, turned", "balance", {"sector": "x", "year": "x", "units": []}, "/sector"),
    ("unknown before malformed", "balance", {"x": 1, "year": "x"}, "/x"),
    ("malformed before unknown", "balance", {"year": "x", "x": 1}, "/year"),
    ("present before missing", "balance", {"units": [], "year": "x"}, "/year"),
    ("unknown before missing", "balance", {"units": [], "x": 1}, "/x"),
    (
        "deep before later",
        "balance",
        {"units": [cement(), cement(output=1)], "year": "x", "sector": "cement"},
        "/units/1/output",
    ),
    (
        "missing inside comes before what follows outside",
        "balance",
        {"units": [cement(NOTHING)], "year": "x", "sector": "cement"},
        "/units/0/verified_emissions",
    ),
    (
        "missing inside comes before missing outside",
        "balance",
        {"units": [cement(NOTHING)], "year": 2025},
        "/units/0/verified_emissions",
    ),
    (
        "missing processes come before what follows outside",
        "balance",
        {"units": [steel(process_emissions=NOTHING)], "year": "x", "sector": "steel"},
        "/units/0/process_emissions",
    ),
    (
        "missing processes come after what is present",
        "allocation",
        unit({**steel(process_emissions=NOTHING), "closed_before_verification": 0}),
        "/unit/closed_before_verification",
    ),
    (
        "missing processes of one unit come before the next unit",
        "balance",
        balance("steel", steel(process_emissions=NOTHING), steel(output=1)),
        "/units/0/process_emissions",
    ),
    (
        "the first unit before the second",
        "balance",
        balance("cement", cement(output=1), cement(1)),
        "/units/0/output",
    ),
    (
        "inside a nested object, as given",
        "emissions",
        {"gases": {"c2f6": 1, "cf4": 1, "co2": 1}},
        "/gases/c2f6",
    ),
    (
        "form comes before every other error",
        "allocation",
        {"unit": cement(year=2023, output="0"), "balance_value": 1},
        "/balance_value",
    ),
    (
        "missing comes before every other error",
        "enterprise-allocation",
        {"enterprise_id": "E", "year": 1, "units": [cement(year=1), cement(year=1)]},
        "/balance_values",
    ),
]


@pytest.mark.parametrize(
    ("operation", "given", "path"),
    [row[1:] for row in DEPTH_FIRST],
    ids=[row[0] for row in DEPTH_FIRST],
)
def test_form_is_read_depth_first_and_missing_comes_last(
    operation: str, given: Json, path: str
) -> None:
    assert outcome(operation, given) == form(path)
