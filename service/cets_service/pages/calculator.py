"""The calculator: one unit's allowance with every step, what if its figures were others, and any
operation on JSON. Nothing is kept; the address of the form is the whole question."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from typing import Any

from flask import Response, request, url_for

from cets_conformance import direct, json_text, published
from cets_conformance.json_text import JsonTextError
from cets_conformance.report import charts
from cets_service import problems
from cets_service.access import public
from cets_service.pages.blueprint import LANGUAGE_IN_PATH, language, page, pages
from cets_service.problems import Problem
from cets_service.receive import BODY_LIMIT

__all__ = ["calculate", "calculate_operation"]

EXAMPLE: Mapping[str, str] = {
    "sector": "cement",
    "year": "2025",
    "line_kind": "ordinary",
    "route": "long_process",
    "verified_emissions": "1000000",
    "output": "1200000",
    "balance_value": "0.86",
}
"""What the form shows before anything is asked."""

FIELDS: Mapping[str, tuple[str, ...]] = {
    "verified_emissions": ("steel", "cement", "aluminium"),
    "output": ("steel", "cement", "aluminium"),
    "ironmaking_emissions": ("steel",),
    "sintering_emissions": ("steel",),
    "carbide_slag_rate": ("cement",),
    "balance_value": ("steel", "cement", "aluminium"),
    "commissioned_year": ("steel", "cement", "aluminium"),
}
"""Figures of the form and the sectors that have them."""

CHANGES = (-20, -10, -5, -2, -1, 0, 1, 2, 5, 10, 20)
"""Per cent by which the figure that is varied changes."""

VARIED: Mapping[str, tuple[str, ...]] = {
    "emissions": ("verified_emissions", "ironmaking_emissions", "sintering_emissions"),
    "output": ("output",),
}
"""What may be varied, and the fields that change together."""

_LONGEST = 60
"""Characters of a field's value; a longer one is no figure."""


@pages.get(f"{LANGUAGE_IN_PATH}/calculate")
@public()
def calculate() -> Response:
    """Show one unit's allowance step by step, and what it would be with other figures."""
    asked = {name: text.strip()[:_LONGEST] for name, text in request.args.items() if text.strip()}
    given = asked or dict(EXAMPLE)
    vary = given.get("vary", "emissions")
    if vary not in VARIED:
        raise Problem("PARAMETER_INVALID", name="vary", found=vary, expected=", ".join(VARIED))
    readings = _readings(given)
    value = _input(given)
    answered = direct.explain("allocation", value, readings)
    error = answered.get("error")
    scenarios = [] if error else _scenarios(given, vary, readings)
    return page(
        "calculator.html",
        given=given,
        fields=FIELDS,
        rules=direct.rules(),
        vary=vary,
        varied=list(VARIED),
        readings=readings,
        explanation=None if error else answered,
        refusal=problems.of_rule(error).document(language(), request.path) if error else None,
        error=error,
        scenarios=scenarios,
        curve=None if error else _curve(answered["output"], value.get("balance_value")),
        operations=_operations(),
    )


@pages.route(f"{LANGUAGE_IN_PATH}/calculate/<operation>", methods=["GET", "POST"])
@public()
def calculate_operation(operation: str) -> Response:
    """Run any operation on JSON, every step explained; before that, show an example."""
    if operation not in direct.operation_names():
        raise Problem(
            "OPERATION_UNKNOWN", found=operation[:60], known=", ".join(direct.operation_names())
        )
    request.max_content_length = BODY_LIMIT
    request.max_form_memory_size = BODY_LIMIT
    text = request.form.get("input") or _example(operation)
    given = request.form if request.method == "POST" else request.args
    readings = _readings(given)
    answered: dict[str, Any] = {}
    refusal = None
    try:
        value = json_text.loads(text)
        answered = direct.explain(operation, value, readings)
    except JsonTextError as problem:
        refusal = problems.of_json(problem).document(language(), request.path)
    error = answered.get("error")
    if error:
        refusal = problems.of_rule(error).document(language(), request.path)
    output = answered.get("output")
    return page(
        "calculator_json.html",
        operation=operation,
        text=text,
        rules=direct.rules(),
        readings=readings,
        explanation=answered if output is not None else None,
        output=None if output is None else json_text.dumps(output, pretty=True),
        refusal=refusal,
        error=error,
        operations=_operations(),
    )


