"""The rules of China's 2024-2025 industry allocation plan: exact, pure, standard library only.

Everything the outside uses is here: :func:`run` an operation, :func:`explain` it step by step,
the default :class:`RuleSet` and the error :class:`RuleError`.
"""

from cets_reference.errors import RuleError
from cets_reference.explain import explain
from cets_reference.operations import OPERATIONS, run
from cets_reference.rule_set import DEFAULT, RuleSet

__all__ = ["DEFAULT", "OPERATIONS", "RuleError", "RuleSet", "__version__", "explain", "run"]

__version__ = "0.1.0"
