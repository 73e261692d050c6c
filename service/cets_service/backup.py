"""Backup and restore: one archive that holds the whole database and every upload it refers to.

The archive is a ZIP file: ``tables/<name>.jsonl``, one row a line in the form of no particular
database, ``uploads/<sha256>``, and ``manifest.json`` with the hash of everything. What was saved
from SQLite can be restored into PostgreSQL and the other way round. The service may go on while a
backup is made: the rows are those of one moment.
"""

from __future__ import annotations

import base64
import hashlib
import os
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Any

from alembic.migration import MigrationContext
from alembic.util import CommandError
from sqlalchemy import (
    Connection,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    func,
    insert,
    inspect,
    select,
    text,
)

from cets_conformance import __version__, json_text
from cets_service import audit
from cets_service.config import Config, UnusableError
from cets_service.database import open_engine, upgrade, writing
from cets_service.private import opener
from cets_service.store import Store
from cets_service.uploads import Uploads

__all__ = ["BackupError", "Contents", "back_up", "restore"]

_FORMAT = "cets-backup-1"
_BATCH = 1_000
_PIECE = 1 << 20
_NOT_SAVED = ("alembic_version", "huey", "workers")
"""How the names of tables begin that are not saved: Alembic's, the queue's, which only wakes
workers, and the workers' own signs of life."""


class BackupError(UnusableError):
    """A backup that cannot be made or restored."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What an archive holds: rows by table, the number of uploads, where the audit log ended."""

    rows: Mapping[str, int]
    uploads: int
    audit_head: str


def back_up(config: Config, store: Store, uploads: Uploads, target: Path) -> Contents:
    """Write the archive to ``target``, which must not exist; nothing half is ever left there."""
    if target.exists():
        raise BackupError("backup.exists", file=target)
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f".{target.name}.unfinished")
    try:
        with open(unfinished, "w+b", opener=opener) as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
                contents = _write(config, store, uploads, archive)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(target)
    finally:
        unfinished.unlink(missing_ok=True)
    return contents


def _write(config: Config, store: Store, uploads: Uploads, archive: zipfile.ZipFile) -> Contents:
    # Most uploads are copied before the moment that counts, while all goes on; those that came
    # meanwhile are copied while nobody may add or remove one. That moment is then short.
    hashes: dict[str, str] = {}
    kept: set[str] = set()
    for sha256 in sorted(store.uploads_in_use()):
        if _copy_upload(archive, uploads, sha256):
            kept.add(sha256)
    with _snapshot(config) as connection:
        with uploads.held(alone=True):
            needed = store.uploads_in_use()
            tables = _reflect(connection)  # the first statement fixes what the others see
            for sha256 in sorted(needed - kept):
                if not _copy_upload(archive, uploads, sha256):
                    raise BackupError("backup.upload_missing", sha256=sha256)
        counts = {}
        for table in tables:
            name = f"tables/{table.name}.jsonl"
            counts[table.name], hashes[name] = _write_rows(archive, name, connection, table)
        (revision,) = MigrationContext.configure(connection).get_current_heads()
        ends = audit.head(connection)
    manifest = {
        "format": _FORMAT,
        "version": __version__,
        "revision": revision,
        "rows": counts,
        "sha256": hashes,
        "uploads": sorted(needed),
        "audit_head": str(ends),
    }
    archive.writestr("manifest.json", json_text.dumps(manifest, pretty=True))
    return Contents(counts, len(needed), str(ends))


@contextmanager
def _snapshot(config: Config) -> Iterator[Connection]:
    """Open a transaction that sees one moment of the database throughout."""
    engine = open_engine(config)
    try:
        with engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection
    finally:
        engine.dispose()


def _reflect(connection: Connection) -> list[Table]:
    """Give every table that is saved, as it is there, those first to which others refer."""
    metadata = MetaData()
    metadata.reflect(connection, only=lambda name, _: not name.startswith(_NOT_SAVED))
    return metadata.sorted_tables


def _copy_upload(archive: zipfile.ZipFile, uploads: Uploads, sha256: str) -> bool:
    """Copy an upload; False where it is gone."""
    try:
        with (
            uploads.local(sha256) as path,
            path.open("rb") as source,
            archive.open(f"uploads/{sha256}", "w", force_zip64=True) as copy,
        ):
            if _pump(source, copy) != sha256:
                raise BackupError("backup.upload_damaged", sha256=sha256)
    except FileNotFoundError:
        return False
    return True


def _pump(source: IO[bytes], target: IO[bytes]) -> str:
    """Copy all bytes and give their SHA-256."""
    digest = hashlib.sha256()
    while piece := source.read(_PIECE):
        digest.update(piece)
        target.write(piece)
    return digest.hexdigest()


