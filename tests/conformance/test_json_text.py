"""JSON text from others is read strictly or refused with a place; ours is written canonically."""

from __future__ import annotations

import json
import time
from decimal import Context, Decimal, localcontext
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cets_conformance import json_text, messages
from cets_conformance.json_text import (
    DEEPEST,
    LONGEST_NUMBER,
    JsonTextError,
    dumps,
    loads,
    loads_own,
)

LONG = "9" * (LONGEST_NUMBER + 1)

REFUSED: dict[str, tuple[bytes | str, str, int, int]] = {
    "a byte that is no UTF-8": (b'{"a":\n "\xff"}', "NOT_UTF8", 2, 3),
    "UTF-16": ('{"a":1}'.encode("utf-16"), "NOT_UTF8", 1, 1),
    "GB18030": ('{"名":1}'.encode("gb18030"), "NOT_UTF8", 1, 3),
    "an encoded surrogate": (b'"\xed\xa0\x80"', "NOT_UTF8", 1, 2),
    "a surrogate in a str": ('{\n"\ud800": 1}', "NOT_UTF8", 2, 2),
    "a byte order mark": (b"\xef\xbb\xbf{}", "NOT_JSON", 1, 1),
    "a byte order mark alone": ("\ufeff", "NOT_JSON", 1, 1),
    "nothing": (b"", "NOT_JSON", 1, 1),
    "blanks only": (" \n ", "NOT_JSON", 2, 2),
    "NaN": ('{"a": NaN}', "NOT_JSON", 1, 7),
    "Infinity": ("[1, Infinity]", "NOT_JSON", 1, 5),
    "minus Infinity": ("[1,\n-Infinity]", "NOT_JSON", 2, 1),
    "a comma too many": ('{"a": 1,}', "NOT_JSON", 1, 9),
    "a comma missing": ('["a" "b"]', "NOT_JSON", 1, 6),
    "single quotes": ("{'a': 1}", "NOT_JSON", 1, 2),
    "text after the value": ("{} {}", "NOT_JSON", 1, 4),
    "a leading zero": ("[01]", "NOT_JSON", 1, 3),
    "full-width digits": ("[１]", "NOT_JSON", 1, 2),
    "a raw newline in a string": ('"a\nb"', "NOT_JSON", 1, 3),
    "a NUL": ("[\x00]", "NOT_JSON", 1, 2),
    "an unknown escape": (r'"\x41"', "NOT_JSON", 1, 2),
    "an end too early": ('{"a": [1, 2', "NOT_JSON", 1, 12),
    "a key twice": ('{"a": 1,\n "a": 1}', "DUPLICATE_KEY", 2, 2),
    "a key twice in an inner object": ('[{"a": {"b": 1, "b": 2}}]', "DUPLICATE_KEY", 1, 17),
    "a key twice, once escaped": (r'{"a": 1, "\u0061": 2}', "DUPLICATE_KEY", 1, 10),
    "the empty key twice": ('{"": 1, "": 2}', "DUPLICATE_KEY", 1, 9),
    "lists too deep": ("[" * 201 + "]" * 201, "TOO_DEEP", 1, 201),
    "objects too deep": ('{"a":' * 201 + "1" + "}" * 201, "TOO_DEEP", 1, 1001),
    "lists far too deep": ("[" * 100_000 + "]" * 100_000, "TOO_DEEP", 1, 201),
    "lists far too deep without an end": ("[" * 100_000, "TOO_DEEP", 1, 201),
    "an integer too long": (f'{{"a":\n {LONG}}}', "NUMBER_TOO_LONG", 2, 2),
    "a negative integer too long": (f"[-{LONG}]", "NUMBER_TOO_LONG", 1, 2),
    "a fraction too long": (f"[0.{LONG}]", "NUMBER_TOO_LONG", 1, 2),
    "an exponent beyond all": ("[1, 1e99999999999999999999]", "NUMBER_TOO_LONG", 1, 5),
    "an exponent too long": (f"[1e{LONG}]", "NUMBER_TOO_LONG", 1, 2),
    "the first of several": ('{"a": 1, "a": NaN, "b" }', "DUPLICATE_KEY", 1, 10),
    "NaN after a value that is like its key": ('{"a": "a", "b": NaN}', "NOT_JSON", 1, 17),
    "NaN after a list of equal strings": ('[["a", "a"], NaN]', "NOT_JSON", 1, 14),
    "a syntax error before a key twice": ('{"a": 1, b: 2, "a": 3}', "NOT_JSON", 1, 10),
}


