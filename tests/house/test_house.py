"""The house: layers, sizes, versions, the wheel."""

from __future__ import annotations

import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import cets_conformance
import cets_reference

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
LIMITS = {"reference": 250, "conformance": 400, "service": 400, "tests": 400}


@pytest.mark.parametrize("folder", LIMITS)
def test_no_module_is_longer_than_a_reader_takes_in(folder: str) -> None:
    long = [
        f"{path.relative_to(ROOT)}: {lines}"
        for path in (ROOT / folder).rglob("*.py")
        if (lines := len(path.read_text("utf-8").splitlines())) > LIMITS[folder]
    ]
    assert long == []


def test_no_module_is_named_like_one_of_the_standard_library() -> None:
    names = {
        path.stem
        for folder in ("reference", "conformance", "service")
        for path in (ROOT / folder).rglob("*.py")
    }
    assert names & {"numbers", "types", "calendar", "statistics", "decimal"} == set()


def test_there_is_one_version() -> None:
    version = PROJECT["project"]["version"]
    assert cets_reference.__version__ == cets_conformance.__version__ == version


def test_every_dependency_is_locked() -> None:
    locked = (ROOT / "requirements.lock").read_text("utf-8").lower()
    extras = PROJECT["project"]["optional-dependencies"]
    wanted = [*PROJECT["project"]["dependencies"], *extras["service"], *extras["dev"]]
    names = [item.split(">")[0].split("[")[0] for item in wanted if "cets-conformance" not in item]
    assert [name for name in names if f"\n{name.lower()}==" not in locked] == []


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_the_three_packages_with_schemas_and_vectors_and_nothing_else(
    wheel: Path,
) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    packages = {"cets_reference", "cets_conformance", "cets_service"}
    assert {top for top in tops if not top.endswith(".dist-info")} == packages
    assert "cets_conformance/_data/schemas/v1/unit.schema.json" in names
    assert "cets_conformance/_data/vectors/LICENSE" in names
    done = subprocess.run(
        [Path(sys.executable).with_name("check-wheel-contents"), wheel],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_the_wheel_works_where_the_source_is_gone(wheel: Path, tmp_path: Path) -> None:
    """Unpacked elsewhere, it checks a table, with its own schemas and templates."""
    target = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(target)
    script = (
        f"import sys; sys.path.insert(0, {str(target)!r})\n"
        "from pathlib import Path\n"
        "import cets_conformance, cets_reference\n"
        f"assert Path(cets_reference.__file__).is_relative_to({str(target)!r})\n"
        "from cets_conformance import published, report\n"
        "from cets_conformance.tables import check_file\n"
        "from cets_conformance.tables.writing import write_sample\n"
        "write_sample(Path('t.csv'), year=2025, rate='0.01')\n"
        "outcome = check_file(Path('t.csv'))\n"
        "published.validator('report').validate(outcome.report())\n"
        "report.write(outcome.report(), Path('r.html'), 'zh', source=Path('t.csv'))\n"
        "print(outcome.verdict)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == "does_not_conform", done.stderr


def test_the_vectors_run_from_the_wheel_alone_and_without_network(
    wheel: Path, tmp_path: Path
) -> None:
    """An adapter conforms, with a report, in a process that may open no connection."""
    target = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(target)
    adapter = tmp_path / "adapter.py"
    adapter.write_bytes((ROOT / "conformance/adapters/python/adapter.py").read_bytes())
    script = (
        f"import socket, sys; sys.path.insert(0, {str(target)!r})\n"
        "def refuse(*_): raise AssertionError('a connection was opened')\n"
        "socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = refuse\n"
        "import cets_conformance\n"
        f"assert cets_conformance.__file__.startswith({str(target)!r})\n"
        f"sys.argv = ['cets', 'run', '--adapter', {f'{sys.executable} {adapter}'!r},\n"
        "            '--operation', 'emissions', '--report', 'run.html']\n"
        "from cets_conformance.cli import main\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "run.html").stat().st_size > 10_000


@pytest.mark.parametrize("licensed", ["LICENSE", "schemas/LICENSE", "vectors/LICENSE"])
def test_every_licence_is_there(licensed: str) -> None:
    text = (ROOT / licensed).read_text("utf-8")
    assert ("Apache License" if licensed == "LICENSE" else "CC0 1.0") in text
