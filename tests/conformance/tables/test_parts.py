"""A table in parts is judged as the whole is, wherever it is cut and wherever the parts are."""

from __future__ import annotations

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from cets_conformance.tables import Options, check_table
from cets_conformance.tables.reading import Table

from .drawn import READINGS, pre_table, verified_table
from .handmade import cement
from .in_parts import check_in_parts, cut
from .test_columns_and_rows import SEEDS, read

PLACES = st.lists(st.integers(0, 30), max_size=5)
ROWS = st.sampled_from((None, 0, 1, 3))


def in_any_parts(
    table: Table, previous: Table | None, options: Options, places: list[int], rows: int | None
) -> None:
    """Hold the reports of the whole and of the parts against each other."""
    before = cut(previous, places) if previous else None
    ours = check_in_parts(cut(table, places), options, before, rows).report(rows)
    theirs = check_table(table, options=options, previous=previous).report(rows)
    for part in theirs:
        if part != "notes":
            assert ours[part] == theirs[part], part


@settings(max_examples=40, deadline=None)
@given(SEEDS, st.integers(1, 30), PLACES, st.sampled_from(READINGS), ROWS)
def test_an_allocation_table(
    seed: int, count: int, places: list[int], readings: dict[str, str], rows: int | None
) -> None:
    random = Random(seed)
    options = Options(
        readings=readings,
        national=random.random() < 0.3,
        solve_balance=random.random() < 0.3,
        balance={"cement": "0.861"} if random.random() < 0.2 else {},
    )
    previous = read(verified_table(random, count)) if random.random() < 0.4 else None
    in_any_parts(read(verified_table(random, count)), previous, options, places, rows)


@settings(max_examples=15, deadline=None)
@given(SEEDS, st.integers(1, 30), PLACES, ROWS)
def test_a_pre_allocation_table(seed: int, count: int, places: list[int], rows: int | None) -> None:
    random = Random(seed)
    previous = None
    if random.random() < 0.7:
        previous = read([row | {"year": 2024} for row in verified_table(random, count)])
    in_any_parts(read(pre_table(random, count)), previous, Options(), places, rows)


def test_a_unit_is_found_twice_though_ids_ascend_in_every_part() -> None:
    table = read([cement(unit) for unit in ("A", "B", "A", "C")])
    in_any_parts(table, None, Options(), [2], None)
    (finding,) = check_in_parts(cut(table, [2]), Options(), None, None).report()["findings"]
    assert [(finding["check"], row["row"]) for row in finding["rows"]] == [("T-03", 3)]


def test_the_balance_value_is_that_of_most_rows_of_all_parts() -> None:
    values = ["0.86", "0.86", "0.86", "0.87", "0.87", "0.870", "0.87"]
    rows = [cement(f"U{at}", balance=value) for at, value in enumerate(values)]
    report = check_in_parts(cut(read(rows), [3, 5]), Options(), None, None).report()
    assert [value["value"] for value in report["balance_values"]] == ["0.87"]
    in_any_parts(read(rows), None, Options(), [3, 5], None)
