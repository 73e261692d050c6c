"""The reference is pure: read from its source, no clock, file, network, float or randomness."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import cets_reference

FOLDER = Path(cets_reference.__file__).parent
MODULES = sorted(FOLDER.rglob("*.py"))
LONGEST = 250

IMPURE_LIBRARY = {
    "asyncio", "atexit", "concurrent", "ctypes", "decimal", "fileinput", "glob", "http", "io",
    "locale", "logging", "mmap", "multiprocessing", "numbers", "os", "pathlib", "pickle",
    "platform", "queue", "random", "secrets", "select", "shelve", "shutil", "signal", "socket",
    "sqlite3", "statistics", "subprocess", "sys", "tempfile", "threading", "time", "urllib",
    "uuid", "warnings", "weakref", "zoneinfo",
}  # fmt: skip
"""Parts of the standard library with a clock, a file, a network, chance, a context or a float."""
EXACT_MATH = {"floor", "ceil", "gcd", "lcm", "prod", "isqrt", "comb"}
"""What ``math`` gives without a float."""
IMPURE_NAMES = {
    "float", "complex", "open", "print", "input", "eval", "exec", "compile", "globals", "setattr",
    "delattr", "breakpoint", "__import__",
}  # fmt: skip
IMPURE_ATTRIBUTES = {"now", "today", "utcnow", "fromtimestamp", "time", "limit_denominator"}


def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def name_of(path: Path) -> str:
    return str(path.relative_to(FOLDER))


every_module = pytest.mark.parametrize("path", MODULES, ids=name_of)


def imports(tree: ast.Module) -> Iterator[tuple[str, list[str]]]:
    """Every imported module, with the names taken from it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, []) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield node.module or "", [alias.name for alias in node.names]


def test_there_are_modules_to_read() -> None:
    names = {name_of(path) for path in MODULES}
    assert {"allocation.py", "balance.py", "operations.py"} <= names


@every_module
def test_only_the_standard_library_and_the_reference_itself_are_imported(path: Path) -> None:
    for module, _ in imports(parse(path)):
        top = module.partition(".")[0]
        assert top == "cets_reference" or top in sys.stdlib_module_names, module


@every_module
def test_nothing_impure_of_the_standard_library_is_imported(path: Path) -> None:
    for module, names in imports(parse(path)):
        assert module.partition(".")[0] not in IMPURE_LIBRARY, module
        if module == "math":
            assert set(names) <= EXACT_MATH
            assert names, "math is imported name by name"


@every_module
def test_there_is_no_float_literal(path: Path) -> None:
    found = [
        (node.lineno, node.value)
        for node in ast.walk(parse(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, float | complex)
    ]
    assert found == []


@every_module
def test_no_impure_builtin_is_named(path: Path) -> None:
    found = [
        (node.lineno, node.id)
        for node in ast.walk(parse(path))
        if isinstance(node, ast.Name) and node.id in IMPURE_NAMES
    ]
    assert found == []


@every_module
def test_no_clock_and_no_approximation_is_called(path: Path) -> None:
    found = [
        (node.lineno, node.attr)
        for node in ast.walk(parse(path))
        if isinstance(node, ast.Attribute) and node.attr in IMPURE_ATTRIBUTES
    ]
    assert found == []


@every_module
def test_no_function_changes_a_name_outside_itself(path: Path) -> None:
    found = [
        node.lineno for node in ast.walk(parse(path)) if isinstance(node, ast.Global | ast.Nonlocal)
    ]
    assert found == []


@every_module
def test_no_error_is_swallowed_whole(path: Path) -> None:
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.ExceptHandler):
            caught = ast.unparse(node.type) if node.type else ""
            assert caught not in {"", "Exception", "BaseException"}, node.lineno


@every_module
def test_a_module_is_read_in_one_sitting(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST


@every_module
def test_no_number_is_divided_into_a_float_by_two_whole_literals(path: Path) -> None:
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            sides = [ast.unparse(side) for side in (node.left, node.right)]
            assert not all(side.isdigit() for side in sides), (node.lineno, sides)


@every_module
def test_every_record_is_frozen_and_slotted(path: Path) -> None:
    for node in ast.walk(parse(path)):
        if not isinstance(node, ast.ClassDef):
            continue
        for decorator in node.decorator_list:
            text = ast.unparse(decorator)
            if text.partition("(")[0].rpartition(".")[2] != "dataclass":
                continue
            assert isinstance(decorator, ast.Call), f"{node.name} is a bare @{text}"
            settings = {
                keyword.arg
                for keyword in decorator.keywords
                if isinstance(keyword.value, ast.Constant) and keyword.value.value is True
            }
            assert {"frozen", "slots"} <= settings, f"{node.name} is @{text}"
