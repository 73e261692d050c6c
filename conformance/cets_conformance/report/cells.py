"""Cells of the workbook: their styles, and writing a value so that it stays what it is."""

from __future__ import annotations

import re
from typing import Any, Final

__all__ = ["SEVERITY_FILLS", "Formats", "put"]

SEVERITY_FILLS: Final = {"error": "#F6C9C2", "warning": "#FBE3B3", "notice": "#D6E3F0"}
"""Fill of a marked cell by severity; dark text on each has contrast above 7."""

_FONT: Final = "Microsoft YaHei"
_INK, _SOFT, _PINE = "#17232D", "#4B5863", "#0C5648"
_VERDICTS: Final = {"conforms": _PINE, "does_not_conform": "#9A2A1E", "not_checked": "#7A5200"}
_EXACT: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]*[1-9])?")
_DIGITS: Final = 15
"""Digits that a spreadsheet keeps; a longer number is written as text."""


class Formats:
    """Styles of one workbook, made when first asked for."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        """Give the style of that name; ``KeyError`` where there is none."""
        if name not in self._made:
            base = {"font_name": _FONT, "font_size": 10, "font_color": _INK, "valign": "top"}
            self._made[name] = self._book.add_format(base | _STYLES[name])
        return self._made[name]


_STYLES: Final[dict[str, dict[str, Any]]] = {
    "text": {},
    "wrap": {"text_wrap": True},
    "amount": {"num_format": "#,##0.############", "align": "right"},
    "eyebrow": {"font_color": _SOFT},
    "sentence": {"font_size": 14, "bold": True},
    "heading": {"font_size": 12, "bold": True, "font_color": _PINE},
    "head": {"bold": True, "bg_color": "#E9F2EF", "bottom": 1, "bottom_color": "#AAB7B6"},
    "expected": {"bg_color": "#E9F2EF", "font_color": _PINE, "bold": True},
    "expected_head": {"bg_color": "#E9F2EF", "font_color": _PINE, "bold": True, "text_wrap": True},
    **{name: {"bg_color": fill} for name, fill in SEVERITY_FILLS.items()},
    **{
        f"verdict_{name}": {
            "font_size": 12,
            "bold": True,
            "font_color": "#FFFFFF",
            "bg_color": fill,
        }
        for name, fill in _VERDICTS.items()
    },
}


def put(sheet: Any, row: int, column: int, value: object, style: Any = None) -> None:
    """Write a value: a number as a number where it stays exact, all else as text.

    Text never becomes a formula; a number of more than 15 digits stays text, every digit kept.
    """
    if value is None or value == "":
        if style is not None:
            sheet.write_blank(row, column, None, style)
    elif isinstance(value, int | str) and _is_exact(str(value)):
        # The only float here: a cell of a spreadsheet is one, and at most 15 digits survive it.
        sheet.write_number(row, column, float(value), style)
    else:
        sheet.write_string(row, column, str(value), style)


def _is_exact(text: str) -> bool:
    if not _EXACT.fullmatch(text):
        return False
    return len(text.replace("-", "").replace(".", "").lstrip("0")) <= _DIGITS
