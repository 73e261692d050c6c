# ruff: noqa: D103, T201
"""An adapter: emissions and settlement, computed exactly; what the rules refuse is refused."""

import json
import re
import sys
from fractions import Fraction

GWP = {"co2": 1, "cf4": 6630, "c2f6": 11100}
AMOUNTS = dict.fromkeys(("verified_allowance", "pre_allocated", "arrears"), range(2**53))
FORMS = {  # what an input looks like; a name ending in ? is optional, a text is a pattern
    "emissions": {"gases": dict.fromkeys(GWP, r"(0|[1-9][0-9]{0,14})(\.[0-9]{1,6})?")},
    "settlement": AMOUNTS | {"year": int, "high_risk": bool, "holding?": range(2**53)},
}


def fits(form, item):
    if isinstance(form, dict):
        parts = {name.rstrip("?"): inner for name, inner in form.items()}
        complete = isinstance(item, dict) and all(n[-1] == "?" or n in item for n in form)
        return complete and all(n in parts and fits(parts[n], item[n]) for n in item)
    if isinstance(form, str):
        return type(item) is str and re.fullmatch(form, item) is not None
    return type(item) is int and item in form if type(form) is range else type(item) is form


def emissions(gases):
    millionths = int(sum(Fraction(gases[gas]) * GWP[gas] for gas in GWP) * 10**6)
    text = f"{millionths // 10**6}.{millionths % 10**6:06d}"
    return {"verified_emissions": text.rstrip("0").rstrip(".")}


def settlement(verified_allowance, pre_allocated, arrears, high_risk, holding=None, **_):
    deduction = min(arrears, verified_allowance)
    adjustment = verified_allowance - deduction - pre_allocated
    due = max(0, -adjustment)
    recovered = due if holding is None else min(due, holding)
    answer = {"deduction": deduction, "entitlement": verified_allowance - deduction}
    answer |= {"adjustment": adjustment, "issued": max(0, adjustment), "recovered": recovered}
    answer["recovery_outstanding"] = due - recovered
    return answer | {"account": "province" if high_risk else "enterprise"}


def answer(seq, operation, value):
    code = None if fits(FORMS[operation], value) else "INVALID_INPUT"
    if operation == "settlement" and not code:
        late = "ARREARS_NOT_APPLICABLE" if value["arrears"] else None
        code = {2024: late, 2025: None}.get(value["year"], "YEAR_NOT_COVERED")
    compute = {"emissions": emissions, "settlement": settlement}[operation]
    return {"seq": seq} | ({"error": {"code": code}} if code else {"output": compute(**value)})


ABOUT = {"name": "example", "version": "1", "language": "Python"}
STARTED = {"protocol": 1, "implementation": ABOUT, "ruleset": "cn-industry-2024-2025"}
for line in map(json.loads, sys.stdin):
    if line["cmd"] == "run":
        print(json.dumps(answer(line["seq"], line["operation"], line["input"])), flush=True)
    elif line["cmd"] == "start":
        print(json.dumps(STARTED | {"operations": list(FORMS)}), flush=True)
