"""The exam: its public document, its questions, and the seed from which both follow."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from types import MappingProxyType
from typing import Any, Final

from cets_conformance import __version__, direct, json_text, published
from cets_conformance.exam.composing import compose
from cets_conformance.exam.drawing import SEED_BYTES, Draw
from cets_conformance.exam.errors import ExamError
from cets_conformance.runner.selection import select_operations
from cets_conformance.vectors import Case
from cets_conformance.vectors.files import manifest_sha256

__all__ = [
    "GENERATOR",
    "Exam",
    "Progress",
    "announce",
    "commit",
    "draw_exam",
    "draw_seed",
    "redraw",
    "seed_from_hex",
]

Progress = Callable[[int, int], None]
"""Is told how much of the drawing is done, and of how much."""

GENERATOR: Final = 1
"""Version of the generator: it changes whenever a seed would give other questions."""

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_NO_READINGS: Final[Mapping[str, str]] = MappingProxyType({})


def _in_silence(done: int, total: int) -> None:
    """Report progress to nobody."""


@dataclass(frozen=True, slots=True)
class Exam:
    """An exam as its seed gives it."""

    document: Mapping[str, Any]
    """What is public from the beginning, schema ``exam``: no seed, no answers."""
    cases: Sequence[Case] = field(repr=False)
    """The questions with their right answers, in the order they are asked."""

    @property
    def prompts(self) -> bytes:
        """The questions without answers, one JSON object ``{"id","operation","input"}`` a line."""
        return _prompts(self.cases)

    @property
    def readings(self) -> Mapping[str, str]:
        """Readings under which the answers are judged."""
        readings: Mapping[str, str] = self.document["readings"]
        return readings


def draw_seed() -> bytes:
    """Give a new seed from the system's source of randomness."""
    return secrets.token_bytes(SEED_BYTES)


def seed_from_hex(text: str) -> bytes:
    """Read a seed of 64 hexadecimal digits; raises :class:`ExamError`."""
    if not re.fullmatch(r"[0-9a-fA-F]{64}", text):
        raise ExamError("SEED_FORM")
    return bytes.fromhex(text)


def commit(seed: bytes, exam_id: str) -> str:
    """Give the commitment: SHA-256 of the 32 bytes of the seed and the id in UTF-8, as hex."""
    return sha256(seed + exam_id.encode()).hexdigest()


def announce(
    seed: bytes,
    exam_id: str,
    level: str = "full",
    operations: Sequence[str] = (),
    readings: Mapping[str, str] = _NO_READINGS,
) -> dict[str, Any]:
    """Give an exam's document as it is known before its questions are drawn: all but ``prompts``.

    Whoever publishes it is bound to the seed. Raises as :func:`draw_exam` does, and takes no time.
    """
    if len(seed) != SEED_BYTES:
        raise ExamError("SEED_FORM")
    if not _ID.fullmatch(exam_id):
        raise ExamError("ID_FORM", found=exam_id)
    selected = select_operations(level, operations)
    changed = dict(sorted(direct.ruleset_with(readings).changed_readings().items()))
    return {
        "kind": "exam",
        "exam_id": exam_id,
        "generator": GENERATOR,
        "commitment": commit(seed, exam_id),
        "level": level,
        "operations": list(selected),
        "readings": changed,
        "ruleset": direct.ruleset_with({}).id,
        "manifest_sha256": manifest_sha256(),
        "versions": {"reference": direct.version(), "conformance": __version__},
    }


def draw_exam(
    seed: bytes,
    exam_id: str,
    level: str = "full",
    operations: Sequence[str] = (),
    readings: Mapping[str, str] = _NO_READINGS,
    progress: Progress = _in_silence,
) -> Exam:
    """Draw the exam of a seed: a level, or some operations of it, under the readings declared.

    The same arguments give the same exam everywhere, and every other choice gives other questions:
    who committed to a seed cannot choose again. Raises :class:`ExamError` on a seed or id of
    a wrong form, ``SelectionError`` on operations that are not of the level, ``ValueError`` on
    unknown readings.
    """
    document = announce(seed, exam_id, level, operations, readings)
    selected, changed = document["operations"], document["readings"]
    chosen = json_text.dumps([GENERATOR, exam_id, level, selected, changed])
    cases = compose(Draw(seed, chosen), selected, changed, progress)
    prompts = _prompts(cases)
    document["prompts"] = {"count": len(cases), "sha256": sha256(prompts).hexdigest()}
    return Exam(document, cases)


def redraw(document: Mapping[str, Any], seed: bytes, progress: Progress = _in_silence) -> Exam:
    """Draw an exam again from its document and the revealed seed; raises :class:`ExamError`.

    What the document says of itself is not believed: the commitment, the questions and every
    other word must come out as they stand there.
    """
    if error := next(published.validator("exam").iter_errors(document), None):
        path = "".join(f"/{part}" for part in error.absolute_path)
        raise ExamError("NOT_AN_EXAM", path=path or "/", says=error.message)
    if commit(seed, document["exam_id"]) != document["commitment"]:
        raise ExamError("COMMITMENT", differs=True)
    if document["generator"] != GENERATOR:
        raise ExamError("OTHER_GENERATOR", found=document["generator"], expected=GENERATOR)
    if document["manifest_sha256"] != manifest_sha256():
        raise ExamError(
            "OTHER_VECTORS", found=document["manifest_sha256"], expected=manifest_sha256()
        )
    if document["versions"]["reference"] != direct.version():
        raise ExamError(
            "OTHER_REFERENCE", found=document["versions"]["reference"], expected=direct.version()
        )
    exam = draw_exam(
        seed,
        document["exam_id"],
        document["level"],
        document["operations"],
        document["readings"],
        progress,
    )
    for name, value in exam.document.items():
        if name != "versions" and document[name] != value:
            raise ExamError("DOCUMENT", differs=True, field=name)
    return exam


def _prompts(cases: Sequence[Case]) -> bytes:
    lines = (
        json_text.dumps({"id": case.id, "operation": case.operation, "input": case.input})
        for case in cases
    )
    return "".join(f"{line}\n" for line in lines).encode()
