"""``schemas``: the published contract, as it is."""

from __future__ import annotations

from flask import Response, url_for

from cets_conformance import published
from cets_service.access import public
from cets_service.api.v1.blueprint import Described, answer, api, described, known_parameters
from cets_service.problems import Problem

__all__ = ["list_schemas", "show_schema"]

MEDIA = "application/schema+json"
"""Media type of a JSON Schema."""


@api.get("/schemas")
@public()
@described(
    Described(
        "Names of all published schemas",
        "全部已发布的数据模式",
        {200: "The schemas"},
        schema={
            "type": "object",
            "required": ["version", "schemas"],
            "properties": {
                "version": {"type": "string"},
                "schemas": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "required": ["name", "id", "url"],
                        "properties": {
                            "name": {"type": "string"},
                            "id": {"type": "string"},
                            "url": {"type": "string"},
                        },
                    },
                },
            },
        },
    )
)
def list_schemas() -> Response:
    """List the schemas."""
    known_parameters()
    listed = [
        {
            "name": name,
            "id": published.schema(name)["$id"],
            "url": url_for("api_v1.show_schema", name=name),
        }
        for name in published.schema_names()
    ]
    return answer({"version": published.VERSION, "schemas": listed})


@api.get("/schemas/<name>")
@public()
@described(
    Described(
        "One schema; all of them in one document as all",
        "单个数据模式；all 为全部模式合并文件",
        {200: "The schema"},
        (404,),
        {"type": "object"},
        media=(MEDIA,),
    )
)
def show_schema(name: str) -> Response:
    """Give one schema."""
    known_parameters()
    plain = name.removesuffix(".schema.json")
    try:
        schema = published.bundle() if plain == "all" else published.schema(plain)
    except LookupError:
        raise Problem("SCHEMA_UNKNOWN", found=plain[:60]) from None
    return answer(schema, media=MEDIA)
