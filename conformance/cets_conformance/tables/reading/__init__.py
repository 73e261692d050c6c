"""Reading a table: from a file to typed, canonical cells and all that was noted or wrong."""

from .assemble import Build, read_table, table_from_rows
from .cutting import cut
from .records import Limits, Note, Origin, Place, Problem, Progress, Table, TableError

__all__ = [
    "Build",
    "Limits",
    "Note",
    "Origin",
    "Place",
    "Problem",
    "Progress",
    "Table",
    "TableError",
    "cut",
    "read_table",
    "table_from_rows",
]
