"""The comparator: the one place that says whether an answer is the expected one.

Driven by the published output schemas: a field's ``x-role`` is ``result`` (equal to the last
digit and of the same type; nothing is coerced) or ``intermediate`` (within 1e-9, and may be left
out). Fields are walked in the schema's order, which is that of computation: the first difference
is where two systems part.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any

from cets_conformance import json_text, published

__all__ = [
    "TOLERANCE",
    "Difference",
    "agree",
    "agree_on_shown",
    "compare",
    "narrow",
    "without_intermediates",
]

TOLERANCE = Fraction(1, 10**9)
"""How far an intermediate may be off, absolute."""

_DECIMAL = re.compile(r"-?[0-9]{1,300}(\.[0-9]{1,300})?")
_LONGEST_SHOWN = 400
_ABSENT = object()


@dataclass(frozen=True, slots=True)
class Difference:
    """Where an answer departs from the expected one."""

    field: str
    """JSON pointer into the output; ``/error``, ``/error/code``, ``/error/path`` for refusals."""
    reason: str
    """``value``, ``type``, ``missing``, ``unknown``, ``length``, ``refused``, ``not_refused``,
    ``code`` or ``path``."""
    expected: Any
    """What the rules give; None where nothing is expected."""
    found: Any
    """What the system gave; None where it gave nothing."""
    clauses: Sequence[str] = dataclasses.field(default=(), compare=False)
    """Clauses that the field rests on, the likeliest to have been missed first: said of the
    difference, no part of it."""
    symbol: str | None = None
    """Symbol of the field in formulas, such as ``X``."""

    @property
    def clause(self) -> str | None:
        """Clause that was missed."""
        return next(iter(self.clauses), None)

    def blaming(self, *clauses: str) -> Difference:
        """Give the difference with the first of ``clauses``, if any, as the one that was missed."""
        return replace(self, clauses=tuple(dict.fromkeys((*clauses, *self.clauses))))

    def as_json(self) -> dict[str, Any]:
        """Give the entry of a run report; long values are cut, numbers with a fraction are text."""
        entry: dict[str, Any] = {
            "field": self.field,
            **({"symbol": self.symbol} if self.symbol else {}),
            "reason": self.reason,
            "expected": _shown(self.expected),
            "found": _shown(self.found),
            "clause": self.clause,
        }
        if self.reason == "type":
            entry["found_type"] = _type_name(self.found)
        return entry


@dataclass(frozen=True, slots=True)
class _Shape:
    """What the schema says of a value: its role, its clauses, what is inside."""

    role: str
    clauses: Sequence[str]
    symbol: str | None
    fields: Mapping[str, _Shape]
    item: _Shape | None


def compare(
    operation: str, expected: Mapping[str, Any], found: Mapping[str, Any]
) -> Difference | None:
    """Give the first difference of an answer from the expected one; None where they agree.

    Both are ``{"output": …}`` or ``{"error": {"code", "path"?}}``. Raises ``LookupError`` where
    there is no such operation.
    """
    if "error" in expected:
        if "error" not in found:
            return Difference("/error", "not_refused", _refusal(expected["error"]), None)
        return _compare_errors(expected["error"], found["error"])
    if "error" in found:
        return Difference("/error", "refused", None, _refusal(found["error"]))
    return _compare_object(_shape(operation), expected["output"], found["output"], "")


def agree(operation: str, expected: Mapping[str, Any], found: Mapping[str, Any]) -> bool:
    """Tell whether ``found`` is the expected answer."""
    return compare(operation, expected, found) is None


def agree_on_shown(operation: str, expected: Mapping[str, Any], found: Mapping[str, Any]) -> bool:
    """Tell whether ``found`` is the expected answer as far as it says anything."""
    shown = frozenset(found["output"]) if "output" in found else None
    return agree(operation, narrow(expected, shown), found)


def narrow(answer: Mapping[str, Any], shown: frozenset[str] | None) -> Mapping[str, Any]:
    """Give an answer with the results ``shown`` alone; whole where None, a refusal always."""
    if shown is None or "output" not in answer:
        return answer
    output = answer["output"]
    return {"output": {name: item for name, item in output.items() if name in shown}}


def without_intermediates(operation: str, answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give an answer with its results alone; a refusal stays as it is."""
    if "output" not in answer:
        return answer
    return {"output": _results(_shape(operation), answer["output"])}


def _results(shape: _Shape | None, found: Any) -> Any:
    if shape is None:
        return found
    if isinstance(found, dict):
        inner = {name: shape.fields.get(name) for name in found}
        return {
            name: _results(inner[name], item)
            for name, item in found.items()
            if getattr(inner[name], "role", None) != "intermediate"
        }
    return [_results(shape.item, item) for item in found] if isinstance(found, list) else found


