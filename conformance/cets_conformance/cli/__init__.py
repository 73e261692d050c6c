"""The command line ``cets``: 0 conforms, 1 does not, 2 could not be checked, 3 is our fault.

A signal that ends it gives 130 (Ctrl-C) or 143 (SIGTERM).
"""

from __future__ import annotations

import atexit
import gc
import os
import sys
import traceback
from contextlib import suppress
from importlib import import_module

import click

from cets_conformance import __version__
from cets_conformance.cli.commands import Group
from cets_conformance.cli.common import language_option
from cets_conformance.cli.interrupting import Interrupted, interruptible
from cets_conformance.cli.speaking import asked_language, speaking
from cets_conformance.messages import Language, text

__all__ = ["cets", "main"]

UNCHECKED, OURS = 2, 3


COMMANDS = {
    "admin": "admin",
    "certificate": "certificate",
    "check": "check",
    "compare": "compare",
    "compute": "compute",
    "db": "service",
    "exam": "exam",
    "rules": "rules",
    "run": "run",
    "sample": "sample",
    "serve": "service",
    "vectors": "vectors",
    "worker": "service",
}
"""Every command and the module that holds it, in the order of the help."""

_LASTING = {"serve", "worker"}
"""Commands that go on until they are stopped."""

_SELDOM = 100_000
"""Objects made between two looks of the garbage collector, in a command that ends by itself."""


class _Commands(Group):
    """Commands that are loaded when they are asked for: none waits for what another one needs."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Name all commands."""
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one command; None where there is no such one."""
        if cmd_name not in COMMANDS:
            return None
        if cmd_name not in _LASTING:  # nearly all that it makes lives until it ends
            gc.set_threshold(_SELDOM)
        module = import_module(f"{__name__}.{COMMANDS[cmd_name]}")
        command: click.Command = getattr(module, cmd_name)
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="cets")
@language_option
def cets(*, language: str) -> None:
    """Show whether software computes China's carbon-market allowances right.

    检验全国碳排放权交易市场配额核算软件与配额分配数据表是否正确。
    """


def main() -> None:
    """Run ``cets``; whatever is our fault is said so and exits with 3."""
    language = asked_language(sys.argv[1:])
    # Arrow's own pools give memory back and fetch it again, a seventh of the time of a long table;
    # NumPy's linear algebra, which nothing here uses, starts threads that are busy with waiting.
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    atexit.register(gc.freeze)  # memory goes with the process: who refers to whom is of no interest
    try:
        with interruptible(), speaking(language):
            code = _run(language)
    except Interrupted as interrupted:
        click.echo(text("cli.interrupted", language), err=True)
        with suppress(OSError):
            sys.stdout.flush()
        os._exit(interrupted.code)  # at once: threads may be at work that has lost its purpose
    sys.exit(code)


def _run(language: Language) -> int:
    """Run the command that was asked for, in this language; gives the exit code."""
    try:
        code = cets.main(standalone_mode=False, obj=language)
    except click.ClickException as error:
        error.show()
        return error.exit_code if error.exit_code == OURS else UNCHECKED
    except click.Abort:
        return UNCHECKED
    except Exception as error:  # noqa: BLE001  (the outermost edge: a defect must not look like a verdict)
        if os.environ.get("CETS_DEBUG"):
            traceback.print_exc()
        click.echo(
            f"cets: a defect of ours, not of your input: {type(error).__name__}: {error}\n"
            "cets: set CETS_DEBUG=1 to see where, and tell us / 程序自身缺陷，请反馈",
            err=True,
        )
        return OURS
    return code if isinstance(code, int) else 0
