"""The form of every value: what is accepted, what is INVALID_INPUT at its own place (section 7)."""

from __future__ import annotations

from typing import Any

import pytest

from .inputs import form, outcome, place, refusal, valid_inputs

# --- every value of every form


TOO_LARGE = 10**5000  # Python refuses to print it by default

BAD_MEASURED: list[Any] = [
    None, True, False, 0, 1, 1.0, 1.5, [], ["1"], {}, "", " ", " 1", "1 ", "1\n", "\n1", "+1", "-1",
    "-0", "01", "00", "00.5", ".5", "5.", ".", "1e3", "1E3", "1_000", "1,000", "0x1", "NaN", "inf",
    "Infinity", "1/2", "1.0000000", "0.1234567", "1" * 16, "1000000000000000", "1.5.5", "１",
    "１.5", "1.５", "٣", "²", "1.²", "1\u0000", TOO_LARGE,
]  # fmt: skip
GOOD_MEASURED = [
    "0", "0.0", "0.000000", "0.000001", "1", "1.0", "1.500000", "999999999999999",
    "999999999999999.999999", "100000000000000.5",
]  # fmt: skip

BAD_RATIO: list[Any] = [
    None, True, 0, 1, 0.86, 1.0, [], {}, "", "+1", "--1", "- 1", "−1", "01", "-01", ".5", "-.5",
    "5.", "1e-1", "0.1234567890123", "1" * 16, "-" + "1" * 16, "1\n", "-1\n", "０.86", "0.８6",
    "1/2", "nan", TOO_LARGE,
]  # fmt: skip
GOOD_RATIO = ["1", "0.86", "0.123456789012", "999999999999999.999999999999", "0.000000000001"]
NOT_POSITIVE = ["0", "-0", "0.0", "-0.000000000000", "-1", "-0.000000000001", "-" + "9" * 15]

BAD_INTEGER: list[Any] = [None, True, False, 2025.0, "2025", "", [], {}, float("nan"), float("inf")]
BAD_FLAG: list[Any] = [None, 0, 1, "true", "false", "", "yes", [], {}, 1.0]
BAD_ID: list[Any] = [None, True, 1, 1.0, [], {}, "", "x" * 65, "炉" * 65, "😀" * 65, TOO_LARGE]
GOOD_ID = ["x", "x" * 64, "炉" * 64, "😀" * 64, "0", " ", "a/b~c", "1\n"]
BAD_YEAR_OF_COMMISSIONING: list[Any] = [*BAD_INTEGER, 1899, 2101, 0, -1, TOO_LARGE, -TOO_LARGE]
GOOD_YEAR_OF_COMMISSIONING = [1900, 2024, 2025, 2100]
BAD_SHARE: list[Any] = [*BAD_MEASURED, "1.000001", "2", "15"]
GOOD_SHARE = ["0", "0.15", "1", "1.000000", "0.999999"]


def cases(places: list[tuple[str, str]], values: list[Any]) -> list[tuple[str, str, Any]]:
    return [(*where, value) for where in places for value in values]


MEASURED_PLACES = [
    ("emissions", "/gases/co2"),
    ("emissions", "/gases/cf4"),
    ("emissions", "/gases/c2f6"),
    ("scope", "/unit/verified_emissions"),
    ("scope", "/unit/indirect_emissions"),
    ("scope", "/unit/output"),
    ("allocation", "/unit/verified_emissions"),
    ("balance", "/units/1/output"),
    ("enterprise-allocation", "/units/1/process_emissions/ironmaking"),
    ("enterprise-allocation", "/units/1/process_emissions/sintering"),
    ("pre-allocation", "/previous_year_emissions"),
]
SHARE_PLACES = [("scope", "/unit/carbide_slag_rate")]
RATIO_PLACES = [
    ("allocation", "/balance_value"),
    ("enterprise-allocation", "/balance_values/cement"),
    ("enterprise-allocation", "/balance_values/steel"),
]
ID_PLACES = [("scope", "/unit/unit_id"), ("enterprise-allocation", "/enterprise_id")]
YEAR_PLACES = [
    ("scope", "/unit/year"),
    ("balance", "/year"),
    ("balance", "/units/1/year"),
    ("enterprise-allocation", "/year"),
    ("pre-allocation", "/unit/year"),
]
COMMISSIONED = [("scope", "/unit/commissioned_year")]
FLAG_PLACES = [("scope", "/unit/listed"), ("scope", "/unit/closed_before_verification")]
WORD_PLACES = [
    ("scope", "/unit/sector"),
    ("scope", "/unit/line_kind"),
    ("balance", "/sector"),
    ("enterprise-allocation", "/units/1/route"),
]
BAD_WORD: list[Any] = [None, True, 1, [], {}, "", "Cement", "cement ", "水泥", "power", TOO_LARGE]
OBJECT_PLACES = [
    ("emissions", "/gases"),
    ("scope", "/unit"),
    ("balance", "/units/0"),
    ("enterprise-allocation", "/units/1/process_emissions"),
    ("enterprise-allocation", "/balance_values"),
]
LIST_PLACES = [("balance", "/units"), ("enterprise-allocation", "/units")]

