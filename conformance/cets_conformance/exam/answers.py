"""Pre-flight: everything that is wrong with the form of an answers file, at once, ungraded.

Ids, types, unknown fields and missing ones are told; whether a figure is right is not. It needs
the questions only, neither the seed nor an answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from itertools import islice
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from cets_conformance import json_text, published
from cets_conformance.exam.errors import ExamError
from cets_conformance.messages import Language, text

__all__ = ["Answered", "FormProblem", "check_answers", "read_prompts"]

_COPIED = ("$schema", "$id", "$ref", "type", "enum", "const")
_MOST_OF_A_LINE = 100
"""Problems of one line that are told; a line with more is no answer but an attempt to tire us."""

_KINDS = ("output", "error", "skipped")
_CODES = {
    "required": "FIELD_MISSING",
    "additionalProperties": "FIELD_UNKNOWN",
    "type": "FIELD_TYPE",
    "enum": "FIELD_WORD",
    "const": "FIELD_WORD",
}


@dataclass(frozen=True, slots=True)
class FormProblem:
    """Something wrong with the form of the answers."""

    code: str
    """The text is ``exam.problem.<code>``, or ``problem.<code>`` where the line is no JSON."""
    line: int | None
    """Line of the file, from 1; None where no line is at fault."""
    id: str | None
    """Question concerned, where it is known."""
    values: Mapping[str, str | int] = field(default_factory=dict)
    is_text: bool = False
    """Whether the line is no JSON text."""

    def text(self, language: Language) -> str:
        """Say what is wrong and what to do."""
        key = f"problem.{self.code}" if self.is_text else f"exam.problem.{self.code}"
        return text(key, language, **self.values)

    def as_json(self) -> dict[str, Any]:
        """Give code, place, values and the text in both languages."""
        return {
            "code": self.code,
            "line": self.line,
            "id": self.id,
            "values": dict(self.values),
            "message": {"en": self.text("en"), "zh": self.text("zh")},
        }


@dataclass(frozen=True, slots=True)
class Answered:
    """An answers file as far as it could be read."""

    lines: Mapping[str, Mapping[str, Any]]
    """Lines by id of the question."""
    problems: Sequence[FormProblem]
    """Everything wrong with the form, in the order of the file, what is missing last."""


def read_prompts(data: bytes) -> dict[str, tuple[str, Mapping[str, Any]]]:
    """Read a file of questions: operation and input by id; raises :class:`ExamError`."""
    found: dict[str, tuple[str, Mapping[str, Any]]] = {}
    for number, line in enumerate(data.removesuffix(b"\n").split(b"\n"), 1):
        try:
            value = json_text.loads(line)
            name, operation, given = value["id"], value["operation"], value["input"]
        except (json_text.JsonTextError, TypeError, KeyError):
            raise ExamError("NOT_PROMPTS", line=number) from None
        if name in found:
            raise ExamError("NOT_PROMPTS", line=number)
        found[name] = (operation, given)
    return found


def check_answers(data: bytes, operations: Mapping[str, str]) -> Answered:
    """Read answers, a JSON object a line, against the questions' ``operations`` by id."""
    lines: dict[str, Mapping[str, Any]] = {}
    problems: list[FormProblem] = []
    seen: dict[str, int] = {}
    for number, line in enumerate(data.split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            value = json_text.loads(line)
        except json_text.JsonTextError as error:
            values = {**error.values, "line": number}
            problems.append(FormProblem(error.code, number, None, _plain(values), is_text=True))
            continue
        found = list(islice(_check_line(value, number, operations, seen), _MOST_OF_A_LINE))
        problems += found
        if not found:
            lines[value["id"]] = value
    problems += (
        FormProblem("NOT_ANSWERED", None, name, {"id": name})
        for name in operations
        if name not in seen
    )
    return Answered(lines, problems)


def _plain(values: Mapping[str, object]) -> dict[str, str | int]:
    return {name: item if isinstance(item, int) else str(item) for name, item in values.items()}


def _check_line(
    value: Any, number: int, operations: Mapping[str, str], seen: dict[str, int]
) -> Iterator[FormProblem]:
    """Check one line: whom it answers, that it answers once, and of what form."""
    if not isinstance(value, dict) or not isinstance(value.get("id"), str):
        yield FormProblem("NO_ID", number, None)
        return
    name: str = value["id"]
    shown = name if len(name) <= 80 else f"{name[:79]}…"
    if name not in operations:
        yield FormProblem("UNKNOWN_ID", number, shown, {"id": shown})
        return
    if name in seen:
        yield FormProblem("ID_TWICE", number, name, {"id": name, "first": seen[name]})
        return
    seen[name] = number
    if sum(kind in value for kind in _KINDS) != 1:
        yield FormProblem("ONE_OF_THREE", number, name)
        return
    for error in _form("protocol", "#/$defs/answer_line").iter_errors(value):
        yield from _problems(error, number, name, ())
    if isinstance(value.get("output"), dict):
        for error in _form(f"{operations[name]}-output").iter_errors(value["output"]):
            yield from _problems(error, number, name, ("output",))


def _problems(
    error: ValidationError, number: int, name: str, above: tuple[str, ...]
) -> Iterator[FormProblem]:
    """Say one error of form; of alternatives the one that was meant, where that can be told."""
    meant = [
        inner for inner in error.context or () if inner.validator != "type" or len(inner.path) > 0
    ]
    if meant:
        for inner in meant:
            yield from _problems(inner, number, name, above)
        return
    path = "".join(f"/{part}" for part in (*above, *error.absolute_path)) or "/"
    code = _CODES.get(str(error.validator), "FIELD_TYPE")
    yield FormProblem(code, number, name, {"path": path, **_told(code, error)})


def _told(code: str, error: ValidationError) -> dict[str, str | int]:
    """Give what the message of an error says beside its place."""
    instance: Any = error.instance
    schema: Any = error.schema
    if code == "FIELD_MISSING":
        return {"missing": ", ".join(item for item in schema["required"] if item not in instance)}
    if code == "FIELD_UNKNOWN":
        unknown = sorted(set(instance) - set(schema.get("properties", ())))
        return {"unknown": ", ".join(unknown)[:200]}
    return {"found": _shown(instance), "expected": _wanted(schema)}


def _shown(value: Any) -> str:
    """Show a value as it stood in the file: 1.0 must not look like "1.0"."""
    return str(value)[:80] if isinstance(value, Decimal) else json_text.dumps(value)[:80]


def _wanted(schema: Mapping[str, Any]) -> str:
    """Say what a schema takes: its words, else its types."""
    if "const" in schema:
        return json_text.dumps(schema["const"])
    if "enum" in schema:
        return ", ".join(json_text.dumps(item) for item in schema["enum"])
    kinds = schema.get("type", ())
    named = [kinds] if isinstance(kinds, str) else list(kinds)
    named += [_wanted(_resolved(item)) for item in schema.get("anyOf", ())]
    return ", ".join(dict.fromkeys(named))


def _resolved(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" not in schema:
        return schema
    found: Mapping[str, Any] = _relaxed_registry().resolver().lookup(schema["$ref"]).contents
    return _resolved(found)


@cache
def _form(name: str, part: str = "") -> Draft202012Validator:
    """Give the judge of form alone: types, names, words; intermediates may be left out."""
    return Draft202012Validator(
        {"$ref": f"urn:cets:schema:{published.VERSION}:{name}{part}"}, registry=_relaxed_registry()
    )


@cache
def _relaxed_registry() -> Registry[Any]:
    relaxed = (_relax(published.schema(name)) for name in published.schema_names())
    resources = ((item["$id"], DRAFT202012.create_resource(item)) for item in relaxed)
    registry: Registry[Any] = Registry().with_resources(resources)
    return registry.crawl()


def _relax(schema: Any) -> Any:
    """Keep of a schema what speaks of form: no conditions between fields, no ranges, no patterns.

    What depends on several fields would be a judgement of the answer.
    """
    if not isinstance(schema, dict):
        return schema
    kept = {name: schema[name] for name in _COPIED if name in schema}
    for name in ("properties", "$defs"):
        if name in schema:
            kept[name] = {key: _relax(item) for key, item in schema[name].items()}
    for name in ("items", "additionalProperties"):
        if name in schema:
            kept[name] = _relax(schema[name])
    if "anyOf" in schema:
        kept["anyOf"] = [_relax(item) for item in schema["anyOf"]]
    if "required" in schema:
        fields = schema.get("properties", {})
        kept["required"] = [
            name
            for name in schema["required"]
            if fields.get(name, {}).get("x-role") != "intermediate"
        ]
    return kept
