"""The audit log holds on both databases, and shows whatever was done to it behind its back."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from cets_service import audit
from cets_service.audit import Break, Entry, Head
from cets_service.database import open_engine, writing

from ..databases import BOTH_DATABASES


@pytest.fixture
def engine(config):
    engine = open_engine(config)
    yield engine
    engine.dispose()


def add(engine, count):
    for number in range(1, count + 1):
        with writing(engine) as connection:
            audit.record(
                connection,
                actor="user:7",
                action="exam.answer",
                object=f"exam:{number}",
                details={"省": "河北", "count": number},
                at=1_800_000_000 + number,
            )


def chain(count):
    """Make a log of ``count`` rows in memory."""
    rows, previous = [], "0" * 64
    for number in range(1, count + 1):
        entry = Entry(number, number, "a", "b", "c", f'{{"n":{number}}}', previous, "")
        rows.append(replace(entry, hash=entry.computed_hash()))
        previous = rows[-1].hash
    return rows


@BOTH_DATABASES
def test_what_is_recorded_can_be_read_and_verified(engine):
    add(engine, 3)
    with engine.connect() as connection:
        rows = list(audit.entries(connection))
        head = audit.head(connection)
    assert [row.sequence for row in rows] == [1, 2, 3]
    assert rows[2].details == '{"count":3,"省":"河北"}'
    assert head == Head(3, rows[2].hash)
    assert list(audit.verify(rows, [head])) == []
    assert Head.parse(str(head)) == head


@BOTH_DATABASES
def test_a_row_lives_and_dies_with_the_transaction_that_wrote_it(engine):
    def fail():
        with writing(engine) as connection:
            audit.record(connection, actor="a", action="b")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with writing(engine) as connection:
        assert audit.record(connection, actor="a", action="b").sequence == 1


@BOTH_DATABASES
def test_rows_added_at_the_same_time_make_one_chain(engine):
    ready = threading.Barrier(6)

    def work():
        ready.wait()
        add(engine, 10)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with engine.connect() as connection:
        rows = list(audit.entries(connection))
    assert len(rows) == 60
    assert list(audit.verify(rows)) == []


@BOTH_DATABASES
@pytest.mark.parametrize(
    "statement",
    [
        "update audit_log set actor = 'nobody'",
        "update audit_log set details = '{}' where sequence = 2",
        "delete from audit_log where sequence = 2",
        "delete from audit_log",
        "truncate audit_log",
    ],
)
def test_the_database_refuses_to_change_a_row(engine, statement):
    if statement.startswith("truncate") and engine.dialect.name == "sqlite":
        statement = "delete from audit_log where 1"
    add(engine, 3)
    with pytest.raises(DBAPIError, match="append-only"), writing(engine) as connection:
        connection.execute(text(statement))
    with engine.connect() as connection:
        assert len(list(audit.entries(connection))) == 3


TAMPERED = {
    "actor changed": (lambda rows: [rows[0], replace(rows[1], actor="x"), *rows[2:]], "changed", 2),
    "time changed": (lambda rows: [*rows[:4], replace(rows[4], at=9)], "changed", 5),
    "details changed": (lambda rows: [replace(rows[0], details="{}"), *rows[1:]], "changed", 1),
    "removed": (lambda rows: [*rows[:2], *rows[3:]], "missing", 3),
    "first removed": (lambda rows: rows[1:], "missing", 1),
    "moved": (lambda rows: [rows[0], rows[2], rows[1], *rows[3:]], "misplaced", 2),
    "twice": (lambda rows: [*rows[:2], rows[1], *rows[2:]], "misplaced", 2),
    "cut off": (lambda rows: rows[:3], "truncated", 5),
    "emptied": (lambda rows: [], "truncated", 5),
}


@pytest.mark.parametrize("name", TAMPERED)
def test_whatever_is_done_to_the_log_is_found_and_named(name):
    tamper, kind, sequence = TAMPERED[name]
    rows = chain(5)
    head = Head(5, rows[4].hash)
    found = list(audit.verify(tamper(rows), [head]))
    assert Break(kind, sequence, sequence) in found


def test_rows_missing_side_by_side_are_one_finding_however_many():
    rows = chain(3)
    far = replace(rows[2], sequence=10**15)
    assert Break("missing", 3, 10**15 - 1) in list(audit.verify([*rows[:2], far]))


def test_a_row_written_anew_with_its_hash_breaks_the_next_one_or_the_published_head():
    rows = chain(3)
    for place, expected in ((0, Break("misplaced", 2, 2)), (2, Break("changed", 3, 3))):
        anew = replace(rows[place], actor="x")
        anew = replace(anew, hash=anew.computed_hash())
        tampered = [*rows[:place], anew, *rows[place + 1 :]]
        assert list(audit.verify(tampered, [Head(3, rows[2].hash)])) == [expected]


@settings(max_examples=60, deadline=None)
@given(
    place=st.integers(0, 3),
    field=st.sampled_from(["sequence", "at", "actor", "action", "object", "details", "previous"]),
    value=st.text(max_size=5),
)
def test_no_other_content_has_the_hash_of_a_row(place, field, value):
    rows = chain(4)
    other = len(value) + 1000 if field in ("sequence", "at") else value
    if getattr(rows[place], field) == other:
        return
    tampered = [*rows[:place], replace(rows[place], **{field: other}), *rows[place + 1 :]]
    assert list(audit.verify(tampered))


@pytest.mark.parametrize("printed", ["", "1", "1:xyz", f"-1:{'0' * 64}", f"1:{'0' * 63}"])
def test_what_is_no_head_is_refused(printed):
    with pytest.raises(ValueError, match="sequence:hash"):
        Head.parse(printed)
