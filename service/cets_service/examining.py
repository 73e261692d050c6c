"""Exams of the service: drawn by a worker, answered once within their time, graded by a worker.

The commitment is published when an exam is asked for, before there are any questions.
The questions are a function of the seed; they and the answers are kept by content, so that the
verdict can be computed again by whoever doubts it.
"""

from __future__ import annotations

import hashlib
import io
import secrets
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

from cets_conformance import __version__, direct, json_text, runner
from cets_conformance import exam as exams
from cets_conformance.exam import Answered
from cets_conformance.vectors.files import manifest_sha256
from cets_service.certifying import Certifying
from cets_service.checking import hash_of
from cets_service.jobs import Progress
from cets_service.problems import Problem, both, of_field
from cets_service.store import Exam, Job, Person, Store, System
from cets_service.store.exams import KIND
from cets_service.uploads import Uploads

__all__ = ["SHOWN", "Examining", "form_report"]

SHOWN = 1_000
"""Problems of form that are told at once; how many there are is always told."""

LARGEST = 1024 * 1024
"""Greatest size of an answers file, bytes; that of a full exam has a tenth of it."""

SPARE_LINES = 100
"""Lines an answers file may have beyond one for each question."""

_DAY = (2020, 1, 1, 0, 0, 0)
"""Date of the files in an archive: the same exam gives the same archive."""


