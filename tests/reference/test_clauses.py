"""Rules and clauses belong together: no rule without its clause, no clause without its rule."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import cets_reference
from cets_reference.clauses import CLAUSES
from cets_reference.operations import OPERATIONS
from cets_reference.readings import READINGS
from cets_reference.rule_set import DEFAULT
from cets_reference.sources import SOURCES, Basis

RULEBOOK = Path(__file__).resolve().parents[3] / "shared" / "rulebook.md"
CLAUSE_ID = re.compile(r"[QSABIRC]-[1-9][0-9]?")

RULE_FUNCTION = re.compile(r"(compute|is|needs|check|get|apply|solve)_")
"""How the functions that carry out a rule are named."""
RULE_MODULES = {"scope", "emissions", "allocation", "balance", "issuance", "checks"}
"""Modules that must have such functions, so that the search cannot come back empty."""
ROUNDING = {"round_half_up", "round_tonnes", "sum_tonnes"}

IMPLEMENTED_SECTIONS = ("Q", "S", "A", "B")
IMPLEMENTED_BESIDES = ("I-1", "I-2", "R-1")
NOT_IMPLEMENTED = {
    "A-8": "a consequence of A-1, A-2 and A-4, which test_laws proves of what they compute",
}

WEAKER = [Basis.STATED, Basis.CORROBORATED, Basis.INFERRED, Basis.CONVENTION, Basis.OPEN]
"""Every basis, from the strongest to the weakest."""
NO_BASIS_IN_THE_RULEBOOK = {"A-9", "B-2"}


def modules() -> Iterator[tuple[str, ModuleType]]:
    """Every module of the reference, by its name within it."""
    prefix = "cets_reference."
    for found in pkgutil.walk_packages(cets_reference.__path__, prefix):
        yield found.name.removeprefix(prefix), importlib.import_module(found.name)


def functions() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every function of the reference where it is defined, such as ``scope.compute_scope``."""
    for name, module in modules():
        for attribute, value in vars(module).items():
            if inspect.isfunction(value) and value.__module__ == module.__name__:
                yield f"{name}.{attribute}", value


def clauses_of(function: Callable[..., Any]) -> tuple[str, ...]:
    found: tuple[str, ...] = getattr(function, "__clauses__", ())
    return found


FUNCTIONS = dict(functions())


# --- ids


def cited() -> Iterator[tuple[str, str]]:
    """Every clause id cited anywhere, with who cites it."""
    for name, function in FUNCTIONS.items():
        yield from ((name, clause) for clause in clauses_of(function))
    for name, parameter in DEFAULT.plan.items():
        yield f"parameter {name}", parameter.clause
    for reading in READINGS:
        yield from ((f"reading {reading.id}", clause) for clause in reading.clauses)
    for name, module in modules():
        for value in vars(module).values():
            if inspect.isclass(value) and is_dataclass(value):
                for item in fields(value):
                    cites = item.metadata.get("clauses", ())
                    yield from ((f"{name}.{value.__name__}.{item.name}", it) for it in cites)


def test_every_clause_that_is_cited_exists() -> None:
    unknown = sorted({(who, clause) for who, clause in cited() if clause not in CLAUSES})
    assert unknown == []


def test_every_clause_id_written_in_the_source_exists() -> None:
    unknown = []
    for name, module in modules():
        source = Path(str(module.__file__)).read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(source)):
            text = node.value if isinstance(node, ast.Constant) else None
            if isinstance(text, str) and CLAUSE_ID.fullmatch(text) and text not in CLAUSES:
                unknown.append((name, text))
    assert unknown == []


def test_a_clause_is_kept_under_its_own_id() -> None:
    assert all(CLAUSE_ID.fullmatch(id_) and clause.id == id_ for id_, clause in CLAUSES.items())


# --- rules have clauses


def rule_functions() -> list[str]:
    return [name for name in FUNCTIONS if RULE_FUNCTION.match(name.rpartition(".")[2])]


@pytest.mark.parametrize("name", rule_functions())
def test_every_rule_function_says_its_clause(name: str) -> None:
    assert clauses_of(FUNCTIONS[name])


def test_the_search_for_rule_functions_finds_them() -> None:
    assert {name.partition(".")[0] for name in rule_functions()} >= RULE_MODULES


@pytest.mark.parametrize("name", sorted(ROUNDING))
def test_every_rounding_of_tonnes_says_its_clause(name: str) -> None:
    assert "Q-4" in clauses_of(FUNCTIONS[f"rounding.{name}"])


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_says_its_clauses_and_explains_every_field(name: str) -> None:
    operation = OPERATIONS[name]
    assert clauses_of(operation.apply)
    for item in fields(operation.output):
        assert item.metadata["clauses"], item.name
        assert item.metadata["title_en"], item.name
        assert item.metadata["title_zh"], item.name
        assert item.metadata["role"] in {"intermediate", "result"}


# --- clauses have rules


