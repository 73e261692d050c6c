"""The calculator's pages answer as the reference does, keep nothing, and say why they cannot."""

from __future__ import annotations

import html
import json
import re

import pytest

from cets_conformance import direct, json_text

STEEL = (
    "sector=steel&year=2025&route=long_process&verified_emissions=100&ironmaking_emissions=50"
    "&sintering_emissions=10&output=40&balance_value=1.4"
)


def shown(service, path):
    response = service.client.get(path)
    assert response.status_code == 200, response.get_data(as_text=True)[:500]
    return html.unescape(response.get_data(as_text=True))


def figures(text):
    """The amounts of the result: allowance, obligation, surplus."""
    block = text.split('class="figures')[1].split("</dl>")[0]
    return re.findall(r"<dd>([^<]*)</dd>", block)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_begins_with_a_worked_example(service, language):
    text = shown(service, f"/{language}/calculate")
    assert figures(text) == ["1,004,651", "1,000,000", "+4,651"]
    assert "⌊E · (1 + α) + 1/2⌋" in text
    assert "data:image/svg+xml;base64," in text


def test_fields_of_other_sectors_do_not_count(service):
    text = shown(service, f"/zh/calculate?{STEEL}&carbide_slag_rate=0.9&line_kind=white_only")
    assert figures(text) == ["99", "100", "−1"]


def test_a_reading_changes_the_answer(service):
    base = "/zh/calculate?sector=cement&year=2025&verified_emissions=600000&output=650000"
    base += "&line_kind=ordinary&balance_value=0.86"
    assert figures(shown(service, base))[0] == "593,399"
    assert figures(shown(service, f"{base}&reading.rounding=unit_floor"))[0] == "593,398"


def test_what_if_is_computed_by_the_reference_for_every_change(service):
    text = shown(service, f"/en/calculate?{STEEL}&vary=output")
    table = text.split("<tbody>")[1].split("</tbody>")[0]
    rows = [re.sub(r"<[^>]+>", " ", row).split() for row in table.split("</tr>")[:-1]]
    assert len(rows) == 11
    for row in rows:
        unit = {
            "unit_id": "1", "sector": "steel", "year": 2025, "route": "long_process",
            "verified_emissions": "100", "output": row[-6],
            "process_emissions": {"ironmaking": "50", "sintering": "10"},
        }  # fmt: skip
        output = direct.answer("allocation", {"unit": unit, "balance_value": "1.4"})["output"]
        assert row[-5].replace("−", "-") == output["intensity"]
        assert row[-3] == str(output["allowance"])
        assert row[-1].replace("−", "-").replace("+", "") == str(output["surplus"])


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("sector=cement&year=2025&verified_emissions=1,000&line_kind=ordinary", "INVALID_INPUT"),
        ("sector=cement&year=2026&verified_emissions=1&line_kind=ordinary", "YEAR_NOT_COVERED"),
        ("sector=cement&year=2025&verified_emissions=1&output=1", "BALANCE_VALUE_REQUIRED"),
        ("sector=cement&year=2025&verified_emissions=1&balance_value=1", "OUTPUT_NOT_POSITIVE"),
        ("sector=glass&year=2025", "INVALID_INPUT"),
        ("sector=cement&year=2025&verified_emissions=" + "9" * 500, "INVALID_INPUT"),
    ],
)
def test_what_the_rules_refuse_is_said_with_its_place(service, query, code):
    text = shown(service, f"/zh/calculate?{query}")
    assert f"<code>{code}</code>" in text
    assert 'class="figures' not in text


@pytest.mark.parametrize("query", ["reading.rounding=up", "reading.nothing=x", "vary=nothing"])
def test_a_choice_that_does_not_exist_is_refused(service, query):
    assert service.client.get(f"/zh/calculate?{query}").status_code == 400


@pytest.mark.parametrize("operation", direct.operation_names())
def test_every_operation_shows_an_example_that_it_answers(service, operation):
    text = shown(service, f"/en/calculate/{operation}")
    given = text.split('<textarea id="input"')[1].split(">", 1)[1].split("</textarea>")[0]
    output = text.split("<pre")[1].split("<code>")[1].split("</code>")[0]
    assert json.loads(output) == direct.answer(operation, json.loads(given))["output"]


def test_in_chinese_an_operation_is_called_by_its_name_beside_its_identifier(service):
    page = shown(service, "/zh/calculate/carry-over")
    assert "<h1>运算：配额结转 carry-over</h1>" in page
    for text in (page, shown(service, "/zh/vectors")):
        assert all(
            re.search(rf"[\u4e00-\u9fff] {name}<", text) for name in direct.operation_names()
        )


def test_json_is_answered_under_readings_or_refused_with_its_place(service):
    value = {"year": 2025, "verified_allowance": 90, "pre_allocated": 0, "arrears": 30,
             "high_risk": False}  # fmt: skip

    def posted(text, **readings):
        chosen = {f"reading.{name}": choice for name, choice in readings.items()}
        answer = service.client.post("/en/calculate/settlement", data={"input": text, **chosen})
        return answer.status_code, html.unescape(answer.get_data(as_text=True))

    text = json_text.dumps(value)
    assert '"deduction": 30' in posted(text)[1]
    assert '"deduction": 0' in posted(text, arrears_deduction="none")[1]
    status, page = posted(text.replace("30", "-1"))
    assert status == 200
    assert "<code>/arrears</code>" in page
    assert "<code>NOT_JSON</code>" in posted('{"year": 2025,')[1]
    assert posted("<script>alert(1)</script>")[1].count("<script>alert") == 1  # in the text area


def test_an_operation_that_does_not_exist_is_told_which_do(service):
    answer = service.client.get("/en/calculate/allocations")
    assert answer.status_code == 404
    assert "enterprise-allocation" in answer.get_data(as_text=True)
