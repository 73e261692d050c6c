"""Schemas and reference are two statements of one contract: what one says, the other says."""

from __future__ import annotations

import inspect
import re
import types
import typing
from collections.abc import Callable
from dataclasses import MISSING, Field, fields
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from cets_conformance import published
from cets_reference import DEFAULT, OPERATIONS, RuleError, dealings, explain, outcomes, run
from cets_reference.case import YearCase
from cets_reference.plan import PLAN_2024_2025, VINTAGES
from cets_reference.quantities import GREATEST_AMOUNT, MEASURED, RATIO
from cets_reference.readings import READINGS
from cets_reference.records import (
    LINE_KINDS,
    ROUTES,
    SECTORS,
    Gases,
    ProcessEmissions,
    Unit,
    read_unit,
)
from cets_reference.results import Allocation, UnitAllocation
from cets_reference.sources import SOURCES, Basis

COMMON = published.schema("common")["$defs"]
UNIT = published.schema("unit")
REF = "urn:cets:schema:v1:common#/$defs/"


def printed_fields(record: type) -> list[Field[Any]]:
    """Fields of an output record as they are printed: a unit's figures beside its id."""
    if record is UnitAllocation:
        return [fields(UnitAllocation)[0], *fields(Allocation)]
    return list(fields(record))


def part_of(operation: str, name: str) -> dict[str, Any]:
    """Give the schema of what stands in a list of an output."""
    found: dict[str, Any] = published.schema(f"{operation}-output")["properties"][name]["items"]
    return found


OUTPUTS = [
    (name, operation.output, published.schema(f"{name}-output"))
    for name, operation in OPERATIONS.items()
    if f"{name}-output" in published.schema_names()  # a missing one fails in a test of its own
] + [
    ("enterprise-allocation, unit", UnitAllocation, part_of("enterprise-allocation", "units")),
    ("surrender, submission", outcomes.Handled, COMMON["handled_submission"]),
    ("carry-over, application", outcomes.Handled, COMMON["handled_application"]),
    ("cycle, year", outcomes.YearOutcome, part_of("cycle", "years")),
    ("cycle, refusal", outcomes.Refusal, part_of("cycle", "refusals")),
    ("cycle, holding", outcomes.VintageHolding, part_of("cycle", "holdings")),
]
OUTPUT_IDS = [name for name, _, _ in OUTPUTS]
OUTPUT_FIELDS = [
    pytest.param(item, record, schema["properties"][item.name], id=f"{name}/{item.name}")
    for name, record, schema in OUTPUTS
    for item in printed_fields(record)
]


def test_there_is_an_input_and_an_output_schema_for_every_operation_and_no_other() -> None:
    expected = {f"{name}-{side}" for name in OPERATIONS for side in ("input", "output")}
    found = {name for name in published.schema_names() if name.endswith(("-input", "-output"))}
    assert found == expected


@pytest.mark.parametrize(("_", "record", "schema"), OUTPUTS, ids=OUTPUT_IDS)
def test_an_output_schema_has_the_fields_of_the_record_in_the_order_of_computation(
    _: str, record: type, schema: dict[str, Any]
) -> None:
    names = [item.name for item in printed_fields(record)]
    assert list(schema["properties"]) == names
    assert schema["required"] == names


@pytest.mark.parametrize(("item", "record", "node"), OUTPUT_FIELDS)
def test_an_output_field_is_described_as_the_reference_describes_it(
    item: Field[Any], record: type, node: dict[str, Any]
) -> None:
    about = item.metadata
    assert node["title"] == about["title_en"]
    assert node["x-title-zh"] == about["title_zh"]
    assert node["x-clause"] == list(about["clauses"])
    assert node.get("x-symbol") == about["symbol"]
    assert node.get("x-unit") == about["unit"]
    assert node["x-role"] == about["role"]


@pytest.mark.parametrize(("item", "record", "node"), OUTPUT_FIELDS)
def test_an_output_field_has_the_type_of_the_record(
    item: Field[Any], record: type, node: dict[str, Any]
) -> None:
    hints = typing.get_type_hints(record if item in fields(record) else Allocation)
    hint = hints[item.name]
    nullable = isinstance(hint, types.UnionType)
    options = node.get("anyOf", [node])
    assert ({"type": "null"} in options) is nullable
    kind = next(arg for arg in typing.get_args(hint) if arg is not type(None)) if nullable else hint
    reference = options[0].get("$ref", "").removeprefix(REF)
    if kind is Fraction:
        printed = {"intermediate": "printed_ratio", "result": "computed_quantity"}
        assert reference == printed[item.metadata["role"]]
    elif kind is int:
        assert reference.endswith("computed_amount") or type_of(options[0]) is int
    elif kind is date:
        assert reference == "date"
    elif kind is outcomes.CarryOver:
        assert options[0] == {"$ref": "urn:cets:schema:v1:carry-over-output"}
    elif kind in {bool, str}:
        assert {type_of(option) for option in options} - {None} == {kind}
    else:
        assert node["type"] == "array"
        assert "items" in node


