"""Which functions of the reference the vectors reach at all."""

from __future__ import annotations

import contextlib
import json
import sys
from functools import partial
from pathlib import Path
from types import FrameType

from .children import Task, in_children, put_in_place
from .make import PACKAGE
from .vectors import answer, vectors


def reached_functions() -> set[str]:
    """Give, as ``module.function``, what runs while operations answer the vectors."""
    task = Task("reach", partial(_reach), 120.0)
    (_, found), *_ = in_children([task], 1)
    return set(json.loads(found or "[]"))


def _reach() -> str:
    put_in_place(None)
    import cets_reference

    found = set[str]()

    def note(frame: FrameType, event: str, _: object) -> None:
        file = Path(frame.f_code.co_filename)
        if event == "call" and file.parent == PACKAGE:
            found.add(f"{file.stem}.{frame.f_code.co_qualname.replace('.<locals>', '')}")

    sys.setprofile(note)
    for vector in vectors():
        with contextlib.suppress(cets_reference.RuleError):
            answer(cets_reference, vector)
    sys.setprofile(None)
    return json.dumps(sorted(found))
