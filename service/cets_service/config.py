"""What an operator sets, read once from the environment."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

__all__ = ["Config", "UnusableError"]

Number = TypeVar("Number", int, float)


class UnusableError(Exception):
    """What the service is to run on cannot be used as it is; catalogue key ``cli.<code>``."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(f"{code}: {values}")
        self.code = code
        self.values = values


@dataclass(frozen=True, slots=True)
class Config:
    """Settings of the service; every one has a default that works on a laptop."""

    data: Path
    """Folder of uploads, of what arrives, and of the default database (``CETS_DATA``; ``var``
    below the working folder)."""
    database_url: str
    """Where checks are kept (``DATABASE_URL``; SQLite in the data folder)."""
    uploads: str = ""
    """Where uploads are kept: a folder, or any address fsspec knows, such as ``s3://bucket/folder``
    (``CETS_UPLOADS``; ``uploads`` in the data folder)."""
    public_url: str = ""
    """Address under which people reach the service, for links that are sent to them
    (``CETS_PUBLIC_URL``). Where it begins with ``https://`` browsers are held to HTTPS (HSTS);
    cookies are for HTTPS only unless it begins with ``http://``."""
    max_upload: int = 100 * 1024 * 1024
    """Greatest size of one uploaded file, bytes (``CETS_MAX_UPLOAD``)."""
    keep: int = 3600
    """How long a check without account, and its upload, are kept, seconds (``CETS_KEEP``)."""
    keep_days: int = 365
    """How long the checks of a new organisation are kept, days (``CETS_KEEP_DAYS``)."""
    inline: int = 64 * 1024
    """Greatest size of a text table that is judged in the request itself, bytes
    (``CETS_INLINE``)."""
    wait: float = 10.0
    """How long a request waits for its check before it answers 202, seconds (``CETS_WAIT``)."""
    jobs: int = 2
    """Jobs that one worker process runs at the same time (``CETS_JOBS``)."""
    lease: int = 60
    """After how long without a sign of life a job is taken from a worker, seconds
    (``CETS_LEASE``)."""
    session: int = 12 * 3600
    """How long a person stays signed in, seconds (``CETS_SESSION``)."""
    idle: int = 3600
    """After how long unused a session ends, seconds (``CETS_IDLE``)."""
    invitation: int = 7 * 24 * 3600
    """How long an invitation can be accepted, seconds (``CETS_INVITATION``)."""
    exam_hours: float = 24.0
    """How long an exam can be answered, hours (``CETS_EXAM_HOURS``)."""
    open_exams: int = 3
    """Exams that one system may have open at the same time (``CETS_OPEN_EXAMS``)."""
    worker: bool = True
    """Whether ``cets serve`` starts a worker beside the web (``CETS_WORKER``, 0 or 1)."""
    processes: int = 0
    """Processes that answer requests (``CETS_PROCESSES``); 0: one for each core, at most four,
    unless clients' work is counted in a process's own memory: then one."""
    threads: int = 16
    """Requests that one process answers at the same time (``CETS_THREADS``)."""
    host: str = "127.0.0.1"
    """Address the server listens on (``CETS_HOST``)."""
    proxies: int = 0
    """Reverse proxies in front whose ``X-Forwarded-*`` headers are believed (``CETS_PROXIES``)."""
    rate_limit: str = ""
    """Work one client may ask for, such as ``600/minute``; ``off``; empty: off where only this
    machine reaches the service, else 600/minute (``CETS_RATE_LIMIT``)."""
    rate_storage: str = "memory://"
    """Where the work asked for is counted, an address of the library limits, such as
    ``redis://…`` (``CETS_RATE_STORAGE``)."""
    metrics_token: str = field(default="", repr=False)
    """Bearer token that opens ``/metrics`` from another machine (``CETS_METRICS_TOKEN``)."""
    log_form: str = "auto"
    """``json``, ``text``, or ``auto``: text on a terminal, else JSON (``CETS_LOG_FORM``)."""
    log_level: str = "INFO"
    """Least level that is logged (``CETS_LOG_LEVEL``)."""

    @property
    def netloc_host(self) -> str:
        """The address the server listens on as it stands before a port: IPv6 in brackets."""
        return f"[{self.host}]" if ":" in self.host else self.host

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Config:
        """Read the settings; ``ValueError`` names the variable that cannot be taken."""
        given = os.environ if environ is None else environ
        data = Path(given.get("CETS_DATA") or "var").absolute()
        return cls(
            data=data,
            database_url=given.get("DATABASE_URL") or f"sqlite:///{data / 'cets.sqlite3'}",
            uploads=given.get("CETS_UPLOADS") or str(data / "uploads"),
            public_url=_address(given, "CETS_PUBLIC_URL"),
            max_upload=_number(given, "CETS_MAX_UPLOAD", int, 100 * 1024 * 1024, least=1),
            keep=_number(given, "CETS_KEEP", int, 3600, least=1),
            keep_days=_number(given, "CETS_KEEP_DAYS", int, 365, least=1),
            inline=_number(given, "CETS_INLINE", int, 64 * 1024, least=0),
            wait=_number(given, "CETS_WAIT", float, 10.0, least=0.0),
            jobs=_number(given, "CETS_JOBS", int, 2, least=1),
            lease=_number(given, "CETS_LEASE", int, 60, least=5),
            session=_number(given, "CETS_SESSION", int, 12 * 3600, least=60),
            idle=_number(given, "CETS_IDLE", int, 3600, least=60),
            invitation=_number(given, "CETS_INVITATION", int, 7 * 24 * 3600, least=60),
            worker=_choice(given, "CETS_WORKER", ("1", "0")) == "1",
            exam_hours=_number(given, "CETS_EXAM_HOURS", float, 24.0, least=0.01),
            open_exams=_number(given, "CETS_OPEN_EXAMS", int, 3, least=1),
            processes=_number(given, "CETS_PROCESSES", int, 0, least=0),
            threads=_number(given, "CETS_THREADS", int, 16, least=1),
            host=given.get("CETS_HOST") or "127.0.0.1",
            proxies=_number(given, "CETS_PROXIES", int, 0, least=0),
            rate_limit=_budget(given, "CETS_RATE_LIMIT"),
            rate_storage=given.get("CETS_RATE_STORAGE") or "memory://",
            metrics_token=given.get("CETS_METRICS_TOKEN") or "",
            log_form=_choice(given, "CETS_LOG_FORM", ("auto", "json", "text")),
            log_level=_choice(given, "CETS_LOG_LEVEL", ("INFO", "DEBUG", "WARNING", "ERROR")),
        )