def type_of(node: dict[str, Any]) -> type | None:
    """Give the Python type of a scalar schema; a choice has that of its words."""
    if "$ref" in node:
        return type_of(COMMON[node["$ref"].removeprefix(REF)])
    words = node.get("enum", [node["const"]] if "const" in node else [])
    if words:
        return type(words[0])
    return {"string": str, "integer": int, "boolean": bool, "null": None}[node["type"]]


def test_forms_of_values_are_those_that_the_reference_reads() -> None:
    assert COMMON["measured"]["pattern"] == f"^{MEASURED.pattern}$"
    assert COMMON["ratio_given"]["pattern"] == f"^{RATIO.pattern}$"
    assert COMMON["amount"]["maximum"] == GREATEST_AMOUNT
    assert COMMON["sector"]["enum"] == list(SECTORS)
    assert COMMON["route"]["enum"] == list(ROUTES)
    assert COMMON["line_kind"]["enum"] == list(LINE_KINDS)
    assert COMMON["basis"]["enum"] == [basis.value for basis in Basis]
    assert COMMON["source"]["enum"] == [source.id for source in SOURCES]
    assert COMMON["ruleset"]["const"] == DEFAULT.id
    assert COMMON["date"]["format"] == "date"
    assert COMMON["vintage"]["enum"] == list(VINTAGES)
    assert COMMON["compliance_status"]["enum"] == list(dealings.COMPLIANCE)
    of_a_covered_year = set(dealings.COMPLIANCE) - {"not_covered"}
    assert set(COMMON["surrender_status"]["enum"]) == of_a_covered_year


def test_readings_are_those_of_the_reference() -> None:
    found = COMMON["readings"]["properties"]
    assert list(found) == [reading.id for reading in READINGS]
    for reading in READINGS:
        assert found[reading.id]["enum"] == list(reading.choices)
        assert found[reading.id]["x-clause"] == list(reading.clauses)
        assert reading.question_en in found[reading.id]["description"]
        assert found[reading.id]["x-title-zh"] == reading.question_zh.rstrip("？")


@pytest.mark.parametrize(
    ("record", "schema"),
    [(Unit, UNIT), (Gases, COMMON["gases"]), (ProcessEmissions, COMMON["process_emissions"])],
    ids=["unit", "gases", "process_emissions"],
)
def test_an_input_object_has_the_fields_of_its_record(record: type, schema: dict[str, Any]) -> None:
    assert list(schema["properties"]) == [item.name for item in fields(record)]


DEALINGS = {
    "submission": (dealings.Submission, set()),
    "trade": (dealings.Trade, {"id"}),
    "cycle_trade": (dealings.Trade, set()),
    "application": (dealings.Application, set()),
    "cycle_application": (dealings.Application, {"available"}),
    "holding": (dealings.Holding, set()),
}
"""Definitions, the records they are read into, and the fields of these that they lack."""


@pytest.mark.parametrize("name", DEALINGS)
def test_a_dealing_has_the_fields_of_its_record_and_must_have_those_without_default(
    name: str,
) -> None:
    record, absent = DEALINGS[name]
    schema = COMMON[name]
    assert set(schema["properties"]) == {item.name for item in fields(record)} - absent
    needed = {item.name for item in fields(record) if item.default is MISSING}
    needed |= {"id"} & set(schema["properties"])
    assert set(schema["required"]) == needed


def test_a_year_of_a_cycle_has_the_fields_of_its_record() -> None:
    schema = published.schema("cycle-input")
    year = schema["$defs"]["year"]
    assert set(year["properties"]) == {item.name for item in fields(YearCase)}
    assert set(year["required"]) == {
        item.name for item in fields(YearCase) if item.default is MISSING
    }
    entries = schema["properties"]["years"]["prefixItems"]
    years = [entry["properties"]["year"]["const"] for entry in entries]
    assert years == sorted(PLAN_2024_2025.years.value)
    for entry, number in zip(entries, years, strict=True):
        refused = "pre_allocated_on" in entry["properties"]
        assert refused is (number not in PLAN_2024_2025.pre_allocation_years.value)


def refusals(schema: str) -> set[str]:
    found: list[str] = COMMON[schema]["enum"]
    assert list(COMMON[schema]["x-enum-zh"]) == found
    return set(found)


