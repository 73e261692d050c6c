"""From the tables that a request brings to a comparison in the database, and to its result.

A result is a function of what is stored: the uploads with their names, the options, the versions
of the rules. Its key is the hash of all that, so the same question is answered from the result
that is there. Comparing is always a worker's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from cets_conformance import __version__, direct
from cets_conformance.comparison import ComparisonError, compare_tables
from cets_conformance.tables import Limits, Options, TableError
from cets_conformance.tables.own_province import refuse_other_provinces
from cets_conformance.tables.reading import Table, read_table
from cets_service.checking import Owner, hash_of, place_as_json
from cets_service.jobs import Progress
from cets_service.store import (
    ComparedTable,
    Comparison,
    Job,
    NewComparison,
    Store,
    Verdict,
)
from cets_service.store.comparison_results import PARTS
from cets_service.store.comparisons import KIND
from cets_service.uploads import Incoming, Uploads

__all__ = ["Comparing", "ReceivedTable", "ReceivedTables"]

SHOWN_ROWS = 20
"""Rows of a list in the report itself; all are kept beside it."""


@dataclass(frozen=True, slots=True)
class ReceivedTable:
    """A table that a request brought."""

    name: str
    """Whose it is."""
    file: str
    """Name of its file."""
    upload: Incoming
    headers: Mapping[str, str] = field(default_factory=dict)
    """Its foreign headers and the columns they stand for."""


@dataclass(frozen=True, slots=True)
class ReceivedTables:
    """Tables that a request brought, and what to compare them with."""

    tables: Sequence[ReceivedTable]
    options: Options


class Comparing:
    """Makes comparisons and finds their results."""

    def __init__(self, store: Store, uploads: Uploads, limits: Limits) -> None:
        self._store = store
        self._uploads = uploads
        self._limits = limits

    def add(self, received: ReceivedTables, owner: Owner, actor: str) -> tuple[str, bool]:
        """Write a comparison; give its id, and whether a worker must be woken for its result."""
        options = received.options.as_json()
        with self._uploads.held():
            tables = [
                ComparedTable(
                    table.name, table.file, self._uploads.keep(table.upload), table.headers
                )
                for table in received.tables
            ]
            given = _stored_input(tables, options, owner.province)
            key = hash_of(given)
            with self._store.writing():
                comparison_id = self._store.comparisons.add(
                    NewComparison(
                        organisation_id=str(owner.organisation_id),
                        person_id=str(owner.person_id),
                        tables=tables,
                        options=options,
                        key=key,
                        keep=owner.keep,
                    )
                )
                waits = self._ask(key, given)
                self._store.record(
                    actor,
                    "comparison.create",
                    f"comparison:{comparison_id}",
                    uploads=[table.upload for table in tables],
                    key=key,
                )
        return comparison_id, waits

    def ask_again(
        self,
        comparison: Comparison,
        owner: Owner,
        actor: str,
        others: Sequence[ComparedTable] | None,
    ) -> bool:
        """Ask again, with today's rules and perhaps other headers: ``others`` are the tables then.

        Tells whether a worker must be woken.
        """
        tables = comparison.tables if others is None else others
        given = _stored_input(tables, comparison.options, owner.province)
        key = hash_of(given)
        mapped = [
            table.upload
            for before, table in zip(comparison.tables, tables, strict=True)
            if table.headers != before.headers
        ]
        with self._store.writing():
            self._store.comparisons.want_again(comparison.id, key, tables)
            waits = self._ask(key, given)
            concerning = f"comparison:{comparison.id}"
            if others is None:
                self._store.record(actor, "comparison.retry", concerning, key=key)
            elif mapped:  # not the headers themselves: a file without any has people's data there
                self._store.record(actor, "comparison.map", concerning, uploads=mapped, key=key)
        return waits

    def cancel(self, comparison: Comparison, actor: str) -> bool:
        """Say that a comparison is no longer wanted; False where it has ended."""
        with self._store.writing():
            cancelled = self._store.comparisons.cancel(comparison)
            if cancelled:
                self._store.record(actor, "comparison.cancel", f"comparison:{comparison.id}")
        return cancelled

    def delete(self, comparison: Comparison, actor: str) -> None:
        """Delete a comparison; its uploads go when they are swept."""
        with self._store.writing():
            self._store.comparisons.delete(comparison.id)
            self._store.record(actor, "comparison.delete", f"comparison:{comparison.id}")

    def _ask(self, key: str, given: Mapping[str, Any]) -> bool:
        if self._store.comparison_results.is_known(key):
            return False
        self._store.jobs.ask(KIND, key, given)
        return True

    def run(self, job: Job, progress: Progress) -> None:
        """Compare what a job asks and write the result, once."""
        with ExitStack() as opened:
            sources = [
                opened.enter_context(self._uploads.local(table["upload"]))
                for table in job.input["tables"]
            ]
            result, rows = self._compare(sources, job.input, progress)
        store = self._store
        store.comparison_results.write_rows(store.jobs, job, rows)
        with store.jobs.holding(job):
            store.comparison_results.add(job.key, result)
            store.jobs.finish(job)

    def _compare(
        self, sources: Sequence[Path], given: Mapping[str, Any], progress: Progress
    ) -> tuple[Verdict, Mapping[str, Sequence[Mapping[str, Any]]]]:
        """Compare stored tables; that they cannot be compared is a result too."""
        names = [table["name"] for table in given["tables"]]
        options = Options.from_json(given["options"])
        tables, errors = [], []
        for position, (told, source) in enumerate(zip(given["tables"], sources, strict=True)):
            its = replace(options, headers=told["headers"])
            try:
                tables.append(self._read(source, its, given["province"], progress))
            except TableError as error:
                named = {"table": told["name"], "position": position}
                errors += [place_as_json(item, its.mapped) | named for item in error.problems]
        if errors:
            return _refused({"code": "NOT_A_TABLE", "errors": errors}), {}
        try:
            report = compare_tables(tables, names, options=options, progress=progress).report(None)
        except ComparisonError as error:
            why = {"code": "NOT_COMPARABLE", "why": error.code, "values": dict(error.values)}
            return _refused(why), {}
        rows = {part: report[part]["rows"] for part in PARTS}
        for part in PARTS:
            report[part]["rows"] = rows[part][:SHOWN_ROWS]
        return Verdict(report["verdict"], report, None), rows

    def _read(
        self, source: Path, options: Options, province: str | None, progress: Progress
    ) -> Table:
        table = read_table(
            source,
            kind=options.kind,
            sheet=options.sheet,
            unit="10kt" if options.unit == "10kt" else None,
            mapped=options.mapped,
            limits=self._limits,
            progress=progress,
        )
        if province is not None:
            refuse_other_provinces(table, province)
        return table


def _stored_input(
    tables: Sequence[ComparedTable], options: Mapping[str, Any], province: str | None
) -> dict[str, Any]:
    """Give all that a result is a function of."""
    return {
        "tables": [
            {"name": table.name, "upload": table.upload, "headers": dict(table.headers)}
            for table in tables
        ],
        "options": dict(options),
        "province": province,
        "versions": {"reference": direct.version(), "conformance": __version__},
    }


def _refused(problem: Mapping[str, Any]) -> Verdict:
    return Verdict(None, None, problem)
