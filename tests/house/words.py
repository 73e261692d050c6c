"""The words that ``gettext`` finds for click and for the help: compiled from the catalogue.

Writes ``cets_conformance/messages/locale``, in the form of GNU ``msgfmt``.
"""

from __future__ import annotations

import struct

from cets_conformance import messages
from cets_conformance.cli.commands import message_of
from cets_conformance.cli.speaking import COMPILED

MAGIC = 0x950412DE
HEADER = "Content-Type: text/plain; charset=UTF-8\nPlural-Forms: nplurals=2; plural=(n != 1);\n"
BOTH = "\0".join


def collect() -> dict[str, str]:
    """Collect what is said in Chinese, by its English; the two forms of a number go together."""
    words = {"": HEADER}
    for key, entry in messages.entries().items():
        if key.startswith("help."):
            words[message_of(entry["en"])] = message_of(entry["zh"])
        elif key.endswith(".one") and key.startswith("click."):
            many = messages.entries()[key.removesuffix("one") + "many"]
            words[BOTH((entry["en"], many["en"]))] = BOTH((entry["zh"], many["zh"]))
        elif key.startswith("click.") and not key.endswith(".many"):
            words[entry["en"]] = entry["zh"]
    return words


def compiled() -> bytes:
    """Compile them: a head, where each text begins and how long it is, and the texts."""
    words = {english.encode(): said.encode() for english, said in collect().items()}
    english = sorted(words)
    place = 28 + 16 * len(english)
    head = struct.pack("<7I", MAGIC, 0, len(english), 28, 28 + 8 * len(english), 0, place)
    index, texts = b"", b""
    for text in (*english, *(words[text] for text in english)):
        index += struct.pack("<2I", len(text), place + len(texts))
        texts += text + b"\0"
    return head + index + texts


if __name__ == "__main__":
    COMPILED.parent.mkdir(parents=True, exist_ok=True)
    COMPILED.write_bytes(compiled())
