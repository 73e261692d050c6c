"""What is the same in every application of the tests is compiled once: templates and routes.

Only the compiling is remembered, by all that goes into it; each application still has its own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule


class Templates(BytecodeCache):
    """Byte code of templates, by their name and the hash of their source."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        known = self._known.get((bucket.key, bucket.checksum))
        if known is not None:
            bucket.bytecode_from_string(known)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._known[bucket.key, bucket.checksum] = bucket.bytecode_to_string()


class RememberedRule(Rule):
    """A route whose builder of addresses, a function of the rule it is bound to, is shared."""

    _known: dict[Any, Callable[..., tuple[str, str]]] = {}  # noqa: RUF012 - all rules share it

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        if self.defaults:  # these are written into it by the rule's own converters
            return super()._compile_builder(append_unknown)
        key = (self.rule, tuple(self._trace), append_unknown)
        if key not in self._known:
            self._known[key] = super()._compile_builder(append_unknown)
        return self._known[key]


def remember(patch: Any) -> None:
    """Let applications made from now on share what is compiled."""
    patch.setattr(Flask, "url_rule_class", RememberedRule)
    patch.setattr(Flask, "jinja_options", {"bytecode_cache": Templates()})
