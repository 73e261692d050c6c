"""Asking: put an exam's questions to a system and keep what it answers, unjudged."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from cets_conformance import direct
from cets_conformance.exam.errors import ExamError
from cets_conformance.runner.connections import Connect
from cets_conformance.runner.protocol import ask_case, start

__all__ = ["ask"]


def ask(
    connect: Connect,
    prompts: Mapping[str, tuple[str, Mapping[str, Any]]],
    readings: Mapping[str, str],
    timeout: float,
    progress: Callable[[int, int], None],
) -> bytes:
    """Put every question to a system and give the answers file.

    The system must declare the readings of the exam: it would be judged by others otherwise. What
    it does not offer is written as skipped. Raises :class:`ExamError`, and
    :class:`~cets_conformance.runner.Trouble` where it cannot be spoken to or breaks the protocol:
    nothing is put in the place of an answer.
    """
    written = bytearray()
    with connect() as connection:
        declared = start(connection, timeout)
        chosen = dict(direct.ruleset_with(declared.readings).changed_readings())
        if chosen != dict(readings):
            raise ExamError(
                "READINGS", found=_print(chosen), expected=_print(readings), differs=False
            )
        for seq, (name, (operation, value)) in enumerate(prompts.items(), 1):
            line: dict[str, Any] = {"id": name}
            if operation in declared.operations:
                line |= ask_case(connection, seq, operation, value, timeout).body
            else:
                line |= {"skipped": True, "message": "operation not offered"}
            written += f"{_write(line)}\n".encode()
            progress(seq, len(prompts))
    return bytes(written)


def _write(line: Mapping[str, Any]) -> str:
    """Write a line; a number with a fraction stays a number, which no field may be."""
    return json.dumps(line, ensure_ascii=False, separators=(",", ":"), default=float)


def _print(readings: Mapping[str, str]) -> str:
    return ", ".join(f"{name}={choice}" for name, choice in sorted(readings.items())) or "-"
