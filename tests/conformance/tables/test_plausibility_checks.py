"""T-30 to T-32: what is merely unusual is noted and decides nothing."""

from __future__ import annotations

from typing import Any

import pytest

from .handmade import Row, cement, judged, steel, without


@pytest.mark.parametrize(
    ("row", "fires"),
    [
        (cement("A", "600000", "1000000"), False),
        (cement("A", "599999", "1000000"), True),
        (cement("A", "1100000", "1000000"), False),
        (cement("A", "1100001", "1000000"), True),
        (cement("A", "1", "1000000", year=2024), False),
        (steel(output="560000"), False),  # 2.5
        (steel(output="559999"), True),
        (steel(output="1400000"), False),  # 1.0
        (steel(output="1400001"), True),
    ],
)
def test_t30_notes_an_unusual_intensity_and_decides_nothing(row: Row, fires: bool) -> None:
    found = judged([row])
    assert [number for number, *_ in found.rows("T-30")] == ([1] if fires else [])
    assert found.verdict == "conforms"
    if fires:
        finding = found.findings["T-30"]
        assert (finding["severity"], finding["tonnes"]) == ("notice", 0)


@pytest.mark.parametrize(
    ("balance", "expected"),
    [
        ("1.25", "0.030000000000"),
        ("1.249999999999", None),
        ("0.833333333333", "-0.030000000000"),
        ("0.833333333334", None),
    ],
)
def test_t31_notes_a_coefficient_at_its_bound(balance: str, expected: str | None) -> None:
    found = judged([cement("A", "1000000", "1000000", balance)])
    assert [text for _, text, *_ in found.rows("T-31")] == ([expected] if expected else [])
    assert found.verdict == "conforms"


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("1300000", []),
        ("1300000.000001", [(1, "1300000.000001", "1000000", "300000.000001")]),
        ("700000", []),
        ("699999", [(1, "699999", "1000000", -300001)]),
    ],
)
def test_t32_notes_a_change_of_more_than_thirty_percent(now: str, expected: list[Any]) -> None:
    found = judged([cement(emissions=now)], [cement(year=2024)])
    assert found.rows("T-32") == expected
    assert found.verdict == "conforms"
    if expected:
        assert found.findings["T-32"]["severity"] == "notice"


def test_t32_needs_emissions_to_compare_with() -> None:
    assert judged([cement()]).reason("T-32") == "NO_PREVIOUS_TABLE"
    nothing = judged([cement()], [cement(year=2024, emissions="0")])
    assert nothing.reason("T-32") == "NOTHING_TO_JUDGE"


@pytest.mark.parametrize(
    ("rows", "reason", "skipped"),
    [
        ([without(cement(), "verified_emissions", "output")], "ROW_NOT_A_UNIT", 1),
        ([without(cement(), "balance_value"), cement("B", year=2024)], "NO_BALANCE_VALUE", 1),
        ([cement(year=2024)], "NOTHING_TO_JUDGE", 0),
        ([cement("A", equal=True, line_kind="white_only")], "NOTHING_TO_JUDGE", 0),
    ],
)
def test_t30_and_t31_have_not_passed_where_no_intensity_was_computed(
    rows: list[Row], reason: str, skipped: int
) -> None:
    found = judged(rows)
    for name in ("T-30", "T-31"):
        check = found.checks[name]
        assert (check["status"], check["reason_code"]) == ("not_checked", reason)
        assert (check["rows_checked"], check["rows_not_checked"]) == (0, skipped)
