"""No form is taken that another site could have sent."""

from __future__ import annotations

import pytest
from tests.service.access_table import PAGES
from tests.service.conftest import form_part
from tests.service.world import PASSWORD, World

FORMS = [
    address
    for method, address in PAGES
    if method == "POST" and "/calculate/" not in address  # changes nothing
]


WITH_FILES = ("/zh/checks", "/zh/comparisons", "/zh/exams/{exam}/answers", "/zh/verify")


@pytest.fixture(scope="module")
def unknown():
    names = (
        "check",
        "organisation",
        "person",
        "invitation",
        "token",
        "system",
        "link",
        "comparison",
        "appeal",
        "exam",
        "certificate",
    )
    return dict.fromkeys(names, "A" * 22)


@pytest.mark.parametrize("address", FORMS)
def test_a_form_without_its_token_is_refused_before_anything_else(service, unknown, address):
    """Signed in as the operator's administrator, who may do most; whatever the media type."""
    world = World(service)
    whom = "vendor admin" if "systems" in address or "exams" in address else "operator admin"
    client = world.browser(whom)
    path = address.format(**unknown)
    if address in WITH_FILES:
        body = form_part("file", (b"x", "t.csv")) + b"--x--\r\n"
        bodies = [(body, "multipart/form-data; boundary=x")]
    else:
        bodies = [
            (b"form_token=", "application/x-www-form-urlencoded"),
            (b"form_token=" + b"a" * 64, "application/x-www-form-urlencoded"),
            (b"", "text/plain"),
            (b"{}", "application/json"),
            (b"--x--\r\n", "multipart/form-data; boundary=x"),
        ]
    for body, media in bodies:
        response = client.post(path, data=body, content_type=media)
        assert response.status_code == 403, media
        assert "FORM_EXPIRED" in response.get_data(as_text=True)
    assert service.stored() == []


def test_a_token_of_another_browser_does_not_count(service):
    mine, theirs = service.app.test_client(), service.app.test_client()
    page = theirs.get("/zh/sign-in").get_data(as_text=True)
    mine.get("/zh/sign-in")
    token = page.split('name="form_token" value="')[1][:64]
    form = {"email": "a@b.cn", "password": PASSWORD, "form_token": token}
    assert mine.post("/zh/sign-in", data=form).status_code == 403
    assert theirs.post("/zh/sign-in", data=form).status_code == 401


def test_a_token_from_before_signing_in_does_not_count_after_it(service):
    world = World(service)
    client = service.app.test_client()
    page = client.get("/zh/sign-in").get_data(as_text=True)
    token = page.split('name="form_token" value="')[1][:64]
    form = {"email": "admin@vendor.example.cn", "password": PASSWORD}
    assert service.post_form("/zh/sign-in", form, client).status_code == 303
    assert client.post("/zh/sign-out", data={"form_token": token}).status_code == 403
    assert client.get("/zh/account").status_code == 200
    assert world.store.people.count_admins(world.organisations["vendor"].id) == 1


def test_a_page_that_holds_a_token_is_kept_by_no_cache(service):
    assert service.client.get("/zh/sign-in").headers["Cache-Control"] == "no-store"
    signed_in = World(service).browser("vendor admin")
    assert signed_in.get("/zh/rules").headers["Cache-Control"] == "no-store"


def test_a_field_that_a_form_does_not_have_is_refused(service):
    world = World(service)
    form = {"name": "s", "version": "1", "artefact": "a" * 64, "organisation_id": "x"}
    assert world.post("vendor admin", "/zh/systems", form).status_code == 400
