"""The operator's handbook and the files to deploy with say what is so."""

from __future__ import annotations

import inspect
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import click
import pytest
import yaml
from click.testing import CliRunner
from packaging.requirements import Requirement

from cets_conformance.cli import cets
from cets_service import Config, config

ROOT = Path(__file__).parents[3]
DEPLOY = ROOT / "service" / "deploy"
HANDBOOKS = ("docs/operations.md", "docs/operations.zh-CN.md")
VARIABLES = set(re.findall(r"\"(CETS_[A-Z_]+|DATABASE_URL)\"", inspect.getsource(config)))
UNITS = sorted(path.name for path in DEPLOY.glob("cets-*.service"))


def handbook(name):
    return (ROOT / name).read_text("utf-8")


def console_blocks(text):
    """Give the commands of a handbook that can be run anywhere, also those of a list's items."""
    return re.findall(r"^ *```console\n(.*?)^ *```$", text, re.MULTILINE | re.DOTALL)


def compose():
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))


def test_every_setting_has_a_variable_and_a_field():
    assert len(VARIABLES) == len(fields(Config))
    assert (
        set(re.findall(r"``(CETS_[A-Z_]+|DATABASE_URL)``", inspect.getsource(Config))) == VARIABLES
    )


@pytest.mark.parametrize("name", HANDBOOKS)
def test_the_handbook_explains_every_setting_with_its_default_and_no_other(name):
    rows = re.findall(r"^\| `([A-Z_]+)` \| (.+?) \|", handbook(name), re.MULTILINE)
    assert {variable for variable, _ in rows} == VARIABLES
    plain = Config.from_environment({})
    for variable, default in rows:
        shown = re.fullmatch(r"`(.+)`", default)
        if shown and variable != "CETS_DATA":
            attribute = {"CETS_RATE_LIMIT": None}.get(variable, variable[5:].lower())
            assert Config.from_environment({variable: shown[1]}) == plain, variable
            assert str(getattr(plain, attribute)).removesuffix(".0") in (shown[1], "True")


def test_the_file_of_settings_names_them_all_and_can_be_read():
    lines = (DEPLOY / "cets.env").read_text("utf-8").splitlines()
    given = [re.fullmatch(r"#?([A-Z_]+)=(.*)", line) for line in lines if "=" in line]
    assert {match[1] for match in given} == VARIABLES
    assert Config.from_environment({match[1]: match[2] for match in given})


def test_the_commands_of_the_handbook_work_as_they_stand(tmp_path):
    blocks = console_blocks(handbook(HANDBOOKS[0]))
    assert len(blocks) == 10
    environment = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(tmp_path),
    }
    done = subprocess.run(
        ["bash", "-euxo", "pipefail", "-c", "".join(blocks)],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "drill").exists()
    log = (tmp_path / "audit.jsonl").read_text("utf-8").splitlines()
    actions = [json.loads(line)["action"] for line in log]
    assert actions == ["organisation.add", "invitation.make"] * 2 + ["backup.make"]


def test_both_handbooks_have_the_same_commands_and_speak_of_the_same_things():
    """So that running the commands of one proves those of the other."""
    english, chinese = (handbook(name) for name in HANDBOOKS)
    chinese = chinese.replace("用户:口令@主机/库名", "user:password@host/name")
    for pattern in (r"^```(?:console|sh|nginx)\n.*?^```$", r"^##+", r"^\|.*?\|"):
        found = [re.findall(pattern, text, re.MULTILINE | re.DOTALL) for text in (english, chinese)]
        assert len(found[0]) == len(found[1]) > 5
    assert console_blocks(english) == console_blocks(chinese)
    terms = [set(re.findall(r"`([^`\n]+)`", text)) for text in (english, chinese)]
    assert terms[0] == terms[1]


def commands():
    """Give every ``cets`` command the files start or the handbook names, by where it stands."""
    found = {
        f"compose {name}": service["command"]
        for name, service in compose()["services"].items()
        if "command" in service
    }
    for name in UNITS:
        (line,) = re.findall(r"^ExecStart=/opt/cets/bin/(.*)$", (DEPLOY / name).read_text(), re.M)
        found[name] = line.split()
    (image,) = re.findall(r"^CMD \[(.*)\]$", (DEPLOY / "Dockerfile").read_text(), re.M)
    found["Dockerfile"] = re.findall(r'"([^"]*)"', image)
    return found


