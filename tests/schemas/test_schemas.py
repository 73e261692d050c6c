"""The published schemas themselves: valid, closed, annotated, resolvable, canonical."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from cets_conformance import json_text, published
from cets_reference.clauses import CLAUSES

Node = dict[str, Any]
FORBIDDEN: Node = {"not": {}}
"""A field that must not be here; it has nothing to say of itself."""
NAMES = published.schema_names()
FOLDER = published.data_folder() / "schemas" / "v1"

UNITS = {
    "t": r"\bt\b",
    "tCO2e": r"\bt CO2e\b",
    "t CO2e": r"\bt CO2e\b",
    "t CO2e/t": r"\bt CO2e per t\b",
    "1": r"pure number|[Ff]raction|[Nn]umber of|[Ww]hole number|often|bins",
    "B": r"\bbytes\b",
}
"""How a description says each unit."""


def every_node(node: Any) -> Iterator[Node]:
    if isinstance(node, dict):
        yield node
        for item in node.values():
            yield from every_node(item)
    elif isinstance(node, list):
        for item in node:
            yield from every_node(item)


def every_field(node: Any, path: str) -> Iterator[tuple[str, Node]]:
    """Fields and definitions; not what stands below ``if``, ``then``, ``allOf`` and the like."""
    if not isinstance(node, dict):
        return
    for keyword in ("properties", "$defs"):
        for name, item in node.get(keyword, {}).items():
            if item != FORBIDDEN:
                yield f"{path}/{name}", item
                yield from every_field(item, f"{path}/{name}")
    for keyword in ("items", "additionalProperties"):
        yield from every_field(node.get(keyword), f"{path}/{keyword}")
    for item in node.get("anyOf", []):
        yield from every_field(item, path)


FIELDS = [pair for name in NAMES for pair in every_field(published.schema(name), name)]


@pytest.mark.parametrize("name", NAMES)
def test_every_schema_is_a_valid_2020_12_schema_under_its_urn(name: str) -> None:
    schema = published.schema(name)
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == f"urn:cets:schema:v1:{name}"


@pytest.mark.parametrize("name", NAMES)
def test_every_reference_is_a_urn_and_resolves(name: str) -> None:
    resolver = published.registry().resolver()
    for node in every_node(published.schema(name)):
        if "$ref" in node:
            assert node["$ref"].startswith("urn:cets:schema:v1:")
            assert resolver.lookup(node["$ref"]).contents


@pytest.mark.parametrize("name", NAMES)
def test_every_definition_of_common_and_every_schema_says_what_it_is(name: str) -> None:
    schema = published.schema(name)
    for key in ("title", "x-title-zh", "description"):
        assert schema[key].strip()


def test_the_walk_finds_the_fields() -> None:
    paths = [path for path, _ in FIELDS]
    assert len(paths) == len(set(paths)) > 200
    assert {
        "unit/carbide_slag_rate",
        "common/gases/cf4",
        "enterprise-allocation-output/units/items/intensity",
        "report/findings/items/rows/items/difference",
        "explanation/clauses/additionalProperties/sources",
        "problem/errors/items/place/row",
        "cycle-input/year/pre_allocated_on",
        "cycle-output/years/items/status",
        "common/submission/registered_on",
    } <= set(paths)


@pytest.mark.parametrize(("path", "node"), FIELDS, ids=[path for path, _ in FIELDS])
def test_every_field_is_annotated(path: str, node: Node) -> None:
    assert re.fullmatch(r"\S.*", node["title"])
    assert re.fullmatch(r"\S.{8,}[.?]", node["description"])
    assert re.search("[\u4e00-\u9fff]", node["x-title-zh"])
    assert set(node["x-clause"]) <= set(CLAUSES)
    if "x-unit" in node:
        assert re.search(UNITS[node["x-unit"]], node["description"]), node["description"]


@pytest.mark.parametrize(
    ("path", "node"), [pair for pair in FIELDS if not pair[0].startswith(("common/", "report/"))]
)
def test_fields_of_inputs_and_outputs_name_the_clauses_they_rest_on(path: str, node: Node) -> None:
    if path.split("/")[0].endswith(("-input", "-output")) or path.startswith(("unit/", "table/")):
        assert node["x-clause"]


@pytest.mark.parametrize("name", NAMES)
def test_every_object_refuses_unknown_fields(name: str) -> None:
    """Objects with listed members are closed; maps say what their keys and values are."""
    for node in every_node(published.schema(name)):
        if node.get("type") == "object" and "properties" in node:
            assert node["additionalProperties"] is False
    for path, node in every_field(published.schema(name), name):
        if node.get("type") == "object" and "properties" not in node:
            open_by_design = {"explanation/output"}
            assert "additionalProperties" in node or path in open_by_design


@pytest.mark.parametrize("name", NAMES)
def test_every_pattern_is_anchored_portable_and_closed_against_newlines(name: str) -> None:
    """``$`` matches before a final newline in some languages; ``\\d`` is not ASCII in others."""
    for node in every_node(published.schema(name)):
        pattern = node.get("pattern")
        if not isinstance(pattern, str) or "^" not in pattern[:1]:
            continue
        assert pattern.endswith("$")
        assert not re.search(r"\\[dwsb]|\(\?", pattern)
        if not pattern.startswith("^(/"):  # a JSON pointer may hold a newline, also the last
            assert node["not"]["pattern"].startswith("[^ -~]")


@pytest.mark.parametrize("name", [*NAMES, "all"])
def test_every_file_is_canonical_text(name: str) -> None:
    data = (FOLDER / f"{name}.schema.json").read_bytes()
    assert json_text.dumps(json_text.loads(data), pretty=True).encode() == data


def test_the_bundle_is_what_the_function_makes_of_the_schemas() -> None:
    expected = json_text.dumps(published.bundle(), pretty=True).encode()
    assert (FOLDER / "all.schema.json").read_bytes() == expected


@pytest.mark.parametrize("name", [name for name in NAMES if name != "common"])
def test_the_bundle_alone_judges_as_the_registry_does(name: str) -> None:
    alone = Draft202012Validator(
        published.bundle() | {"$ref": f"urn:cets:schema:v1:{name}"},
        format_checker=published.validator(name).format_checker,
    )
    for folder in ("valid", "invalid"):
        for file in (FOLDER / "examples" / folder / name).iterdir():
            value = json_text.loads(file.read_bytes())
            assert alone.is_valid(value) is (folder == "valid")


def test_no_schema_names_a_machine_or_an_unpublished_text() -> None:
    text = (FOLDER / "all.schema.json").read_text("utf-8")
    assert not re.search(r"/(work|home|root|tmp)\b|\.\./|localhost", text)
    hosts = set(re.findall(r"https?://([^/\"]+)", text))
    assert hosts == {"json-schema.org"}
