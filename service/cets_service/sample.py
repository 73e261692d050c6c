"""The sample table that the start page offers: synthetic, national, with mistakes to be found."""

from __future__ import annotations

import os
import tempfile
import threading
from pathlib import Path

from cets_conformance.tables.writing import write_sample
from cets_service.config import Config
from cets_service.private import make_folder

__all__ = ["SAMPLE_NAME", "sample_file"]

SAMPLE_NAME = "national-2025.xlsx"
"""Name of the sample table's file."""

YEAR = 2025
SEED = 2025
MISTAKE = "M-18"
"""Balance value times output: the plain benchmark that people expect from other sectors."""
RATE = "0.01"
"""Share of the units whose allowance is computed with the mistake."""

_MAKING = threading.Lock()


def sample_file(config: Config) -> Path:
    """Give the sample table, made where it is not there yet."""
    folder = config.data / "sample"
    target = folder / f"{YEAR}-{SEED}-{MISTAKE}-{RATE}.xlsx"
    with _MAKING:
        if not target.exists():
            make_folder(folder)
            descriptor, name = tempfile.mkstemp(suffix=".xlsx", dir=folder)
            os.close(descriptor)
            part = Path(name)
            try:
                write_sample(part, year=YEAR, seed=SEED, mistake=MISTAKE, rate=RATE)
                part.replace(target)
            finally:
                part.unlink(missing_ok=True)
    return target
