"""What the documents say holds."""

from __future__ import annotations

import doctest
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from tests.house import clause_table

from cets_conformance import direct

ROOT = Path(__file__).parents[2]
READMES = ("README.md", "README.zh-CN.md")


def test_the_clause_table_is_the_one_the_code_gives() -> None:
    page = clause_table.PAGE.read_text("utf-8")
    assert clause_table.render_page(page) == page, "run `make docs`"
    assert clause_table.render_data() == clause_table.DATA.read_text("utf-8"), "run `make docs`"


def test_the_examples_in_the_reference_readme_give_what_they_show() -> None:
    result = doctest.testfile(str(clause_table.PAGE), module_relative=False)
    assert result.attempted > 0
    assert result.failed == 0


def test_every_figure_set_in_bold_in_the_story_is_in_the_computed_cycle() -> None:
    story = clause_table.PAGE.read_text("utf-8").partition("## A story")[2].partition("\n## ")[0]
    case = json.loads((ROOT / "reference" / "story.json").read_text("utf-8"))
    answer = direct.answer("cycle", case)["output"]
    computed = set(re.findall(r"[0-9]+", json.dumps(answer)))
    told = re.findall(r"\*\*([0-9]+)\*\*", story)
    assert len(told) >= 10
    assert [figure for figure in told if figure not in computed] == []
    line = case["years"][1]["units"][0]
    unit = direct.answer("allocation", {"unit": line, "balance_value": "1.6"})["output"]
    for figure in (unit["intensity"], unit["deviation"], unit["coefficient"]):
        assert figure.replace("-", "−") in story


def test_every_command_of_the_readmes_runs_as_written(tmp_path: Path) -> None:
    """Both have the same ones, so each is run once."""
    commands, again = (
        re.findall(r"^\.venv/bin/(cets .+)$", (ROOT / readme).read_text("utf-8"), re.MULTILINE)
        for readme in READMES
    )
    assert len(commands) == 5
    assert commands == again
    (tmp_path / ".venv").symlink_to(Path(sys.executable).parents[1])
    (tmp_path / "conformance").symlink_to(ROOT / "conformance")
    (tmp_path / "case.json").write_text(
        (ROOT / "schemas/v1/examples/valid/allocation-input" / _first_example()).read_text("utf-8"),
        "utf-8",
    )
    cets = Path(sys.executable).with_name("cets")
    for command in commands:
        words = shlex.split(command)[1:]
        done = subprocess.run(
            [cets, *words], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False
        )
        expected = 1 if words[0] == "check" else 0
        assert done.returncode == expected, (command, done.stdout, done.stderr)


def _first_example() -> str:
    folder = ROOT / "schemas/v1/examples/valid/allocation-input"
    return sorted(path.name for path in folder.iterdir())[0]


@pytest.mark.parametrize("readme", READMES)
def test_every_link_of_the_readme_leads_somewhere(readme: str) -> None:
    text = (ROOT / readme).read_text("utf-8")
    targets = re.findall(r"\]\(([^)#:]+)\)", text)
    assert targets
    assert [target for target in targets if not (ROOT / target).exists()] == []


def test_a_readme_is_one_screen() -> None:
    for readme in READMES:
        assert len((ROOT / readme).read_text("utf-8").splitlines()) <= 60


def test_no_file_speaks_of_a_place_outside_the_project() -> None:
    """No path of a developer's machine, no host of a package registry."""
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    forbidden = re.compile("/" + "work/|/" + "root/|pypi" + r"\.org|files\.python" + "hosted")
    found = [
        name
        for name in listed
        if (ROOT / name).is_file() and Path(name).suffix not in {".png", ".xlsx", ".parquet"}
        if forbidden.search((ROOT / name).read_text("utf-8", errors="replace"))
    ]
    assert found == []


def test_the_environment_of_the_tests_is_the_checkout() -> None:
    """The suite must not pass on an installed copy of something else."""
    import cets_reference

    assert Path(os.path.realpath(cets_reference.__file__)).is_relative_to(ROOT.resolve())
