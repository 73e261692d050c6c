"""Laws of comparison: what holds whatever the tables say."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from cets_conformance import direct, published

sys.path.insert(0, str(Path(__file__).parent))
from vendors import UNITS, Row, compare

RESULTS: list[Mapping[str, Any]] = [
    {},
    {},
    {"allowance": "593400"},
    {"allowance": "0"},
    {"obligation": "1"},
    {"allowance": ""},
    {"allowance": "x"},
    {"deviation": "0.0310"},
    {"deviation": "0.0311"},
    {"pre_allocation": "10", "adjustment": "5"},
]
DATA: list[Mapping[str, Any]] = [
    {"output": "1500000"},
    {"verified_emissions": "600001"},
    {"verified_emissions": "?"},
    {"commissioned_year": "2000"},
    {"balance_value": "0.860"},
    {"listed": "x"},
]


def tables(changes: Sequence[Mapping[str, Any]], least: int = 2) -> st.SearchStrategy[Any]:
    """Two to four tables whose rows are right, changed, left out or doubled."""
    line = st.tuples(st.sampled_from(changes), st.sampled_from(["once"] * 6 + ["missing", "twice"]))
    return st.lists(st.tuples(*(line for _ in UNITS)).map(rows), min_size=least, max_size=4).filter(
        lambda given: all(given)
    )


def rows(lines: Sequence[tuple[Mapping[str, Any], str]]) -> list[Row]:
    made = []
    for unit, (change, stands) in zip(UNITS, lines, strict=True):
        made += [unit | change] * {"once": 1, "missing": 0, "twice": 2}[stands]
    return made


def by_name(report: Mapping[str, Any]) -> dict[str, Any]:
    """Give a report without the order in which the tables were given."""
    names = [table["name"] for table in report["tables"]]

    def each(values: Sequence[Any]) -> list[Any]:
        return sorted(zip(names, values, strict=True), key=lambda pair: pair[0])

    def group(entry: Mapping[str, Any]) -> Any:
        return sorted(entry["tables"]), entry["reference"], entry["difference"]

    return {
        "counts": report["counts"],
        "alone": report["reference_alone"],
        "tables": sorted(report["tables"], key=lambda table: table["name"]),
        "patterns": sorted(
            (
                pattern["field"],
                pattern["shape"],
                pattern["units"],
                pattern["tonnes"] or 0,
                sorted(map(group, pattern["groups"]), key=str),
                sorted(map(str, pattern["silent"])),
                pattern["clauses"],
            )
            for pattern in report["patterns"]
        ),
        "pairs": sorted(
            (pair["field"], sorted(map(str, pair["tables"])), pair["units"], pair["agree"])
            for pair in report["pairs"]
        ),
        "disputes": sorted(
            (row["unit_id"], row["field"], each(row["figures"]), each(row["states"]))
            for row in report["disputes"]["rows"]
        ),
        "inputs": {
            name: report["inputs"][name]
            for name in ("same", "immaterial", "differ", "single", "right_on_own", "tonnes")
        },
    }


@settings(max_examples=25, deadline=None)
@given(tables(RESULTS + DATA), st.randoms(use_true_random=False))
def test_the_order_of_the_tables_changes_nothing_but_their_order(given: Any, random: Any) -> None:
    order = list(range(len(given)))
    random.shuffle(order)
    names = "ABCD"
    one = compare(*given, names=names)
    other = compare(*(given[at] for at in order), names="".join(names[at] for at in order))
    assert by_name(one.report(None)) == by_name(other.report(None))


@settings(max_examples=25, deadline=None)
@given(tables(RESULTS + DATA))
def test_every_count_adds_up_and_the_report_fits_the_schema(given: Any) -> None:
    report = compare(*given).report(None)
    published.validator("comparison").validate(report)
    units = report["counts"]["units"]
    for count in (report["counts"], *report["fields"]):
        assert count["agreed"] + count["disputed"] + count["not_comparable"] == units
    assert (
        sum(item["units"] for item in report["counts"]["reasons"])
        == (report["counts"]["not_comparable"])
    )
    for field in report["fields"]:
        assert sum(item["units"] for item in field["reasons"]) == field["not_comparable"]
    inputs = report["inputs"]
    assert sum(inputs[name] for name in ("same", "immaterial", "differ", "single")) == units
    for table in report["tables"]:
        parts = ("missing", "twice", "right", "wrong", "no_figure", "no_reference")
        assert sum(table[name] for name in parts) == units
        assert table["found"] - table["expected"] == table["difference"]
    for field in report["fields"]:
        own = [item for item in report["patterns"] if item["field"] == field["field"]]
        assert sum(item["units"] for item in own) == units - inputs["differ"]
        apart = [item for item in own if len(item["groups"]) > 1]
        assert sum(item["units"] for item in apart) == field["disputed"]
        assert sum(item["tonnes"] or 0 for item in apart) == (field["tonnes"] or 0)
        agreed = [item for item in own if item["shape"] == "agree"]
        assert sum(item["units"] for item in agreed) == field["agreed"]
        for item in own:
            told = [name for group in item["groups"] for name in group["tables"]]
            told += [entry["table"] for entry in item["silent"] if entry["table"]]
            assert sorted(told) == sorted(field["tables"])
    assert report["disputes"]["count"] == sum(field["disputed"] for field in report["fields"])
    for kind in ("by_sector", "by_province"):
        for at, table in enumerate(report["tables"]):
            sums = [entry["tables"][at] for entry in report["totals"][kind]]
            for name in ("right", "wrong", "no_figure", "no_reference", "difference", "tonnes"):
                assert sum(item[name] for item in sums) == table[name]


@settings(max_examples=15, deadline=None)
@given(tables(RESULTS + DATA, least=1))
def test_a_table_compared_with_itself_agrees_with_itself_everywhere(given: Any) -> None:
    report = compare(given[0], given[0]).report(None)
    assert report["inputs"]["differ"] == report["inputs"]["immaterial"] == 0
    for pair in report["pairs"]:
        if None not in pair["tables"]:
            assert pair["agree"] == pair["units"]
    for pattern in report["patterns"]:
        for group in pattern["groups"]:
            assert group["tables"] in ([], ["A", "B"])


@settings(max_examples=25, deadline=None)
@given(tables(RESULTS))
def test_the_references_own_table_is_always_in_the_references_group(given: Any) -> None:
    """A table filled by the reference, beside any others computed from the same data."""
    own = []
    for unit in UNITS:
        value = {name: cell for name, cell in unit.items() if name in FIELDS_OF_A_UNIT}
        answer = direct.answer("allocation", {"unit": value, "balance_value": "0.86"})["output"]
        figures = {name: answer[name] for name in ("allowance", "obligation")}
        own.append(unit | figures | {"deviation": answer["deviation"] or ""})
    report = compare(own, *given[:3]).report(None)
    for pattern in report["patterns"]:
        silent = [item["table"] for item in pattern["silent"]]
        for group in pattern["groups"]:
            if "A" in group["tables"] and None not in silent:
                assert group["reference"]


FIELDS_OF_A_UNIT = {
    "unit_id",
    "sector",
    "year",
    "listed",
    "line_kind",
    "verified_emissions",
    "output",
}


@settings(max_examples=25, deadline=None)
@given(tables(RESULTS))
def test_two_tables_agree_exactly_where_their_cells_are_equal(given: Any) -> None:
    """Against a count by hand, row by row; the data are the same in all of them."""
    report = compare(*given).report(None)
    for field in ("allowance", "obligation"):
        cells = [single_cells(table, field) for table in given]
        for one, other in combinations(range(len(given)), 2):
            both = set(cells[one]) & set(cells[other])
            pair = next(
                pair
                for pair in report["pairs"]
                if pair["field"] == field and pair["tables"] == ["ABCD"[one], "ABCD"[other]]
            )
            gaps = [cells[one][unit] - cells[other][unit] for unit in both]
            assert pair["units"] == len(both)
            assert pair["agree"] == gaps.count(0)
            assert pair["tonnes"] == sum(map(abs, gaps))


def single_cells(table: Sequence[Row], field: str) -> dict[str, int]:
    """Give the usable amounts of the units that stand once."""
    ids = [row["unit_id"] for row in table]
    return {
        row["unit_id"]: int(row[field])
        for row in table
        if ids.count(row["unit_id"]) == 1 and str(row[field]).isdigit()
    }
