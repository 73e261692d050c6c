"""Operators of mutation: those of cosmic-ray that a person could mistake, and four of our own.

cosmic-ray changes operators, numbers and keywords; it knows no words, no calls and no results. A
rule that only puts others together would have no mutant at all, so there are four more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import parso  # type: ignore[import-untyped,unused-ignore]
from cosmic_ray.operators.operator import Operator  # type: ignore[import-untyped]
from cosmic_ray.plugins import get_operator, operator_names  # type: ignore[import-untyped]

Position = tuple[tuple[int, int], tuple[int, int]]


class WordReplacer(Operator):  # type: ignore[misc]
    """Changes a string, such as an error code, a field's name or a word of the input."""

    def mutation_positions(self, node: Any) -> Iterator[Position]:
        """Give the string, or the words between the braces of an f-string."""
        if node.type in {"string", "fstring_string"}:
            yield node.start_pos, node.end_pos

    def mutate(self, node: Any, index: int) -> Any:
        """Put a mark at its end."""
        quotes = len(node.value) - len(node.value.rstrip("\"'")) if node.type == "string" else 0
        at = len(node.value) - (quotes if node.value.endswith('"""') else min(quotes, 1))
        node.value = f"{node.value[:at]}¶{node.value[at:]}"
        return node

    @classmethod
    def examples(cls) -> tuple[()]:
        """Give none: they document cosmic-ray's own operators."""
        return ()


class StatementRemover(WordReplacer):
    """Leaves out a call made for what it refuses or does, or a ``raise``."""

    def mutation_positions(self, node: Any) -> Iterator[Position]:
        """Give a statement that is a call, or that raises."""
        call = node.type == "atom_expr" and node.children[-1].type == "trailer"
        if node.type == "raise_stmt" or (call and node.parent.type == "simple_stmt"):
            yield node.start_pos, node.end_pos

    def mutate(self, node: Any, index: int) -> Any:
        """Put ``pass`` in its place."""
        return parso.parse(f"{node.get_first_leaf().prefix}pass")  # type: ignore[no-untyped-call]


class ResultRemover(WordReplacer):
    """Makes a function give nothing."""

    def mutation_positions(self, node: Any) -> Iterator[Position]:
        """Give what is returned."""
        if node.type == "return_stmt" and node.children[1].get_code().strip() != "None":
            yield node.children[1].start_pos, node.children[1].end_pos

    def mutate(self, node: Any, index: int) -> Any:
        """Return None."""
        node.children[1] = parso.parse(" None")  # type: ignore[no-untyped-call]
        return node


class ExtremeReplacer(WordReplacer):
    """Takes the greater for the smaller, one for all, and the reverse."""

    other: Mapping[str, str] = {"min": "max", "max": "min", "any": "all", "all": "any"}

    def mutation_positions(self, node: Any) -> Iterator[Position]:
        """Give the name of the function."""
        if node.type == "name" and node.value in self.other:
            yield node.start_pos, node.end_pos

    def mutate(self, node: Any, index: int) -> Any:
        """Call the other."""
        node.value = self.other[node.value]
        return node


OWN = (WordReplacer, StatementRemover, ResultRemover, ExtremeReplacer)

NO_MISTAKE = re.compile(
    r"ReplaceBinaryOperator_(?!BitOr)\w+_(RShift|LShift|BitOr|BitAnd|BitXor|Pow)"
    r"|ReplaceComparisonOperator_(?!Is)\w+_(Is|IsNot)"
    r"|ReplaceUnaryOperator_USub_(Invert|Not)"
)
"""Nobody shifts a tonne by mistake; and whether equal numbers are one object is the interpreter's.
"""


def operators() -> dict[str, Any]:
    """Give every operator in use by name."""
    found = {}
    for name in operator_names():
        operator, short = get_operator(name), name.rpartition("/")[2]
        if not operator.arguments() and not NO_MISTAKE.fullmatch(short):
            found[short] = operator()
    return found | {operator.__name__: operator() for operator in OWN}