@pytest.mark.parametrize("place", sorted(commands()))
def test_every_command_that_is_started_exists_with_its_options(place):
    program, *words = commands()[place]
    assert program == "cets"
    command = cets
    while words and isinstance(command, click.Group):
        command = command.get_command(click.Context(command), words.pop(0))
    known = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in words if word.startswith("-")} <= known
    assert CliRunner().invoke(command, ["--help"]).exit_code == 0


def test_the_compose_file_is_whole():
    parsed = compose()
    services = parsed["services"]
    assert set(services) == {"database", "web", "worker"}
    for name in ("web", "worker"):
        service = services[name]
        assert (ROOT / service["build"]["dockerfile"]).is_file()
        assert (DEPLOY / service["build"]["context"] / "pyproject.toml").is_file()
        assert set(service["environment"]) <= VARIABLES
        assert set(service["depends_on"]) <= set(services)
        values = {
            k: re.sub(r"\$\{\w+:[-?]?([^}]*)\}", r"\1", v)
            for k, v in service["environment"].items()
        }
        read = Config.from_environment({**values, "CETS_PUBLIC_URL": "https://cets.example"})
        assert read.proxies == 1
        assert not read.worker, "a service of its own does it"
        assert "CETS_PUBLIC_URL" in service["environment"]
        assert read.database_url.startswith("postgresql+psycopg://cets:")
    mounted = {v.split(":")[0] for service in services.values() for v in service["volumes"]}
    assert mounted == set(parsed["volumes"])
    assert services["web"]["volumes"] == services["worker"]["volumes"]
    assert services["worker"]["depends_on"] == {"web": {"condition": "service_healthy"}}
    assert all(port.startswith("127.0.0.1:") for port in services["web"]["ports"])


def test_the_image_is_built_from_what_is_there_and_runs_as_nobody_in_particular():
    text = (DEPLOY / "Dockerfile").read_text("utf-8")
    stages = re.split(r"^FROM ", text, flags=re.MULTILINE)[1:]
    assert len(stages) == 2
    last = stages[-1]
    assert re.findall(r"^USER (\w+)$", last, re.MULTILINE) == ["cets"]
    assert last.index("USER cets") < last.index("\nCMD")
    assert "/readyz" in last
    assert set(re.findall(r"\bCETS_[A-Z_]+", text)) <= VARIABLES


@pytest.mark.skipif(shutil.which("sed") is None, reason="no sed")
def test_the_image_gets_the_versions_of_the_lock():
    """The line of the Dockerfile that takes hashes off the lock, run as it stands."""
    (line,) = re.findall(r"(sed -n -E .*) > /constraints.txt", (DEPLOY / "Dockerfile").read_text())
    made = subprocess.run(
        ["bash", "-c", line], cwd=ROOT, capture_output=True, text=True, check=True
    )
    pinned = [Requirement(text) for text in made.stdout.splitlines()]
    locked = re.findall(r"^(\S+==\S+)", (ROOT / "requirements.lock").read_text(), re.MULTILINE)
    assert [f"{item.name}{item.specifier}" for item in pinned] == locked


def test_systemd_takes_the_units(tmp_path):
    """Where systemd is: every directive is known, nothing is misspelt."""
    analyze = shutil.which("systemd-analyze")
    for name in [*UNITS, "cets-backup.timer"]:
        text = (DEPLOY / name).read_text("utf-8")
        (tmp_path / name).write_text(text.replace("/opt/cets/bin/cets", sys.executable))
        if name.endswith(".service"):
            assert "User=cets\n" in text
            assert "NoNewPrivileges=yes\n" in text
            assert "ProtectSystem=strict\n" in text
            refused = text.partition("SystemCallFilter=~")[2]
            assert "\nSystemCallErrorNumber=EPERM\n" in refused, "it would kill the process"
    if analyze:
        done = subprocess.run(
            [analyze, "verify", *(str(tmp_path / name) for name in [*UNITS, "cets-backup.timer"])],
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")
