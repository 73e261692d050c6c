"""``python -m cets_service [PORT]`` serves, ``… worker`` does jobs; settings: the environment."""

from __future__ import annotations

import sys

from cets_service.beside import work
from cets_service.server import serve

if __name__ == "__main__":
    arguments = sys.argv[1:]
    if arguments[:1] == ["worker"]:
        work(beside="--beside" in arguments)
    else:
        serve(int(arguments[0]) if arguments else 8000)
