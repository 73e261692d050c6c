"""Errors of settlement, amendment, surrender, carry-over and cycle: code, place and order
(rulebook, section 7 «Form», «Order of errors», «Paths»; section 8 «Errors»)."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from cets_reference import RuleError, run
from cets_reference.clauses import CLAUSES

from .compliance_inputs import (
    GREATEST,
    amendment,
    application,
    asked,
    both_met,
    carry_over,
    ccer,
    cycle,
    dealt,
    line,
    opening,
    own,
    settlement,
    surrender,
    trade,
    year_of,
)
from .inputs import GASES, Json, aluminium, cement, form, numbered, outcome, refusal, steel

DAY = "2026-12-01"
VALID: dict[str, Json] = {
    "settlement": settlement(holding=5),
    "amendment": amendment(holding=5),
    "surrender": surrender(own(5, DAY), ccer(5, DAY)),
    "carry-over": carry_over(
        application(5, available=5), application(5), trades=[trade("sell", 5), trade("buy", 5)]
    ),
    "cycle": both_met(
        opening=opening(v2021=50),
        trades=[dealt("t", "buy", 5)],
        applications=[asked("a", 5)],
    ),
}
MISSING = object()
"""Stands for «leave this field out»."""


def changed(operation: str, *changes: tuple[str, Any]) -> Json:
    """A valid input with values put at JSON pointers."""
    value = copy.deepcopy(VALID[operation])
    for path, item in changes:
        *parents, last = path.split("/")[1:]
        holder: Any = value
        for key in parents:
            holder = holder[int(key)] if isinstance(holder, list) else holder[key]
        if item is MISSING:
            del holder[last]
        else:
            holder[int(last) if isinstance(holder, list) else last] = item
    return value


@pytest.mark.parametrize("operation", VALID)
def test_the_plain_inputs_are_valid(operation: str) -> None:
    assert "output" in outcome(operation, VALID[operation])


# --- the form, field by field

NO_AMOUNT = [True, False, 1.0, 5.5, "5", "", None, -1, 2**53, 10**400, [], {}, float("nan")]
NO_DATE = [
    "2025-02-29", "2026-02-29", "1900-02-29", "2025-04-31", "2025-13-01", "2025-00-01",
    "2025-01-00", "2025-01-32", "2025-1-1", "20250101", "2025-01-01T00:00", "2025-01-01 ",
    "2025-01-01\n", "2025/01/01", "２０２５-01-01", "25-01-01", "0000-01-01", "-025-01-01", "", "x",
    20250101, None, True, 1.0, [], {},
]  # fmt: skip
NO_FLAG = [0, 1, "true", "false", None, [], {}, 1.0]
NO_ID = ["", "x" * 65, "😀" * 65, 1, None, True, [], {}, 1.0]
NO_YEAR = [2025.0, "2025", None, True, [], {}]
NO_COUNT = [0, -1, True, 1.0, "1", None, [], {}]
NO_LIST: list[Any] = [None, {}, "", "ab", 0, True]
NO_OBJECT: list[Any] = [None, [], "x", 0, True, 1.0]
NO_VINTAGE = ["2019", "2020", "2018", "2026", "2019–2020", "2019-2020 ", "", 2024, 2025, None, []]
NO_STATE: list[Any] = ["Fulfilled", "late", "", None, True, 0, []]
FIELDS: list[tuple[str, list[str], list[Any]]] = [
    ("settlement", ["/year"], NO_YEAR),
    ("settlement", ["/verified_allowance", "/pre_allocated", "/arrears", "/holding"], NO_AMOUNT),
    ("settlement", ["/high_risk"], NO_FLAG),
    ("amendment", ["/allowance_before", "/allowance_after", "/obligation_before",
                   "/obligation_after", "/surrendered", "/holding"], NO_AMOUNT),
    ("surrender", ["/year"], NO_YEAR),
    ("surrender", ["/obligation", "/provincial_holding", "/deducted", "/submissions/0/amount",
                   "/submissions/1/amount"], NO_AMOUNT),
    ("surrender", ["/account_frozen", "/submissions/1/covered_project"], NO_FLAG),
    ("surrender", ["/as_of", "/submissions/0/date", "/submissions/1/date",
                   "/submissions/1/registered_on"], NO_DATE),
    ("surrender", ["/submissions"], NO_LIST),
    ("surrender", ["/submissions/0", "/submissions/1"], NO_OBJECT),
    ("surrender", ["/submissions/0/id", "/submissions/1/id"], NO_ID),
    ("surrender", ["/submissions/0/vintage"], NO_VINTAGE),
    ("surrender", ["/submissions/0/source"], ["Own", "third party", "province", "", None, 0]),
    ("carry-over", ["/key_emitting_units"], NO_COUNT),
    ("carry-over", ["/compliance", "/holdings/0", "/trades/1", "/applications/1"], NO_OBJECT),
    ("carry-over", ["/compliance/2023", "/compliance/2024"], NO_STATE),
    ("carry-over", ["/holdings", "/trades", "/applications"], NO_LIST),
    ("carry-over", ["/holdings/0/vintage", "/trades/0/vintage"], NO_VINTAGE),
    ("carry-over", ["/holdings/0/available", "/holdings/0/frozen", "/trades/1/amount",
                    "/applications/0/amount", "/applications/0/available"], NO_AMOUNT),
    ("carry-over", ["/trades/0/date", "/applications/1/date"], NO_DATE),
    ("carry-over", ["/trades/0/side"], ["sold", "Sell", "", None, 1]),
    ("carry-over", ["/applications/0/id"], NO_ID),
    ("cycle", ["/enterprise", "/years/0", "/years/1/submissions/0", "/opening/0", "/trades/0",
               "/applications/0", "/years/0/units/0", "/years/1/balance_values"], NO_OBJECT),
    ("cycle", ["/enterprise/enterprise_id", "/years/1/submissions/0/id", "/trades/0/id",
               "/applications/0/id"], NO_ID),
    ("cycle", ["/enterprise/key_emitting_units"], NO_COUNT),
    ("cycle", ["/years", "/years/0/units", "/years/0/submissions", "/opening", "/trades",
               "/applications"], NO_LIST),
    ("cycle", ["/years/0/year", "/years/1/year"], NO_YEAR),
    ("cycle", ["/years/0/high_risk", "/years/1/account_frozen"], NO_FLAG),
    ("cycle", ["/years/1/pre_allocated_on", "/years/0/issued_on", "/as_of", "/trades/0/date",
               "/applications/0/date", "/years/0/submissions/0/date"], NO_DATE),
    ("cycle", ["/opening/0/vintage"], [*NO_VINTAGE, "2024", "2025"]),
    ("cycle", ["/trades/0/vintage", "/years/0/submissions/0/vintage"], NO_VINTAGE),
    ("cycle", ["/opening/0/amount", "/trades/0/amount", "/applications/0/amount",
               "/years/0/submissions/0/amount"], NO_AMOUNT),
    ("cycle", ["/compliance_2023"], NO_STATE),
    ("cycle", ["/trades/0/side"], ["sold", "", None]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("operation", "path", "values"),
    [(operation, path, values) for operation, paths, values in FIELDS for path in paths],
)
def test_a_value_that_is_none_of_its_field_is_refused_at_it(
    operation: str, path: str, values: list[Any]
) -> None:
    for value in values:
        assert outcome(operation, changed(operation, (path, value))) == form(path), repr(value)


@pytest.mark.parametrize(
    ("operation", "path"),
    [(operation, path) for operation, paths, kind in FIELDS for path in paths
     if kind is NO_AMOUNT and not path.endswith(("/arrears", "/deducted"))],
)  # fmt: skip
def test_amounts_reach_from_0_to_2_53_less_1(operation: str, path: str) -> None:
    for amount in (0, GREATEST):
        found = outcome(operation, changed(operation, (path, amount)))
        assert found.get("error") in (None, "INSUFFICIENT_HOLDING"), (amount, found)


@pytest.mark.parametrize("date", ["2024-02-29", "2000-02-29", "0001-01-01", "9999-12-31"])
def test_days_that_exist_are_taken(date: str) -> None:
    value = carry_over(trades=[trade("sell", 5, date)])
    assert "output" in outcome("carry-over", value)


def every_field(value: Any, path: str = "") -> list[str]:
    """Paths of all fields of all objects."""
    if isinstance(value, list):
        return [at for n, item in enumerate(value) for at in every_field(item, f"{path}/{n}")]
    if not isinstance(value, dict):
        return []
    deeper = [at for name, item in value.items() for at in every_field(item, f"{path}/{name}")]
    return [*(f"{path}/{name}" for name in value), *deeper]


OPTIONAL = ("/holding", "/available", "/pre_allocated_on", "/output")
"""Last parts of the paths of optional fields; a white line is not asked for its output."""


@pytest.mark.parametrize(
    ("operation", "path"),
    [(name, path) for name, value in VALID.items() for path in every_field(value)],
)
def test_every_field_is_required_unless_it_is_optional(operation: str, path: str) -> None:
    found = outcome(operation, changed(operation, (path, MISSING)))
    optional = path.endswith(OPTIONAL) and path != "/holdings/0/available"
    assert ("output" in found) if optional else (found == form(path)), found


@pytest.mark.parametrize(
    ("operation", "path"),
    [(name, path.rpartition("/")[0]) for name, value in VALID.items()
     for path in ["/x", *every_field(value)]],
)  # fmt: skip
def test_a_field_that_is_not_known_is_refused_everywhere(operation: str, path: str) -> None:
    assert outcome(operation, changed(operation, (f"{path}/x", 1))) == form(f"{path}/x")


STRANGE: list[tuple[str, str, Json, str]] = [
    ("a registration day on an allowance", "surrender",
     surrender(own(5, DAY, registered_on="2024-02-01")), "/submissions/0/registered_on"),
    ("a project on an allowance", "surrender", surrender(own(5, DAY, covered_project=False)),
     "/submissions/0/covered_project"),
    ("a vintage on CCER", "surrender", surrender(ccer(5, DAY, vintage="2025")),
     "/submissions/0/vintage"),
    ("a source on CCER", "surrender", surrender(ccer(5, DAY, source="own")),
     "/submissions/0/source"),
    ("a vintage on CCER, in a cycle", "cycle",
     cycle(year_of(2024, 0), year_of(2025, 0, ccer(5, DAY, vintage="2025"))),
     "/years/1/submissions/0/vintage"),
    ("an unknown instrument", "surrender", surrender({**own(5, DAY), "instrument": "CCER"}),
     "/submissions/0/instrument"),
    ("an instrument that is no word", "surrender", surrender({**own(5, DAY), "instrument": []}),
     "/submissions/0/instrument"),
    ("registered after its submission", "surrender", surrender(ccer(5, DAY, "2026-12-02")),
     "/submissions/0/registered_on"),
    ("… in a cycle", "cycle",
     cycle(year_of(2024, 0), year_of(2025, 0, ccer(5, DAY, "2026-12-02"))),
     "/years/1/submissions/0/registered_on"),
    ("an id in a trade of carry-over", "carry-over", carry_over(trades=[dealt("t", "sell", 5)]),
     "/trades/0/id"),
    ("no years", "cycle", cycle(year_of(2024, 0), year_of(2025, 0), years=[]), "/years"),
    ("one year", "cycle", cycle(year_of(2024, 0), year_of(2025, 0), years=[year_of(2024, 0)]),
     "/years"),
    ("three years", "cycle", cycle(year_of(2024, 0), year_of(2025, 0),
                                   years=[year_of(2024, 0), year_of(2025, 0), year_of(2025, 0)]),
     "/years"),
    ("the years turned", "cycle", cycle(year_of(2025, 0), year_of(2024, 0)), "/years"),
    ("2024 twice", "cycle", cycle(year_of(2024, 0), year_of(2024, 0)), "/years"),
    ("2025 twice", "cycle", cycle(year_of(2025, 0), year_of(2025, 0)), "/years"),
    ("another year", "cycle", cycle(year_of(2024, 0), year_of(2026, 0)), "/years"),
    ("2023", "cycle", cycle(year_of(2023, 0), year_of(2024, 0)), "/years"),
    ("a pre-allocation of 2024", "cycle",
     cycle(year_of(2024, 0, pre_allocated_on="2025-01-01"), year_of(2025, 0)),
     "/years/0/pre_allocated_on"),
    ("a pre-allocation on the day of issue", "cycle",
     cycle(year_of(2024, 0), year_of(2025, 0, pre_allocated_on="2026-10-20")),
     "/years/1/pre_allocated_on"),
    ("a pre-allocation after the issue", "cycle",
     cycle(year_of(2024, 0), year_of(2025, 0, pre_allocated_on="2026-10-21")),
     "/years/1/pre_allocated_on"),
    ("a unit's processes belong to the form", "cycle",
     cycle(year_of(2024, 0), year_of(2025, 0, units=numbered(
         {k: v for k, v in steel().items() if k != "process_emissions"}))),
     "/years/1/units/0/process_emissions"),
    ("a unit's emissions are required", "cycle",
     cycle(year_of(2024, 0), year_of(2025, 0, units=[
         {"unit_id": "U", "sector": "aluminium", "year": 2025}])),
     "/years/1/units/0/verified_emissions"),
    ("a balance value of no sector", "cycle",
     cycle(year_of(2024, 0), year_of(2025, 0, balance_values={"power": "1"})),
     "/years/1/balance_values/power"),
    ("a reading inside the input", "settlement", settlement(arrears_deduction="none"),
     "/arrears_deduction"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("operation", "value", "path"), [row[1:] for row in STRANGE], ids=[row[0] for row in STRANGE]
)
def test_what_does_not_fit_together_is_refused_at_its_place(
    operation: str, value: Json, path: str
) -> None:
    assert outcome(operation, value) == form(path)


@pytest.mark.parametrize("operation", VALID)
@pytest.mark.parametrize("value", [None, [], "x", 1, True, 1.0])
def test_an_input_is_an_object(operation: str, value: Any) -> None:
    assert outcome(operation, value) == form("")


# --- errors of rules

TWO_LINES = numbered(cement(), cement())
RULES: list[tuple[str, str, Json, str, str]] = [
    ("settlement of 2023", "settlement", settlement(year=2023), "YEAR_NOT_COVERED", "/year"),
    ("settlement of 2026", "settlement", settlement(year=2026), "YEAR_NOT_COVERED", "/year"),
    ("arrears in 2024", "settlement", settlement(year=2024, arrears=1), "ARREARS_NOT_APPLICABLE",
     "/arrears"),
    ("surrender for 2023", "surrender", surrender(year=2023), "YEAR_NOT_COVERED", "/year"),
    ("surrender for year 0", "surrender", surrender(year=0), "YEAR_NOT_COVERED", "/year"),
    ("surrender for a huge year", "surrender", surrender(year=10**400), "YEAR_NOT_COVERED",
     "/year"),
    ("a submission after as_of", "surrender", surrender(own(5, "2027-07-01")),
     "DATE_AFTER_AS_OF", "/submissions/0/date"),
    ("… of 0 t that is refused anyway", "surrender", surrender(own(0, "2027-07-01", "2021")),
     "DATE_AFTER_AS_OF", "/submissions/0/date"),
    ("the first given, not the earliest", "surrender",
     surrender(own(5, DAY), own(5, "2028-01-01"), own(5, "2027-07-01")), "DATE_AFTER_AS_OF",
     "/submissions/1/date"),
    ("an id twice", "surrender", surrender(submissions=[own(5, DAY), ccer(5, DAY)]),
     "DUPLICATE_ID", "/submissions/1/id"),
    ("an id three times: at the second", "surrender",
     surrender(submissions=[own(5, DAY, name="x"), *[own(5, DAY)] * 3]), "DUPLICATE_ID",
     "/submissions/2/id"),
    ("a deduction too early", "surrender", surrender(deducted=1, as_of=DAY),
     "DEDUCTION_NOT_APPLICABLE", "/deducted"),
    ("an application's id twice", "carry-over",
     carry_over(applications=[application(5), application(6)]), "DUPLICATE_ID",
     "/applications/1/id"),
    ("a submission of 2024 after as_of", "cycle",
     cycle(year_of(2024, 9, own(5, "2027-07-01", "2024")), year_of(2025, 0)), "DATE_AFTER_AS_OF",
     "/years/0/submissions/0/date"),
    ("a submission of 2025 after as_of", "cycle",
     cycle(year_of(2024, 9), year_of(2025, 0, own(5, "2027-07-01"))), "DATE_AFTER_AS_OF",
     "/years/1/submissions/0/date"),
    ("a trade after as_of", "cycle", both_met(trades=[dealt("t", "buy", 5, "2027-07-01")]),
     "DATE_AFTER_AS_OF", "/trades/0/date"),
    ("an application after as_of", "cycle",
     cycle(year_of(2024, 0), year_of(2025, 0), applications=[asked("a", 5)], as_of="2026-02-28"),
     "DATE_AFTER_AS_OF", "/applications/0/date"),
    ("one name space: submissions of both years", "cycle",
     cycle(year_of(2024, 9, own(5, "2026-01-01", "2024")), year_of(2025, 9, own(5, DAY))),
     "DUPLICATE_ID", "/years/1/submissions/0/id"),
    ("one name space: a submission and a trade", "cycle",
     both_met(trades=[dealt("s2", "buy", 5)]), "DUPLICATE_ID", "/trades/0/id"),
    ("one name space: a trade and an application", "cycle",
     both_met(trades=[dealt("x", "buy", 5)], applications=[asked("x", 5)]), "DUPLICATE_ID",
     "/applications/0/id"),
    ("one name space: a submission and an application", "cycle",
     both_met(applications=[asked("s1", 5)]), "DUPLICATE_ID", "/applications/0/id"),
    ("a sale of what is not held", "cycle", both_met(trades=[dealt("t", "sell", 5)]),
     "INSUFFICIENT_HOLDING", "/trades/0"),
    ("a unit of another year", "cycle",
     cycle(year_of(2024, 0, units=TWO_LINES), year_of(2025, 0)), "YEAR_MISMATCH",
     "/years/0/units/0/year"),
    ("a unit of a year not covered", "cycle",
     cycle(year_of(2024, 0), year_of(2025, 0, units=numbered(line(5, 2026)))), "YEAR_NOT_COVERED",
     "/years/1/units/0/year"),
    ("gases that do not add up", "cycle",
     cycle(year_of(2024, 0, units=numbered(aluminium(year=2024, gases=GASES))), year_of(2025, 0)),
     "EMISSIONS_MISMATCH", "/years/0/units/0/verified_emissions"),
    ("a unit twice in a year", "cycle",
     cycle(year_of(2024, 0), year_of(2025, 0, units=[line(5, 2025), line(5, 2025)])),
     "DUPLICATE_UNIT", "/years/1/units/1/unit_id"),
    ("processes above the enterprise", "cycle",
     cycle(year_of(2024, 0), year_of(2025, 0, units=numbered(steel("59")))),
     "PROCESS_EXCEEDS_ENTERPRISE", "/years/1/units/0/process_emissions"),
    ("no output", "cycle",
     cycle(year_of(2024, 0), year_of(2025, 0, units=numbered(cement(output="0")))),
     "OUTPUT_NOT_POSITIVE", "/years/1/units/0/output"),
    ("no balance value", "cycle",
     cycle(year_of(2024, 0), year_of(2025, 0, units=numbered(cement()))),
     "BALANCE_VALUE_REQUIRED", "/years/1/balance_values/cement"),
    ("a balance value of 0", "cycle",
     cycle(year_of(2024, 0), year_of(2025, 0, units=numbered(cement()),
                                     balance_values={"cement": "0"})),
     "BALANCE_VALUE_NOT_POSITIVE", "/years/1/balance_values/cement"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("operation", "value", "code", "path"), [row[1:] for row in RULES], ids=[r[0] for r in RULES]
)
def test_every_code_stands_at_its_path_with_a_sentence_and_a_clause(
    operation: str, value: Json, code: str, path: str
) -> None:
    assert outcome(operation, value) == refusal(code, path)
    with pytest.raises(RuleError) as caught:
        run(operation, value)
    assert caught.value.clause in CLAUSES
    assert len(caught.value.message.split()) >= 3


def test_a_unit_may_stand_in_both_years() -> None:
    assert "output" in outcome("cycle", VALID["cycle"])
