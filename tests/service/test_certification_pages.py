"""The pages of exams and certificates: in both languages, by form, for whom they are meant."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from tests.service.certification import enrol
from tests.service.test_pages import is_page

from cets_service import passwords


@pytest.fixture(params=["zh", "en"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def vendor(service: Any) -> Any:
    return enrol(service, "vendor", "甲软件公司")


def sign_in(service: Any, caller: Any) -> Any:
    """Give a browser in which the caller has signed in."""
    browser = service.app.test_client()
    kept = passwords.hash_password("correct horse battery")
    service.parts.store.people.set_password(caller.person.id, kept)
    given = {"email": caller.person.email, "password": "correct horse battery"}
    assert service.post_form("/zh/sign-in", given, browser).status_code == 303
    return browser


PART = {"zh": "完整级，仅排放量换算 emissions", "en": "full, emissions only"}
"""What an exam of one operation is an exam of, wherever its level is said."""


def files(content: bytes, act: str) -> dict[str, Any]:
    return {"file": (io.BytesIO(content), "answers.jsonl"), "act": act}


def test_a_vendor_sits_an_exam_with_a_browser_alone(
    service: Any, vendor: Any, language: str
) -> None:
    browser = sign_in(service, vendor)
    is_page(browser.get(f"/{language}/exams"), language)
    system = vendor.add_system()
    asked = {"system_id": system, "level": "full", "operations": ["emissions"]}
    made = service.post_form(f"/{language}/exams", asked, browser)
    assert made.status_code == 303
    exam = vendor.await_questions(f"/api/v1/exams/{made.location.rsplit('/', 1)[1]}")
    text = is_page(browser.get(made.location), language)
    assert exam["commitment"] in text
    assert f"cets exam answers exam-{exam['id']} answers.jsonl" in text

    answers = vendor.answers(exam)
    twice = answers.splitlines(keepends=True)[0] + answers
    checked = service.post_form(f"{made.location}/answers", files(twice, "hand_in"), browser)
    assert "ID_TWICE" in is_page(checked, language), "a wrong form is told, not handed in"
    right = service.post_form(f"{made.location}/answers", files(answers, "preflight"), browser)
    assert 'class="good"' in is_page(right, language)
    empty = service.post_form(f"{made.location}/answers", files(b"", "hand_in"), browser)
    is_page(empty, language, 422)
    assert vendor.get(exam["links"]["self"]).get_json()["state"] == "open"

    handed = service.post_form(f"{made.location}/answers", files(answers, "hand_in"), browser)
    assert handed.status_code == 303
    service.parts.jobs.wait("exam", service.parts.store.exams.get(exam["id"]).key, 20)
    graded = vendor.get(exam["links"]["self"]).get_json()
    text = is_page(browser.get(made.location), language)
    assert graded["seed"] in text
    assert text.count(PART[language]) == 3, "above the verdict, beside it, among the facts"
    assert PART[language] in is_page(browser.get(f"/{language}/exams"), language)
    assert f"/{language}/certificates/{graded['certificate_id']}" in text
    for address in set(re.findall(r'(?:href|src)="(/[^"#]*)"', text)):
        assert browser.get(address).status_code == 200, address


def test_while_the_questions_are_drawn_the_page_shows_the_commitment_and_looks_again(
    start: Any, language: str
) -> None:
    service = start(works=False)
    vendor = enrol(service, "vendor", "甲软件公司")
    browser = sign_in(service, vendor)
    asked = {"system_id": vendor.add_system(), "level": "full", "operations": ["emissions"]}
    made = service.post_form(f"/{language}/exams", asked, browser)
    exam = vendor.get(f"/api/v1/exams/{made.location.rsplit('/', 1)[1]}").get_json()
    text = is_page(browser.get(made.location), language)
    assert exam["commitment"] in text
    assert f'data-poll="{exam["links"]["self"]}"' in text
    assert '<noscript><meta http-equiv="refresh"' in text
    assert "prompts.jsonl" not in text
    is_page(browser.get(f"/{language}/exams"), language)
    service.worker.drain()
    assert "prompts.jsonl" in is_page(browser.get(made.location), language)


def test_a_certificate_is_shown_listed_and_verified_to_everybody(
    service: Any, vendor: Any, language: str
) -> None:
    enrol(service, "operator", "发证中心")
    exam = vendor.pass_exam(vendor.add_system("<b>1</b>"))
    public = service.app.test_client()
    page = f"/{language}/certificates/{exam['certificate_id']}"
    text = is_page(public.get(page), language)
    jws = public.get(f"/api/v1/certificates/{exam['certificate_id']}").get_json()["jws"]
    for said in ("甲软件公司", "发证中心", exam["commitment"], "&lt;b&gt;1&lt;/b&gt;"):
        assert said in text
    assert text.count(PART[language]) == 2, "in the sentence and among the facts"
    assert "<form" not in text, "only the operator can revoke"
    loose = re.sub(r'<a class="clause"[^>]*>[^<]*</a>', "", text)
    assert not re.search(r">[^<]*\b[A-Z]-[0-9]", loose), "the id of a clause breaks at its hyphen"
    for address in set(re.findall(r'(?:href|src)="(/[^"#]*)"', text)):
        assert public.get(address).status_code == 200, address
    text = is_page(public.get(f"/{language}/register?level=full"), language)
    assert page in text
    assert PART[language] in text
    assert page not in is_page(public.get(f"/{language}/register?q=none+such"), language)
    for sent, found in ((jws, "conforms"), (f"{jws[:-9]}AAAA{jws[-5:]}", "does_not_conform")):
        told = service.post_form(f"/{language}/verify", multipart(sent), public)
        text = is_page(told, language)
        assert f'<section class="verdict {found}"' in text
        assert (PART[language] in text) == (found == "conforms")


def multipart(text: str) -> dict[str, Any]:
    """What a browser sends of the page: a text that was pasted, and no file."""
    pasted = "\n".join(re.findall(".{1,76}", text))
    return {"certificate": pasted, "file": (io.BytesIO(b""), "")}


def test_the_operator_revokes_on_the_certificates_page(service: Any, vendor: Any) -> None:
    browser = sign_in(service, enrol(service, "operator", "发证中心"))
    exam = vendor.pass_exam(vendor.add_system())
    page = f"/zh/certificates/{exam['certificate_id']}"
    assert f'action="{page}/revoke"' in browser.get(page).get_data(as_text=True)
    refused = service.post_form(f"{page}/revoke", {"reason": " "}, browser)
    is_page(refused, "zh", 422)
    others = service.post_form(f"{page}/revoke", {"reason": "x"}, sign_in(service, vendor))
    is_page(others, "zh", 403)
    assert service.post_form(f"{page}/revoke", {"reason": "制品被替换"}, browser).location == page
    text = is_page(browser.get(page), "zh")
    assert "制品被替换" in text
    assert "已吊销" in text


def test_an_exam_page_is_its_own_organisations_alone(service: Any, vendor: Any) -> None:
    exam = vendor.sit(vendor.add_system(), "emissions")
    other = sign_in(service, enrol(service, "vendor", "乙软件公司"))
    is_page(other.get(f"/zh/exams/{exam['id']}"), "zh", 404)
    sent = service.post_form(f"/zh/exams/{exam['id']}/answers", files(b"{}", "hand_in"), other)
    is_page(sent, "zh", 404)
    province = sign_in(service, enrol(service, "province", "河北省生态环境厅"))
    is_page(province.get("/zh/exams"), "zh", 403)
    assert "/zh/sign-in" in service.client.get(f"/zh/exams/{exam['id']}").location


def test_a_form_without_its_token_hands_nothing_in(service: Any, vendor: Any) -> None:
    browser = sign_in(service, vendor)
    exam = vendor.sit(vendor.add_system(), "emissions")
    sent = browser.post(
        f"/zh/exams/{exam['id']}/answers", data=files(vendor.answers(exam), "hand_in")
    )
    is_page(sent, "zh", 403)
    assert vendor.get(exam["links"]["self"]).get_json()["state"] == "open"
