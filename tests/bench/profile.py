"""Renews the profile in README.md: where ``cets check`` and a single-row check spend their time."""

from __future__ import annotations

import contextlib
import io
import itertools
import re
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.bench.load import check_of
from tests.bench.tables import BALANCE, write

PAGE = Path(__file__).with_name("README.md")
BEGIN, END = "<!-- profile:begin -->\n", "<!-- profile:end -->"
ROWS = 100_000
REQUESTS = 500
SHOWN = 10
OURS = re.compile(r"cets_(?:reference|conformance|service)")


def dearest(work: Callable[[], object], interval: float) -> list[tuple[str, float, float]]:
    """Give the dearest functions of ours: name, share with and without what they call.

    Time spent in libraries counts to the function of ours that called them.
    """
    from pyinstrument import Profiler

    profiler = Profiler(interval=interval)
    with profiler:
        work()
    session = profiler.last_session
    root = session and session.root_frame()
    if root is None:
        raise RuntimeError("nothing was sampled")
    whole: dict[str, float] = {}
    own: dict[str, float] = {}

    def visit(frame: Any, around: tuple[str, ...]) -> None:
        found = OURS.search(frame.file_path or "")
        if found:
            module = Path(frame.file_path[found.start() :]).with_suffix("").as_posix()
            name = f"{module.replace('/', '.')}.{frame.function}"
            if name not in around:
                whole[name] = whole.get(name, 0.0) + frame.time
            around = (*around, name)
        if around:
            rest = frame.time - sum(child.time for child in frame.children)
            own[around[-1]] = own.get(around[-1], 0.0) + rest
        for child in frame.children:
            visit(child, around)

    visit(root, ())
    ranked = sorted(own, key=lambda name: -own[name])[:SHOWN]
    return [(name, whole[name] / root.time, own[name] / root.time) for name in ranked]


def _check(table: Path) -> Callable[[], object]:
    from cets_conformance.cli import main

    words = ["cets", "check", str(table)]
    words += [f"--balance={sector}={value}" for sector, value in BALANCE.items()]

    def work() -> None:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
            sys.argv = words
            main()

    return work


def _requests(folder: Path, ending: contextlib.ExitStack) -> Callable[[], object]:
    from cets_service import Config, create_app, upgrade
    from cets_service.services import EXTENSION

    config = Config(data=folder, database_url=f"sqlite:///{folder / 'cets.sqlite3'}")
    upgrade(config)
    app = create_app(config)
    ending.callback(app.extensions[EXTENSION].close)
    client = app.test_client()
    new = itertools.count()  # what is asked again is answered from the verdict that is there

    def work() -> None:
        for number in itertools.islice(new, REQUESTS):
            path, body, _ = check_of(number)
            client.post(path, json=body)

    work()
    return work


def render() -> str:
    """Make the tables."""
    with contextlib.ExitStack() as ending:
        folder = Path(ending.enter_context(tempfile.TemporaryDirectory()))
        table = folder / "table.csv"
        write("ordinary", ROWS, table)
        parts = [
            (f"`cets check`, {ROWS:,} rows", _check(table), 0.005),
            ("A single-row check in the service", _requests(folder / "var", ending), 0.0005),
        ]
        lines = []
        for title, work, interval in parts:
            lines += [f"**{title}**", "", "| function | with callees | itself and libraries |"]
            lines += ["|---|---|---|"]
            lines += [
                f"| `{function}` | {whole:.0%} | {own:.0%} |"
                for function, whole, own in dearest(work, interval)
            ]
            lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    page = PAGE.read_text("utf-8")
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(before + BEGIN + render() + END + after, "utf-8")
    sys.stdout.write("written: the profile in tests/bench/README.md\n")
