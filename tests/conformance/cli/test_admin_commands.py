"""``cets admin``: what the operator is told, and the exit codes."""

from __future__ import annotations

import json
import re
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

NOWHERE = "postgresql+psycopg://u:secret@127.0.0.1:1/x"


@pytest.fixture
def data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An installation of which nothing is there yet."""
    folder = tmp_path / "var"
    monkeypatch.setenv("CETS_DATA", str(folder))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return folder


def tamper(data: Path, statement: str) -> None:
    with sqlite3.connect(data / "cets.sqlite3") as connection:
        for trigger in ("audit_log_update", "audit_log_delete"):
            connection.execute(f"drop trigger if exists {trigger}")
        connection.execute(statement)
    connection.close()


def test_a_backup_is_made_restored_and_noted(run, data, tmp_path, monkeypatch):
    assert run("db", "upgrade").code == 0
    made = run("admin", "backup", "b.zip")
    assert (made.code, made.out.strip()) == (0, "b.zip")
    assert "0 uploads" in made.err
    for language, says in (("en", "b.zip exists already. Choose"), ("zh", "b.zip 已存在，请改用")):
        again = run("admin", "backup", "b.zip", "--lang", language)
        assert (again.code, says in again.err) == (2, True)
    monkeypatch.setenv("CETS_DATA", str(tmp_path / "other"))
    restored = run("admin", "restore", "b.zip", "--lang", "zh")
    assert (restored.code, "上传文件 0 个" in restored.err) == (0, True)
    for language, says in (("en", "not empty"), ("zh", "数据库不为空")):
        refused = run("admin", "restore", "b.zip", "--lang", language)
        assert (refused.code, says in refused.err) == (2, True)
    (entry,) = [json.loads(line) for line in run("admin", "audit", "export").out.splitlines()]
    assert (entry["actor"], entry["action"]) == ("operator", "backup.restore")
    assert json.loads(entry["details"])["file"] == "b.zip"


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("update audit_log set actor = 'nobody' where sequence = 2", "row 2: changed"),
        ("delete from audit_log where sequence = 2", "row 2: missing"),
        ("delete from audit_log where sequence in (1, 2)", "row 1-2: missing"),
        ("delete from audit_log where sequence = 3", "row 3: truncated"),
    ],
)
def test_a_log_that_was_touched_ends_with_1_and_names_the_row(run, data, statement, says):
    run("db", "upgrade")
    for number in range(3):
        assert run("admin", "backup", f"{number}.zip").code == 0
    head = run("admin", "audit", "head").out.strip()
    assert re.fullmatch(r"3:[0-9a-f]{64}", head)
    assert run("admin", "audit", "verify", "--head", head).out.strip() == head
    Path("log.jsonl").write_text(run("admin", "audit", "export").out, "utf-8")
    tamper(data, statement)
    found = run("admin", "audit", "verify", "--head", head)
    assert (found.code, found.err.splitlines()[0]) == (1, says)
    kind = says.rpartition(" ")[2]
    assert f"（{kind}）" in run("admin", "audit", "verify", "--head", head, "--lang", "zh").err
    assert run("admin", "audit", "verify", "--file", "log.jsonl", "--head", head).code == 0


@pytest.mark.parametrize(
    "arguments", [("--head", "3"), ("--file", "broken.jsonl"), ("--file", "missing.jsonl")]
)
def test_what_cannot_be_verified_ends_with_2(run, data, arguments):
    run("db", "upgrade")
    Path("broken.jsonl").write_text('{"sequence": 1}\n', "utf-8")
    assert run("admin", "audit", "verify", *arguments).code == 2


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_link_for_an_address_that_is_only_assumed_says_so(run, data, monkeypatch, language):
    name = ("--name", "运营中心", "--lang", language)
    made = run("admin", "create-operator", "--email", "a@example.org", *name)
    assert re.fullmatch(r"http://127\.0\.0\.1:8000/zh/links/[\w-]{43}\n", made.out)
    assert "http://127.0.0.1:8000" in made.err
    assert "CETS_PUBLIC_URL" in made.err
    assert bool(re.search("[一-鿿]", made.err)) == (language == "zh")
    organisation = run("admin", "list").out.split()[0]
    monkeypatch.setenv("CETS_PUBLIC_URL", "https://cets.example.org")
    invited = run("admin", "invite", "b@example.org", "--organisation", organisation)
    assert invited.out.startswith("https://cets.example.org/zh/links/")
    assert invited.err == ""
    unknown = run("admin", "reset-link", "b@example.org", "--lang", language)
    assert unknown.code == 2
    assert "b@example.org" in unknown.err
    assert "cets admin invite" in unknown.err


def test_a_setting_that_cannot_be_taken_ends_with_2(run, data, monkeypatch):
    monkeypatch.setenv("CETS_WORKER", "yes")
    refused = run("admin", "tidy")
    assert (refused.code, "CETS_WORKER" in refused.err) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "settings", "told"),
    [
        (("admin", "audit", "head"), {}, "cets db upgrade"),
        (("admin", "tidy"), {}, "cets db upgrade"),
        (("admin", "backup", "b.zip", "--lang", "zh"), {}, "请先执行 `cets db upgrade`"),
        (("worker",), {}, "cets db upgrade"),
        (("admin", "list"), {"DATABASE_URL": NOWHERE}, "refused"),
        (("db", "upgrade"), {"CETS_DATA": "file"}, "file"),
        (("serve", "--port", "{taken}"), {}, "--port"),
        (("serve",), {"CETS_RATE_LIMIT": "much"}, "CETS_RATE_LIMIT"),
    ],
)
def test_what_the_operator_has_to_see_to_is_no_defect(
    run, data, tmp_path, monkeypatch, arguments, settings, told
):
    (tmp_path / "file").write_text("no folder")
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = run(*(word.replace("{taken}", port) for word in arguments))
    assert done.code == 2
    assert told in done.err
    assert "defect" not in done.err
    assert "secret" not in done.err


UNINSTALLED = """
import sys
from cets_conformance.cli import main
sys.modules["sqlalchemy"] = None
for sys.argv in (["cets", *line.split()] for line in sys.stdin):
    try:
        main()
    except SystemExit as ended:
        print(ended.code, flush=True)
