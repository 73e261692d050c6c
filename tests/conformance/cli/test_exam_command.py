"""``cets exam`` and ``cets certificate`` from end to end, with a real system in another process."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path

import pytest
from tests.conformance.conftest import Run

from cets_conformance import certificate, json_text, published

ROOT = Path(__file__).parents[3]
REFERENCE = f"{sys.executable} {ROOT / 'conformance' / 'adapters' / 'python' / 'reference.py'}"
VARIANT = ROOT / "tests" / "conformance" / "diagnosis" / "variant_system.py"
SEED = "ab" * 32


def new(run: Run, *more: str) -> None:
    done = run("exam", "new", "--operation", "settlement", "--seed", SEED, "-o", "x", *more)
    assert done.code == 0, done.err


def test_from_a_new_exam_to_a_certificate_that_verifies(run: Run, tmp_path: Path) -> None:
    new(run, "--id", "X-7")
    document = json.loads((tmp_path / "x/exam.json").read_text("utf-8"))
    published.validator("exam").validate(document)
    assert (document["exam_id"], document["operations"]) == ("X-7", ["settlement"])
    assert run("exam", "answers", "x", "a.jsonl", "--adapter", REFERENCE).code == 0
    done = run("exam", "verify", "x", "--answers", "a.jsonl", "--system", "s", "--version", "1",
               "--write", "r.json")  # fmt: skip
    assert done.code == 0, done.err
    report = json_text.loads((tmp_path / "r.json").read_bytes())
    published.validator("run-report").validate(report)
    assert run("exam", "verify", "x", "--answers", "a.jsonl", "--report", "r.json").code == 0

    signer = certificate.Signer.generate()
    said = certificate.build_certificate(
        report,
        system={"name": "s", "version": "1", "artefact_sha256": "0" * 64},
        issuer="发证机构",
        certificate_id="C-7",
        issued_on=date(2026, 11, 26),
    )
    (tmp_path / "c.jws").write_text(f"{signer.sign(said)}\n", "utf-8")
    (tmp_path / "jwks.json").write_text(json_text.dumps(signer.public_keys()), "utf-8")
    done = run("certificate", "verify", "c.jws", "--keys", "jwks.json", "--lang", "zh")
    assert (done.code, done.out.split()[0]) == (0, "有效")
    assert "未提供吊销清单" in done.out
    day = date(2026, 11, 27)
    listed = certificate.build_revocations(issuer="发证机构", number=3, issued_on=day)
    (tmp_path / "r.jws").write_text(signer.sign(listed), "utf-8")
    both = ("--keys", "jwks.json", "--revocations", "r.jws")
    done = run("certificate", "verify", "c.jws", *both, "--lang", "zh")
    assert (done.code, "吊销清单第 3 号，签发日期 2026-11-27" in done.out) == (0, True)
    shown = run("certificate", "show", "c.jws", "--json")
    assert json.loads(shown.out) == said
    assert "Not verified" in run("certificate", "show", "c.jws").out

    moving = {**said, "issuer": "\x1b[2K发证\u202e机构"}
    (tmp_path / "c.jws").write_text(f"{signer.sign(moving)}\n", "utf-8")
    for shown in ("show", "c.jws"), ("verify", "c.jws", "--keys", "jwks.json"):
        assert "�[2K发证�机构" in run("certificate", *shown).out
    (tmp_path / "c.jws").write_text(f"{signer.sign(said)}\n", "utf-8")

    text = (tmp_path / "c.jws").read_text("utf-8")
    (tmp_path / "c.jws").write_text(text.replace(text[300], "A" if text[300] != "A" else "B", 1))
    done = run("certificate", "verify", "c.jws", "--keys", "jwks.json", "--json")
    assert done.code == 1
    assert json.loads(done.out)["state"] == "refused"
    assert run("certificate", "verify", "jwks.json", "--keys", "jwks.json").code == 2
    (tmp_path / "c.jws").write_text(f"{signer.sign(said)}\n", "utf-8")
    (tmp_path / "m.json").write_text("{}")
    done = run("certificate", "verify", "c.jws", "--keys", "jwks.json", "--manifest", "m.json")
    assert done.code == 2
    assert "WRONG_MANIFEST" in done.out


def test_a_wrong_system_is_told_its_mistake_and_its_verdict_is_verified_too(
    run: Run,
    tmp_path: Path,
) -> None:
    new(run)
    system = f"{sys.executable} {VARIANT} M-42"
    assert run("exam", "answers", "x", "a.jsonl", "--adapter", system).code == 0
    done = run("exam", "verify", "x", "--answers", "a.jsonl", "--write", "r.json")
    assert done.code == 1
    assert "M-42" in done.out
    assert run("exam", "verify", "x", "--answers", "a.jsonl", "--report", "r.json").code == 0
    report = json.loads((tmp_path / "r.json").read_text("utf-8"))
    (tmp_path / "r.json").write_text(json.dumps({**report, "verdict": "conforms"}), "utf-8")
    done = run("exam", "verify", "x", "--answers", "a.jsonl", "--report", "r.json")
    assert done.code == 1
    assert "REPORT" in done.out


def test_faults_of_form_are_listed_at_once_and_nothing_is_graded(run: Run, tmp_path: Path) -> None:
    new(run)
    lines = (tmp_path / "x/prompts.jsonl").read_text("utf-8").splitlines()
    first = json.loads(lines[0])["id"]
    (tmp_path / "a.jsonl").write_text(f'nonsense\n{{"id":"{first}","output":[]}}\n', "utf-8")
    done = run("exam", "answers", "x", "a.jsonl", "--lang", "zh")
    assert done.code == 1
    assert done.out.count("NOT_ANSWERED") == len(lines) - 1
    assert "NOT_JSON" in done.out
    assert "FIELD_TYPE" in done.out
    refused = run("exam", "verify", "x", "--answers", "a.jsonl")
    assert (refused.code, "ANSWERS_FORM" in refused.err) == (2, True)
    assert run("exam", "answers", "x", "none.jsonl").code == 2


@pytest.mark.parametrize(
    ("file", "change", "code", "told"),
    [
        ("prompts.jsonl", lambda text: text.replace("false", "true", 1), 1, "PROMPTS"),
        ("prompts.jsonl", lambda text: text + "\n", 1, "PROMPTS"),
        ("exam.json", lambda text: text.replace('"count": ', '"count": 1'), 1, "DOCUMENT"),
        ("exam.json", lambda text: text.replace('"commitment": "', '"commitment": "0'), 2, "EXAM"),
        ("exam.json", lambda _: "nonsense", 2, "NOT_JSON"),
        ("exam.json", lambda _: "[]", 2, "NOT_AN_EXAM"),
        ("seed.txt", lambda _: "cd" * 32, 1, "COMMITMENT"),
        ("seed.txt", lambda _: "short", 2, "SEED_FORM"),
    ],
)
def test_whatever_was_changed_afterwards_is_found(
    run: Run,
    tmp_path: Path,
    file: str,
    change: object,
    code: int,
    told: str,
) -> None:
    new(run)
    target = tmp_path / "x" / file
    assert callable(change)
    target.write_text(change(target.read_text("utf-8")), "utf-8")
    done = run("exam", "verify", "x")
    assert done.code == code
    assert told in done.out + done.err


def test_what_lies_in_the_folder_is_verified_too(run: Run, tmp_path: Path) -> None:
    """As it comes from a service: nobody has to know that answers and report can be named."""
    new(run)
    assert run("exam", "verify", "x").code == 0, "before there are answers"
    assert run("exam", "answers", "x", "x/answers.jsonl", "--adapter", REFERENCE).code == 0
    assert run("exam", "verify", "x", "--write", "x/report.json").code == 0
    same = run("exam", "verify", "x")
    assert same.code == 0
    answers = (tmp_path / "x/answers.jsonl").read_text("utf-8").splitlines(keepends=True)
    (tmp_path / "x/answers.jsonl").write_text("".join(answers[1:]), "utf-8")
    done = run("exam", "verify", "x")
    assert (done.code, "ANSWERS" in done.out) == (1, True)
    (tmp_path / "x/report.json").unlink()
    assert run("exam", "verify", "x").code == 2, "one was not answered"


def test_without_its_seed_an_exam_cannot_be_verified_and_with_it_it_can(
    run: Run,
    tmp_path: Path,
) -> None:
    new(run)
    (tmp_path / "x/seed.txt").unlink()
    done = run("exam", "verify", "x")
    assert (done.code, "NO_SEED" in done.err) == (2, True)
    assert run("exam", "verify", "x", "--seed", SEED).code == 0


def test_the_same_seed_writes_the_same_files_and_none_over_another(
    run: Run, tmp_path: Path
) -> None:
    new(run)
    again = run("exam", "new", "--operation", "settlement", "--seed", SEED, "-o", "y")
    assert again.code == 0
    for name in ("exam.json", "prompts.jsonl", "seed.txt"):
        assert (tmp_path / "x" / name).read_bytes() == (tmp_path / "y" / name).read_bytes()
    assert (tmp_path / "x/seed.txt").stat().st_mode & 0o077 == 0
    over = run("exam", "new", "--operation", "settlement", "-o", "x")
    assert over.code == 2
    assert (tmp_path / "x/seed.txt").read_text("ascii").strip() == SEED


def test_two_exams_without_a_seed_are_not_the_same(run: Run, tmp_path: Path) -> None:
    for name in ("x", "y"):
        assert run("exam", "new", "--operation", "emissions", "-o", name).code == 0
    assert (tmp_path / "x/seed.txt").read_text() != (tmp_path / "y/seed.txt").read_text()


@pytest.mark.parametrize(
    "arguments",
    [
        ("exam", "new", "--seed", "12", "-o", "z"),
        ("exam", "new", "--level", "issuance", "--operation", "cycle", "-o", "z"),
        ("exam", "new", "--id", "a/b", "-o", "z"),
        ("exam", "answers", "x", "a.jsonl", "--adapter", "/nonexistent/adapter"),
        ("exam", "answers", "x", "a.jsonl", "--adapter", "a", "--url", "b"),
        ("exam", "verify", "x", "--report", "x/exam.json"),
        ("exam", "verify", "nowhere"),
    ],
)
def test_what_cannot_be_done_is_said_and_is_no_verdict(
    run: Run, arguments: tuple[str, ...]
) -> None:
    new(run)
    done = run(*arguments)
    assert done.code == 2
    assert done.err


def test_a_system_under_other_readings_is_not_asked(run: Run, tmp_path: Path) -> None:
    new(run, "--reading", "arrears_deduction=none")
    done = run("exam", "answers", "x", "a.jsonl", "--adapter", REFERENCE)
    assert (done.code, "READINGS" in done.err) == (2, True)
    assert not (tmp_path / "a.jsonl").exists()
    declared = f"{REFERENCE} arrears_deduction=none"
    assert run("exam", "answers", "x", "a.jsonl", "--adapter", declared).code == 0
    assert run("exam", "verify", "x", "--answers", "a.jsonl").code == 0
