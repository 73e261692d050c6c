"""A table file read and checked on a cluster."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from cets_conformance.tables import read_own, read_previous
from cets_conformance.tables.findings import told
from cets_conformance.tables.judging import judge_parts
from cets_conformance.tables.options import Options
from cets_conformance.tables.outcome import Outcome
from cets_conformance.tables.reading import Limits, Progress
from cets_conformance.tables.units import Rows

from .cluster import Cluster
from .reading import Builder
from .remote import Remote

__all__ = ["check_file_on"]


def check_file_on(
    cluster: Cluster,
    source: Path,
    *,
    rows: int | None,
    options: Options | None = None,
    previous: Path | None = None,
    limits: Limits | None = None,
    progress: Progress | None = None,
) -> Outcome:
    """Read a table file and check it on a cluster, as :func:`tables.check_file` does here.

    ``rows``: how many rows of a finding the report will show, None for all; no more are brought
    from the cluster. Errors as there, and :class:`ClusterError`.
    """
    options, limits = options or Options(), limits or Limits()
    keep = partial(told, rows=rows)
    own = Builder(cluster, source, options.readings)
    table = read_own(source, options, limits, progress, build=own)
    before: Remote[Rows] | None = None
    if previous is not None:
        earlier = Builder(cluster, previous, options.readings)
        read_previous(previous, options, limits, progress, build=earlier)
        before = Remote(cluster, earlier.parts, keep)
    parts: Remote[Rows] = Remote(cluster, own.parts, keep)
    return judge_parts(table, parts, before, options, progress or _silent)


def _silent(_stage: str, _done: int, _total: int | None) -> None:
    """Report progress to nobody."""
