"""Checking a table on a Dask cluster: the same plan as in memory, its parts on the workers.

What goes where: of plain CSV (UTF-8, no quotes) workers that see the file read their ranges of it;
where they do not, the bytes are sent to them. Any other file is read here, and its records are
sent, some ten thousand at a time, to be typed there. The client keeps what is told of parts: notes,
counts, sums, the rows that a report shows. What is gathered besides grows with what is wrong or
tied: suspects and judges of the order of rates (``order``), units of a sector whose balance value
only the reference can solve (``solving``).

A worker that is lost takes its parts with it; the scheduler has them made again by another one.
Every step is a pure function of the file, so that the report is the same, byte for byte.
"""

from .checking import check_file_on
from .cluster import Cluster, connected

__all__ = ["Cluster", "check_file_on", "connected"]