@pytest.mark.parametrize(
    "clause",
    [
        clause
        for clause in CLAUSES
        if clause.startswith(IMPLEMENTED_SECTIONS) or clause in IMPLEMENTED_BESIDES
    ],
)
def test_every_clause_is_implemented_or_excluded_with_a_reason(clause: str) -> None:
    implementers = [name for name, function in FUNCTIONS.items() if clause in clauses_of(function)]
    if clause in NOT_IMPLEMENTED:
        assert implementers == [], "the reason for leaving it out no longer holds"
    else:
        assert implementers != []


# --- parameters, readings, sources


@pytest.mark.parametrize("name", [name for name, _ in DEFAULT.plan.items()])
def test_no_parameter_claims_more_than_its_clause_unless_the_clause_says_so(name: str) -> None:
    """A clause has the weakest basis of its parts; a stronger part must be noted there."""
    parameter = dict(DEFAULT.plan.items())[name]
    clause = CLAUSES[parameter.clause]
    assert WEAKER.index(parameter.basis) <= WEAKER.index(clause.basis)
    if parameter.basis != clause.basis:
        assert parameter.basis.value in clause.basis_note


@pytest.mark.parametrize("name", [name for name, _ in DEFAULT.plan.items()])
def test_every_parameter_has_unit_source_and_both_titles(name: str) -> None:
    parameter = dict(DEFAULT.plan.items())[name]
    assert parameter.unit
    assert parameter.source in CLAUSES[parameter.clause].sources
    assert parameter.title_en
    assert parameter.title_zh


@pytest.mark.parametrize("clause", CLAUSES.values(), ids=CLAUSES.keys())
def test_every_clause_has_both_languages_and_known_sources(clause: Any) -> None:
    assert clause.title_en
    assert clause.title_zh
    assert clause.en
    assert clause.zh
    assert clause.sources
    assert set(clause.sources) <= {source.id for source in SOURCES}


def test_every_open_clause_has_a_reading_and_every_reading_an_open_clause() -> None:
    readings = {reading.id: reading for reading in READINGS}
    for clause in CLAUSES.values():
        assert (clause.basis is Basis.OPEN) == (clause.reading is not None), clause.id
        if clause.reading is not None:
            assert clause.id in readings[clause.reading].clauses
    for reading in READINGS:
        for clause_id in reading.clauses:
            assert CLAUSES[clause_id].basis is Basis.OPEN, (reading.id, clause_id)


def test_the_default_rule_set_has_every_reading_at_its_first_choice() -> None:
    assert DEFAULT.id == "cn-industry-2024-2025"
    assert dict(DEFAULT.readings) == {reading.id: reading.choices[0] for reading in READINGS}
    assert all(len(set(reading.choices)) == len(reading.choices) >= 2 for reading in READINGS)
    assert DEFAULT.changed_readings() == {}
    assert DEFAULT.with_readings({"rounding": "unit_floor"}).changed_readings() == {
        "rounding": "unit_floor"
    }


# --- the rulebook itself, where it is at hand

needs_rulebook = pytest.mark.skipif(
    not RULEBOOK.exists(), reason="the rulebook is not beside the repository"
)


def rulebook_clauses() -> dict[str, str]:
    """Every clause of the rulebook by id, with its line."""
    lines = RULEBOOK.read_text(encoding="utf-8").splitlines()
    found = [re.match(rf"- \*\*({CLAUSE_ID.pattern})\*\* (.*)", line) for line in lines]
    return {match[1]: match[2] for match in found if match}


@needs_rulebook
def test_rulebook_and_reference_have_the_same_clauses_in_the_same_order() -> None:
    assert list(rulebook_clauses()) == list(CLAUSES)


@needs_rulebook
@pytest.mark.parametrize("clause", CLAUSES)
def test_no_clause_claims_another_basis_than_the_rulebook_gives_it(clause: str) -> None:
    """The weakest word of the line counts; what only QA relays is corroborated."""
    line = rulebook_clauses()[clause].replace("QA", "corroborated")
    words = [basis for basis in WEAKER if re.search(rf"\b{basis.value}\b", line)]
    if clause in NO_BASIS_IN_THE_RULEBOOK:
        assert words == []
    else:
        assert CLAUSES[clause].basis is words[-1]


@needs_rulebook
def test_the_readings_are_those_of_the_rulebook_in_its_order() -> None:
    text = RULEBOOK.read_text(encoding="utf-8")
    section = text.partition("## 9. Readings")[2].partition("## 10.")[0]
    rows = [line.split("|")[1:-1] for line in section.splitlines() if line.startswith("| `")]
    choices = {
        re.findall("`(.+?)`", row[0])[0]: (
            *re.findall("`(.+?)`", row[2]),
            *re.findall(r"(?:^|;)\s*`(.+?)`", row[3]),
        )
        for row in rows
    }
    assert {reading.id: reading.choices for reading in READINGS} == choices
    assert [reading.id for reading in READINGS] == list(choices)