class Examining:
    """Draws, takes and grades exams that last ``hours``, ``most`` of them open for a system."""

    def __init__(
        self, store: Store, uploads: Uploads, certifying: Certifying, hours: float, most: int
    ) -> None:
        self._store = store
        self._uploads = uploads
        self._certifying = certifying
        self._seconds = int(hours * 3600)
        self._most = most

    def create(
        self,
        system: System,
        person: Person,
        level: str,
        operations: Sequence[str],
        readings: Mapping[str, str],
        actor: str,
    ) -> Exam:
        """Commit to an exam for a system and ask for its drawing; refused with too many open."""
        exam_id, seed = secrets.token_hex(11), exams.draw_seed()
        document = _announce(seed, exam_id, level, operations, readings)
        given = {"exam": exam_id}
        key = hash_of(given)
        with self._store.writing():
            self._refuse_another(system)
            self._store.exams.add(exam_id, system, person.id, document, seed.hex(), key)
            self._store.jobs.ask(KIND, key, given)
            told = {"system": system.id, "commitment": document["commitment"]}
            self._store.record(actor, "exam.create", f"exam:{exam_id}", **told)
        return self.get(exam_id)

    def get(self, exam_id: str) -> Exam:
        """Give an exam, or the problem that there is none."""
        found = self._store.exams.get(exam_id)
        if found is None:
            raise Problem("EXAM_UNKNOWN")
        return found

    def state(self, exam: Exam) -> str:
        """Give ``drawing``, ``open``, ``answered``, ``graded`` or ``expired``.

        An exam that was drawn from other rules or vectors than today's cannot be graded any more:
        it has expired too.
        """
        if exam.graded_at is not None:
            return "graded"
        if not _is_of_today(exam.document):
            return "expired"
        if not exam.prompts:
            return "drawing"
        if exam.answers is not None:
            return "answered"
        return "expired" if exam.deadline < self._store.now() else "open"

    def preflight(self, exam: Exam, answers: bytes) -> Answered:
        """Give everything that is wrong with the form of answers; the exam is not used up."""
        self._refuse_unless_open(exam)
        return self._check_form(exam, answers)

    def hand_in(self, exam: Exam, answers: bytes, actor: str) -> None:
        """Take the answers, once, and ask for their grading; a wrong form is refused untaken."""
        self._refuse_unless_open(exam)
        found = self._check_form(exam, answers)
        if found.problems:
            raise Problem(
                "ANSWERS_FORM", members={"errors": _errors(found)}, count=len(found.problems)
            )
        sha256 = hashlib.sha256(answers).hexdigest()
        given = {"exam": exam.id, "answers": sha256}
        key = hash_of(given)
        with self._uploads.held():
            self._keep(answers)
            with self._store.writing():
                if not self._store.exams.hand_in(exam.id, sha256, key):
                    self._refuse_unless_open(self.get(exam.id))
                self._store.jobs.ask(KIND, key, given)
                self._store.record(actor, "exam.answer", f"exam:{exam.id}", answers_sha256=sha256)

    def ask_again(self, exam: Exam) -> bool:
        """Have one drawn or graded where that failed by our fault; False where it did not."""
        if not exam.failed:
            return False
        answers = {} if exam.answers is None else {"answers": exam.answers}
        self._store.jobs.ask(KIND, str(exam.key), {"exam": exam.id, **answers})
        return True

    def run(self, job: Job, progress: Progress) -> None:
        """Draw an exam, or grade what was handed in, as a job asks."""
        exam = self.get(job.input["exam"])
        if not _is_of_today(exam.document):
            self._store.jobs.finish(job)  # a release came between: it has expired
        elif "answers" in job.input:
            self._grade(exam, job, progress)
        else:
            self._draw(exam, job, progress)

    def _draw(self, exam: Exam, job: Job, progress: Progress) -> None:
        """Draw the questions: they are there, and the exam's time begins, in one transaction."""
        said = exam.document
        drawn = exams.draw_exam(
            bytes.fromhex(exam.seed),
            exam.id,
            said["level"],
            said["operations"],
            said["readings"],
            _drawing(progress),
        )
        with self._uploads.held():
            prompts = self._keep(drawn.prompts)
            with self._store.jobs.holding(job):
                opened = self._store.exams.open(exam.id, drawn.document, prompts, self._seconds)
                self._store.jobs.finish(job)
                if opened:
                    self._store.record(
                        "worker", "exam.draw", f"exam:{exam.id}", prompts_sha256=prompts
                    )

    def _grade(self, exam: Exam, job: Job, progress: Progress) -> None:
        """Grade: verdict, certificate and end of the job in one transaction."""
        seed = bytes.fromhex(exam.seed)
        drawn = exams.redraw(exam.document, seed, _drawing(progress))
        progress("grading", 0, None)
        named = {"name": exam.system.name, "version": exam.system.version}
        report = exams.grade(drawn, self.read(job.input["answers"]), named, seed)
        with self._store.jobs.holding(job):
            graded = self._store.exams.grade(exam.id, report)
            told = {"verdict": report["verdict"]}
            if graded and report["verdict"] == "conforms":
                told["certificate"] = self._certifying.issue(exam, report)
            self._store.jobs.finish(job)
            if graded:
                self._store.record("worker", "exam.grade", f"exam:{exam.id}", **told)
            if "certificate" in told:
                issued = f"certificate:{told['certificate']}"
                self._store.record("worker", "certificate.issue", issued, exam=exam.id)

    def prompts(self, exam: Exam) -> bytes:
        """Give the questions, or the problem that there are none yet."""
        self._refuse_undrawn(exam)
        return self.read(exam.prompts)

    def read(self, sha256: str) -> bytes:
        """Give the questions or answers that are kept under a hash."""
        with self._uploads.local(sha256) as path:
            return path.read_bytes()

    def report(self, exam: Exam) -> dict[str, Any]:
        """Give the report of a graded exam, or the problem that there is none yet."""
        found = self._store.exams.get_report(exam.id)
        if found is None:
            raise Problem("NOT_GRADED", state=self.state(exam))
        return found

    def archive(self, exam: Exam) -> bytes:
        """Give the exam as a ZIP file, the folder that ``cets exam`` works on.

        Once it is graded the seed, the answers, the report and the certificate are in it too:
        all that one needs to verify it offline.
        """
        files = {
            "exam.json": json_text.dumps(exam.document, pretty=True).encode(),
            "prompts.jsonl": self.prompts(exam),
        }
        if exam.graded_at is not None and exam.answers is not None:
            files["seed.txt"] = f"{exam.seed}\n".encode()
            files["answers.jsonl"] = self.read(exam.answers)
            files["report.json"] = json_text.dumps(self.report(exam), pretty=True).encode()
        if exam.certificate_id is not None:
            certificate = self._certifying.get(exam.certificate_id).certificate
            files["certificate.jws"] = f"{certificate.jws}\n".encode()
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in files.items():
                archive.writestr(zipfile.ZipInfo(f"exam-{exam.id}/{name}", _DAY), content)
        return buffer.getvalue()

    def _refuse_another(self, system: System) -> None:
        opened = self._store.exams.list_open(system.id)
        if sum(self.state(exam) in ("drawing", "open") for exam in opened) >= self._most:
            raise Problem("TOO_MANY_EXAMS", most=self._most)

    def _refuse_undrawn(self, exam: Exam) -> None:
        if not exam.prompts:
            raise Problem("EXAM_DRAWING" if self.state(exam) == "drawing" else "EXAM_EXPIRED")

    def _refuse_unless_open(self, exam: Exam) -> None:
        self._refuse_undrawn(exam)
        state = self.state(exam)
        if state != "open":
            raise Problem("EXAM_EXPIRED" if state == "expired" else "EXAM_ANSWERED")

    def _check_form(self, exam: Exam, answers: bytes) -> Answered:
        most = exam.document["prompts"]["count"] + SPARE_LINES
        if len(answers) > LARGEST:
            raise Problem("UPLOAD_TOO_LARGE", limit=LARGEST // 1024 // 1024)
        if answers.count(b"\n") > most:
            raise Problem("TOO_MANY_LINES", found=answers.count(b"\n"), most=most)
        prompts = exams.read_prompts(self.read(exam.prompts))
        return exams.check_answers(answers, {name: asked[0] for name, asked in prompts.items()})

    def _keep(self, content: bytes) -> str:
        incoming = self._uploads.receive()
        try:
            incoming.write(content)
            return self._uploads.keep(incoming)
        except BaseException:
            incoming.discard()
            raise


def form_report(found: Answered) -> dict[str, Any]:
    """Give what a pre-flight found: how many answers are of the right form, and every problem."""
    return {
        "answered": len(found.lines),
        "problem_count": len(found.problems),
        "problems": [problem.as_json() for problem in found.problems[:SHOWN]],
    }


def _errors(found: Answered) -> list[dict[str, Any]]:
    """Give the same problems as a problem document lists them."""
    return [
        {
            "code": problem.code,
            "detail": problem.text("en"),
            "detail_zh": problem.text("zh"),
            "place": {"sheet": None, "row": problem.line, "column": None},
        }
        for problem in found.problems[:SHOWN]
    ]


def _drawing(progress: Progress) -> exams.Progress:
    """Note how far a drawing is."""
    return lambda done, total: progress("drawing", done, total)


def _announce(
    seed: bytes,
    exam_id: str,
    level: str,
    operations: Sequence[str],
    readings: Mapping[str, str],
) -> dict[str, Any]:
    if level not in runner.LEVELS:
        raise of_field("level", level, "one_of", known=", ".join(runner.LEVELS))
    try:
        direct.ruleset_with(readings)
    except ValueError as error:
        raise Problem("READING_UNKNOWN", found=str(error)[:300]) from None
    try:
        return exams.announce(seed, exam_id, level, operations, readings)
    except runner.SelectionError as error:
        says = both(f"run.problem.{error.code}", error.values)
        raise Problem(
            "FIELD_INVALID", code=error.code, detail=says, members={"path": "/operations"}
        ) from None


def _is_of_today(document: Mapping[str, Any]) -> bool:
    """Tell whether an exam was drawn by the rules, vectors and generator of this release."""
    return bool(
        document["manifest_sha256"] == manifest_sha256()
        and document["versions"] == {"reference": direct.version(), "conformance": __version__}
        and document["generator"] == exams.GENERATOR
    )
