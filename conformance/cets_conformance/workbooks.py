"""Making a workbook that is written as a whole, or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import xlsxwriter

__all__ = ["workbook"]


@contextmanager
def workbook(target: Path, options: Mapping[str, Any]) -> Iterator[Any]:
    """Give a workbook that is written to ``target`` at the end, with ``options`` of XlsxWriter.

    XlsxWriter's own context writes it even where an error or an interruption has ended its making,
    and leaves its temporary files behind where its writing is interrupted.
    """
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        book = xlsxwriter.Workbook(str(target), {**options, "tmpdir": folder})
        yield book
        book.close()