REFUSED = [
    *cases(MEASURED_PLACES, BAD_MEASURED),
    *cases(SHARE_PLACES, BAD_SHARE),
    *cases(RATIO_PLACES, BAD_RATIO),
    *cases(ID_PLACES, BAD_ID),
    *cases(YEAR_PLACES, BAD_INTEGER),
    *cases(COMMISSIONED, BAD_YEAR_OF_COMMISSIONING),
    *cases(FLAG_PLACES, BAD_FLAG),
    *cases(WORD_PLACES, BAD_WORD),
    *cases(OBJECT_PLACES, [None, True, 1, 1.0, "x", "", [], [{}], TOO_LARGE]),
    *cases(LIST_PLACES, [None, True, 1, 1.0, "x", "", {}, {"0": {}}, TOO_LARGE]),
]
ACCEPTED = [
    *cases(MEASURED_PLACES[:6], GOOD_MEASURED),
    *cases(MEASURED_PLACES[-1:], GOOD_MEASURED),
    *cases(SHARE_PLACES, GOOD_SHARE),
    *cases(RATIO_PLACES, GOOD_RATIO),
    *cases(ID_PLACES, GOOD_ID),
    *cases(COMMISSIONED, GOOD_YEAR_OF_COMMISSIONING),
    *cases(FLAG_PLACES, [True, False]),
]


def show(value: Any) -> str:
    return "too-large" if value in (TOO_LARGE, -TOO_LARGE) else ascii(value)


@pytest.mark.parametrize(("operation", "path", "value"), REFUSED, ids=show)
def test_a_malformed_value_is_invalid_input_at_its_place(
    operation: str, path: str, value: Any
) -> None:
    assert outcome(operation, place(operation, path, value)) == form(path)


@pytest.mark.parametrize(("operation", "path", "value"), ACCEPTED, ids=show)
def test_a_wellformed_value_is_accepted(operation: str, path: str, value: Any) -> None:
    assert "output" in outcome(operation, place(operation, path, value))


@pytest.mark.parametrize(("operation", "path"), RATIO_PLACES)
@pytest.mark.parametrize("value", NOT_POSITIVE)
def test_a_balance_value_not_above_0_is_of_good_form_and_refused_where_needed(
    operation: str, path: str, value: str
) -> None:
    expected = refusal("BALANCE_VALUE_NOT_POSITIVE", path)
    assert outcome(operation, place(operation, path, value)) == expected


@pytest.mark.parametrize(("operation", "path"), YEAR_PLACES)
@pytest.mark.parametrize("value", [2023, 2026, 0, -2025, 2**63, TOO_LARGE, -TOO_LARGE], ids=show)
def test_an_integer_that_is_no_year_of_the_plan_is_not_an_error_of_form(
    operation: str, path: str, value: int
) -> None:
    expected = refusal("YEAR_NOT_COVERED", path)
    assert outcome(operation, place(operation, path, value)) == expected


@pytest.mark.parametrize("operation", valid_inputs())
@pytest.mark.parametrize("value", [None, True, 0, 1.5, "", "{}", [], [{}], (), TOO_LARGE], ids=show)
def test_an_input_that_is_no_object_is_refused_at_the_root(operation: str, value: Any) -> None:
    assert outcome(operation, value) == form("")