def _write_rows(
    archive: zipfile.ZipFile, name: str, connection: Connection, table: Table
) -> tuple[int, str]:
    """Write all rows of a table; give their number and the hash of what was written."""
    digest = hashlib.sha256()
    count = 0
    rows = connection.execution_options(yield_per=_BATCH).execute(
        select(table).order_by(*table.primary_key.columns)
    )
    with archive.open(name, "w", force_zip64=True) as file:
        for row in rows.mappings():
            line = json_text.dumps({key: _as_json(value) for key, value in row.items()}) + "\n"
            digest.update(line.encode())
            file.write(line.encode())
            count += 1
    return count, digest.hexdigest()


def _as_json(value: object) -> object:
    """Put a value into JSON; bytes as Base64, anything that would lose something is refused."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if value is None or isinstance(value, bool | int | str):
        return value
    raise TypeError(f"a column holds {type(value).__name__}, which an archive cannot hold")


def restore(config: Config, uploads: Uploads, source: Path) -> Contents:
    """Restore an archive into an empty database, and bring that up to date.

    Everything is compared with the manifest; where something differs nothing is restored.
    """
    try:
        with zipfile.ZipFile(source) as archive:
            manifest = json_text.loads(archive.read("manifest.json"))
            if manifest.get("format") != _FORMAT:
                raise BackupError("backup.foreign", file=source)
            contents = Contents(manifest["rows"], len(manifest["uploads"]), manifest["audit_head"])
            _restore(config, uploads, archive, manifest)
    except (zipfile.BadZipFile, json_text.JsonTextError, KeyError, OSError) as error:
        raise BackupError("backup.unreadable", file=source, found=str(error)) from None
    upgrade(config)
    return contents


def _restore(
    config: Config, uploads: Uploads, archive: zipfile.ZipFile, manifest: Mapping[str, Any]
) -> None:
    engine = open_engine(config)
    try:
        _refuse_unless_empty(engine)
        for table_name, count in manifest["rows"].items():
            _refuse_unless_saved(archive, manifest, f"tables/{table_name}.jsonl", count)
        for sha256 in manifest["uploads"]:
            _restore_upload(uploads, archive, sha256)
        try:
            upgrade(config, manifest["revision"])
        except CommandError:
            raise BackupError("backup.later", version=manifest["version"]) from None
        with writing(engine) as connection:
            tables = _reflect(connection)
            if {table.name for table in tables} != set(manifest["rows"]):
                raise BackupError("backup.other_tables")
            for table in tables:
                with archive.open(f"tables/{table.name}.jsonl") as file:
                    _insert(connection, table, file)
                _set_counter(connection, table)
            if next(audit.verify(audit.entries(connection)), None) is not None:
                raise BackupError("backup.broken_log")
    finally:
        engine.dispose()


def _refuse_unless_empty(engine: Engine) -> None:
    with engine.connect() as connection:
        if not inspect(connection).get_table_names():
            return
        for table in _reflect(connection):
            if connection.execute(select(func.count()).select_from(table)).scalar_one():
                raise BackupError("backup.not_empty", table=table.name)


def _refuse_unless_saved(
    archive: zipfile.ZipFile, manifest: Mapping[str, Any], name: str, rows: int
) -> None:
    digest = hashlib.sha256()
    count = 0
    with archive.open(name) as file:
        for line in file:
            digest.update(line)
            count += 1
    if (digest.hexdigest(), count) != (manifest["sha256"][name], rows):
        raise BackupError("backup.changed", member=name)


def _restore_upload(uploads: Uploads, archive: zipfile.ZipFile, sha256: str) -> None:
    with archive.open(f"uploads/{sha256}") as file:
        incoming = uploads.take_copy(file)
    if incoming.sha256 != sha256:
        incoming.discard()
        raise BackupError("backup.changed", member=f"uploads/{sha256}")
    with uploads.held():
        uploads.keep(incoming)


def _insert(connection: Connection, table: Table, lines: Iterable[bytes]) -> None:
    binary = [column.name for column in table.columns if isinstance(column.type, LargeBinary)]
    remaining = iter(lines)
    while batch := list(islice(remaining, _BATCH)):
        rows = [json_text.loads(line) for line in batch]
        for row in rows:
            for name in binary:
                if row[name] is not None:
                    row[name] = base64.b64decode(row[name])
        connection.execute(insert(table), rows)


def _set_counter(connection: Connection, table: Table) -> None:
    """Let PostgreSQL count on from the greatest id that was restored."""
    keys = list(table.primary_key.columns)
    counted = len(keys) == 1 and isinstance(keys[0].type, Integer)
    if connection.dialect.name != "postgresql" or not counted:
        return
    quoted = connection.dialect.identifier_preparer.format_table(table)
    sequence = connection.execute(
        text("select pg_get_serial_sequence(:table, :column)"),
        {"table": quoted, "column": keys[0].name},
    ).scalar()
    if sequence is not None:
        greatest = select(func.max(keys[0])).scalar_subquery()
        connection.execute(select(func.setval(sequence, func.coalesce(greatest, 1))))
