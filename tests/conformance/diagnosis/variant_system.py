"""A system over stdin and stdout: the reference, a variant of it, or one wrong in its own way."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from typing import Any

from cets_conformance.diagnosis.combining import combine
from cets_conformance.diagnosis.mistakes import MISTAKES
from cets_reference import DEFAULT, OPERATIONS, RuleError, run


def _off_by_one_above_a_million(operation: str, output: dict[str, Any]) -> None:
    if operation == "allocation" and output["allowance"] > 1_000_000:
        output["allowance"] += 1


def _surplus_without_sign(_operation: str, output: dict[str, Any]) -> None:
    if "surplus" in output:
        output["surplus"] = abs(output["surplus"])


def _two_reasons_swapped(_operation: str, output: dict[str, Any]) -> None:
    swap = {"NEW_UNIT": "CLOSED_UNIT", "CLOSED_UNIT": "NEW_UNIT"}
    if "reason" in output:
        output["reason"] = swap.get(output["reason"], output["reason"])


def _holding_rounded_to_thousands(operation: str, output: dict[str, Any]) -> None:
    if operation == "carry-over":
        output["holding"] = output["holding"] // 1000 * 1000


def _certificate_always(_operation: str, output: dict[str, Any]) -> None:
    if "certificate" in output:
        output["certificate"] = True


OWN_WAYS: Mapping[str, Callable[[str, dict[str, Any]], None]] = {
    "off-by-one-above-a-million": _off_by_one_above_a_million,
    "surplus-without-sign": _surplus_without_sign,
    "two-reasons-swapped": _two_reasons_swapped,
    "holding-rounded-to-thousands": _holding_rounded_to_thousands,
    "certificate-always": _certificate_always,
}
"""Wrong in ways that are not on the list of mistakes."""


def _answer(message: Mapping[str, Any], variant: str) -> dict[str, Any]:
    rules = DEFAULT
    if "+" in variant:
        rules = combine(*variant.split("+")) or DEFAULT
    elif variant in MISTAKES:
        rules = MISTAKES[variant].rule_set
    try:
        output = run(message["operation"], message["input"], rule_set=rules)
    except RuleError as error:
        return {"error": {"code": error.code, "path": error.path}}
    if variant in OWN_WAYS:
        OWN_WAYS[variant](message["operation"], output)
    return {"output": output}


def main() -> None:
    """Answer messages until told to stop; ``--declare ID=ALT`` declares a reading."""
    variant = sys.argv[1]
    declared = dict(pair.split("=") for pair in sys.argv[2:])
    for line in sys.stdin:
        message = json.loads(line)
        if message["cmd"] == "stop":
            return
        if message["cmd"] == "start":
            reply: dict[str, Any] = {
                "protocol": 1,
                "implementation": {"name": variant, "version": "1", "language": "python"},
                "ruleset": DEFAULT.id,
                "operations": list(OPERATIONS),
                "readings": declared,
            }
        else:
            reply = {"seq": message["seq"], **_answer(message, variant)}
        sys.stdout.write(json.dumps(reply) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
