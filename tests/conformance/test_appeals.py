"""Appeals: what may follow what, and that nothing in a history can be taken back."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from cets_conformance import published
from cets_conformance.appeals import (
    Appeal,
    AppealError,
    comment,
    file_appeal,
    read_appeal,
    rule_on,
)

NINE = datetime(2026, 11, 26, 9, tzinfo=UTC)
SUBJECTS: list[dict[str, str | int]] = [
    {"kind": "vector", "vector": "allocation/upper-bound-exactly-20-percent"},
    {"kind": "finding", "check_id": "k", "check": "T-10", "year": 2025, "unit_id": "L1"},
    {
        "kind": "comparison",
        "comparison_id": "c",
        "field": "allowance",
        "year": 2025,
        "unit_id": "L1",
    },
]


def filed(subject: dict[str, str | int] = SUBJECTS[0]) -> Appeal:
    return file_appeal("a-1", subject, by="Province", at=NINE, grounds="The note says otherwise.")


def ruled(ruling: str = "upheld") -> Appeal:
    return rule_on(filed(), ruling, by="Operator", at=NINE + timedelta(1), text="So it does.")


@pytest.mark.parametrize("subject", SUBJECTS, ids=lambda subject: str(subject["kind"]))
def test_a_filed_appeal_is_open_and_fits_the_schema(subject: dict[str, str | int]) -> None:
    document = filed(subject).as_json()
    assert (document["state"], document["ruling"]) == ("open", None)
    published.validator("appeal").validate(document)


@pytest.mark.parametrize("ruling", ["upheld", "rejected"])
def test_a_ruling_ends_it_with_its_text_and_the_history_holds_all(ruling: str) -> None:
    appeal = rule_on(
        comment(filed(), by="Vendor", at=NINE, text="We agree."),
        ruling,
        by="Operator",
        at=NINE,
        text="So it does.",
    )
    assert appeal.state == ruling
    assert appeal.ruling == "So it does."
    assert [entry.action for entry in appeal.history] == ["filed", "commented", ruling]
    published.validator("appeal").validate(appeal.as_json())


def test_a_step_leaves_what_was_before_as_it_was() -> None:
    before = filed()
    after = comment(before, by="Vendor", at=NINE, text="We agree.")
    assert len(before.history) == 1
    assert after.history[:1] == before.history


def test_times_are_kept_in_utc_to_the_second() -> None:
    beijing = datetime(2026, 11, 26, 17, 0, 0, 5, tzinfo=timezone(timedelta(hours=8)))
    appeal = file_appeal("a", SUBJECTS[0], by="P", at=beijing, grounds="x")
    assert appeal.as_json()["history"][0]["at"] == "2026-11-26T09:00:00Z"


@pytest.mark.parametrize(
    ("step", "code"),
    [
        (lambda: rule_on(ruled(), "rejected", by="Other", at=NINE, text="x"), "APPEAL_CLOSED"),
        (lambda: comment(ruled(), by="Province", at=NINE, text="x"), "APPEAL_CLOSED"),
        (lambda: rule_on(filed(), "open", by="Operator", at=NINE, text="x"), "RULING_UNKNOWN"),
        (lambda: rule_on(filed(), "upheld", by="Province", at=NINE, text="x"), "OWN_APPEAL"),
        (
            lambda: comment(filed(), by="V", at=NINE - timedelta(seconds=1), text="x"),
            "OUT_OF_ORDER",
        ),
        (lambda: comment(filed(), by="V", at=NINE, text=" \n"), "TEXT_NOT_USABLE"),
        (lambda: comment(filed(), by="V", at=NINE, text="x" * 4001), "TEXT_NOT_USABLE"),
        (lambda: comment(filed(), by=" ", at=NINE, text="x"), "NAME_EMPTY"),
        (
            lambda: comment(filed(), by="V", at=datetime(2026, 11, 27), text="x"),  # noqa: DTZ001
            "TIME_WITHOUT_ZONE",
        ),
        (lambda: filed({"kind": "clause"}), "SUBJECT_UNKNOWN"),
        (lambda: filed({"kind": "vector", "unit_id": "L1"}), "SUBJECT_NOT_WHOLE"),
    ],
)
def test_what_an_appeal_does_not_allow_is_refused_with_its_code(
    step: Callable[[], Appeal], code: str
) -> None:
    with pytest.raises(AppealError) as refused:
        step()
    assert refused.value.code == code


@pytest.mark.parametrize("appeal", [filed(), ruled(), ruled("rejected")])
def test_a_document_read_again_is_the_same_appeal(appeal: Appeal) -> None:
    document = json.loads(json.dumps(appeal.as_json()))
    assert read_appeal(document) == appeal


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda document: document.update(state="rejected"), "STATE_NOT_OF_HISTORY"),
        (lambda document: document.update(ruling="Other words."), "STATE_NOT_OF_HISTORY"),
        (lambda document: document["history"].pop(), "STATE_NOT_OF_HISTORY"),
        (lambda document: document["history"].pop(0), "NOT_FILED"),
        (lambda document: document["history"].clear(), "NOT_FILED"),
        (lambda document: document["history"].append(document["history"][1]), "APPEAL_CLOSED"),
        (lambda document: document["history"].insert(1, document["history"][0]), "RULING_UNKNOWN"),
        (lambda document: document["history"][1].update(by="Province"), "OWN_APPEAL"),
        (
            lambda document: document["history"][1].update(at="2026-11-27T09:00:00"),
            "TIME_WITHOUT_ZONE",
        ),
    ],
)
def test_a_document_whose_history_was_tampered_with_is_refused(
    change: Callable[[dict[str, Any]], Any], code: str
) -> None:
    document = json.loads(json.dumps(ruled().as_json()))
    change(document)
    with pytest.raises(AppealError) as refused:
        read_appeal(document)
    assert refused.value.code == code
