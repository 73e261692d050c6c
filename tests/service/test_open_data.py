"""Rules, schemas and the OpenAPI document, as open data."""

from __future__ import annotations

import json
import re

import pytest
from jsonschema import Draft202012Validator

from cets_conformance import direct, json_text, published


def test_the_rule_set_is_served_as_it_is(service):
    assert service.client.get("/api/v1/rules").get_json() == json.loads(
        json_text.dumps(direct.rules())
    )


def test_every_clause_has_its_address(service):
    for clause in direct.rules()["clauses"]:
        served = service.client.get(f"/api/v1/rules/{clause['id']}").get_json()
        assert served["text"] == clause["text"]
        assert {source["id"] for source in served["sources"]} == set(clause["sources"])


def test_every_schema_is_served_as_it_is(service):
    listed = service.client.get("/api/v1/schemas").get_json()
    assert {item["name"] for item in listed["schemas"]} == set(published.schema_names())
    for item in listed["schemas"]:
        response = service.client.get(item["url"])
        assert response.content_type == "application/schema+json"
        assert response.get_json() == published.schema(item["name"])
    assert service.client.get("/api/v1/schemas/all").get_json() == published.bundle()


@pytest.fixture
def document(service):
    return service.client.get("/api/v1/openapi.json").get_json()


def test_every_route_is_described_and_nothing_else_is(service, document):
    routes = {
        (re.sub(r"<(?:[^:<>]+:)?([a-z_]+)>", r"{\1}", rule.rule), method.lower())
        for rule in service.app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    described = {(path, method) for path, item in document["paths"].items() for method in item}
    assert described == routes
    assert len(routes) >= 13


def test_the_document_has_the_structure_of_openapi_3_1(document):
    assert document["openapi"] == "3.1.0"
    assert {"title", "version"} <= document["info"].keys()
    ids = [op["operationId"] for item in document["paths"].values() for op in item.values()]
    assert len(ids) == len(set(ids))
    for path, item in document["paths"].items():
        for operation in item.values():
            places = {p["name"] for p in operation["parameters"] if p["in"] == "path"}
            assert places == set(re.findall(r"{([a-z_]+)}", path))
            assert all(p["required"] for p in operation["parameters"] if p["in"] == "path")
            assert operation["summary"]
            assert operation["x-summary-zh"]
            for status, response in operation["responses"].items():
                assert re.fullmatch("[2-5][0-9][0-9]|default", status)
                assert response["description"]


def schemas_in(value):
    if isinstance(value, dict):
        if isinstance(value.get("schema"), dict):
            yield value["schema"]
        for item in value.values():
            yield from schemas_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from schemas_in(item)


def test_every_schema_of_the_document_is_valid_and_every_reference_resolves(document):
    components = document["components"]["schemas"]
    assert set(components) == set(published.schema_names())
    for schema in [*components.values(), *schemas_in(document["paths"])]:
        Draft202012Validator.check_schema(schema)
    references = set(re.findall(r'"\$ref": ?"([^"]+)"', json.dumps(document)))
    assert references
    for reference in references:
        place = document
        assert reference.startswith("#/")
        for step in reference[2:].split("/"):
            place = place[step]


def test_what_the_api_answers_is_what_the_document_says(service, document, wrong_table):
    check = service.upload(wrong_table).get_json()
    base = f"/api/v1/checks/{check['id']}"
    answers = {
        ("/api/v1/checks", "post", "201"): check,
        ("/api/v1/checks/{check_id}", "get", "200"): check,
        ("/api/v1/checks/{check_id}/findings", "get", "200"): service.client.get(
            f"{base}/findings"
        ).get_json(),
        ("/api/v1/checks/{check_id}/rows/{row}", "get", "200"): service.client.get(
            f"{base}/rows/3"
        ).get_json(),
        ("/api/v1/schemas", "get", "200"): service.client.get("/api/v1/schemas").get_json(),
        ("/api/v1/operations", "get", "200"): service.client.get("/api/v1/operations").get_json(),
    }
    for (path, method, status), found in answers.items():
        content = document["paths"][path][method]["responses"][status]["content"]
        schema = {**content["application/json"]["schema"], "components": document["components"]}
        Draft202012Validator(schema).validate(found)
