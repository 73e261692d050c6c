"""What click and the help of commands say is in the catalogue: all of it, and nothing else."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import click

from cets_conformance import cli, messages
from cets_conformance.cli.commands import message_of
from cets_conformance.cli.speaking import COMPILED

from . import words

UNUSED = {
    "_termui_impl.py": "no command shows a bar of click's, opens an editor or a pager",
    "_winconsole.py": "what Windows says of its own console",
    "shell_completion.py": "no completion is offered",
    "termui.py": "no command asks anything",
    "utils.py": "no stream is opened by name",
}
"""Modules of click whose words no command can say."""

NEVER_SAID = {
    "Choice({choices})": "for programmers",
    "Confirm the action without prompting.": "no command asks for confirmation",
    "Do you want to continue?": "no command asks for confirmation",
    "%(prog)s, version %(version)s": "programs read it",
}

BUG = re.compile(r"raise (Type|Value)Error\(")

RAISED = r"\b(UsageError|BadParameter|ClickException)$"

REQUIRED = ("extra['required']", "required")
"""The one text that click does not write where it is translated, and what it is."""


def translated(tree: ast.AST) -> Iterator[str]:
    """Give what is translated, but for what only a programmer's mistake brings to light."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Raise) and BUG.match(ast.unparse(node)):
            continue
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            count = {"_": 1, "ngettext": 2}.get(node.func.id, 0)
            texts = [
                argument.value if isinstance(argument, ast.Constant) else ast.unparse(argument)
                for argument in node.args[:count]
            ]
            if texts:
                yield words.BOTH(map(str, texts))
        yield from translated(node)


def said_by_click() -> set[str]:
    files = sorted(Path(click.__file__).parent.glob("*.py"))
    assert {file.name for file in files} >= set(UNUSED)
    return {
        dict([REQUIRED]).get(text, text)
        for file in files
        if file.name not in UNUSED
        for text in translated(ast.parse(file.read_text("utf-8")))
    }


def commands(command: click.Command) -> Iterator[click.Command]:
    yield command
    if isinstance(command, click.Group):
        for name in command.list_commands(click.Context(command)):
            found = command.get_command(click.Context(command), name)
            assert found
            yield from commands(found)


def helps() -> set[str]:
    """Every text of the help; that of each option has to be there."""
    found = set()
    for command in commands(cli.cets):
        options = (item for item in command.params if isinstance(item, click.Option))
        for told in (command, *options):
            assert told.help, f"{command.name}: {told.name} has no help"
            found.add(message_of(told.help))
    return found


def test_what_click_can_say_to_a_user_is_in_the_catalogue_and_nothing_else() -> None:
    said = said_by_click()
    assert len(said) > 40, "the scan is broken"
    assert set(NEVER_SAID) <= said
    known = words.collect()
    assert said - set(NEVER_SAID) - set(known) == set()
    clicks = {key for key in messages.entries() if key.startswith("click.")}
    asked = {text for texts in said for text in texts.split("\0")}
    assert {messages.entries()[key]["en"] for key in clicks} - asked == set(), (
        "click says it no more"
    )


def test_the_help_of_every_command_and_option_is_in_the_catalogue_and_nothing_else() -> None:
    entries = {key: item for key, item in messages.entries().items() if key.startswith("help.")}
    assert helps() - {"Show the version and exit."} == {
        message_of(entry["en"]) for entry in entries.values()
    }
    assert len({entry["en"] for entry in entries.values()}) == len(entries), "one place for each"


def test_the_compiled_words_are_those_of_the_catalogue() -> None:
    assert words.compiled() == COMPILED.read_bytes(), "run `make words`"


def test_no_command_says_what_is_wrong_in_english_alone() -> None:
    """What a command raises is from the catalogue, or was put together from it."""
    folder = Path(cli.__file__).parent
    told = [
        call.args[0]
        for file in sorted(folder.glob("*.py"))
        for call in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(call, ast.Call) and re.search(RAISED, ast.unparse(call.func))
    ]
    assert len(told) > 30, "the scan is broken"
    written = [
        ast.unparse(part)
        for argument in told
        for part in ast.walk(argument)
        if not (isinstance(argument, ast.Call) and ast.unparse(argument.func) == "text")
        and (re.match(r"str\(|'.*[A-Za-z]", ast.unparse(part)))
    ]
    assert written == []
