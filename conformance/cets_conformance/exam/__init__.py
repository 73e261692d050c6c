"""Exams: questions that nobody has seen before, drawn from a seed that is committed to at first.

SHA-256(seed ‖ exam id) is published with the questions, the seed after grading: anyone can then
draw the exam again, byte for byte, and grade the answers again, offline.
"""

from __future__ import annotations

from cets_conformance.exam.answers import Answered, FormProblem, check_answers, read_prompts
from cets_conformance.exam.asking import ask
from cets_conformance.exam.errors import ExamError
from cets_conformance.exam.exam import (
    GENERATOR,
    Exam,
    Progress,
    announce,
    commit,
    draw_exam,
    draw_seed,
    redraw,
    seed_from_hex,
)
from cets_conformance.exam.grading import grade, verify_report

__all__ = [
    "GENERATOR",
    "Answered",
    "Exam",
    "ExamError",
    "FormProblem",
    "Progress",
    "announce",
    "ask",
    "check_answers",
    "commit",
    "draw_exam",
    "draw_seed",
    "grade",
    "read_prompts",
    "redraw",
    "seed_from_hex",
    "verify_report",
]
