"""The language of the command line, also before a command is understood, and of click's own words.

Click takes its words from the standard library's ``gettext``, and the help of our commands goes
the same way: its English stands in the code, Chinese and English side by side in the catalogue
(``[click]`` and ``[help]``), and ``make words`` compiles them into the file that ``gettext`` reads.
"""

from __future__ import annotations

import gettext
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

from cets_conformance import messages
from cets_conformance.messages import LANGUAGES, Language

__all__ = ["COMPILED", "asked_language", "default_language", "speaking"]

_DOMAIN = "cets"
_FOLDER = Path(messages.__file__).parent / "locale"

COMPILED = _FOLDER / "zh" / "LC_MESSAGES" / f"{_DOMAIN}.mo"
"""The words in the form that ``gettext`` reads, made by ``make words``."""


def default_language() -> Language:
    """Take the language of the environment; English where it says nothing."""
    settings = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    chosen = next((setting for setting in settings if setting), "")
    return "zh" if chosen.lower().startswith("zh") else "en"


def asked_language(arguments: Sequence[str]) -> Language:
    """Take the language that ``--lang`` asks for, wherever it stands; else the environment's.

    What is wrong with the arguments has to be said in it, so nothing of them is understood yet.
    """
    language = default_language()
    for argument, following in pairwise([*arguments, ""]):
        option, joined, value = argument.partition("=")
        if option == "--":
            break
        given = value if joined else following
        if option == "--lang":
            language = next((known for known in LANGUAGES if known == given), language)
    return language


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Let ``gettext``, and by it click, say its words in this language.

    English is what it says by itself. It takes the language from the environment, which a system
    under test inherits.
    """
    if language == "en":
        yield
        return
    before = os.environ.get("LANGUAGE")
    domain = gettext.textdomain()
    gettext.bindtextdomain(_DOMAIN, str(_FOLDER))
    gettext.textdomain(_DOMAIN)
    os.environ["LANGUAGE"] = language
    try:
        yield
    finally:
        gettext.textdomain(domain)
        del os.environ["LANGUAGE"]
        if before is not None:
            os.environ["LANGUAGE"] = before
