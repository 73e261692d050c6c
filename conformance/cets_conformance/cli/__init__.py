"""The command line ``cets``: 0 conforms, 1 does not, 2 could not be checked, 3 is our fault."""

from __future__ import annotations

import os
import sys
import traceback

import click

from cets_conformance import __version__
from cets_conformance.cli.admin import admin
from cets_conformance.cli.certificate import certificate
from cets_conformance.cli.check import check
from cets_conformance.cli.compare import compare
from cets_conformance.cli.compute import compute
from cets_conformance.cli.exam import exam
from cets_conformance.cli.rules import rules
from cets_conformance.cli.run import run
from cets_conformance.cli.sample import sample
from cets_conformance.cli.service import db, serve, worker
from cets_conformance.cli.vectors import vectors

__all__ = ["cets", "main"]

UNCHECKED, OURS = 2, 3


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="cets")
def cets() -> None:
    """Show whether software computes China's carbon-market allowances right.

    检验全国碳排放权交易市场配额核算软件与配额分配数据表是否正确。
    """


for command in (
    admin,
    certificate,
    check,
    compare,
    compute,
    db,
    exam,
    rules,
    run,
    sample,
    serve,
    vectors,
    worker,
):
    cets.add_command(command)


def main() -> None:
    """Run ``cets``; whatever is our fault is said so and exits with 3."""
    try:
        code = cets.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        code = error.exit_code if error.exit_code == OURS else UNCHECKED
    except (click.Abort, KeyboardInterrupt):
        click.echo("cancelled; nothing was written / 已取消，未写入任何文件", err=True)
        code = UNCHECKED
    except Exception as error:  # noqa: BLE001  (the outermost edge: a defect must not look like a verdict)
        if os.environ.get("CETS_DEBUG"):
            traceback.print_exc()
        click.echo(
            f"cets: a defect of ours, not of your input: {type(error).__name__}: {error}\n"
            "cets: set CETS_DEBUG=1 to see where, and tell us / 程序自身缺陷，请反馈",
            err=True,
        )
        code = OURS
    sys.exit(code if isinstance(code, int) else 0)
