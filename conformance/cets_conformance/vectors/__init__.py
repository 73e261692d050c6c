"""Golden vectors: inputs with the one right answer, published under ``vectors/``."""

from __future__ import annotations

from cets_conformance.vectors.files import load, load_mistakes
from cets_conformance.vectors.model import Case, expected_for

__all__ = ["Case", "expected_for", "load", "load_mistakes"]