def test_reasons_against_submissions_and_applications_are_those_that_the_reference_gives() -> None:
    """Every word in capitals that ``surrender`` and ``carry_over`` can answer, and no other."""
    from cets_reference import carry_over, surrender

    def reasons(*functions: Callable[..., Any]) -> set[str]:
        text = "".join(inspect.getsource(function) for function in functions)
        return set(re.findall(r'"([A-Z][A-Z_]+)"', text))

    assert refusals("submission_refusal") == reasons(
        surrender.compute_refusal, surrender.handle_submission
    )
    assert refusals("application_refusal") == reasons(
        carry_over.compute_window_refusal, carry_over.handle_application
    )
    eligible = published.schema("carry-over-output")["properties"]["reason"]["anyOf"][0]
    assert {eligible["const"]} == reasons(carry_over.compute_carry_over)


MINIMAL = {
    "steel": {"unit_id": "u", "sector": "steel", "year": 2025, "route": "other"},
    "cement": {"unit_id": "u", "sector": "cement", "year": 2025, "line_kind": "ordinary"},
    "aluminium": {"unit_id": "u", "sector": "aluminium", "year": 2025},
}
GOOD = {
    "listed": True,
    "route": "rolling",
    "line_kind": "white_only",
    "carbide_slag_rate": "0.2",
    "commissioned_year": 2001,
    "closed_before_verification": False,
    "verified_emissions": "1",
    "indirect_emissions": "1",
    "gases": {"co2": "1", "cf4": "0", "c2f6": "0"},
    "process_emissions": {"ironmaking": "1", "sintering": "0"},
    "output": "1",
}


def reads(unit: dict[str, Any]) -> bool:
    try:
        read_unit(unit, "", emissions_required=False)
    except RuleError:
        return False
    return True


@pytest.mark.parametrize("sector", SECTORS)
def test_a_unit_must_and_may_have_the_same_fields_in_schema_and_reference(sector: str) -> None:
    minimal = MINIMAL[sector]
    judge = published.validator("unit")
    assert judge.is_valid(minimal)
    assert reads(minimal)
    assert set(GOOD) | set(MINIMAL["aluminium"]) == set(UNIT["properties"])
    for name in minimal:
        smaller = {key: item for key, item in minimal.items() if key != name}
        assert not judge.is_valid(smaller)
        assert not reads(smaller)
    accepted = {name: reads({**minimal, name: item}) for name, item in GOOD.items()}
    assert len(set(accepted.values())) == 2
    for name, item in GOOD.items():
        assert judge.is_valid({**minimal, name: item}) is accepted[name], name


def test_defaults_in_the_schema_are_those_of_the_record() -> None:
    defaults = {item.name: item.default for item in fields(Unit)}
    for name, node in UNIT["properties"].items():
        if "default" in node:
            default = node["default"]
            expected = defaults[name]
            assert (Fraction(default) if isinstance(default, str) else default) == expected


def test_symbols_of_inputs_are_those_of_the_formulas() -> None:
    from cets_reference.explain import _INPUT_SYMBOLS

    known = {path[-1]: symbol for symbol, path in _INPUT_SYMBOLS.items()}
    nodes = dict(UNIT["properties"])
    for name in ("gases", "process_emissions"):
        nodes |= COMMON[name]["properties"]
    for operation in ("allocation", "pre-allocation"):
        nodes |= published.schema(f"{operation}-input")["properties"]
    found = {name: node["x-symbol"] for name, node in nodes.items() if "x-symbol" in node}
    assert found == known


def test_an_error_has_the_members_that_the_reference_gives() -> None:
    with pytest.raises(RuleError) as caught:
        run("scope", {})
    given = caught.value.as_json()
    assert list(COMMON["rule_error"]["properties"]) == list(given)
    judge = published.validator("common").evolve(schema={"$ref": f"{REF}error"})
    assert judge.is_valid({"error": given})
    assert not judge.is_valid(given)


def test_an_explanation_has_the_members_that_explain_gives_in_their_order() -> None:
    unit = {**MINIMAL["cement"], "verified_emissions": "1000000", "output": "1200000"}
    given = explain("allocation", {"unit": unit, "balance_value": "0.86"})
    schema = published.schema("explanation")
    assert list(schema["properties"]) == list(given)
    assert list(schema["properties"]["steps"]["items"]["properties"]) == list(given["steps"][0])
    info = schema["properties"]["clauses"]["additionalProperties"]
    assert list(info["properties"]) == list(given["clauses"]["A-4"])


def test_an_explanation_is_of_an_operation_and_holds_its_output() -> None:
    schema = published.schema("explanation")
    assert schema["properties"]["operation"]["enum"] == list(OPERATIONS)
    tied = {
        rule["if"]["properties"]["operation"]["const"]: rule["then"]["properties"]["output"]["$ref"]
        for rule in schema["allOf"]
    }
    assert tied == {name: f"urn:cets:schema:v1:{name}-output" for name in OPERATIONS}
