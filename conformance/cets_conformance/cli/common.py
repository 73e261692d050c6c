"""What several commands share: language, readings, pairs of name and value."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar, cast

import click

from cets_conformance.cli.speaking import default_language
from cets_conformance.messages import LANGUAGES, Language, text

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
    "require_apart",
    "require_folders",
    "require_writable",
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
        says = text("usage.readings", spoken_language(), says=error)
        raise click.BadParameter(says) from None
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
        says = text(f"problem.{error.code}", spoken_language(), **error.values)
        raise click.BadParameter(f"{error.code}: {says}") from None
    if not isinstance(pairs, dict) or not all(isinstance(item, str) for item in pairs.values()):
        raise click.BadParameter(text("usage.map", spoken_language()))
    return pairs


def read_pairs(pairs: tuple[str, ...], option: str) -> dict[str, str]:
    """Read ``NAME=VALUE`` pairs; usage error on another form or a name given twice."""
    found: dict[str, str] = {}
    for pair in pairs:
        name, separator, value = pair.partition("=")
        if not separator or not name or not value:
            says = text("usage.pair", spoken_language(), option=option, pair=pair)
            raise click.UsageError(says)
        if name in found:
            says = text("usage.twice", spoken_language(), option=option, name=name)
            raise click.UsageError(says)
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
        says = text("usage.rows", spoken_language(), rows=rows)
        raise click.BadParameter(says, param_hint="--rows")
    return int(rows)


def require_folders(targets: Iterable[Path]) -> None:
    """Refuse a file to write whose folder is not there."""
    for target in targets:
        if not target.parent.is_dir():
            says = text("usage.no_folder", spoken_language(), folder=target.parent)
            raise click.BadParameter(says)


def require_writable(reports: Iterable[Path], suffixes: Collection[str]) -> None:
    """Refuse a report of no known kind, or in a folder that is not there."""
    for target in reports:
        if target.suffix.lower() not in suffixes:
            known = ", ".join(suffixes)
            says = text("usage.no_report", spoken_language(), suffix=target.suffix, known=known)
            raise click.BadParameter(says)
        require_folders([target])


def require_apart(reports: Iterable[Path], given: Iterable[Path]) -> None:
    """Refuse a report that would be written over a table."""
    tables = {table.resolve() for table in given}
    for target in reports:
        if target.resolve() in tables:
            raise click.UsageError(text("usage.over_table", spoken_language(), report=target))


@contextmanager
def beside(target: Path) -> Iterator[Path]:
    """Give a place beside ``target`` to write to, so that a half report never stands there."""
    partial = target.with_name(f".{target.stem}.partial{target.suffix}")
    try:
        yield partial
        partial.replace(target)
    except OSError as error:
        reason = error.strerror or error
        says = text("usage.unwritten", spoken_language(), file=target, says=reason)
        raise click.ClickException(says) from None
    finally:
        partial.unlink(missing_ok=True)
