"""What ``cets admin`` does to keep the service well: backup, restore, retention, audit log."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from cets_conformance import json_text
from cets_service import audit, backup
from cets_service.config import Config
from cets_service.database import open_engine, writing
from cets_service.services import Services, open_services
from cets_service.uploads import Uploads

__all__ = ["audit_export", "audit_head", "audit_verify", "back_up", "restore", "tidy"]

ACTOR = "operator"
"""How the audit log names who works on the command line."""


@contextmanager
def _services(config: Config, clock: Callable[[], float] = time.time) -> Iterator[Services]:
    services = open_services(config, clock)
    try:
        yield services
    finally:
        services.close()


def _record(config: Config, action: str, **details: object) -> audit.Head:
    engine = open_engine(config)
    try:
        with writing(engine) as connection:
            return audit.record(connection, actor=ACTOR, action=action, details=details)
    finally:
        engine.dispose()


def back_up(config: Config, target: Path) -> tuple[Path, backup.Contents]:
    """Save everything to ``target``, a file, or a folder in which a dated file is made."""
    if target.is_dir():
        target = target / datetime.now(UTC).strftime("cets-%Y%m%dT%H%M%SZ.zip")
    with _services(config) as services:
        contents = backup.back_up(config, services.store, services.uploads, target)
    _record(config, "backup.make", file=target.name, audit_head=contents.audit_head)
    return target, contents


def restore(config: Config, source: Path) -> backup.Contents:
    """Restore an archive into an empty database and content store."""
    contents = backup.restore(config, Uploads(config.data, config.max_upload), source)
    _record(config, "backup.restore", file=source.name, audit_head=contents.audit_head)
    return contents


def tidy(config: Config, clock: Callable[[], float] = time.time) -> tuple[int, int]:
    """Delete what is kept no longer; give the numbers of checks and of files that went."""
    with _services(config, clock) as services:
        checks = services.store.checks.delete_expired()
        return checks, services.uploads.sweep(services.store.uploads_in_use)


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
        with engine.connect() as connection:
            yield audit.entries(connection), audit.head(connection)
    finally:
        engine.dispose()
