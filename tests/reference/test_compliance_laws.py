"""Laws of issuance, surrender, carry-over and the cycle, each under the sentence it proves."""

from __future__ import annotations

import copy
import random
from fractions import Fraction
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cets_reference import DEFAULT, RuleError, run

from .compliance_inputs import GREATEST, amendment, own
from .compliance_laws import CARRY_OVERS, CYCLES, OFTEN, READINGS, SEEDS, SURRENDERS, answered
from .inputs import Json, output
from .second.draws import JUNK, NAMES, compliance_readings
from .second.draws import MAKERS as COMPLYING
from .second.form import FORMS
from .strategies import LAW, holders

AMOUNTS = st.integers(0, 2000) | st.integers(0, GREATEST)


# --- «accepted up to the limit»; R-7: «what is outstanding and has not been deducted»


@OFTEN
@given(value=SURRENDERS, readings=READINGS)
def test_no_more_is_surrendered_and_deducted_than_is_owed(
    value: Json, readings: dict[str, str]
) -> None:
    found = answered("surrender", value, readings)
    met = found["surrendered"] + value["deducted"]
    assert met + found["outstanding"] == value["obligation"]
    assert found["outstanding"] >= 0
    accepted = sum(item["accepted"] for item in found["submissions"])
    assert found["surrendered"] == found["from_provincial"] + accepted
    for item, answer in zip(value["submissions"], found["submissions"], strict=True):
        assert 0 <= answer["accepted"] <= item["amount"]
        assert (answer["reason"] is None) == (answer["accepted"] == item["amount"])


@OFTEN
@given(value=CYCLES, readings=READINGS)
def test_in_a_cycle_too(value: Json, readings: dict[str, str]) -> None:
    found = answered("cycle", value, readings)
    deducted = (found["years"][1]["deduction"], 0)
    for row, part in zip(found["years"], deducted, strict=True):
        assert row["surrendered"] + part + row["outstanding"] == row["obligation"]
        assert row["outstanding"] >= 0
        assert row["certificate"] is (row["outstanding"] == 0)


# --- «A compliance certificate is due once nothing is outstanding.»


@OFTEN
@given(value=SURRENDERS, readings=READINGS)
def test_a_certificate_is_due_exactly_where_nothing_is_outstanding(
    value: Json, readings: dict[str, str]
) -> None:
    found = answered("surrender", value, readings)
    assert found["certificate"] is (found["outstanding"] == 0)
    settled = found["status"] in ("fulfilled", "fulfilled_late", "settled_by_deduction")
    assert found["certificate"] is settled
    assert (found["status"] == "fulfilled") is (found["outstanding_at_deadline"] == 0)
    left = value["provincial_holding"] - found["from_provincial"]
    assert found["released"] == (left if found["certificate"] else 0)


# --- «CCER may offset only the 2025 obligation, at most 5 % of the obligation»


@OFTEN
@given(value=SURRENDERS, readings=READINGS)
def test_ccer_never_offsets_more_than_5_percent(value: Json, readings: dict[str, str]) -> None:
    found = answered("surrender", value, readings)
    exact = Fraction(value["obligation"], 20) if value["year"] == 2025 else Fraction(0)
    slack = Fraction(1, 2) if readings.get("ccer_fraction") == "half_up" else Fraction(0)
    assert found["ccer_used"] <= found["ccer_limit"] <= exact + slack
    assert found["ccer_limit"] > exact - 1 + slack


@OFTEN
@given(value=CYCLES)
def test_ccer_never_offsets_more_than_5_percent_of_a_cycle_s_year(value: Json) -> None:
    first, last = answered("cycle", value)["years"]
    assert first["ccer_used"] == 0
    assert 20 * last["ccer_used"] <= last["obligation"]


# --- what is accepted grows with what is submitted, in whatever order of a day


@OFTEN
@given(value=SURRENDERS, place=st.integers(0, 4), more=st.integers(1, 10**6), readings=READINGS)
def test_who_submits_more_has_no_less_accepted(
    value: Json, place: int, more: int, readings: dict[str, str]
) -> None:
    assume(place < len(value["submissions"]))
    assume(value["submissions"][place]["amount"] + more <= GREATEST)
    before = answered("surrender", value, readings)
    larger = copy.deepcopy(value)
    larger["submissions"][place]["amount"] += more
    after = answered("surrender", larger, readings)
    gained = after["submissions"][place]["accepted"] - before["submissions"][place]["accepted"]
    assert 0 <= gained <= more
    if value["submissions"][place]["instrument"] == "allowance":
        assert after["surrendered"] >= before["surrendered"]


