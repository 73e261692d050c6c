# ruff: noqa: T201
"""The reference as an adapter: what a right system looks like from outside.

Run it as `cets run --adapter "python reference.py"`, with readings such as `carry_base=…` after.
"""

import json
import sys

from cets_conformance import direct

READINGS = dict(argument.split("=", 1) for argument in sys.argv[1:])
STARTED = {
    "protocol": 1,
    "implementation": {"name": "reference", "version": direct.version(), "language": "Python"},
    "ruleset": "cn-industry-2024-2025",
    "operations": list(direct.operation_names()),
    "readings": READINGS,
}
for line in sys.stdin:
    message = json.loads(line)
    if message["cmd"] == "stop":
        break
    answer = STARTED
    if message["cmd"] == "run":
        given = direct.answer(message["operation"], message["input"], READINGS)
        answer = {"seq": message["seq"], **given}
    print(json.dumps(answer), flush=True)
