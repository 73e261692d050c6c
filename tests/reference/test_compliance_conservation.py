"""No tonne comes from nowhere or is lost: the books of a cycle, kept a second time."""

from __future__ import annotations

from hypothesis import assume, given

from .compliance_inputs import OLD
from .compliance_laws import CYCLES, OFTEN, READINGS, answered
from .inputs import Json

# --- section 8, «Law, for every vintage: opening + issued + bought + carried in = recovered +
# sold + surrendered + carried out + held»: counted again from input and output alone


def own_alone(value: Json) -> Json:
    """The case without other enterprises' allowances, which touch no account."""
    for year in value["years"]:
        kept = [item for item in year["submissions"] if item.get("source") != "third_party"]
        year["submissions"] = kept
    return value


def accepted_by_id(value: Json, found: Json, place: int) -> dict[str, int]:
    """What each own submission of a year gave: all, nothing, or (the first cut) what is left."""
    reasons = {row["id"]: row["reason"] for row in found["refusals"]}
    year, row = value["years"][place], found["years"][place]
    ours = [item for item in year["submissions"] if item["instrument"] == "allowance"]
    ours.sort(key=lambda item: item["date"])
    given_up = {item["id"]: item["amount"] for item in ours if item["id"] not in reasons}
    cut = [item["id"] for item in ours if reasons.get(item["id"]) == "EXCEEDS_OBLIGATION"]
    if cut:  # once one is cut nothing is owed any more, so the later ones give nothing
        given_up[cut[0]] = row["surrendered"] - row["ccer_used"] - sum(given_up.values())
    return given_up


Step = tuple[str, int, str | None, int]
"""Day, rank within it, vintage (None: the oldest first), and what comes or goes, t."""


def steps_of_old_vintages(value: Json, found: Json) -> list[Step]:
    """What entered and left the vintages up to 2024, in the order it happened."""
    first, row = value["years"][0], found["years"][0]
    accepted = accepted_by_id(value, found, 0)
    from_province = 0
    if first["high_risk"]:
        from_province = row["surrendered"] - row["ccer_used"] - sum(accepted.values())
    steps: list[Step] = [(first["issued_on"], 0, "2024", row["adjustment"] - from_province)]
    for item in value["trades"]:
        sign = 1 if item["side"] == "buy" else -1
        steps.append((item["date"], 1, item["vintage"], sign * item["amount"]))
    carried = found["carry_over"]["applications"] if found["carry_over"] else []
    for item, answer in zip(value["applications"], carried, strict=False):
        steps.append((item["date"], 2, None, -answer["accepted"]))
    for item in first["submissions"]:
        if item["id"] in accepted:
            steps.append((item["date"], 3, item["vintage"], -accepted[item["id"]]))
    return sorted(steps, key=lambda step: step[:2])


def flows_of_old_vintages(value: Json, found: Json) -> dict[str, int]:
    """Add up the steps; carry-over takes the oldest first."""
    held = dict.fromkeys(OLD, 0)
    for row in value["opening"]:
        held[row["vintage"]] += row["amount"]
    for _, _, vintage, amount in steps_of_old_vintages(value, found):
        if vintage in held:
            held[vintage] += amount
        for old in OLD if vintage is None else ():
            taken = min(held[old], -amount)
            held[old] -= taken
            amount += taken
    return held


@OFTEN
@given(value=CYCLES.map(own_alone), readings=READINGS)
def test_every_tonne_of_an_old_vintage_is_where_its_flows_leave_it(
    value: Json, readings: dict[str, str]
) -> None:
    found = answered("cycle", value, readings)
    cut = any(row["reason"] == "EXCEEDS_OBLIGATION" for row in found["refusals"])
    assume(not (value["years"][0]["high_risk"] and cut))
    held = {row["vintage"]: row["enterprise"] + row["province"] for row in found["holdings"]}
    assert {vintage: held[vintage] for vintage in OLD} == flows_of_old_vintages(value, found)


@OFTEN
@given(value=CYCLES.map(own_alone), readings=READINGS)
def test_every_tonne_of_vintage_2025_is_accounted_for(
    value: Json, readings: dict[str, str]
) -> None:
    found = answered("cycle", value, readings)
    row = found["years"][1]
    carried = found["carry_over"]["carried"] if found["carry_over"] else 0
    traded = sum(
        item["amount"] if item["side"] == "buy" else -item["amount"]
        for item in value["trades"]
        if item["vintage"] == "2025"
    )
    recovered = max(0, -row["adjustment"]) - row["recovery_outstanding"]
    issued = row["pre_allocated"] + max(0, row["adjustment"])
    held = sum(found["holdings"][5][account] for account in ("enterprise", "province"))
    surrendered = row["surrendered"] - row["ccer_used"]
    assert issued + traded + carried == recovered + surrendered + held


@OFTEN
@given(value=CYCLES, readings=READINGS)
def test_nothing_held_is_negative_and_old_vintages_never_stay_with_the_province(
    value: Json, readings: dict[str, str]
) -> None:
    """I-5: «what is left goes to the unit»; only a pre-allocation waits there."""
    for row in answered("cycle", value, readings)["holdings"]:
        assert row["enterprise"] >= 0
        assert row["province"] >= 0
        assert row["province"] == 0 or row["vintage"] == "2025"
