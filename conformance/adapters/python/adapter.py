# ruff: noqa: D103, T201
"""An adapter: emissions, scope, allocation; inputs are not checked."""

import json
import sys
from fractions import Fraction
from math import floor


def scope(unit):
    tests = {
        "NOT_LISTED": not unit.get("listed", True),
        "ROUTE_NOT_COVERED": unit.get("route", "long_process") != "long_process",
        "NO_CLINKER_LINE": unit.get("line_kind") == "grinding_only",
        "NEW_UNIT": unit.get("commissioned_year", 0) >= unit["year"],
        "CLOSED_UNIT": unit.get("closed_before_verification", False),
    }
    reason = next((name for name, holds in tests.items() if holds), None)
    special = unit.get("line_kind") in ("white_only", "gypsum_acid_byproduct")
    special |= Fraction(unit.get("carbide_slag_rate", 0)) > Fraction("0.15")
    method = "none" if reason else "equal" if unit["year"] == 2024 or special else "intensity"
    return {"covered": not reason, "reason": reason, "method": method}


def allocation(unit, balance_value="0"):
    answer = scope(unit)
    given = emitted = Fraction(unit["verified_emissions"])
    if answer["method"] == "intensity" and emitted:
        parts = unit.get("process_emissions", {"all": emitted})
        base = sum(map(Fraction, parts.values()))
        deviation = 1 - base / Fraction(unit["output"]) / Fraction(balance_value)
        given += Fraction("0.15") * max(Fraction(-1, 5), min(Fraction(1, 5), deviation)) * emitted
    given, owed = (floor(item + Fraction(1, 2)) * answer["covered"] for item in (given, emitted))
    return answer | {"allowance": given, "obligation": owed, "surplus": given - owed}


def emissions(gases):
    total = sum(Fraction(gases[gas]) * GWP[gas] for gas in GWP)
    text = f"{int(total)}.{int(total % 1 * 10**6):06d}"
    return {"verified_emissions": text.rstrip("0").rstrip(".")}


GWP = {"co2": 1, "cf4": 6630, "c2f6": 11100}
OPERATIONS = {"emissions": emissions, "scope": scope, "allocation": allocation}
ABOUT = {"name": "example", "version": "1", "language": "Python"}
STARTED = {"protocol": 1, "implementation": ABOUT, "ruleset": "cn-industry-2024-2025"}
for line in map(json.loads, sys.stdin):
    answer = STARTED | {"operations": list(OPERATIONS)}
    if line["cmd"] == "stop":
        break
    if line["cmd"] == "run":
        answer = {"seq": line["seq"]}
        try:
            answer["output"] = OPERATIONS[line["operation"]](**line["input"])
        except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError):
            answer |= {"skipped": True, "message": "inputs are not checked here"}
    print(json.dumps(answer), flush=True)
