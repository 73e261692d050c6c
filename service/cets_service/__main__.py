"""``python -m cets_service [PORT]`` serves with the settings of the environment."""

from __future__ import annotations

import sys

from cets_service.server import serve

if __name__ == "__main__":
    serve(int(sys.argv[1]) if len(sys.argv) > 1 else 8000)
