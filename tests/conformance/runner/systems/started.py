"""What a system of the tests says of itself."""

from __future__ import annotations

from typing import Any

STARTED: dict[str, Any] = {
    "protocol": 1,
    "implementation": {"name": "menagerie", "version": "1", "language": "Python"},
    "ruleset": "cn-industry-2024-2025",
    "operations": ["allocation", "emissions"],
}
