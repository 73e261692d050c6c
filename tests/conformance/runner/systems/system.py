"""A system that answers right, or lies in the way its first argument names.

The right answers are those of the file named by the second argument: what a test wants of it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

WAY = sys.argv[1]
RIGHT = json.loads(Path(sys.argv[2]).read_text("utf-8"))
OUT = sys.stdout.buffer
STARTED = {
    "protocol": 1,
    "implementation": {"name": "menagerie", "version": "1", "language": "Python"},
    "ruleset": "cn-industry-2024-2025",
    "operations": ["allocation", "emissions"],
}


def say(value: Any, end: bytes = b"\n") -> None:
    OUT.write(json.dumps(value).encode() + end)
    OUT.flush()


def begin() -> None:
    changes: dict[str, dict[str, Any]] = {
        "protocol_two": {"protocol": 2},
        "other_rules": {"ruleset": "eu-2024"},
        "unknown_reading": {"readings": {"rounding": "bankers"}},
        "declares_floor": {"readings": {"rounding": "unit_floor"}},
        "offers_one": {"operations": ["emissions"]},
        "boolean_protocol": {"protocol": True},
    }
    if WAY == "dies_at_start":
        sys.stderr.write("no licence file\n")
        sys.exit(7)
    if WAY == "hangs_at_start":
        time.sleep(60)
    if WAY == "bom":
        OUT.write(b"\xef\xbb\xbf")
    say(STARTED | changes.get(WAY, {}))


def run(message: dict[str, Any]) -> None:  # noqa: C901  (a list of lies, told one by one)
    """Answer; the first question is answered right by those that lie later."""
    seq = message["seq"]
    body = RIGHT[json.dumps(message["input"], sort_keys=True)]
    answer = {"seq": seq, **body}
    output = body.get("output", {})
    if WAY == "dies_midway" and seq == 2:
        sys.stderr.write("Segmentation fault, said the system\n")
        sys.exit(3)
    if WAY == "hangs" and seq == 2:
        time.sleep(60)
    if WAY == "late" and seq == 2:
        time.sleep(1.2)
    if WAY == "half_a_line" and seq == 2:
        OUT.write(json.dumps(answer).encode()[:20])
        OUT.flush()
        sys.exit(0)
    if WAY == "hundred_megabytes" and seq == 2:
        for _ in range(100):
            OUT.write(b"x" * 1024 * 1024)
        OUT.flush()
    if WAY == "stderr_noise":
        sys.stderr.write("noise\n" * 30_000)
    if WAY == "twice":
        say(answer)
    if WAY == "grandchild":
        subprocess.Popen(  # holds the pipes open after its parent
            [sys.executable, "-c", f"import time; time.sleep(60)  # {sys.argv[2]}"]
        )
    lies: dict[str, dict[str, Any]] = {
        "wrong_seq": {"seq": seq + 1},
        "float_seq": {"seq": float(seq)},
        "text_seq": {"seq": str(seq)},
        "boolean_seq": {"seq": True},
        "without_seq": {},
        "refusal_with_result": {"output": output, "error": {"code": "INVALID_INPUT"}},
        "result_with_refusal": {"output": output, "error": None},
        "echo": {"expected": body, "outcome": "pass"},
        "neither": {},
        "skips": {"skipped": True, "message": "not built yet"},
        "refuses_all": {"error": {"code": "INVALID_INPUT", "path": ""}},
        "null_output": {"output": None},
    }
    if WAY in lies:
        answer = {"seq": seq, **body} | lies[WAY]
    if WAY in {"neither", "skips", "refuses_all"}:
        answer = {"seq": seq} | lies[WAY]
    if WAY == "without_seq":
        answer = dict(body)
    if "allowance" in output:
        tonnes = output["allowance"]
        within: dict[str, dict[str, Any]] = {
            "float_tonnes": {"allowance": float(tonnes)},
            "text_tonnes": {"allowance": str(tonnes)},
            "true_for_one": {"allowance": True},
            "number_intermediate": {"intensity": 0.833333333333},
            "echo_inside": {"expected_allowance": tonnes},
            "without_result": {},
        }
        if WAY in within:
            answer["output"] = output | within[WAY]
        if WAY == "without_result":
            answer["output"] = {name: item for name, item in output.items() if name != "surplus"}
        if WAY == "results_only":
            ratios = {"intensity", "deviation", "coefficient"}
            answer["output"] = {n: item for n, item in output.items() if n not in ratios}
    if WAY == "nan":
        OUT.write(b'{"seq": %d, "output": {"allowance": NaN}}\n' % seq)
    elif WAY == "invalid_utf8":
        OUT.write(b'{"seq": %d, "output": {"a": "\xff"}}\n' % seq)
    elif WAY == "double_key":
        OUT.write(b'{"seq": %d, "seq": %d, "output": {}}\n' % (seq, seq))
    elif WAY == "list":
        OUT.write(b"[]\n")
    elif WAY == "blank_line":
        OUT.write(b"\n")
    elif WAY == "prints_first":
        OUT.write(b"computing...\n")
        say(answer)
    else:
        say(answer)
    OUT.flush()
    if WAY == "closes_output":
        OUT.close()
        time.sleep(60)


HELD: list[dict[str, Any]] = []
for line in sys.stdin.buffer:
    asked = json.loads(line)
    if asked["cmd"] == "start":
        begin()
    elif asked["cmd"] == "stop":
        if WAY == "speaks_at_the_end":
            say({"seq": 99, "output": {}})
        if WAY == "never_stops":
            time.sleep(60)
        break
    elif WAY == "out_of_order":
        HELD.append(asked)
        if len(HELD) == 2:
            run(HELD[1])
            run(HELD[0])
            HELD.clear()
    else:
        run(asked)
