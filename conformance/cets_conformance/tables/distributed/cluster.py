"""A Dask cluster: started here or found by its address, asked with patience, closed in any case."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, wait
from contextlib import contextmanager
from typing import Any

from cets_conformance import __version__
from cets_conformance.tables import ClusterError

__all__ = ["Cluster", "connected"]

PATIENCE = 15.0
"""Seconds for which a scheduler may not answer, or be without any worker."""

_LOOK = 2.0
"""Seconds between two looks at the workers."""

_UNSHAKEN = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)"
"""What workers do first: a terminal interrupts all its processes, and this one ends its workers."""


class Cluster:
    """A cluster that can be asked; whatever it fails at is a :class:`ClusterError`."""

    def __init__(self, client: Any, patience: float = PATIENCE) -> None:
        self.client = client
        self.patience = patience
        with _told():
            self._require_alike()

    @property
    def threads(self) -> int:
        """Tasks that run at a time, one at least."""
        with _told():
            return max(1, sum(map(int, self.client.nthreads().values())))

    def submit(self, function: Callable[..., Any], *arguments: object) -> Any:
        """Have a function called by a worker, and give its future; futures may be arguments."""
        with _told():
            return self.client.submit(function, *arguments, pure=False)

    def gather(self, futures: Sequence[Any]) -> list[Any]:
        """Wait for results and give them in order; errors of the functions are raised as they are.

        A worker that is lost is no error as long as another one is there or comes. That holds while
        results are fetched too: what was lost with their worker is computed again.
        """
        with _told():
            loop = self.client.loop.asyncio_loop
            coming = asyncio.run_coroutine_threadsafe(self._results(list(futures)), loop)
            alone: float | None = None
            while True:
                done, _ = wait([coming], _LOOK)
                if done:
                    return coming.result()
                if self.client.nthreads():
                    alone = None
                    continue
                alone = alone or time.monotonic()
                if time.monotonic() - alone > self.patience:
                    coming.cancel()
                    raise self._no_workers()

    async def _results(self, futures: list[Any]) -> list[Any]:
        found: list[Any] = await self.client.gather(futures, asynchronous=True)
        return found

    def everywhere(self, function: Callable[..., Any], *arguments: object) -> list[Any]:
        """Call a function on every worker that there is now."""
        with _told():
            return list(self.client.run(function, *arguments).values())

    def _no_workers(self) -> ClusterError:
        return ClusterError("NO_WORKERS", seconds=f"{self.patience:.0f}")

    def _require_alike(self) -> None:
        """Require workers, and of all that they run this very version."""
        deadline = time.monotonic() + self.patience
        while not self.client.nthreads():
            if time.monotonic() > deadline:
                raise self._no_workers()
            time.sleep(0.1)
        found = self.client.run(_version, on_error="return")
        for worker, version in found.items():
            if version != __version__:
                says = version if isinstance(version, str) else type(version).__name__
                raise ClusterError("WORKER_DIFFERS", worker=worker, found=says, own=__version__)


def _version() -> str:
    return __version__


@contextmanager
def _told() -> Iterator[None]:
    """Say what became of a cluster; what functions raised on it goes through.

    None of them lets an ``OSError`` out, which is how a lost connection shows.
    """
    from distributed import KilledWorker

    try:
        yield
    except KilledWorker as error:
        raise ClusterError("WORKERS_KILLED", step=str(error.task)[:80]) from error
    except (CancelledError, OSError) as error:
        reason = str(error)[:200] or type(error).__name__
        raise ClusterError("SCHEDULER_LOST", reason=reason) from error


@contextmanager
def connected(
    scheduler: str | None = None, workers: int | None = None, patience: float = PATIENCE
) -> Iterator[Cluster]:
    """Give the cluster of a scheduler, or one of processes on this machine, one a core by default.

    Raises :class:`ClusterError` where Dask is not installed or the scheduler does not answer.
    """
    try:
        import dask.system
        from distributed import Client, LocalCluster
    except ImportError as error:
        raise ClusterError("DASK_MISSING", reason=str(error)) from None
    quiet = {
        "distributed.admin.large-graph-warning-threshold": "1TB",
        "distributed.comm.timeouts.connect": f"{patience:.0f}s",
        "distributed.scheduler.worker-saturation": 1.0,  # else one of few parts waits for its turn
        "logging.distributed": "critical",
    }
    with dask.config.set(quiet):
        if scheduler is not None:
            with _client(Client, scheduler, patience) as client:
                yield Cluster(client, patience)
            return
        with (
            LocalCluster(  # type: ignore[no-untyped-call]
                n_workers=workers or dask.system.CPU_COUNT,
                threads_per_worker=1,
                processes=True,
                memory_limit=0,
                dashboard_address="127.0.0.1:0",
                silence_logs=logging.CRITICAL,
                preload=_UNSHAKEN,
            ) as local,
            _client(Client, local, patience) as client,
        ):
            yield Cluster(client, patience)


@contextmanager
def _client(kind: Any, address: Any, patience: float) -> Iterator[Any]:
    from distributed.comm.addressing import parse_address
    from distributed.comm.registry import get_backend

    try:
        if isinstance(address, str):  # a client of an unknown kind of address waits for itself
            get_backend(parse_address(address)[0])
        client = kind(address, timeout=patience, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise ClusterError(
            "SCHEDULER_NOT_REACHED", address=str(address), reason=str(error)[:200]
        ) from error
    try:
        yield client
    finally:
        client.close(timeout=_LOOK)
