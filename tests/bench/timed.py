"""Runs one command and says what it cost: ``timed.py RESULT LIMIT COMMAND…``.

Writes ``{"seconds", "peak_bytes", "exit"}`` to RESULT; ``exit`` is null where the command was
killed after LIMIT seconds. A program of its own that imports next to nothing, because Linux counts
into a process's peak memory what its parent held when it was started.
"""

import os
import signal
import sys
import time


def main(result: str, limit: float, command: list[str]) -> None:
    start = time.perf_counter()
    child = os.posix_spawnp(command[0], command, os.environ, setpgroup=0)
    late = []

    def end(*_: object) -> None:
        late.append(child)
        os.killpg(child, signal.SIGKILL)

    signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, limit)
    _, status, used = os.wait4(child, 0)
    seconds = time.perf_counter() - start
    signal.setitimer(signal.ITIMER_REAL, 0)
    code = "null" if late else os.waitstatus_to_exitcode(status)
    unit = 1 if sys.platform == "darwin" else 1024
    with open(result, "w") as file:  # noqa: PTH123 (pathlib would be imported for it)
        file.write(
            f'{{"seconds": {seconds:.6f}, "peak_bytes": {used.ru_maxrss * unit}, "exit": {code}}}'
        )


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), sys.argv[3:])
