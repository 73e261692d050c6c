"""From a mutant to the clauses it attacks.

A mutant counts for the clauses that the function it is in cites. A function or a declaration that
cites none counts for those of the functions that use it, by name, directly or through others that
cite none; a figure of the plan for the clause it names. What serves no clause, or more than eight,
belongs to the contract of all operations: form, order of errors, shape of answers (section 7).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from itertools import chain

from .make import Mutant, modules, read

CONTRACT = "contract"
MOST = 8
"""Clauses that one helper may serve."""
_CLAUSE = re.compile(r"[QSABIRC]-[0-9]")


def clauses_of(mutant: Mutant) -> tuple[str, ...]:
    """Give the clauses a mutant attacks; ``contract`` where it is none's own."""
    name, item = _declared_at(mutant.module, mutant.number)
    found = _named_at(item, mutant.number) if mutant.module == "plan" else _clauses(name)
    return tuple(sorted(found)) if 0 < len(found) <= MOST else (CONTRACT,)


def rules() -> list[str]:
    """Give every function that cites a clause, as ``module.function``."""
    return sorted(name for name, item in _declared().items() if _cited(item))


@cache
def _declared() -> dict[str, ast.stmt]:
    """Give every function, class and constant of the reference, as ``module.name``."""
    return {
        f"{module}.{name}": item
        for module in modules()
        for item in ast.parse(read(module)).body
        for name in _names(item)
    }


def _names(item: ast.stmt) -> Iterator[str]:
    if isinstance(item, ast.FunctionDef | ast.ClassDef):
        yield item.name
    elif isinstance(item, ast.Assign | ast.AnnAssign):
        targets = item.targets if isinstance(item, ast.Assign) else [item.target]
        for node in chain.from_iterable(map(ast.walk, targets)):
            if isinstance(node, ast.Name):
                yield node.id


def _declared_at(module: str, line: int) -> tuple[str, ast.stmt]:
    for name, item in _declared().items():
        first = min([item.lineno, *(node.lineno for node in getattr(item, "decorator_list", ()))])
        if name.partition(".")[0] == module and first <= line <= (item.end_lineno or line):
            return name, item
    raise LookupError(f"nothing is declared in line {line} of {module}")


def _cited(item: ast.stmt) -> set[str]:
    """Give the clauses that a function itself cites."""
    return {
        str(argument.value)
        for call in getattr(item, "decorator_list", ())
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "clause"
        for argument in call.args
        if isinstance(argument, ast.Constant)
    }


def _named_at(item: ast.stmt, line: int) -> set[str]:
    """Give the clauses named in the innermost part around a line that names any."""
    around = (
        node
        for node in ast.walk(item)
        if isinstance(node, ast.expr | ast.keyword) and node.lineno <= line
        if line <= (node.end_lineno or line)
    )
    named = [
        {
            str(inner.value)
            for inner in ast.walk(node)
            if isinstance(inner, ast.Constant) and _CLAUSE.fullmatch(str(inner.value))
        }
        for node in around
    ]
    return min(filter(None, named), key=len, default=set())


@cache
def _users() -> dict[str, set[str]]:
    """Give, for a bare name, what is declared by means of it."""
    found: dict[str, set[str]] = {}
    for name, item in _declared().items():
        for node in ast.walk(item):
            word = getattr(node, "id", None) or getattr(node, "attr", None)
            if isinstance(word, str):
                found.setdefault(word, set()).add(name)
    return found


@cache
def _clauses(name: str) -> frozenset[str]:
    found, seen, waiting = set[str](), {name}, [name]
    while waiting:
        one = waiting.pop()
        if cited := _cited(_declared()[one]):
            found |= cited
        else:
            users = _users().get(one.partition(".")[2], set()) - seen
            seen |= users
            waiting += users
    return frozenset(found)