@OFTEN
@given(
    value=SURRENDERS,
    amounts=st.lists(st.integers(0, 1500), min_size=2, max_size=5),
    data=st.data(),
    kind=st.sampled_from(["own", "ccer"]),
)
def test_equal_submissions_of_a_day_give_the_same_in_total_in_any_order(
    value: Json, amounts: list[int], data: st.DataObject, kind: str
) -> None:
    """«by date, then in the order given»: within a day the order moves tonnes, not their sum."""
    day = f"{value['year'] + 1}-11-30"
    assume(day <= value["as_of"])
    kept = [item for item in value["submissions"] if item["date"] != day]
    common: Json = {"date": day, "instrument": "ccer", "registered_on": "2024-06-30"}
    common |= {"covered_project": False}
    if kind == "own":
        common = own(0, day, str(value["year"]))
    turned = data.draw(st.permutations(amounts))
    totals = []
    for order in (amounts, turned):
        day_s = [{**common, "id": f"x{n}", "amount": item} for n, item in enumerate(order)]
        found = answered("surrender", {**value, "submissions": [*kept, *day_s]})
        moved = sum(item["accepted"] for item in found["submissions"] if item["id"][0] == "x")
        others = [item for item in found["submissions"] if item["id"][0] != "x"]
        figures = {name: item for name, item in found.items() if name != "submissions"}
        totals.append((moved, others, figures))
    assert totals[0] == totals[1]


# --- C-2: «maximum = min(base + 1.5 × net sold, holding)»; C-7: «cumulative ≤ maximum»


@OFTEN
@given(value=CARRY_OVERS, readings=READINGS)
def test_no_more_is_carried_over_than_is_held_or_the_cap_allows_at_any_time(
    value: Json, readings: dict[str, str]
) -> None:
    found = answered("carry-over", value, readings)
    most = min(found["cap"], found["holding"]) if found["eligible"] else 0
    assert found["maximum"] == most
    assert found["cap"] - found["base"] <= Fraction(3, 2) * found["net_sold"] + Fraction(1, 2)
    dated = zip(value["applications"], found["applications"], strict=True)
    total = 0
    for item, answer in sorted(dated, key=lambda pair: pair[0]["date"]):
        total += answer["accepted"]
        assert 0 <= answer["accepted"] <= min(item["amount"], item.get("available", GREATEST))
        assert total <= most
        outside = not "2026-01-01" <= item["date"] <= "2026-06-10"
        assert not (outside and answer["accepted"])
    assert (found["carried"], found["not_carried"]) == (total, found["holding"] - total)


@OFTEN
@given(value=CYCLES, readings=READINGS)
def test_nor_within_a_cycle(value: Json, readings: dict[str, str]) -> None:
    found = answered("cycle", value, readings)["carry_over"]
    assume(found is not None)
    assert 0 <= found["carried"] <= found["maximum"] <= min(found["cap"], found["holding"])


@OFTEN
@given(value=CARRY_OVERS, more=st.integers(1, 10**6))
def test_who_sold_more_may_carry_over_no_less(value: Json, more: int) -> None:
    """C-4, from «1.5 × net sold»."""
    sale = {"date": "2025-03-01", "vintage": "2023", "side": "sell", "amount": more}
    before = answered("carry-over", value)
    after = output("carry-over", {**value, "trades": [*value["trades"], sale]})
    assert after["cap"] >= before["cap"]
    assert after["carried"] >= before["carried"]


# --- I-4: «allowance and obligation are recomputed and the difference issued or recovered»


@OFTEN
@given(one=st.tuples(AMOUNTS, AMOUNTS), two=st.tuples(AMOUNTS, AMOUNTS), paid=AMOUNTS)
def test_an_amendment_forth_and_back_is_neutral(
    one: tuple[int, int], two: tuple[int, int], paid: int
) -> None:
    def amend(before: tuple[int, int], after: tuple[int, int]) -> Json:
        names = {"allowance_before": before[0], "allowance_after": after[0]}
        names |= {"obligation_before": before[1], "obligation_after": after[1]}
        return output("amendment", amendment(**names, surrendered=paid))

    forth, back, still = amend(one, two), amend(two, one), amend(one, one)
    flow = sum(found["issued"] - found["recovered"] for found in (forth, back))
    assert (flow, forth["recovery_outstanding"], back["recovery_outstanding"]) == (0, 0, 0)
    assert forth["obligation_change"] + back["obligation_change"] == 0
    for name in ("outstanding", "over_surrendered"):
        assert back[name] == still[name]


# --- I-3: «adjustment = entitlement − pre-allocated. Positive: issue; negative: recover»


