"""What ``cets admin`` does to keep the service well: backup, restore, retention, audit log."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from cets_conformance import json_text
from cets_service import audit, backup
from cets_service.administration import ACTOR
from cets_service.config import Config
from cets_service.database import open_engine, refuse_outdated
from cets_service.uploads import Uploads

if TYPE_CHECKING:
    from cets_service.services import Services

__all__ = ["audit_export", "audit_head", "audit_verify", "back_up", "restore", "tidy"]


@contextmanager
def _services(config: Config, clock: Callable[[], float] = time.time) -> Iterator[Services]:
    from cets_service.services import open_services  # the audit log is read without them

    services = open_services(config, clock)
    try:
        refuse_outdated(services.store.database.engine)
        yield services
    finally:
        services.close()


def back_up(config: Config, target: Path) -> tuple[Path, backup.Contents]:
    """Save everything to ``target``, a file, or a folder in which a dated file is made."""
    if target.is_dir():
        target = target / datetime.now(UTC).strftime("cets-%Y%m%dT%H%M%SZ.zip")
    with _services(config) as services:
        contents = backup.back_up(config, services.store, services.uploads, target)
        told = {"file": target.name, "audit_head": contents.audit_head}
        services.store.record(ACTOR, "backup.make", **told)
    return target, contents


def restore(config: Config, source: Path) -> backup.Contents:
    """Restore an archive into an empty database and content store."""
    # What was taken once is taken again, also where the limit has been lowered since.
    uploads = Uploads(config.data, sys.maxsize, config.uploads)
    contents = backup.restore(config, uploads, source)
    with _services(config) as services:
        told = {"file": source.name, "audit_head": contents.audit_head}
        services.store.record(ACTOR, "backup.restore", **told)
    return contents


def tidy(config: Config, clock: Callable[[], float] = time.time) -> tuple[int, int]:
    """Delete what is kept no longer; give the numbers of checks and comparisons, and of files."""
    with _services(config, clock) as services:
        return services.checking.tidy()


def audit_head(config: Config) -> audit.Head:
    """Give where the audit log ends."""
    with _log(config) as (_, head):
        return head


def audit_export(config: Config) -> Iterator[str]:
    """Give the audit log as lines of canonical JSON."""
    with _log(config) as (rows, _):
        for entry in rows:
            yield json_text.dumps(asdict(entry), sort_keys=True)


def audit_verify(
    config: Config, published: Iterable[audit.Head], exported: Iterable[str] | None = None
) -> tuple[audit.Head, list[audit.Break]]:
    """Verify the log, or an exported one; give its head and every place where it does not hold."""
    if exported is not None:
        rows = [audit.Entry(**json_text.loads(line)) for line in exported if line.strip()]
        last = rows[-1] if rows else None
        head = audit.Head(last.sequence, last.hash) if last else audit.Head(0, "0" * 64)
        return head, list(audit.verify(rows, published))
    with _log(config) as (entries, head):
        return head, list(audit.verify(entries, published))


@contextmanager
def _log(config: Config) -> Iterator[tuple[Iterator[audit.Entry], audit.Head]]:
    engine = open_engine(config)
    try:
        refuse_outdated(engine)
        with engine.connect() as connection:
            yield audit.entries(connection), audit.head(connection)
    finally:
        engine.dispose()