@pytest.mark.parametrize(("text", "code", "line", "column"), REFUSED.values(), ids=list(REFUSED))
def test_it_is_refused_with_its_code_and_place(
    text: bytes | str, code: str, line: int, column: int
) -> None:
    with pytest.raises(JsonTextError) as caught:
        loads(text)
    error = caught.value
    assert (error.code, error.line, error.column) == (code, line, column)
    assert str(error) == error.message == messages.text(f"problem.{code}", "en", **error.values)
    assert messages.text(f"problem.{code}", "zh", **error.values)


@pytest.mark.parametrize("code", sorted({code for _, code, _, _ in REFUSED.values()}))
def test_every_message_names_the_place_in_both_languages(code: str) -> None:
    for text in messages.entries()[f"problem.{code}"].values():
        assert "{line}" in text
        assert "{column}" in text


def test_a_message_shows_the_key_that_stands_twice_cut_and_printable() -> None:
    with pytest.raises(JsonTextError) as caught:
        loads('{"\\ud800' + "k" * 100 + '": 1, "\\ud800' + "k" * 100 + '": 2}')
    assert caught.value.message.encode("utf-8").count(b"k") < 50
    assert "…" in caught.value.message


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.0", Decimal("1.0")),
        ("1.50", Decimal("1.50")),
        ("1e400", Decimal("1e400")),
        ("-1E-400", Decimal("-1e-400")),
        ("9007199254740993", 9007199254740993),
        ("9" * LONGEST_NUMBER, 10**LONGEST_NUMBER - 1),
        (f'"{LONG}"', LONG),
        ("[" * 200 + "]" * 200, None),
        ('{"a": {"a": 1}, "b": {"a": 1}}', {"a": {"a": 1}, "b": {"a": 1}}),
        ('[{"a": 1}, {"a": 1}]', [{"a": 1}, {"a": 1}]),
        ('{"x": "NaN", "y": "[[[{\\"x\\": 1"}', {"x": "NaN", "y": '[[[{"x": 1'}),
        (r'"\ud83c\udf0d\ud800"', "🌍\ud800"),
        (b' \t\r\n"\xe6\xb0\xb4\xe6\xb3\xa5" ', "水泥"),
    ],
    ids=lambda item: str(item)[:20],
)
def test_it_is_read_without_losing_anything(text: bytes | str, value: Any) -> None:
    found = loads(text)
    if value is not None:
        assert (found, type(found)) == (value, type(value))
        assert str(found) == str(value)


def test_integers_and_other_numbers_can_be_told_apart() -> None:
    assert [type(item) for item in loads("[1, 1.0, 1e0, true, -0]")] == [
        int,
        Decimal,
        Decimal,
        bool,
        int,
    ]


def test_the_ambient_decimal_context_has_no_part_in_it() -> None:
    with localcontext(Context(prec=2, Emax=10, traps=[])):
        assert str(loads("1234567.891")) == "1234567.891"
        with pytest.raises(JsonTextError):
            loads("1e99999999999999999999")


