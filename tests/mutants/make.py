"""Mutants of the rule modules: which there are, and the source of each."""

from __future__ import annotations

import copy
import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import parso
from cosmic_ray.ast import ast_nodes  # type: ignore[import-untyped]

from .operators import operators

PACKAGE = Path(__file__).resolve().parents[2] / "reference" / "cets_reference"
SPARED = {
    "__init__": "names what the package offers",
    "citations": "reads the clauses off the functions for the README",
    "readings": "texts; the choices are proved against the rulebook",
    "sources": "texts",
}
"""Modules without rules, with what they are; ``clauses/`` is text too."""

MESSAGE_AT = {"RuleError": 2, "invalid": 1}
"""Which argument is prose."""
PROSE_CALLS = {"ValueError", "LookupError", "AssertionError", "TypeVar", "__init__"}
ORDER_FOR_EQUALITY = tuple(
    f"ReplaceComparisonOperator_{equal}_{order}"
    for equal in ("Eq", "NotEq")
    for order in ("Lt", "Gt")
)
TITLED = {"figure", "Parameter"}
"""Declarations whose strings are titles, units and clauses, proved by other tests."""
STATEMENTS = {"simple_stmt", "if_stmt", "for_stmt", "while_stmt", "with_stmt", "try_stmt"} | {
    "funcdef",
    "classdef",
    "decorated",
    "file_input",
}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of one module; two changes that give the same source are one mutant."""

    module: str
    """Module of the reference."""
    function: str
    """Function, or class and method, that is changed; empty for the module itself."""
    operator: str
    """What changes it."""
    line: str
    """The line with what is changed, as it is written."""
    mutated: str
    """The first line that differs, as it is after the change."""
    nth: int
    """Which of those alike so far, from 0."""
    number: int = field(compare=False)
    """Number of the line."""
    source: str = field(repr=False, compare=False)
    """The whole module after the change."""

    @property
    def name(self) -> str:
        """Tell it from all others of its module, whatever its line number."""
        alike = f" #{self.nth + 1}" if self.nth else ""
        return f"{self.function}: {self.operator}: {self.line} → {self.mutated}{alike}"


def modules() -> list[str]:
    """Give the modules that are mutated."""
    return sorted(path.stem for path in PACKAGE.glob("*.py") if path.stem not in SPARED)


@cache
def read(module: str) -> str:
    """Read a module's source."""
    return (PACKAGE / f"{module}.py").read_text(encoding="utf-8")


def fingerprint(module: str) -> str:
    """Hash of a module's source: a change asks for another run."""
    return hashlib.sha256(read(module).encode()).hexdigest()


def function_of(node: Any) -> str:
    """Name the outermost function (or class and method) around a node."""
    names = []
    while node is not None:
        if node.type in {"funcdef", "classdef"}:
            names.append(node.name.value)
        node = node.parent
    return ".".join(reversed(names))


def is_spared(node: Any) -> bool:
    """Tell whether a node is prose, an annotation, a clause or an import, not a rule.

    ``zip(strict=True)`` is a guard against ourselves: both lists are made from the same one.
    """
    inner, outer = node, node.parent
    if node.type == "operator" and outer.type in {"parameters", "param", "dictorsetmaker"}:
        return True  # a star that cosmic-ray takes for a product
    if outer is not None and outer.type == "argument" and outer.get_code().strip() == "strict=True":
        return True
    if node.type == "decorator":
        return bool(node.children[1].get_code().startswith("clause("))
    while outer is not None:
        kind = outer.type
        if kind == "simple_stmt" and inner.type == "string":  # docstring
            return True
        if kind in {"import_from", "import_name", "tfpdef"}:
            return True
        annotated = kind == "annassign" and inner is outer.children[1]
        if annotated or (kind == "funcdef" and inner is outer.annotation):
            return True
        if kind == "decorator" and outer.children[1].get_code().startswith("clause("):
            return True
        if kind == "trailer" and _is_prose(node, inner, outer):
            return True
        inner, outer = outer, outer.parent
    return False


def is_order_of_words(operator: str, node: Any) -> bool:
    """Tell whether a mutant asks which of two words comes first, where the rule asks for one.

    Nobody does so by mistake, and the alphabet decides whether anything changes.
    """
    equality = operator.startswith(ORDER_FOR_EQUALITY)
    return equality and any(leaf.type == "string" for leaf in node.children)


def _is_prose(node: Any, inner: Any, trailer: Any) -> bool:
    """Tell whether ``inner``, among a call's arguments, is a message or a title."""
    arguments = trailer.children[1:-1]
    if trailer.children[0].value != "(" or not arguments:
        return False
    called = trailer.get_previous_leaf().value
    if called in PROSE_CALLS:
        return True
    given = arguments[0].children[::2] if arguments[0].type == "arglist" else arguments
    path = [node]
    while path[-1] is not trailer:
        path.append(path[-1].parent)
    position = next((i for i, item in enumerate(given) if any(item is p for p in path)), None)
    if called in MESSAGE_AT:
        return position == MESSAGE_AT[called]
    if called in TITLED and node.type == "string":
        own = [item.children[-1] if item.type == "argument" else item for item in given]
        return any(item is node or (node.parent is item and item.type == "strings") for item in own)
    return False


@cache
def mutants(module: str) -> tuple[Mutant, ...]:
    """Give every mutant of a module, in the order of operators and places."""
    return tuple(_found(module, read(module)))


def _found(module: str, source: str) -> Iterator[Mutant]:
    tree = parso.parse(source)  # type: ignore[no-untyped-call]
    nodes = list(ast_nodes(tree))
    spared = {id(node) for node in nodes if is_spared(node)}
    before = source.splitlines()
    seen, alike = {source}, Counter[tuple[str, ...]]()
    for name, operator in operators().items():
        for node in nodes:
            for index, _ in enumerate(operator.mutation_positions(node)):
                if id(node) in spared or is_order_of_words(name, node):
                    continue
                changed = mutate(source, node, operator, index)
                if changed in seen:
                    continue
                seen.add(changed)
                pairs = zip(before, changed.splitlines(), strict=False)
                mutated = next(new for old, new in pairs if old != new)
                line = before[node.start_pos[0] - 1]
                about = function_of(node), name, line.strip(), mutated.strip()
                yield Mutant(module, *about, alike[about], node.start_pos[0], changed)
                alike[about] += 1


def mutate(source: str, node: Any, operator: Any, index: int) -> str:
    """Give the module's source with one node changed, in a copy of the statement around it."""
    statement, path = node, []
    while statement.type not in STATEMENTS:
        path.append(statement.parent.children.index(statement))
        statement = statement.parent
    parent = statement.parent
    copied = copy.deepcopy(statement, {id(parent): parent})
    around, changed = None, copied
    for at in reversed(path):
        around, changed = changed, changed.children[at]
    changed = operator.mutate(changed, index)
    if around is None:
        copied = changed
    elif changed is None:
        del around.children[path[0]]
    else:
        around.children[path[0]] = changed
    start, end = statement.get_start_pos_of_prefix(), statement.end_pos
    lines = source.splitlines(keepends=True)
    offset = [0]
    for line in lines:
        offset.append(offset[-1] + len(line))
    head = source[: offset[start[0] - 1] + start[1]]
    tail = source[offset[end[0] - 1] + end[1] :]
    return head + (copied.get_code() if copied is not None else "") + tail
