"""The one error shape: a stable code, where it is, what was found, which clause says so."""

from __future__ import annotations


class RuleError(Exception):
    """A refusal of an input.

    ``code`` is one of the codes of the operations contract, ``path`` a JSON pointer into the
    input (RFC 6901, ``""`` is the input itself), ``message`` English prose, ``clause`` a clause id.
    """

    def __init__(self, code: str, path: str, message: str, clause: str) -> None:
        super().__init__(f"{code} at {path or '/'}: {message} [{clause}]")
        self.code = code
        self.path = path
        self.message = message
        self.clause = clause

    def as_json(self) -> dict[str, str]:
        """Give ``{"code", "path", "message", "clause"}``."""
        return {
            "code": self.code,
            "path": self.path,
            "message": self.message,
            "clause": self.clause,
        }


def invalid(path: str, message: str, clause: str = "Q-2") -> RuleError:
    """Make the error of form, ``INVALID_INPUT``."""
    return RuleError("INVALID_INPUT", path, message, clause)


def child(path: str, key: str | int) -> str:
    """Extend a JSON pointer by one member or index, escaped as RFC 6901 asks."""
    return f"{path}/{str(key).replace('~', '~0').replace('/', '~1')}"
