"""``openapi.json``: the API described by OpenAPI 3.1, assembled from endpoints and schemas."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask import Flask, Response, current_app

from cets_conformance import direct, published
from cets_service.access import Guard, guard_of, public
from cets_service.api.v1.blueprint import (
    ID,
    Described,
    answer,
    api,
    described,
    known_parameters,
)
from cets_service.services import EXTENSION

__all__ = ["document"]

_URN = re.compile(r"urn:cets:schema:v[0-9]+:([a-z-]+)(?:#(/.*)?)?")
_ARGUMENT = re.compile(r"<(?:(?P<converter>[^:<>]+):)?(?P<name>[a-z_]+)>")
_ARGUMENTS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "check_id": ("Secret id of a check", ID),
    "comparison_id": ("Id of a comparison", ID),
    "appeal_id": ("Id of an appeal", ID),
    "organisation_id": ("Id of an organisation", ID),
    "person_id": ("Id of a person", ID),
    "invitation_id": ("Id of an invitation", ID),
    "exam_id": ("Id of an exam", ID),
    "certificate_id": ("Id of a certificate", ID),
    "token_id": ("Id of a token, not the token itself", ID),
    "system_id": ("Id of a system", ID),
    "row": ("Row number as a person sees it in the file", {"type": "integer", "minimum": 1}),
    "clause": ("Id of a clause, such as A-3", {"type": "string"}),
    "name": ("Name of a schema", {"type": "string"}),
    "operation": ("Name of an operation", {"enum": list(direct.operation_names())}),
}


@api.get("/openapi.json")
@public()
@described(
    Described(
        "This document",
        "本接口说明文件",
        {200: "The OpenAPI document"},
        schema={"type": "object"},
    )
)
def show_openapi() -> Response:
    """Give the OpenAPI document."""
    known_parameters()
    return answer(document(current_app))


def document(app: Flask) -> dict[str, Any]:
    """Assemble the document from the endpoints of ``app`` and the published schemas."""
    paths: dict[str, dict[str, Any]] = {}
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        view = app.view_functions[rule.endpoint]
        if not rule.rule.startswith(f"{api.url_prefix}/"):
            continue
        operation: Described = getattr(view, "described")  # noqa: B009 - set by a decorator
        methods = sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        place = paths.setdefault(_ARGUMENT.sub(r"{\g<name>}", rule.rule), {})
        for method in methods:
            place[method.lower()] = {
                **_operation(rule.endpoint, rule.rule, operation),
                **_security(guard_of(view)),
            }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "CETS conformance service",
            "x-title-zh": "全国碳市场配额分配检验服务",
            "version": "1",
            "summary": "Exact checks of allocation tables and of the operations behind them.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "servers": [{"url": "/"}],
        "x-kept-seconds": app.extensions[EXTENSION].config.keep,
        "paths": paths,
        "components": {
            "schemas": {name: _local(published.schema(name)) for name in published.schema_names()},
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A token made on the page of the organisation or under tokens.",
                }
            },
        },
    }


def _operation(endpoint: str, rule: str, described_as: Described) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": endpoint.split(".")[-1],
        "summary": described_as.summary,
        "x-summary-zh": described_as.zh,
        "parameters": [_argument(match) for match in _ARGUMENT.finditer(rule)]
        + [
            {
                "name": parameter.name,
                "in": parameter.place,
                "description": parameter.says,
                "required": False,
                "schema": dict(parameter.schema),
            }
            for parameter in described_as.parameters
        ],
        "responses": {},
    }
    if described_as.body is not None:
        operation["requestBody"] = {
            "required": True,
            "content": {media: {"schema": schema} for media, schema in described_as.body.items()},
        }
    for status, says in described_as.answers.items():
        response: dict[str, Any] = {"description": says}
        if described_as.media:
            response["content"] = {
                media: {"schema": dict(described_as.schema)} if "json" in media else {}
                for media in described_as.media
            }
        operation["responses"][str(status)] = response
    problem = {"schema": {"$ref": "urn:cets:schema:v1:problem"}}
    for refusal in (*described_as.refusals, "default"):
        operation["responses"][str(refusal)] = {
            "description": "Problem details (RFC 9457)",
            "content": {"application/problem+json": problem},
        }
    return dict(_local(operation))


def _security(guard: Guard) -> dict[str, Any]:
    """Say who may use an endpoint: without token, with one of a scope, from which organisations."""
    scopes = [guard.scope] if guard.scope else []
    alternatives: list[dict[str, list[str]]] = [{}] if guard.anonymous else []
    if guard.scope:
        alternatives.append({"token": scopes})
    said: dict[str, Any] = {"security": alternatives}
    if not guard.anonymous:
        said["x-least-role"] = guard.role
        said["x-organisations"] = sorted(guard.kinds) if guard.kinds else ["any"]
    return said


def _argument(match: re.Match[str]) -> dict[str, Any]:
    name = match["name"]
    schema: Mapping[str, Any]
    listed = re.fullmatch(r"any\((.*)\)", match["converter"] or "")
    if listed:
        says, schema = "One of these", {"enum": listed[1].split(",")}
    else:
        says, schema = _ARGUMENTS[name]
    return {"name": name, "in": "path", "description": says, "required": True, "schema": schema}


def _local(value: Any) -> Any:
    """Point references by URN into this document: tools need no registry then."""
    if isinstance(value, Mapping):
        return {
            key: _reference(item) if key == "$ref" else _local(item)
            for key, item in value.items()
            if key not in ("$id", "$schema") or not isinstance(item, str)
        }
    if isinstance(value, list | tuple):
        return [_local(item) for item in value]
    return value


def _reference(target: str) -> str:
    named = _URN.fullmatch(target)
    return f"#/components/schemas/{named[1]}{named[2] or ''}" if named else target
