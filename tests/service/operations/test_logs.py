"""What is logged: one event a line, with the request's id, and nothing that is a secret."""

from __future__ import annotations

import io
import json
import logging

import pytest

from cets_service import accounts, logs


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def logged(config, request):
    """Send the logs to a text for the length of a test, and give the text."""
    root = logging.getLogger()
    before = root.handlers, root.level
    stream = io.StringIO()

    def configured(form="json", stream=stream):
        logs.configure(config.__class__.from_environment({"CETS_LOG_FORM": form}), stream)
        return stream

    yield configured
    root.handlers, root.level = before
    logging.captureWarnings(capture=False)


def events(stream):
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def requests(stream):
    return [event for event in events(stream) if event["event"] == "request"]


def test_a_request_is_one_line_with_its_route_and_without_its_secrets(service, logged, wrong_table):
    stream = logged()
    created = service.upload(wrong_table, "秘密.csv").get_json()
    row = f"/api/v1/checks/{created['id']}/rows/3"
    person = service.add_person()
    _, token = accounts.make_token(
        service.parts.store, person, name="CI", scopes=["checks:read"], days=1
    )
    for given in (token, "token-of-mine"):
        service.client.get(
            row, headers={"Authorization": f"Bearer {given}", "Cookie": "a=cookie-of-mine"}
        )
    service.client.get(f"/zh/checks/{created['id']}")
    service.client.get("/private?key=query-of-mine")
    lines = requests(stream)
    assert [(line["method"], line["route"], line["status"]) for line in lines] == [
        ("POST", "/api/v1/checks", 201),
        ("GET", "/api/v1/checks/<check:check_id>/rows/<row:row>", 200),
        ("GET", "/api/v1/checks/<check:check_id>/rows/<row:row>", 401),
        ("GET", "/<any(zh,en):language>/checks/<check:check_id>", 200),
        ("GET", "-", 404),
    ]
    assert all(line["ms"] >= 0 and line["level"] and line["time"] for line in lines)
    assert [line.get("organisation") for line in lines[:3]] == [None, person.organisation_id, None]
    for secret in (created["id"], token, "-of-mine", "秘密", "970123"):
        assert secret not in stream.getvalue()


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ("b7ad6b7169203331", True),
        ("a" * 64, True),
        ("short", False),
        ("a" * 65, False),
        ("with blank", False),
        ('quote"123456', False),
        ("", False),
    ],
)
def test_a_request_keeps_the_id_it_came_with_where_that_is_one(service, logged, given, taken):
    stream = logged()
    answers = [
        service.client.get("/api/v1/rules/A-3", headers={"X-Request-ID": given}) for _ in "ab"
    ]
    ids = [answer.headers["X-Request-ID"] for answer in answers]
    assert [line["request_id"] for line in requests(stream)] == ids
    assert (ids == [given, given]) is taken
    assert (ids[0] != ids[1]) is not taken


def test_a_fault_of_ours_is_logged_with_its_place_but_not_with_what_was_sent(
    service, logged, monkeypatch, is_problem
):
    def broken(_checks, check_id):
        secret_variable = "what was sent"  # noqa: F841 - a traceback could show it
        raise RuntimeError("a defect")

    monkeypatch.setattr(type(service.parts.store.checks), "get", broken)
    stream = logged()
    answer = service.client.get(f"/api/v1/checks/{'A' * 22}")
    is_problem(answer, 500, "INTERNAL")
    fault, request = events(stream)
    assert fault["request_id"] == request["request_id"] == answer.headers["X-Request-ID"]
    assert (fault["level"], request["level"], request["status"]) == ("error", "error", 500)
    assert fault["exception"][0]["exc_value"] == "a defect"
    assert any(frame["name"] == "broken" for frame in fault["exception"][0]["frames"])
    assert "what was sent" not in stream.getvalue()


def test_an_error_of_the_database_does_not_carry_values_into_the_log(service):
    """Statements are shown in errors; what was bound to them is not."""
    from sqlalchemy import text
    from sqlalchemy.exc import DBAPIError

    with (
        service.parts.store.database.engine.connect() as connection,
        pytest.raises(DBAPIError) as failed,
    ):
        connection.execute(text("select * from nowhere where a = :a"), {"a": "what was sent"})
    assert "what was sent" not in str(failed.value)


def test_probes_that_go_well_are_no_events_but_failing_ones_are(service, logged):
    stream = logged()
    for address in ("/healthz", "/readyz", "/metrics"):
        assert service.client.get(address).status_code == 200
    assert events(stream) == []
    service.worker.stop()
    assert service.client.get("/readyz").status_code == 503
    assert [event["route"] for event in requests(stream)] == ["/readyz"]


def test_on_a_terminal_a_line_is_for_the_eye(service, logged):
    stream = logged("auto", Terminal())
    service.client.get("/api/v1/rules/A-3")
    (line,) = stream.getvalue().splitlines()
    assert "request" in line
    with pytest.raises(ValueError):
        json.loads(line)
    logged("auto")
    assert logging.getLogger().handlers[0].formatter is not None


def test_what_others_log_has_the_same_form(logged):
    stream = logged()
    logging.getLogger("anything").warning("%s happened", "it", extra={"job": 7})
    (event,) = events(stream)
    assert (event["event"], event["level"], event["logger"], event["job"]) == (
        "it happened",
        "warning",
        "anything",
        7,
    )
