"""What an error says: which clause it cites, what it found, how it reads in a traceback."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cets_reference import RuleError, run
from cets_reference.clauses import CLAUSES
from cets_reference.forms import describe, read_id

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
    assert str(RuleError("CODE", "/unit", "why", "A-1")) == "CODE at /unit: why [A-1]"
    assert str(RuleError("CODE", "", "why", "A-1")) == "CODE at /: why [A-1]"
