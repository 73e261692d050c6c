"""What a cell of each type accepts, and the canonical text it becomes."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cets_conformance.tables import provinces
from cets_conformance.tables.columns import COLUMNS, Type
from cets_conformance.tables.reading import table_from_rows
from cets_conformance.tables.reading.cells import CANONICAL, Outcome, converter, passing
from cets_conformance.tables.reading.convert import convert
from cets_conformance.tables.reading.grid import STRING, Form, GridColumn, float_text, floats

T, N = Form.TEXT, Form.NUMBER


def take(field: str, text: str, form: int = T, shift: int = 0) -> Outcome:
    return converter(COLUMNS[field])(text, form, shift)


@pytest.mark.parametrize(
    ("field", "text", "form", "expected"),
    [
        ("year", "2025", T, "2025"),
        ("year", "2025", N, "2025"),
        ("year", "2025年", T, "2025"),
        ("year", "２０２５", T, "2025"),
        ("commissioned_year", "2024.0", N, "2024"),
        ("commissioned_year", "2024年", T, "2024"),
        ("province", "河北省", T, "13"),
        ("province", "河北", T, "13"),
        ("province", "Hebei Province", T, "13"),
        ("province", "inner mongolia", T, "15"),
        ("province", "13", N, "13"),
        ("province", "130000", T, "13"),
        ("province", "66", T, "65"),
        ("province", "新疆生产建设兵团", T, "65"),
        ("province", "火星", T, "火星"),
        ("province", "99", T, "99"),
        ("sector", "铝冶炼", T, "aluminium"),
        ("sector", " Aluminum ", T, "aluminium"),
        ("route", "long process", T, "long_process"),
        ("line_kind", "仅白水泥熟料", T, "white_only"),
        ("listed", "是", T, "true"),
        ("listed", "N", T, "false"),
        ("listed", "1", N, "true"),
        ("listed", "true", Form.BOOLEAN, "true"),
        ("enterprise_id", "Ａ１２", T, "A12"),
        ("enterprise_id", "911101087000000000", N, "911101087000000000"),
        ("unit_id", "7", N, "7"),
        ("enterprise_name", "甲（集团） ", T, "甲(集团)"),
        ("output", "1,234,567.5", T, "1234567.5"),
        ("output", "1，234，567", T, "1234567"),
        ("output", "１２３４．５", T, "1234.5"),
        ("output", "\u3000 12\xa0", T, "12"),
        ("output", "0.100000", T, "0.100000"),
        ("output", "0.0000005", N, "0.000000"),
        ("output", "0.0000015", N, "0.000002"),
        ("output", "1234.12345678", N, "1234.123457"),
        ("output", "1e-07", N, "0.000000"),
        ("output", "1.2E+06", N, "1200000"),
        ("output", "", T, None),
        ("output", " \u3000", T, None),
        ("balance_value", "0.0310", T, "0.0310"),
        ("balance_value", "3.10%", T, "0.0310"),
        ("balance_value", "３．１０％", T, "0.0310"),
        ("balance_value", "100%", T, "1.00"),
        ("balance_value", "-0.5%", T, "-0.005"),
        ("deviation", "-0.05", T, "-0.05"),
        ("deviation", "−0.05", T, "-0.05"),
        ("deviation", "-0.000", T, "0.000"),
        ("intensity", "0.1234567890125", N, "0.123456789012"),
        ("allowance", "1200", T, "1200"),
        ("allowance", "1200.00", T, "1200"),
        ("allowance", "9007199254740991", T, "9007199254740991"),
        ("adjustment", "-5", T, "-5"),
        ("adjustment", "－5", T, "-5"),
        ("adjustment", "−1,200", T, "-1200"),
        ("adjustment", "-0", T, "0"),
    ],
)
def test_what_is_accepted_becomes_canonical(
    field: str, text: str, form: int, expected: str | None
) -> None:
    outcome = take(field, text, form)
    assert (outcome.text, outcome.code) == (expected, None)


@pytest.mark.parametrize(
    ("field", "text", "form", "code"),
    [
        ("output", "1.2E+06", T, "SCIENTIFIC"),
        ("output", "1e400", T, "SCIENTIFIC"),
        ("output", "1e400", N, "NOT_FINITE"),
        ("output", "1e999999999", N, "NOT_FINITE"),
        ("output", "NaN", T, "NOT_FINITE"),
        ("output", "-inf", N, "NOT_FINITE"),
        ("output", "-3", T, "NEGATIVE"),
        ("output", "1.1234567", T, "TOO_MANY_DIGITS"),
        ("output", "1234567890123456", T, "TOO_MANY_DIGITS"),
        ("output", "约三吨", T, "NOT_A_NUMBER"),
        ("output", "1,23", T, "NOT_A_NUMBER"),
        ("output", "1 234", T, "NOT_A_NUMBER"),
        ("output", "3%", T, "NOT_A_NUMBER"),
        ("output", "10²", T, "NOT_A_NUMBER"),
        ("output", "١٢", T, "NOT_A_NUMBER"),
        ("output", "+5", T, "NOT_A_NUMBER"),
        ("output", "5.", T, "NOT_A_NUMBER"),
        ("output", ".5", T, "NOT_A_NUMBER"),
        ("output", "007", T, "LEADING_ZERO"),
        ("output", "2024-05-01", T, "DATE_FOUND"),
        ("output", "2024-05-01", Form.DATE, "DATE_FOUND"),
        ("output", "true", Form.BOOLEAN, "BOOLEAN_FOUND"),
        ("output", "#REF!", Form.ERROR, "ERROR_CELL"),
        ("output", "#N/A", T, "ERROR_CELL"),
        ("output", "=A1", Form.FORMULA, "FORMULA"),
        ("output", "=A1*2", T, "FORMULA"),
        ("balance_value", "0.1234567890123", T, "TOO_MANY_DIGITS"),
        ("allowance", "1200.5", T, "FRACTIONAL_AMOUNT"),
        ("allowance", "1200.5", N, "FRACTIONAL_AMOUNT"),
        ("allowance", "-1", T, "NEGATIVE"),
        ("allowance", "9007199254740992", T, "AMOUNT_TOO_LARGE"),
        ("commissioned_year", "1899", T, "YEAR_OUT_OF_RANGE"),
        ("commissioned_year", "2101", N, "YEAR_OUT_OF_RANGE"),
        ("year", "25", T, "NOT_A_YEAR"),
        ("year", "2025.5", N, "NOT_A_YEAR"),
        ("year", "2025-01-01", Form.DATE, "DATE_FOUND"),
        ("sector", "造纸", T, "UNKNOWN_CHOICE"),
        ("sector", "true", Form.BOOLEAN, "BOOLEAN_FOUND"),
        ("listed", "也许", T, "UNKNOWN_CHOICE"),
        ("unit_id", "x" * 65, T, "ID_TOO_LONG"),
        ("unit_id", "2024-01-02", Form.DATE, "DATE_FOUND"),
        ("unit_id", "#REF!", T, "ERROR_CELL"),
        ("unit_id", "nan", N, "NOT_TEXT"),
        ("province", "#N/A", T, "ERROR_CELL"),
        ("enterprise_name", "=VLOOKUP(A1)", T, "FORMULA"),
    ],
)
def test_what_is_not_usable_says_why(field: str, text: str, form: int, code: str) -> None:
    outcome = take(field, text, form)
    assert (outcome.text, outcome.code) == (None, code)


@pytest.mark.parametrize(
    ("field", "text", "form", "note"),
    [
        ("output", " 5", T, "BLANKS_TRIMMED"),
        ("output", "５", T, "FULL_WIDTH"),
        ("output", "1,000", T, "THOUSANDS_SEPARATOR"),
        ("output", "0.12345678", N, "ROUNDED_6"),
        ("intensity", "0.12345678901234", N, "ROUNDED_12"),
        ("balance_value", "3%", T, "PERCENT"),
        ("commissioned_year", "2024年", T, "YEAR_SUFFIX"),
        ("enterprise_id", "12", N, "NUMBER_AS_TEXT"),
        ("enterprise_id", "911101087000000000", N, "DIGITS_MAY_BE_LOST"),
        ("province", "66", T, "PROVINCE_CORPS"),
    ],
)
def test_what_is_accepted_though_not_canonical_is_noted(
    field: str, text: str, form: int, note: str
) -> None:
    assert note in take(field, text, form).notes


@pytest.mark.parametrize(
    ("text", "form", "expected"),
    [
        ("12.3456789", T, "123456.789"),
        ("0.5", T, "5000"),
        ("0.00001", T, "0.1"),
        ("12.34567890123", T, None),
        ("120.00005", N, "1200000.5"),
        ("0", T, "0"),
    ],
)
def test_ten_thousand_tonnes_become_tonnes_exactly(
    text: str, form: int, expected: str | None
) -> None:
    assert take("output", text, form, 4).text == expected


def test_an_amount_in_ten_thousand_tonnes_must_be_whole_in_tonnes() -> None:
    assert take("allowance", "12.3456", T, 4).text == "123456"
    assert take("allowance", "12.34567", T, 4).code == "FRACTIONAL_AMOUNT"


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (1200000.0, "1200000"),
        (0.1, "0.1"),
        (1e-7, "0.0000001"),
        (1e22, "1" + "0" * 22),
        (-0.0, "0"),
        (123456789.125, "123456789.125"),
    ],
)
def test_floats_are_written_by_their_shortest_decimal(number: float, expected: str) -> None:
    assert float_text(number) == expected


@given(st.lists(st.floats(), min_size=1, max_size=20))
def test_a_column_of_floats_is_written_as_each_float_alone(numbers: list[float]) -> None:
    column = floats(np.asarray(numbers))
    assert column.text.to_pylist() == [float_text(number) for number in numbers]
    got = [float(text) for text in column.text.to_pylist()]
    assert np.array_equal(got, numbers, equal_nan=True)


def test_every_cell_that_is_not_usable_is_a_problem_of_its_own() -> None:
    rows = [
        {"year": 2025, "sector": "steel", "unit_id": str(i), "allowance": "x"} for i in range(5)
    ]
    table = table_from_rows(rows)
    assert [p.place.row for p in table.problems] == [1, 2, 3, 4, 5]
    assert table.bad["allowance"].all()
    assert table.cells["allowance"].isna().all()


def test_one_note_for_a_column_counts_its_cells_and_shows_the_first() -> None:
    rows = [
        {"year": 2025, "sector": "steel", "unit_id": "u", "allowance": a} for a in ("1", "1,000")
    ]
    rows.append({"year": 2025, "sector": "steel", "unit_id": "v", "allowance": "2,000"})
    (note,) = table_from_rows(rows).notes
    assert (note.code, note.field, note.count, note.first.row) == (
        "THOUSANDS_SEPARATOR",
        "allowance",
        2,
        2,
    )
    assert note.values["found"] == "1,000"


WIDE = st.text(alphabet="ab=# ~（）＝＃　甲钢Ａ１－\u00a0é﹙\t", max_size=6)


ONLY_WIDE = st.text(alphabet="ab ~（）＝Ａ１！～甲鿿", max_size=6)


@given(st.lists(WIDE, min_size=1, max_size=8) | st.lists(ONLY_WIDE, min_size=1, max_size=8))
def test_a_column_of_names_becomes_what_each_name_becomes(texts: list[str]) -> None:
    """Full-width characters are made half-width many at a time; nobody can tell."""
    column = COLUMNS["enterprise_name"]
    filled = [text or None for text in texts]
    array = pa.chunked_array([pa.array(filled, STRING)])
    done = convert(column, GridColumn(array, None), 0)
    one_by_one = [converter(column)(text, Form.TEXT, 0) if text else None for text in filled]
    assert done.text.cast(STRING).to_pylist() == [one and one.text for one in one_by_one]
    wrong = [at for at, one in enumerate(one_by_one) if one is not None and one.code]
    assert [item.position for item in done.wrong] == wrong
    noted = {note for one in one_by_one if one is not None for note in one.notes}
    assert set(done.notes) == noted


LISTED = [*provinces.PROVINCES, "66", *(text for c in COLUMNS.values() for text in c.choices)]
PASSING = {kind: st.from_regex(CANONICAL[kind], fullmatch=True) for kind in CANONICAL}


@settings(max_examples=40, deadline=None)
@given(st.fixed_dictionaries(PASSING))
def test_what_passes_is_what_its_converter_leaves_as_it_is(drawn: dict[Type, str]) -> None:
    for column in COLUMNS.values():
        for form, passes in passing(column, 0).items():
            for text in filter(passes, [*LISTED, *drawn.values()]):
                assert converter(column)(text, form, 0) == Outcome(text)


def test_figures_in_ten_thousand_tonnes_do_not_pass() -> None:
    assert not any(passing(column, 4) for column in COLUMNS.values() if column.unit)