"""


def test_without_the_extra_every_command_of_the_service_says_what_to_install(data):
    commands = ["serve", "worker", "db upgrade", "admin list", "admin list --lang zh", "admin tidy"]
    done = subprocess.run(
        [sys.executable, "-c", UNINSTALLED],
        input="\n".join(commands),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["2"] * len(commands)
    assert done.stderr.count("pip install 'cets-conformance[service]'") == len(commands)
    assert done.stderr.count("未安装 Web 服务") == 1


def test_tidy_says_how_much_went(run, data):
    run("db", "upgrade")
    assert "0 checks and comparisons and 0 files" in run("admin", "tidy").err
    assert "检验和比对 0 项、文件 0 个" in run("admin", "tidy", "--lang", "zh").err


def test_keys_are_rotated_listed_and_revoked_with_a_reason(run, data):
    first, second = (run("admin", "keys", "rotate").out.strip() for _ in range(2))
    states = [line.split("\t")[:2] for line in run("admin", "keys", "list").out.splitlines()]
    assert sorted(states) == sorted([[first, "retired"], [second, "active"]])
    assert run("admin", "keys", "revoke", first).code == 2
    gone = run("admin", "keys", "revoke", first, "--reason", "Lost.")
    assert (gone.out.strip(), "revoked with it: 0" in gone.err) == ("0", True)
    again = run("admin", "keys", "revoke", first, "--reason", "Lost.")
    assert (again.code, "before" in again.err) == (2, True)
    unknown = run("admin", "keys", "revoke", "none", "--reason", "x", "--lang", "zh")
    assert (unknown.code, "none" in unknown.err) == (2, True)
    assert [file.stem for file in (data / "keys").iterdir()] == [second]
