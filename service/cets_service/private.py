"""What the service makes on disk is its user's alone, whatever the umask: it holds names, tables,
hashes. A folder or file that is there already is left as it is: who made it says who may read it.
"""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["make_folder", "opener"]


def make_folder(folder: Path) -> None:
    """Make a folder, and what is missing above it."""
    for missing in (*reversed(folder.parents), folder):
        missing.mkdir(exist_ok=True, mode=0o700)  # with `parents` only the last would have the mode


def opener(file: str, flags: int) -> int:
    """Open a file for ``open``, and make it where it is missing."""
    return os.open(file, flags, 0o600)
