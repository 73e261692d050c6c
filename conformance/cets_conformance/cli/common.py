"""What several commands share: language, readings, pairs of name and value."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar, cast

import click

from cets_conformance.cli.speaking import default_language
from cets_conformance.messages import LANGUAGES, Language

__all__ = [
    "CONFORMS",
    "DOES_NOT",
    "UNCHECKED",
    "as_language",
    "beside",
    "language_option",
    "map_option",
    "max_bytes_option",
    "read_pairs",
    "read_rows",
    "reading_option",
    "spoken_language",
]

CONFORMS, DOES_NOT, UNCHECKED = 0, 1, 2

Command = TypeVar("Command", bound=Callable[..., Any])


def spoken_language() -> Language:
    """Give the language of the command line that is at work; else that of the environment."""
    context = click.get_current_context(silent=True)
    return as_language(context.obj) if context and context.obj else default_language()


def language_option(command: Command) -> Command:
    """Add ``--lang``."""
    option = click.option(
        "--lang",
        "language",
        type=click.Choice(LANGUAGES),
        default=spoken_language,
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


def max_bytes_option(command: Command) -> Command:
    """Add ``--max-bytes``: what one's own machine is asked to read, more than a service would."""
    option = click.option(
        "--max-bytes", type=int, default=2 * 1024**3, show_default=True, help="Greatest file."
    )
    return option(command)


def map_option(command: Command) -> Command:
    """Add ``--map FILE``: foreign headers and the columns they stand for."""
    option = click.option(
        "--map",
        "headers",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        callback=_read_map,
        help='JSON object of headers and columns, such as {"应发配额": "allowance"}.',
    )
    return option(command)


def _read_map(
    _context: click.Context, _parameter: click.Parameter, file: Path | None
) -> dict[str, str]:
    if file is None:
        return {}
    from cets_conformance import json_text

    try:
        pairs = json_text.loads(file.read_bytes())
    except json_text.JsonTextError as error:
        raise click.BadParameter(f"{error.code}: {error.message}") from None
    if not isinstance(pairs, dict) or not all(isinstance(item, str) for item in pairs.values()):
        raise click.BadParameter("a JSON object whose values are text, please")
    return pairs


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


def read_rows(rows: str) -> int | None:
    """Read ``--rows``: a number, or None for all."""
    if rows == "all":
        return None
    if not rows.isascii() or not rows.isdigit():
        raise click.BadParameter(f"a number or all, not {rows!r}", param_hint="--rows")
    return int(rows)


@contextmanager
def beside(target: Path) -> Iterator[Path]:
    """Give a place beside ``target`` to write to, so that a half report never stands there."""
    partial = target.with_name(f".{target.stem}.partial{target.suffix}")
    try:
        yield partial
        partial.replace(target)
    except OSError as error:
        raise click.ClickException(f"{target}: {error.strerror or error}") from None
    finally:
        partial.unlink(missing_ok=True)
