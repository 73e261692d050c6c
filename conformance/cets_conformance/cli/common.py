"""What several commands share: language, readings, pairs of name and value."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, TypeVar, cast

import click

from cets_conformance.messages import LANGUAGES, Language

__all__ = [
    "CONFORMS",
    "DOES_NOT",
    "UNCHECKED",
    "as_language",
    "language_option",
    "read_pairs",
    "reading_option",
]

CONFORMS, DOES_NOT, UNCHECKED = 0, 1, 2

Command = TypeVar("Command", bound=Callable[..., Any])


def _default_language() -> str:
    """Take the language of the environment; English where it says nothing."""
    settings = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    chosen = next((setting for setting in settings if setting), "")
    return "zh" if chosen.lower().startswith("zh") else "en"


def language_option(command: Command) -> Command:
    """Add ``--lang``."""
    option = click.option(
        "--lang",
        "language",
        type=click.Choice(LANGUAGES),
        default=_default_language,
        help="Language of what is printed / 输出语言.",
    )
    return option(command)


def reading_option(command: Command) -> Command:
    """Add ``--reading ID=ALT``, any number of times."""
    option = click.option(
        "--reading",
        "readings",
        multiple=True,
        metavar="ID=ALT",
        callback=_read_readings,
        help="Choose an alternative of an open reading (see `cets rules list`).",
    )
    return option(command)


def _read_readings(
    _context: click.Context, _parameter: click.Parameter, pairs: tuple[str, ...]
) -> dict[str, str]:
    readings = read_pairs(pairs, "--reading")
    if not readings:
        return readings
    from cets_conformance import direct

    try:
        direct.ruleset_with(readings)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None
    return readings


def read_pairs(pairs: tuple[str, ...], option: str) -> dict[str, str]:
    """Read ``NAME=VALUE`` pairs; usage error on another form or a name given twice."""
    found: dict[str, str] = {}
    for pair in pairs:
        name, separator, value = pair.partition("=")
        if not separator or not name or not value:
            raise click.UsageError(f"{option} takes NAME=VALUE, not {pair!r}")
        if name in found:
            raise click.UsageError(f"{option} {name} is given twice")
        found[name] = value
    return found


def as_language(language: str) -> Language:
    """Narrow a choice of ``--lang`` to a language of the catalogue."""
    return cast("Language", language)
