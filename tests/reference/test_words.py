"""What an error says: which clause it cites, what it found, how it reads in a traceback."""

from __future__ import annotations

import importlib
import json
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import cets_reference
from cets_reference import RuleError, explain, run
from cets_reference.clauses import CLAUSES
from cets_reference.forms import describe, read_id
from cets_reference.rule_set import DEFAULT

VECTORS = Path(__file__).parents[2] / "vectors" / "cn-industry-2024-2025"
LONG = "x" * 38
"""With its quotes as long as what is echoed whole."""


def refused() -> Iterator[tuple[str, dict[str, Any]]]:
    for file in sorted(VECTORS.glob("*.json")):
        document = json.loads(file.read_text("utf-8"))
        for case in document["cases"]:
            if "error" in case["expected"]:
                yield document["operation"], case["input"]


def test_every_refusal_of_a_vector_cites_a_clause_of_the_rulebook_and_says_why() -> None:
    for operation, value in refused():
        with pytest.raises(RuleError) as caught:
            run(operation, value)
        told = caught.value.as_json()
        assert told.keys() == {"code", "path", "message", "clause"}
        assert told["clause"] in CLAUSES
        assert told["message"]
        assert "¶" not in told["message"]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "null"),
        (True, "true"),
        (False, "false"),
        ({}, "an object"),
        ([], "a list"),
        ("x", "the string 'x'"),
        (7, "the number 7"),
        (2**128 - 1, f"the number {2**128 - 1}"),
        (2**128, "a very large integer"),
        (2**129, "a very large integer"),
        (LONG, f"the string '{LONG}'"),
        (LONG[1:], f"the string '{LONG[1:]}'"),
        (LONG + "x", f"the string '{LONG}…"),
    ],
)
def test_what_was_found_is_said_in_a_few_words_of_at_most_40_characters(
    value: object, words: str
) -> None:
    assert describe(value) == words


@pytest.mark.parametrize("point", [0xD800, 0xD801, 0xDFFE, 0xDFFF])
def test_an_unpaired_surrogate_is_no_character_of_an_id(point: int) -> None:
    """No vector can show it: UTF-8 has no such character."""
    with pytest.raises(RuleError) as caught:
        read_id(f"a{chr(point)}", "/unit_id")
    assert (caught.value.code, caught.value.path) == ("INVALID_INPUT", "/unit_id")


@pytest.mark.parametrize("point", [0xD7FF, 0xE000])
def test_the_neighbours_of_the_surrogates_are_characters(point: int) -> None:
    assert read_id(f"a{chr(point)}", "/unit_id") == f"a{chr(point)}"


def test_an_error_reads_in_a_traceback_as_code_place_message_and_clause() -> None:
    assert str(RuleError("CODE", "/unit", "why", "Z-1")) == "CODE at /unit: why [Z-1]"
    assert str(RuleError("CODE", "", "why", "Z-1")) == "CODE at /: why [Z-1]"


def test_every_module_has_the_names_that_it_lists() -> None:
    for found in pkgutil.iter_modules(cets_reference.__path__):
        module = importlib.import_module(f"cets_reference.{found.name}")
        assert [name for name in getattr(module, "__all__", ()) if not hasattr(module, name)] == []


def test_the_base_inside_a_cycle_is_explained_with_the_enterprises_own_number_of_units() -> None:
    cases = json.loads((VECTORS / "cycle.json").read_text("utf-8"))["cases"]
    value = next(
        case["input"] for case in cases if case["id"] == "cycle/several-key-emitting-units"
    )
    rules = DEFAULT.with_readings({"carry_base": "per_key_emitting_unit"})
    steps = explain("cycle", value, rule_set=rules)["steps"]
    base = next(step for step in steps if step["path"] == "/carry_over/base")
    assert (base["formula"], base["numbers"]) == ("10000 · key_emitting_units", "10000 · 3")
