"""``compute/{operation}``: run an operation of the rulebook on one input."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from cets_conformance import direct
from cets_service import problems
from cets_service.access import public
from cets_service.api.v1.blueprint import (
    Described,
    Parameter,
    answer,
    api,
    described,
    known_parameters,
)
from cets_service.problems import Problem
from cets_service.receive import read_body, read_json

__all__ = ["compute"]


@api.get("/operations")
@public()
@described(
    Described(
        "Names of all operations",
        "全部运算名称",
        {200: "The operations"},
        schema={
            "type": "object",
            "required": ["operations"],
            "properties": {"operations": {"type": "array", "items": {"type": "string"}}},
        },
    )
)
def list_operations() -> Response:
    """List the operations."""
    known_parameters()
    return answer({"operations": list(direct.operation_names())})


@api.post("/compute/<operation>")
@public()
@described(
    Described(
        "Run an operation on one input",
        "对一项输入执行运算",
        {200: "The output, or the explanation where it was asked for"},
        (400, 404, 413, 415, 422),
        {
            "anyOf": [
                {
                    "type": "object",
                    "required": ["output"],
                    "properties": {
                        "output": {
                            "anyOf": [
                                {"$ref": f"urn:cets:schema:v1:{name}-output"}
                                for name in direct.operation_names()
                            ]
                        }
                    },
                    "additionalProperties": False,
                },
                {"$ref": "urn:cets:schema:v1:explanation"},
            ]
        },
        parameters=(
            Parameter("explain", "1: explain every step", {"enum": ["0", "1"]}),
            Parameter(
                "reading.{id}",
                "Choice of a reading, one parameter for each; the ids are listed under rules",
                {"type": "string"},
            ),
        ),
        body={
            "application/json": {
                "anyOf": [
                    {"$ref": f"urn:cets:schema:v1:{name}-input"}
                    for name in direct.operation_names()
                ]
            }
        },
    )
)
def compute(operation: str) -> Response:
    """Run an operation; a refusal by the rules is a problem with the operation's own error."""
    if operation not in direct.operation_names():
        raise Problem(
            "OPERATION_UNKNOWN", found=operation[:60], known=", ".join(direct.operation_names())
        )
    known_parameters("explain", families=("reading.",))
    explains = _read_explain()
    readings = _read_readings()
    value = read_json(read_body())
    answered = (direct.explain if explains else direct.answer)(operation, value, readings)
    error: dict[str, Any] | None = answered.get("error")
    if error is not None:
        raise problems.of_rule(error)
    return answer(answered)


def _read_explain() -> bool:
    text = request.args.get("explain", "0")
    if text not in ("0", "1"):
        raise Problem("PARAMETER_INVALID", name="explain", found=text[:40], expected="0, 1")
    return text == "1"


def _read_readings() -> dict[str, str]:
    found: dict[str, str] = {}
    for name, choices in request.args.lists():
        if not name.startswith("reading."):
            continue
        if len(choices) != 1:
            raise Problem("FIELD_TWICE", found=name[:80])
        found[name.removeprefix("reading.")] = choices[0]
    try:
        direct.ruleset_with(found)
    except ValueError as error:
        raise Problem("READING_UNKNOWN", found=str(error)[:300]) from None
    return found