@OFTEN
@given(
    allowance=AMOUNTS, before=AMOUNTS, arrears=AMOUNTS, held=st.none() | AMOUNTS, risk=st.booleans()
)
def test_after_a_settlement_all_that_was_given_is_the_entitlement_and_what_is_still_wanted_back(
    allowance: int, before: int, arrears: int, held: int | None, risk: bool
) -> None:
    value: Json = {"year": 2025, "verified_allowance": allowance, "pre_allocated": before}
    value |= {"arrears": arrears, "high_risk": risk}
    found = output("settlement", value | ({} if held is None else {"holding": held}))
    assert found["deduction"] == min(arrears, allowance)
    given_out = before + found["issued"] - found["recovered"]
    assert given_out == found["entitlement"] + found["recovery_outstanding"]
    assert found["issued"] == 0 or found["recovered"] == 0
    assert held is None or found["recovered"] <= held
    assert found["recovery_outstanding"] == 0 or found["recovered"] == held


# --- section 8, «an issue or pre-allocation after as_of has not happened»


def cut_at(value: Json, day: str) -> Json:
    """The case as it stood on a day: later dealings are not known yet."""
    known = copy.deepcopy(value)
    known["as_of"] = day
    lists = [known, known, *known["years"]]
    names = ["trades", "applications", "submissions", "submissions"]
    for holder, name in zip(lists, names, strict=True):
        holder[name] = [item for item in holder[name] if item["date"] <= day]
    return known


CUTS = st.sampled_from(
    ["2024-12-31", "2025-10-31", "2025-12-30", "2025-12-31", "2026-03-01", "2026-10-31",
     "2026-12-31", "2027-01-01"]
)  # fmt: skip


@OFTEN
@given(value=CYCLES, day=CUTS, readings=READINGS)
def test_a_cycle_cut_at_a_day_is_the_beginning_of_the_whole(
    value: Json, day: str, readings: dict[str, str]
) -> None:
    assume(day <= value["as_of"])
    whole = answered("cycle", value, readings)
    early = output("cycle", cut_at(value, day), readings)
    assert early["refusals"] == whole["refusals"][: len(early["refusals"])]
    for before, after in zip(early["years"], whole["years"], strict=True):
        assert before["obligation"] == after["obligation"]
        assert before["surrendered"] <= after["surrendered"]
        assert before["ccer_used"] <= after["ccer_used"]
        assert before["outstanding"] >= after["outstanding"]
        for name in ("pre_allocated", "allowance", "adjustment", "deduction"):
            assert before[name] in (0, after[name])
    assert (early["carry_over"] is None) == (day < "2025-12-31")
    if early["carry_over"]:
        fixed = ("eligible", "reason", "base", "net_sold", "cap", "holding", "maximum")
        for name in fixed:
            assert early["carry_over"][name] == whole["carry_over"][name]


@OFTEN
@given(value=CYCLES, day=CUTS, readings=READINGS)
def test_a_year_without_events_changes_no_account(
    value: Json, day: str, readings: dict[str, str]
) -> None:
    """The case as it stood on a day, looked at later, where all that was still to come is late."""
    known = cut_at(value, day)
    before = answered("cycle", known, readings)
    for year in known["years"]:
        if year["issued_on"] > day:
            year["issued_on"] = "2999-12-31"
        if year.get("pre_allocated_on", "") > day:
            year["pre_allocated_on"] = "2999-12-30"
    known["as_of"] = "2999-12-29"
    after = output("cycle", known, readings)
    assert after["holdings"] == before["holdings"]
    assert after["refusals"] == before["refusals"]
    figures = ("surrendered", "outstanding", "ccer_used", "deduction", "allowance", "certificate")
    for one, two in zip(before["years"], after["years"], strict=True):
        assert {name: one[name] for name in figures} == {name: two[name] for name in figures}


# --- section 7: «one JSON object, or an error»


@settings(LAW, max_examples=500)
@given(seed=SEEDS, operation=st.sampled_from(list(FORMS)))
def test_a_spoilt_input_is_answered_or_refused_by_a_rule_error_and_left_as_it_was(
    seed: int, operation: str
) -> None:
    dice = random.Random(seed)
    value = COMPLYING[operation](dice)
    for _ in range(dice.randint(1, 4)):
        places = holders(value)
        if not places:
            break
        holder: Any = dice.choice(places)
        key = dice.choice(list(holder) if isinstance(holder, dict) else range(len(holder)))
        action = dice.random()
        if action < 0.6:
            holder[key] = copy.deepcopy(dice.choice(JUNK))
        elif action < 0.8:
            del holder[key]
        elif isinstance(holder, dict):
            holder[dice.choice(NAMES)] = holder.pop(key)
        else:
            holder.reverse()
    before = repr(value)
    answers = []
    for _ in range(2):
        try:
            rules = DEFAULT.with_readings(compliance_readings(random.Random(seed)))
            answers.append(run(operation, value, rule_set=rules))
        except RuleError as error:
            answers.append(error.as_json())
    assert answers[0] == answers[1]
    assert repr(value) == before
