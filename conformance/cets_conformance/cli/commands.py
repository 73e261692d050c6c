"""Commands whose help is said in the language of the command line, in lines that fit."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable
from copy import copy
from gettext import gettext
from typing import TypeVar
from unicodedata import east_asian_width

import click
from click.formatting import wrap_text

__all__ = ["Command", "Formatter", "Group", "message_of"]

_PIECE = re.compile(
    r" +|[（“]*(?:`[^`]+`|\{[^{}]+\}|\[[^\[\]]+\]|(?:(?![`{[])[!-~])+|[^ ])[，。、；：？！”）…]*"
)
"""What a line of Chinese may be broken between: signs, words of Latin letters, and what is quoted
or in brackets. No line begins with a closing mark or ends with an opening one."""

Spoken = TypeVar("Spoken", bound=click.Command)


def message_of(said: str) -> str:
    """Give a help text as the catalogue has it: a paragraph a line, an empty line between."""
    paragraphs = inspect.cleandoc(said).split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


class Formatter(click.HelpFormatter):
    """Help in lines that fit, counting what a sign takes on a terminal: Chinese ones take two."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write how the command is called."""
        usage = gettext("Usage:")
        super().write_usage(prog, args, prefix or (usage if _is_wide(usage) else f"{usage} "))

    def write_heading(self, heading: str) -> None:
        """Write a heading, with the colon of its language."""
        self.write(f"{'':{self.current_indent}}{heading}{'：' if _is_wide(heading) else ':'}\n")

    def write_text(self, text: str) -> None:
        """Write paragraphs."""
        indent = " " * self.current_indent
        for line in _lines(text, self.width - self.current_indent):
            self.write(f"{indent}{line}".rstrip() + "\n")

    def write_dl(
        self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2
    ) -> None:
        """Write two columns: what can be given, and what it is."""
        rows = list(rows)
        indent = " " * self.current_indent
        first_col = min(max(_cells(first) for first, _ in rows), col_max) + col_spacing
        for first, second in rows:
            lines = _lines(second, max(self.width - first_col - 2, 10))
            if lines and _cells(first) <= first_col - col_spacing:
                lines[0] = first + " " * (first_col - _cells(first)) + lines[0]
            else:
                lines.insert(0, first)
            self.write(f"{indent}{lines[0]}\n")
            for line in lines[1:]:
                self.write(f"{indent}{'':{first_col}}{line}\n")


class _Context(click.Context):
    formatter_class = Formatter


class Command(click.Command):
    """A command whose help is said in the language of the command line."""

    context_class = _Context

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help."""
        click.Command.format_help(_translated(self), ctx, formatter)

    def get_short_help_str(self, limit: int = 45) -> str:
        """Give the first sentence of the help; an English one is cut where it is too long."""
        said, end, _ = _said(self.help).partition("。")
        return said + end if end else super().get_short_help_str(limit)


class Group(Command, click.Group):
    """A group of such commands."""

    command_class = Command
    group_class = type


def _translated(command: Spoken) -> Spoken:
    """Give a copy of a command whose help, and that of its options, is in the language spoken."""
    spoken = copy(command)
    spoken.params = [copy(parameter) for parameter in command.params]
    spoken.help = _said(command.help)
    for option in spoken.params:
        if isinstance(option, click.Option):
            option.help = _said(option.help)
    return spoken


def _said(english: str | None) -> str:
    return gettext(message_of(english)) if english else ""


def _lines(text: str, width: int) -> list[str]:
    """Break paragraphs into lines of at most this many cells, as far as words allow."""
    lines: list[str] = []
    for paragraph in filter(None, text.split("\n\n")):
        lines += [""] if lines else []
        lines += _broken(paragraph, width) if _is_wide(paragraph) else _wrapped(paragraph, width)
    return lines


def _wrapped(paragraph: str, width: int) -> list[str]:
    return wrap_text(paragraph, width, preserve_paragraphs=True).splitlines()


def _broken(paragraph: str, width: int) -> list[str]:
    lines = [""]
    for piece in _PIECE.findall(paragraph):
        if _cells(lines[-1] + piece) <= width:
            lines[-1] += piece
        else:
            lines.append(piece.lstrip())
    return [line.rstrip() for line in lines if line]


def _cells(text: str) -> int:
    """Count the cells that a text takes on a terminal."""
    return len(text) + sum(east_asian_width(sign) in "WF" for sign in text)


def _is_wide(text: str) -> bool:
    return _cells(text) > len(text)
