"""The schema of a table row and the columns of the tables are the same columns."""

from __future__ import annotations

from typing import Any

import pytest

from cets_conformance import published
from cets_conformance.tables.columns import COLUMNS, Kind, Need, Type

SCHEMA = published.schema("table")
COMMON = "urn:cets:schema:v1:common#/$defs/"
FORMS: dict[Type, dict[str, Any]] = {
    Type.YEAR: {"$ref": f"{COMMON}year"},
    Type.CODE: {"$ref": f"{COMMON}id"},
    Type.TEXT: {"type": "string"},
    Type.ID: {"$ref": f"{COMMON}id"},
    Type.FLAG: {"type": "boolean"},
    Type.CALENDAR_YEAR: {"$ref": f"{COMMON}calendar_year"},
    Type.QUANTITY: {"$ref": f"{COMMON}measured"},
    Type.RATIO: {"$ref": f"{COMMON}ratio_given"},
    Type.AMOUNT: {"$ref": f"{COMMON}amount"},
    Type.SIGNED_AMOUNT: {"$ref": f"{COMMON}signed_amount"},
}
EXCEPTIONS = {"carbide_slag_rate": {"$ref": f"{COMMON}share"}}
"""A ratio whose form is that of the unit's field, 0 to 1."""


def test_the_columns_are_in_the_order_tables_are_printed() -> None:
    assert list(SCHEMA["properties"]) == list(COLUMNS)


@pytest.mark.parametrize("name", COLUMNS)
def test_a_column_is_described_as_the_tables_have_it(name: str) -> None:
    column, node = COLUMNS[name], SCHEMA["properties"][name]
    assert node["x-title-zh"] == column.header_zh
    assert node.get("x-unit") == column.unit
    assert node["x-kinds"] == [kind.value for kind in Kind if kind in column.need]
    assert node["x-need"] == {kind.value: need.value for kind, need in column.need.items()}
    assert set(node.get("x-sectors", ["steel", "cement", "aluminium"])) == column.sectors


@pytest.mark.parametrize("name", COLUMNS)
def test_a_column_holds_values_of_its_type(name: str) -> None:
    column, node = COLUMNS[name], SCHEMA["properties"][name]
    if column.type is Type.CHOICE:
        definitions = published.schema("common")["$defs"]
        assert definitions[node["$ref"].removeprefix(COMMON)]["enum"] == list(column.choices)
    elif column.type is Type.PROVINCE:
        assert len(node["enum"]) == 34
    else:
        expected = EXCEPTIONS.get(name, FORMS[column.type])
        assert node.items() >= expected.items()


def needed(kind: Kind, need: Need) -> set[str]:
    return {name for name, column in COLUMNS.items() if column.need.get(kind) is need}


def test_a_row_must_have_what_every_table_or_its_kind_of_table_must_have() -> None:
    assert set(SCHEMA["required"]) == needed(Kind.ALLOCATION, Need.ALWAYS) & needed(
        Kind.PRE_ALLOCATION, Need.ALWAYS
    )
    for kind in Kind:
        own = SCHEMA["$defs"][kind.value]
        assert set(SCHEMA["required"]) | set(own["required"]) == needed(kind, Need.ALWAYS)
        absent = {name for name, column in COLUMNS.items() if kind not in column.need}
        assert set(own["properties"]) == absent


@pytest.mark.parametrize("sector", ["steel", "cement", "aluminium"])
def test_a_row_has_the_columns_of_its_sector_only(sector: str) -> None:
    rule = next(
        item["then"]
        for item in SCHEMA["allOf"]
        if item["if"]["properties"]["sector"]["const"] == sector
    )
    foreign = {name for name, column in COLUMNS.items() if sector not in column.sectors}
    assert set(rule["properties"]) == foreign
    own = {name for name in needed(Kind.ALLOCATION, Need.SECTOR) if sector in COLUMNS[name].sectors}
    assert set(rule.get("required", [])) == own


def test_provinces_are_those_that_tables_know() -> None:
    from cets_conformance.tables.provinces import PROVINCES

    assert set(SCHEMA["properties"]["province"]["enum"]) == set(PROVINCES)