@pytest.mark.parametrize(
    "text",
    [
        '"' + '\\"' * 500_000,
        "NaN" + '"' + '\\"' * 500_000,
        '{"a":1,"a":' + '"\\"' * 300_000,
        ("9" * LONGEST_NUMBER + ".") * 2_000,
        "[" * 1_000_000,
        '{"a":[' * 300_000,
        "[" + "1," * 500_000 + LONG + "]",
        '"' + "\\u0061" * 300_000,
        f'["{LONG}", "' + '\\"' * 200_000,
    ],
    ids=range(9),
)
def test_hostile_text_costs_linear_time(text: str) -> None:
    """Quadratic cost on a million characters would be hours."""
    start = time.perf_counter()
    with pytest.raises(JsonTextError):
        loads(text)
    assert time.perf_counter() - start < 10


def code_of(text: str) -> str | None:
    try:
        loads(text)
    except JsonTextError as error:
        return error.code
    return None


def test_a_deep_stack_makes_it_refuse_and_not_crash() -> None:
    def descend(levels: int) -> None:
        if levels:
            descend(levels - 1)
            return
        for depth in (1, 150, 200):
            codes.append(code_of("[" * depth + "]" * depth))

    codes: list[str | None] = []
    descend(700)
    assert set(codes) <= {None, "TOO_DEEP"}
    assert codes[0] is None


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(st.characters(exclude_categories=[]), max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=20,
)


@given(JSON, st.booleans(), st.booleans())
def test_what_is_written_is_valid_utf8_and_reads_back(
    value: Any, pretty: bool, sort_keys: bool
) -> None:
    """Two unpaired surrogates side by side are the exception: JSON has no way to keep them two."""
    text = dumps(value, pretty=pretty, sort_keys=sort_keys)
    assert text.encode("utf-8").decode("utf-8") == text
    joined = json.loads(json.dumps(value))
    assert loads(text) == loads_own(text) == joined
    assert dumps(loads(text), pretty=pretty, sort_keys=sort_keys) == dumps(
        joined, pretty=pretty, sort_keys=sort_keys
    )


@given(st.text() | st.binary() | st.text('[]{}:,"\\u01eE.-+Na \n', max_size=40))
def test_any_text_gives_a_value_or_the_one_error(text: str | bytes) -> None:
    try:
        found = loads(text)
    except JsonTextError as error:
        place = (error.line, error.column)
    else:
        place = (1, 1)
        assert found == json.loads(text, parse_float=Decimal)
    assert min(place) >= 1


def test_canonical_text_is_what_is_promised() -> None:
    value = {"b": "水泥\u2028", "a": [1, {"c": None}], "e": {}, "l": []}
    assert dumps(value) == '{"b":"水泥\u2028","a":[1,{"c":null}],"e":{},"l":[]}'
    assert dumps(value, sort_keys=True).startswith('{"a":[1,')
    assert dumps({"b": 1, "a": [2]}, pretty=True) == ('{\n  "b": 1,\n  "a": [\n    2\n  ]\n}\n')
    assert dumps("\ud800水") == '"\\ud800水"'


def test_a_number_with_a_fraction_is_written_as_text() -> None:
    assert dumps({"found": Decimal("1.50")}) == '{"found":"1.50"}'


@pytest.mark.parametrize("literal", ["0.5", "1e3", "NaN", "-Infinity"])
def test_what_is_not_our_own_is_noticed_where_a_digit_could_be_lost(literal: str) -> None:
    with pytest.raises(ValueError, match="no integer"):
        loads_own(literal)


@pytest.mark.parametrize(
    ("value", "error"),
    [
        (float("nan"), ValueError),
        (float("inf"), ValueError),
        (Decimal("NaN"), TypeError),
        ({1, 2}, TypeError),
        (b"a", TypeError),
    ],
)
def test_what_json_lacks_is_not_written(value: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        dumps(value)


def test_the_public_names_are_listed() -> None:
    assert set(json_text.__all__) == {
        "DEEPEST",
        "LONGEST_NUMBER",
        "JsonTextError",
        "dumps",
        "loads",
        "loads_own",
    }
    assert DEEPEST == 200