def _address(given: Mapping[str, str], name: str) -> str:
    """Read an address of the web, without the slash at its end; empty where nothing is set."""
    text = (given.get(name) or "").rstrip("/")
    if text and not text.startswith(("http://", "https://")):
        raise ValueError(f"{name} is {text!r}; expected https://… or http://…")
    return text


def _budget(given: Mapping[str, str], name: str) -> str:
    """Read how much work a client may ask for; empty where nothing is set."""
    text = given.get(name) or ""
    if text in ("", "off"):
        return text
    from limits import parse  # dear to load, and seldom needed here

    try:
        parse(text)
    except ValueError:
        raise ValueError(f"{name} is {text!r}; expected such as 600/minute, or off") from None
    return text


def _choice(given: Mapping[str, str], name: str, known: tuple[str, ...]) -> str:
    """Read one of ``known``, the first where nothing is set."""
    text = given.get(name) or known[0]
    if text not in known:
        raise ValueError(f"{name} is {text!r}; expected one of {', '.join(known)}")
    return text


def _number(
    given: Mapping[str, str],
    name: str,
    read: Callable[[str], Number],
    default: Number,
    *,
    least: Number,
) -> Number:
    text = given.get(name)
    if not text:
        return default
    try:
        number = read(text)
    except ValueError:
        number = None
    if number is None or not least <= number < float("inf"):
        raise ValueError(f"{name} is {text!r}; expected a number of at least {least}")
    return number
