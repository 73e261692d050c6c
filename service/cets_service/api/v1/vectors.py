"""``vectors``: the golden cases and the mistakes they expose, as published."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for

from cets_conformance import json_text, published, vectors
from cets_service.access import public
from cets_service.api.v1.blueprint import Described, answer, api, described, known_parameters
from cets_service.problems import Problem

__all__ = ["find_vector", "list_vectors", "show_vector"]

_LISTED = {
    "type": "object",
    "required": ["manifest", "vectors"],
    "properties": {
        "manifest": {"$ref": "urn:cets:schema:v1:manifest"},
        "vectors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "operation", "description", "clauses", "mistakes", "url"],
            },
        },
    },
}


@api.get("/vectors")
@public()
@described(
    Described(
        "All golden vectors with what they show, and the manifest with their hashes",
        "全部标准用例及其说明，附含哈希值的清单",
        {200: "The vectors"},
        schema=_LISTED,
    )
)
def list_vectors() -> Response:
    """List the vectors; one at a time has its input and answer."""
    known_parameters()
    manifest = json_text.loads((published.data_folder() / "vectors" / "manifest.json").read_bytes())
    listed = [
        {
            "id": case.id,
            "operation": case.operation,
            "description": case.description,
            "clauses": list(case.clauses),
            "mistakes": list(case.mistakes),
            "url": _address(case.id),
        }
        for case in vectors.load()
    ]
    return answer({"manifest": manifest, "vectors": listed})


@api.get("/vectors/<operation>/<name>")
@public()
@described(
    Described(
        "One golden vector: input, right answer, and the answer under other readings",
        "单个标准用例：输入、正确结果及其他取法下的结果",
        {200: "The vector"},
        (404,),
        {
            "type": "object",
            "required": ["id", "operation", "description", "clauses", "input", "expected"],
        },
    )
)
def show_vector(operation: str, name: str) -> Response:
    """Give one vector."""
    known_parameters()
    return answer(find_vector(f"{operation}/{name}"))


@api.get("/mistakes")
@public()
@described(
    Described(
        "The known mistakes that the vectors expose",
        "标准用例可以识别的已知错误",
        {200: "The mistakes"},
        schema={"$ref": "urn:cets:schema:v1:mistakes"},
    )
)
def list_mistakes() -> Response:
    """List the mistakes."""
    known_parameters()
    return answer(list(vectors.load_mistakes()))


def _address(vector: str) -> str:
    operation, name = vector.split("/")
    return url_for("api_v1.show_vector", operation=operation, name=name)


def find_vector(name: str) -> dict[str, Any]:
    """Give a vector as data; a problem where there is none of that id."""
    case = next((case for case in vectors.load() if case.id == name), None)
    if case is None:
        raise Problem("VECTOR_UNKNOWN", found=name[:80])
    return {
        "id": case.id,
        "operation": case.operation,
        "description": dict(case.description),
        "clauses": list(case.clauses),
        "mistakes": list(case.mistakes),
        "input": case.input,
        "expected": case.expected,
        "readings": list(case.readings),
    }