def _refusal(error: Mapping[str, Any]) -> dict[str, Any]:
    return {name: error[name] for name in ("code", "path") if name in error}


def _compare_errors(expected: Mapping[str, Any], found: Mapping[str, Any]) -> Difference | None:
    for name in ("code", "path"):
        if name in found and found[name] != expected[name]:
            clauses = (expected["clause"],) if "clause" in expected else ()
            return Difference(f"/error/{name}", name, expected[name], found[name], clauses)
    return None


def _compare_object(
    shape: _Shape, expected: Mapping[str, Any], found: Mapping[str, Any], path: str
) -> Difference | None:
    for name, inner in shape.fields.items():
        if name not in expected:
            continue
        value = found.get(name, _ABSENT)
        place = f"{path}/{_escape(name)}"
        if value is _ABSENT:
            if inner.role == "intermediate":
                continue
            return Difference(place, "missing", expected[name], None, inner.clauses, inner.symbol)
        difference = _compare_value(inner, expected[name], value, place)
        if difference:
            return difference
    for name in found:
        if name not in shape.fields:
            return Difference(f"{path}/{_escape(name)}", "unknown", None, found[name])
    return None


def _compare_value(shape: _Shape, expected: Any, found: Any, path: str) -> Difference | None:
    if type(found) is not type(expected):
        return Difference(path, "type", expected, found, shape.clauses, shape.symbol)
    if isinstance(expected, dict):
        return _compare_object(shape, expected, found, path)
    if isinstance(expected, list):
        return _compare_list(shape, expected, found, path)
    if shape.role == "intermediate" and isinstance(expected, str):
        same = _is_near(expected, found)
    else:
        same = found == expected
    if same:
        return None
    return Difference(path, "value", expected, found, shape.clauses, shape.symbol)


def _compare_list(
    shape: _Shape, expected: list[Any], found: list[Any], path: str
) -> Difference | None:
    if shape.item is None:
        raise ValueError(f"the schema does not say what is in {path}")
    for index, (wanted, value) in enumerate(zip(expected, found, strict=False)):
        difference = _compare_value(shape.item, wanted, value, f"{path}/{index}")
        if difference:
            return difference
    if len(expected) != len(found):
        return Difference(path, "length", len(expected), len(found), shape.clauses)
    return None


def _is_near(expected: str, found: str) -> bool:
    """Tell whether two printed decimals are within the tolerance; exact arithmetic throughout."""
    if not _DECIMAL.fullmatch(found):
        return False
    return abs(Fraction(found) - Fraction(expected)) <= TOLERANCE


@cache
def _shape(operation: str) -> _Shape:
    return _read_shape(published.schema(f"{operation}-output"), "result", ())


def _read_shape(schema: Mapping[str, Any], role: str, clauses: Sequence[str]) -> _Shape:
    """Read a schema's shape; what it says of itself stands before what it refers to."""
    role = schema.get("x-role", role)
    clauses = schema.get("x-clause") or clauses
    fields: dict[str, _Shape] = {}
    item = None
    for part in _parts(schema):
        for name, inner in part.get("properties", {}).items():
            fields[name] = _read_shape(inner, "result", clauses)
        if "items" in part:
            item = _read_shape(part["items"], role, clauses)
    return _Shape(role, clauses, schema.get("x-symbol"), fields, item)


def _parts(schema: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Give the schema and what it refers to, through ``$ref`` and ``anyOf``."""
    found = [schema]
    if "$ref" in schema:
        target: Any = published.registry().resolver().lookup(schema["$ref"]).contents
        found += _parts(target)
    for alternative in schema.get("anyOf", ()):
        found += _parts(alternative)
    return found


def _escape(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _type_name(value: Any) -> str:
    names: dict[type, str] = {
        type(None): "null",
        bool: "boolean",
        int: "integer",
        Decimal: "number",
        float: "number",
        str: "string",
        list: "array",
        dict: "object",
    }
    return names[type(value)]


def _shown(value: Any) -> Any:
    if isinstance(value, Decimal | float):
        return str(value)[:_LONGEST_SHOWN]
    if isinstance(value, dict | list):
        text = json_text.dumps(value)
        return json_text.loads(text) if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"
    if isinstance(value, str) and len(value) > _LONGEST_SHOWN:
        return f"{value[: _LONGEST_SHOWN - 1]}…"
    if isinstance(value, int) and abs(value) >= 10**_LONGEST_SHOWN:
        return f"{str(value)[:40]}…"
    return value