def _operations() -> list[dict[str, str]]:
    return [
        {"name": name, "url": url_for("pages.calculate_operation", operation=name)}
        for name in direct.operation_names()
    ]


def _readings(given: Mapping[str, str]) -> dict[str, str]:
    """Give the readings asked for; a problem where one does not exist."""
    found = {
        name.removeprefix("reading."): choice
        for name, choice in given.items()
        if name.startswith("reading.")
    }
    try:
        return direct.ruleset_with(found).changed_readings()
    except ValueError as error:
        raise Problem("READING_UNKNOWN", found=str(error)[:300]) from None


def _input(given: Mapping[str, str]) -> dict[str, Any]:
    """Make the input of ``allocation`` of the form's fields; the reference judges them."""
    sector = given.get("sector", "")
    own = {name: given[name] for name, of in FIELDS.items() if name in given and sector in of}
    unit: dict[str, Any] = {"unit_id": "1", "sector": sector, "year": _integer(given.get("year"))}
    for name in ("verified_emissions", "output", "carbide_slag_rate"):
        if name in own:
            unit[name] = own[name]
    if sector == "steel":
        unit["route"] = given.get("route", EXAMPLE["route"])
        processes = {
            name: own[f"{name}_emissions"]
            for name in ("ironmaking", "sintering")
            if f"{name}_emissions" in own
        }
        if processes:
            unit["process_emissions"] = processes
    if sector == "cement":
        unit["line_kind"] = given.get("line_kind", EXAMPLE["line_kind"])
    if "commissioned_year" in own:
        unit["commissioned_year"] = _integer(own["commissioned_year"])
    for name, missing in (("not_listed", "listed"), ("closed", "closed_before_verification")):
        if name in given:
            unit[missing] = name == "closed"
    balance = {"balance_value": own["balance_value"]} if "balance_value" in own else {}
    return {"unit": unit, **balance}


def _integer(text: str | None) -> Any:
    """Read an integer; what is none goes on as it is, for the reference to refuse."""
    return int(text) if text and text.isascii() and text.isdigit() else text


def _scenarios(
    given: Mapping[str, str], vary: str, readings: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Answer again with one figure changed by so many per cent, cut off after 6 decimals."""
    found = []
    for change in CHANGES:
        changed = {
            name: _scaled(text, change) if name in VARIED[vary] else text
            for name, text in given.items()
        }
        answered = direct.answer("allocation", _input(changed), readings)
        shown = {"change": change, "varied": changed.get(VARIED[vary][0], "")}
        found.append(shown | answered)
    return found


def _scaled(text: str, change: int) -> str:
    micro = int(Fraction(text) * 10**6 * (100 + change) / 100)
    whole, rest = divmod(micro, 10**6)
    return f"{whole}.{rest:06}".rstrip("0").rstrip(".")


def _curve(output: Mapping[str, Any], balance_value: str | None) -> str | None:
    """Draw where the unit stands on the coefficient's curve, as an address that is the picture.

    None where it has no coefficient.
    """
    if output["coefficient"] is None or balance_value is None:
        return None
    plan = {item["id"]: item["value"] for item in direct.rules()["parameters"]}
    picture = charts.coefficient_curve(
        (float(output["intensity"]), float(output["coefficient"])),
        float(balance_value),
        {name: float(plan[name]) for name in charts.CURVE},
        language(),
    )
    return "data:image/svg+xml;base64," + b64encode(picture.encode()).decode()


@cache
def _example(operation: str) -> str:
    """Give the published example of an operation's input."""
    folder = published.data_folder() / "schemas" / published.VERSION / "examples" / "valid"
    files = (folder / f"{operation}-input").iterdir()
    first = min(files, key=lambda file: file.name)
    return json_text.dumps(json_text.loads(first.read_bytes()), pretty=True)
