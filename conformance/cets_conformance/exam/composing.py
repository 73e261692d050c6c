"""Composing: which questions an exam asks, so that no listed mistake gets through.

Features are what the published vectors of the chosen operations show: a mistake or a reading that
changes an answer, a clause, an error code, a word of an answer. For every feature that is not yet
shown a vector that shows it is drawn and disguised, and a disguise is taken only where it shows
everything its vector does and is answered by the same words. Fresh questions come on top. Hence
every mistake that a vector exposes is exposed by every exam, in each operation, by construction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, TypeAlias

from cets_conformance import direct, json_text
from cets_conformance.exam import fresh_allocation, fresh_compliance
from cets_conformance.exam.disguising import disguises, read_decimal, shape
from cets_conformance.exam.drawing import Draw
from cets_conformance.exam.fresh import FAULTY, Input, Theme, spoil
from cets_conformance.vectors import Case, load
from cets_conformance.vectors.filling import expectation, exposed_mistakes

__all__ = ["compose"]

THEMES: Final[Mapping[str, Sequence[Theme]]] = {
    **fresh_allocation.THEMES,
    **fresh_compliance.THEMES,
}
"""What is drawn afresh of each operation."""

_FAULT_CLAUSES: Final = "Q-1 Q-2"
_WORDS: Final = frozenset({"reason", "method", "status", "account", "certificate", "eligible"})
_TRIES: Final = 40

Feature: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Shown:
    """An input with its right answer and what it shows, under the readings of an exam."""

    operation: str
    value: Input
    expected: dict[str, Any]
    clauses: tuple[str, ...]
    mistakes: tuple[str, ...]
    features: frozenset[Feature]


def compose(
    draw: Draw,
    operations: Sequence[str],
    readings: Mapping[str, str],
    progress: Callable[[int, int], None],
) -> tuple[Case, ...]:
    """Draw the questions of an exam with their right answers, in the order they are asked.

    ``progress`` is told how many of the features have been seen to, and how many there are.
    """
    shown = [*_disguised(draw.fork("disguised"), operations, readings, progress)]
    shown += _fresh(draw.fork("fresh"), operations, readings)
    naming = draw.fork("ids")
    return tuple(_case(item, naming, readings) for item in draw.fork("order").shuffled(shown))


def _case(shown: _Shown, naming: Draw, readings: Mapping[str, str]) -> Case:
    """Give the case; its id says nothing of what it is about."""
    under_readings = {"when": dict(readings), "expected": shown.expected}
    default = expectation(direct.answer(shown.operation, shown.value))
    return Case(
        id=f"{shown.operation}/{naming.name(10)}",
        operation=shown.operation,
        description={},
        clauses=shown.clauses,
        mistakes=shown.mistakes,
        input=shown.value,
        expected=default,
        readings=(under_readings,) if readings else (),
    )


def _disguised(
    draw: Draw,
    operations: Sequence[str],
    readings: Mapping[str, str],
    progress: Callable[[int, int], None],
) -> Iterator[_Shown]:
    templates = [
        item
        for operation in operations
        for item in _templates(operation, tuple(sorted(readings.items())))
    ]
    covered: set[Feature] = set()
    features = sorted({name for item in templates for name in item.features})
    for number, feature in enumerate(draw.shuffled(features)):
        progress(number, len(features))
        if feature not in covered:
            bearers = draw.shuffled([item for item in templates if feature in item.features])
            found = _disguise(bearers, feature, draw, readings)
            covered |= found.features
            yield found


def _disguise(
    bearers: Sequence[_Shown], feature: Feature, draw: Draw, readings: Mapping[str, str]
) -> _Shown:
    """Disguise one of the vectors that show a feature: the first that can be.

    Where none keeps everything, one that still shows the feature by other figures is taken; at the
    worst a vector bears other names only.
    """
    for template in bearers:
        for value in disguises(template.value, draw):
            if _keeps(template, value, readings):
                return _show(template.operation, value, template.clauses, readings)
    for template in bearers:
        for value in disguises(template.value, draw):
            found = _show(template.operation, value, template.clauses, readings)
            if feature in found.features and _is_new(found.expected, template):
                return found
    *_, renamed = disguises(bearers[0].value, draw)
    return _show(bearers[0].operation, renamed, bearers[0].clauses, readings)


def _is_new(expected: Mapping[str, Any], template: _Shown) -> bool:
    """Tell whether an answer has other figures than the published one, where that has any."""
    figures = _figures(template.expected)
    return not figures or sorted(_figures(expected), key=str) != sorted(figures, key=str)


def _keeps(template: _Shown, value: Input, readings: Mapping[str, str]) -> bool:
    """Tell whether a disguise is answered by the same words and other figures, and shows as much.

    The cheapest is asked first: most tries fail at once.
    """
    operation = template.operation
    expected = expectation(direct.answer(operation, value, readings))
    if shape(expected) != shape(template.expected):
        return False
    if not _is_new(expected, template):
        return False
    if any(
        expectation(direct.answer(operation, value, {**readings, feature[2]: feature[3]}))
        == expected
        for feature in template.features
        if feature[0] == "reading"
    ):
        return False
    return all(
        exposed_mistakes(operation, value, expected, readings=readings, among=(name,))
        for name in template.mistakes
    )


def _figures(node: Any) -> list[Any]:
    """Give the figures of an answer that are not 0: amounts, and decimals as they are printed."""
    if isinstance(node, Mapping):
        return [figure for item in node.values() for figure in _figures(item)]
    if isinstance(node, list):
        return [figure for item in node for figure in _figures(item)]
    is_amount = isinstance(node, int) and not isinstance(node, bool)
    return [node] if (is_amount and node) or read_decimal(node) else []


def _fresh(draw: Draw, operations: Sequence[str], readings: Mapping[str, str]) -> Iterator[_Shown]:
    for operation in operations:
        for number, theme in enumerate(THEMES[operation]):
            for time in range(theme.times):
                stream = draw.fork(operation, str(number), str(time))
                value = _canonical(theme.make(stream))
                yield _show(operation, value, tuple(theme.clauses.split()), readings)
        for time in range(FAULTY):
            yield _faulty(operation, draw.fork(operation, "fault", str(time)), readings)


def _faulty(operation: str, draw: Draw, readings: Mapping[str, str]) -> _Shown:
    """Draw an input with one fault of form, in whatever order its keys are read."""
    for _ in range(_TRIES):
        theme = draw.choice(THEMES[operation])
        value = _canonical(spoil(theme.make(draw), draw))
        shown = _show(operation, value, tuple(_FAULT_CLAUSES.split()), readings)
        turned = expectation(direct.answer(operation, _turned(value), readings))
        if turned == shown.expected and _code(turned) == "INVALID_INPUT":
            return shown
    raise AssertionError(f"no fault of form was drawn for {operation}")


def _code(expected: Mapping[str, Any]) -> str | None:
    code: str | None = expected.get("error", {}).get("code")
    return code


def _canonical(value: Input) -> Input:
    """Give the input as whoever reads the prompts has it."""
    read: Input = json_text.loads(json_text.dumps(value, sort_keys=True))
    return read


def _turned(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _turned(value[name]) for name in reversed(value)}
    return [_turned(item) for item in value] if isinstance(value, list) else value


def _show(
    operation: str, value: Input, clauses: tuple[str, ...], readings: Mapping[str, str]
) -> _Shown:
    """Answer an input and find what it shows."""
    expected = expectation(direct.answer(operation, value, readings))
    mistakes = tuple(
        exposed_mistakes(
            operation, value, expected, readings=readings, among=_mistakable(operation)
        )
    )
    changing = [
        (name, choice)
        for name, default, choices in _readings()
        for choice in choices
        if choice != readings.get(name, default)
        if expectation(direct.answer(operation, value, {**readings, name: choice})) != expected
    ]
    return _shown(operation, value, expected, clauses, mistakes, changing)


def _published(case: Case) -> _Shown:
    """Read from a published case what it shows under the default readings."""
    changing = [
        pair for item in case.readings if len(item["when"]) == 1 for pair in item["when"].items()
    ]
    value, expected = dict(case.input), dict(case.expected)
    return _shown(
        case.operation, value, expected, tuple(case.clauses), tuple(case.mistakes), changing
    )


def _shown(
    operation: str,
    value: Input,
    expected: dict[str, Any],
    clauses: tuple[str, ...],
    mistakes: tuple[str, ...],
    changing: Sequence[tuple[str, str]],
) -> _Shown:
    features: set[Feature] = {("mistake", operation, name) for name in mistakes}
    features |= {("clause", name) for name in clauses}
    features |= {("word", operation, *pair) for pair in _words(expected)}
    features |= {("reading", operation, *pair) for pair in changing}
    if "error" in expected:
        features.add(("error", operation, expected["error"]["code"]))
    return _Shown(operation, value, expected, clauses, mistakes, frozenset(features))


@cache
def _mistakable(operation: str) -> frozenset[str]:
    """Give the mistakes that some published vector of an operation exposes."""
    return frozenset(name for case in load(operation) for name in case.mistakes)


@cache
def _readings() -> Sequence[tuple[str, str, tuple[str, ...]]]:
    return tuple(
        (item["id"], item["default"], tuple(item["choices"])) for item in direct.rules()["readings"]
    )


def _words(node: Any) -> Iterator[tuple[str, str]]:
    if isinstance(node, Mapping):
        for name, item in node.items():
            if name in _WORDS:
                yield name, str(item)
            yield from _words(item)
    elif isinstance(node, list):
        for item in node:
            yield from _words(item)


@cache
def _templates(operation: str, readings: tuple[tuple[str, str], ...]) -> Sequence[_Shown]:
    """Give an operation's published vectors with what they show under readings."""
    if not readings:
        return tuple(_published(case) for case in load(operation))
    return tuple(
        _show(operation, dict(case.input), tuple(case.clauses), dict(readings))
        for case in load(operation)
    )
