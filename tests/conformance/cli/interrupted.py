"""Runs ``cets`` again and again, each time in a process that interrupts itself at one moment.

``interrupted.py CASES``: a JSON list of ``{"folder", "arguments", "moment", "signal"}``; prints
``{"code", "out", "err"}`` of each, a line. Each process is a fork of this one, which has loaded
what takes its time, and ends as any process that runs ``cets`` does.
"""

from __future__ import annotations

import json
import os
import sys
import zipfile
from pathlib import Path
from typing import Any
from unittest.mock import patch

import xlsxwriter  # noqa: F401 (loaded once)

from cets_conformance.cli import check as _check  # noqa: F401 (loaded once)
from cets_conformance.cli import compare as _compare  # noqa: F401 (loaded once)
from cets_conformance.cli import main
from cets_conformance.cli import run as _run  # noqa: F401 (loaded once)
from cets_conformance.cli.progress import StageBar
from cets_conformance.cli.run import Bar
from cets_conformance.tables import judging as _judging  # noqa: F401 (loaded once)


def run(case: dict[str, Any]) -> None:
    """Run ``cets`` and interrupt it at the moment that is asked for."""
    moment = case["moment"]

    def interrupt() -> None:
        os.kill(os.getpid(), case["signal"])

    def at_stage(_bar: object, stage: str, done: int, _total: int | None) -> None:
        if moment == stage or (moment == f"rows of {stage}" and done):
            interrupt()

    def at_answer(_bar: object, done: int, _total: int) -> None:
        if moment == "answer" and done == 3:
            interrupt()

    write_text = Path.write_text

    def half_a_text(target: Path, data: str, *given: Any) -> int:
        if moment == "half a text":
            write_text(target, data[: len(data) // 2], *given)
            interrupt()
        return write_text(target, data, *given)

    class HalfAnArchive(zipfile.ZipFile):
        def write(self, *given: Any, **named: Any) -> None:
            super().write(*given, **named)
            if moment == "half an archive":
                interrupt()

    os.chdir(case["folder"])
    os.environ["TMPDIR"] = str(Path("tmp").resolve())
    sys.argv = ["cets", *case["arguments"]]
    with (
        patch.object(StageBar, "__call__", at_stage),
        patch.object(Bar, "__call__", at_answer),
        patch.object(Path, "write_text", half_a_text),
        patch("xlsxwriter.workbook.ZipFile", HalfAnArchive),
    ):
        main()


def forked(case: dict[str, Any]) -> dict[str, Any]:
    """Run a case in a process of its own; say how it ended, and what it printed."""
    folder = Path(case["folder"])
    child = os.fork()
    if not child:
        for number, name in ((1, "out"), (2, "err")):
            os.dup2(os.open(folder / "tmp" / name, os.O_WRONLY | os.O_CREAT), number)
        run(case)
    _, status = os.waitpid(child, 0)
    printed = {}
    for name in ("out", "err"):
        file = folder / "tmp" / name
        printed[name] = file.read_text("utf-8")
        file.unlink()
    return {"code": os.waitstatus_to_exitcode(status)} | printed


if __name__ == "__main__":
    for asked in json.loads(sys.argv[1]):
        sys.stdout.write(json.dumps(forked(asked)) + "\n")
        sys.stdout.flush()
