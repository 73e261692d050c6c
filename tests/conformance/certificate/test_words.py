"""What certificates say: a text for every state and code, and a badge that can be read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree

import pytest

from cets_conformance import certificate as certificates
from cets_conformance import runner
from cets_conformance.certificate.badge import _COLOURS, _LABEL
from cets_conformance.messages import LANGUAGES, Language, entries


def test_every_state_and_every_code_has_its_text() -> None:
    sources = "".join(
        file.read_text("utf-8") for file in Path(str(certificates.__file__)).parent.glob("*.py")
    )
    raised = set(re.findall(r"CertificateError\(\s*\"([A-Z_]+)\"", sources))
    told = {key.rpartition(".")[2] for key in entries() if key.startswith("certificate.problem.")}
    assert raised == told
    states = {key.rpartition(".")[2] for key in entries() if key.startswith("certificate.state.")}
    assert states == set(certificates.STATES)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", _COLOURS)
def test_a_badge_says_its_state_in_words_and_is_legible(state: str, language: Language) -> None:
    drawn = certificates.badge(state, "full", language)
    root = ElementTree.fromstring(drawn)
    svg = "{http://www.w3.org/2000/svg}"
    title = root.findtext(f"{svg}title")
    assert root.get("role") == "img"
    assert root.get("aria-label") == title
    shown = [item.text for item in root.iter(f"{svg}text")]
    assert all(word and word in (title or "") for word in shown)
    assert len({certificates.badge(one, "full", language) for one in _COLOURS}) == len(_COLOURS)
    widths = sum(int(item.get("width", "0")) for item in root.iter(f"{svg}rect"))
    assert widths == int(root.get("width", "0"))
    for colour in (_COLOURS[state], _LABEL):
        assert contrast_with_white(colour) >= 4.5


@pytest.mark.parametrize(
    ("operations", "says"),
    [
        (runner.LEVELS["full"], "conforms (full)"),
        (["emissions"], "conforms (full, emissions only)"),
        (["emissions", "scope"], "conforms (full, emissions and scope only)"),
        (["emissions", "scope", "cycle"], "conforms (full, 3 of 11 operations only)"),
    ],
)
def test_a_badge_of_a_part_says_which_part(operations: Sequence[str], says: str) -> None:
    assert f">{says}<" in certificates.badge("valid", "full", "en", operations)


def contrast_with_white(colour: str) -> float:
    """Contrast ratio as WCAG 2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    luminance = sum(
        weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True)
    )
    return 1.05 / (luminance + 0.05)


def test_no_badge_is_drawn_of_what_is_no_state_of_a_register() -> None:
    with pytest.raises(LookupError):
        certificates.badge("refused", "full", "en")
