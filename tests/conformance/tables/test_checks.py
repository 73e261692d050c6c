"""The checks together: none is lost, what the verdict rests on, and what a report adds up to."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from cets_conformance import messages, published
from cets_conformance.tables import CHECKS, OptionError, Options, check_rows

from .handmade import Judgement, Row, cement, judged, pre, steel

SEVERITIES = {
    "error": "T-01 T-02 T-03 T-10 T-11 T-12 T-13 T-17 T-20 T-21 T-22 T-23",
    "warning": "T-04 T-05 T-06 T-14 T-15 T-16 T-24 T-25",
    "notice": "T-30 T-31 T-32",
}
VERIFIED_ONLY = "T-10 T-11 T-13 T-14 T-15 T-16 T-20 T-21 T-22 T-23 T-30 T-31 T-32"


def test_checks_are_those_of_the_rulebook_with_its_severities_in_order_of_ids() -> None:
    by_severity = {
        severity: " ".join(name for name, check in CHECKS.items() if check.severity == severity)
        for severity in SEVERITIES
    }
    assert by_severity == SEVERITIES
    assert list(CHECKS) == sorted(CHECKS)


MIXED: list[list[Row]] = [
    [cement(), steel()],
    [cement(allowance=1)],
    [cement(balance_value="")],
    [cement(year=2024), cement("B")],
    [pre()],
    [pre(pre_allocation=1)],
    [cement(verified_emissions="x", enterprise_id="", province="??", route="长流程")],
    [{"year": 2025, "unit_id": "A", "allowance": 5}],
    [{"year": None, "sector": "", "unit_id": "x", "output": "", "allowance": ""}],
    [cement("A"), cement("A")],
]


@pytest.mark.parametrize("rows", MIXED)
def test_every_check_is_passed_failed_or_not_checked_and_says_why(rows: list[Row]) -> None:
    found = judged(rows)
    checks = found.report["checks"]
    assert [check["id"] for check in checks] == list(CHECKS)
    by_status = [
        sum(check["status"] == status for check in checks)
        for status in ("passed", "failed", "not_checked")
    ]
    assert sum(by_status) == len(CHECKS) == 23
    failed = {check["id"] for check in checks if check["status"] == "failed"}
    assert failed == set(found.findings)
    for check in checks:
        if check["status"] == "not_checked":
            assert check["reason"] == messages.text(
                f"reason.{check['reason_code']}", "en", **check["reason_values"]
            )
        if check["status"] == "passed":
            assert "reason" not in check
            assert check["rows_not_checked"] == 0
    published.validator("report").validate(found.report)


@pytest.mark.parametrize("rows", MIXED)
def test_an_error_and_only_an_error_makes_a_table_not_conform(rows: list[Row]) -> None:
    found = judged(rows)
    assert (found.verdict == "does_not_conform") == bool(found.errors())


@pytest.mark.parametrize(
    ("rows", "options"),
    [
        ([cement(balance_value="")], {}),
        ([cement(), steel(balance_value="")], {}),
        ([cement(balance_value="0")], {"balance": {"steel": "1.75"}}),
    ],
)
def test_what_was_not_recomputed_is_never_said_to_conform(
    rows: list[Row], options: dict[str, Any]
) -> None:
    found = judged(rows, **options)
    assert found.verdict == "not_checked"
    assert (found.status("T-10"), found.reason("T-10")) == ("not_checked", "NO_BALANCE_VALUE")
    assert found.checks["T-10"]["rows_not_checked"] == 1
    total = found.report["totals"]["allowance"]
    assert total["expected"] is None


def test_a_balance_value_given_makes_it_conform() -> None:
    assert judged([cement(balance_value="")], balance={"cement": "0.86"}).verdict == "conforms"


def test_an_error_goes_before_what_could_not_be_checked() -> None:
    found = judged([cement(allowance=1), steel(balance_value="")])
    assert found.verdict == "does_not_conform"
    assert found.status("T-10") == "failed"
    assert found.checks["T-10"]["rows_not_checked"] == 1


def test_checks_of_the_other_kind_are_not_checked() -> None:
    found = judged([pre()])
    unused = [name for name in CHECKS if found.reason(name) == "NOT_IN_KIND"]
    assert " ".join(unused) == VERIFIED_ONLY
    assert judged([cement()]).reason("T-24") == "NOT_IN_KIND"


def test_at_most_so_many_rows_are_shown_of_all_that_count() -> None:
    outcome = check_rows([cement(f"L{i}", allowance=i) for i in range(30)])
    shown = [f for f in outcome.report()["findings"] if f["check"] == "T-10"]
    assert (shown[0]["count"], len(shown[0]["rows"])) == (30, 20)
    assert shown[0]["tonnes"] == sum(1004651 - i for i in range(30))
    assert len(outcome.finding_rows("T-10")) == 30
    assert outcome.finding_rows("T-10", 3) == outcome.finding_rows("T-10")[:3]
    (none,) = [f for f in outcome.report(rows=0)["findings"] if f["check"] == "T-10"]
    assert (none["count"], none["rows"]) == (30, [])
    with pytest.raises(KeyError):
        outcome.finding_rows("T-99")


def test_totals_add_up_by_sector_and_by_province() -> None:
    rows = [cement(allowance=1004652), steel(province="13"), cement("B", province="??", year=2024)]
    totals = judged(rows).report["totals"]
    for part in ("by_sector", "by_province"):
        inside = [row for row in rows if part == "by_sector" or row["province"] != "??"]
        assert sum(item["found"] for item in totals[part]) == sum(
            row["allowance"] for row in inside
        )
        assert sum(item["rows"] for item in totals[part]) == len(inside)
    assert totals["allowance"] == {"found": 4004652, "expected": 4004651}
    assert totals["obligation"] == 4000000
    assert totals["emissions"] == "4000000"
    assert sum(item["count"] for item in totals["surplus_rates"]) == 3


@pytest.mark.parametrize("seed", range(12))
def test_a_table_right_by_the_formulas_conforms_and_one_wrong_tonne_is_found_in_its_row(
    seed: int,
) -> None:
    random = Random(seed)
    rows = [
        cement(
            f"L{index}",
            f"{random.randrange(1, 10**9)}.{random.randrange(10**6):06d}",
            f"{random.randrange(10**8, 2 * 10**9)}.{random.randrange(10**6):06d}",
            "0.86",
            year=random.choice((2024, 2025)),
        )
        for index in range(40)
    ]
    right = judged(rows)
    assert right.verdict == "conforms", right.errors()
    index = random.randrange(40)
    rows[index]["allowance"] += random.choice((1, -1)) if rows[index]["allowance"] else 1
    wrong = judged(rows)
    assert [row for row, *_ in wrong.rows("T-10")] == [index + 1]
    assert wrong.findings["T-10"]["tonnes"] == 1
    assert wrong.verdict == "does_not_conform"


@pytest.mark.parametrize("mistake", ["allowance", "obligation", "verified_emissions"])
def test_no_right_row_is_blamed_for_a_wrong_one(mistake: str) -> None:
    rows = [cement(f"L{i}", "1000000", str(1_000_000 + 20_000 * i)) for i in range(20)]
    rows[7][mistake] = 1_500_000
    found = judged(rows)
    assert found.errors()
    for check in found.errors():
        assert {row for row, *_ in found.rows(check)} == {8}, check


def test_the_order_of_rows_and_columns_changes_no_finding() -> None:
    random = Random(5)
    rows = [cement(f"L{i}", "1000000", str(900_000 + 30_000 * i)) for i in range(20)]
    rows[3]["allowance"] += 9000
    rows[11]["allowance"] -= 20000

    def findings(table: list[Row]) -> set[tuple[Any, ...]]:
        report = Judgement(check_rows(table)).report
        return {
            (finding["check"], row["unit_id"], row["found"], row["expected"])
            for finding in report["findings"]
            for row in finding["rows"]
        }

    shuffled = [dict(random.sample(list(row.items()), len(row))) for row in rows]
    random.shuffle(shuffled)
    assert findings(shuffled) == findings(rows)


@pytest.mark.parametrize(
    ("given", "code", "path"),
    [
        ({"balance": {"paper": "1"}}, "UNKNOWN_SECTOR", "/balance"),
        ({"balance": {"cement": "0"}}, "NOT_A_BALANCE_VALUE", "/balance/cement"),
        ({"balance": {"cement": "0.000000000000"}}, "NOT_A_BALANCE_VALUE", "/balance/cement"),
        ({"balance": {"cement": "-1"}}, "NOT_A_BALANCE_VALUE", "/balance/cement"),
        ({"balance": {"cement": "1e3"}}, "NOT_A_BALANCE_VALUE", "/balance/cement"),
        ({"balance": {"cement": 0.86}}, "NOT_TEXTS", "/balance"),
        ({"balance": [1]}, "NOT_TEXTS", "/balance"),
        ({"kind": "annex"}, "UNKNOWN_KIND", "/kind"),
        ({"national": "yes"}, "NOT_A_FLAG", "/national"),
        ({"solve_balance": 1}, "NOT_A_FLAG", "/solve_balance"),
        ({"unit": "kg"}, "UNKNOWN_UNIT", "/unit"),
        ({"sheet": 3}, "NOT_A_TEXT", "/sheet"),
        ({"readings": {"rounding": "up"}}, "UNKNOWN_READING", "/readings"),
        ({"readings": {"x": "y"}}, "UNKNOWN_READING", "/readings"),
        ({"colour": "red"}, "UNKNOWN_OPTION", "/colour"),
    ],
)
def test_an_option_that_cannot_be_is_refused_by_name(
    given: dict[str, Any], code: str, path: str
) -> None:
    with pytest.raises(OptionError) as caught:
        Options.from_json(given)
    assert (caught.value.code, caught.value.path) == (code, path)
    for language in messages.LANGUAGES:
        assert messages.text(f"problem.{code}", language, **caught.value.values)


def test_options_survive_their_json() -> None:
    options = Options.from_json(
        {"kind": "pre-allocation", "balance": {"cement": "0.86"}, "national": True, "unit": "10kt"}
    )
    assert Options.from_json(options.as_json()) == options
    assert Options.from_json({"kind": "auto"}) == Options.from_json({}) == Options()
