"""One pass of an XML parser over a sheet: its formulas, its errors, and how large it would be."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass, field
from xml.parsers import expat

from .grid import Form
from .records import Limits, Place, TableError, refusal
from .xlsx_verify import Workbook, chunks, local
from .xlsx_verify import parser as xml_parser

__all__ = ["SPARE_CELLS", "SheetScan", "parse_sheet"]

SPARE_CELLS = 20_000_000
"""Cells that a sheet may span beyond four times those that it has: calamine allots them all."""


@dataclass(slots=True)
class SheetScan:
    """What calamine does not tell of a sheet."""

    special: dict[int, list[tuple[int, Form, str]]] = field(default_factory=dict)
    """0-based row to the columns of its formulas and errors, their form and text."""
    width: int = 0
    """Columns up to the last formula or error."""
    height: int = 0
    """Rows up to the last formula or error."""
    blank_formulas: set[tuple[int, int]] = field(default_factory=set)
    """Formulas whose stored value is an empty text."""


def parse_sheet(workbook: Workbook, info: zipfile.ZipInfo, sheet: str, limits: Limits) -> SheetScan:
    """Find the formulas and errors of a sheet, and refuse one that would not fit in memory."""
    return _Parse(workbook, info, sheet, limits).run()


def _string_lengths(workbook: Workbook) -> list[int]:
    """Give the bytes that each shared string takes in the file."""
    lengths: list[int] = []
    begin = 0
    parser = xml_parser()

    def on_start(tag: str, _attributes: dict[str, str]) -> None:
        nonlocal begin
        if local(tag) == "si":
            begin = parser.CurrentByteIndex

    def on_end(tag: str) -> None:
        if local(tag) == "si":
            lengths.append(parser.CurrentByteIndex - begin)

    parser.StartElementHandler, parser.EndElementHandler = on_start, on_end
    for info in workbook.archive.infolist():
        if info.filename.casefold().endswith("sharedstrings.xml"):
            for chunk in chunks(workbook.archive, info):
                parser.Parse(chunk, False)  # noqa: FBT003 - expat's own signature
    return lengths


_REFERENCE = re.compile(r"([A-Za-z]{1,7})([0-9]{1,10})")


class _Parse:
    """One pass of the XML parser over a sheet, in the way calamine numbers its cells."""

    def __init__(
        self, workbook: Workbook, info: zipfile.ZipInfo, sheet: str, limits: Limits
    ) -> None:
        self.workbook, self.info, self.sheet, self.limits = workbook, info, sheet, limits
        self.scan = SheetScan()
        self.row, self.column, self.cells = -1, -1, 0
        self.box = [1 << 62, -1, 1 << 62, -1]
        self.kind, self.inside = "", ""
        self.texts: dict[str, str] = {}
        self.characters = 0
        self.lengths = _string_lengths(workbook)

    def run(self) -> SheetScan:
        parser = xml_parser()
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.data
        try:
            for chunk in chunks(self.workbook.archive, self.info):
                parser.Parse(chunk, False)  # noqa: FBT003 - expat's own signature
                self.require_fits()
            parser.Parse(b"", True)  # noqa: FBT003 - expat's own signature
        except expat.ExpatError as error:
            raise refusal("WORKBOOK_UNREADABLE", reason=f"XML: {error}") from error
        self.require_fits()
        return self.scan

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = local(tag)
        if tag == "row":
            given = attributes.get("r", "")
            self.row = int(given) - 1 if given.isascii() and given.isdigit() else self.row + 1
            self.column = -1
        elif tag == "c":
            self.begin_cell(attributes)
        elif tag in {"f", "v", "t"} and self.kind:
            self.inside = tag
            self.texts.setdefault(tag, "")

    def begin_cell(self, attributes: dict[str, str]) -> None:
        found = _REFERENCE.fullmatch(attributes.get("r", ""))
        self.column += 1
        if found:
            self.column = 0
            for letter in found[1].upper():
                self.column = self.column * 26 + ord(letter) - 64
            self.column -= 1
            self.row = int(found[2]) - 1
        self.kind = attributes.get("t", "n")
        self.texts = {}
        self.cells += 1
        box = self.box
        box[:] = (
            min(box[0], self.row),
            max(box[1], self.row),
            min(box[2], self.column),
            max(box[3], self.column),
        )

    def data(self, text: str) -> None:
        if self.inside:
            self.texts[self.inside] = self.texts[self.inside][: self.limits.cell] + text

    def end(self, tag: str) -> None:
        tag = local(tag)
        if tag == "c":
            self.end_cell()
        elif tag == self.inside:
            self.inside = ""

    def end_cell(self) -> None:
        value = self.texts.get("v", "")
        if "f" in self.texts:
            blank = self.kind == "str" and not value.strip()
            self.note_special(Form.FORMULA, "=" + (self.texts["f"] or "…"), blank=blank)
        elif self.kind == "e":
            self.note_special(Form.ERROR, value or "#ERROR", blank=False)
        self.characters += self.length_of(value) if self.kind == "s" else 0
        self.kind, self.inside = "", ""

    def note_special(self, form: Form, text: str, *, blank: bool) -> None:
        if blank:
            self.scan.blank_formulas.add((self.row, self.column))
        else:
            self.scan.height = max(self.scan.height, self.row + 1)
        self.scan.width = max(self.scan.width, self.column + 1)
        self.scan.special.setdefault(self.row, []).append((self.column, form, text))

    def length_of(self, index: str) -> int:
        known = index.isascii() and index.isdigit() and len(index) < 10
        return self.lengths[int(index)] if known and int(index) < len(self.lengths) else 0

    def require_fits(self) -> None:
        if self.box[1] < 0:
            return
        limits = self.limits
        height, width = self.box[1] + 1, self.box[3] - self.box[2] + 1
        if width > limits.columns:
            raise _too_many("TOO_MANY_COLUMNS", width, limits.columns)
        if height > limits.rows:
            raise _too_many("TOO_MANY_ROWS", height, limits.rows)
        if height * width > SPARE_CELLS + 4 * self.cells:
            size = {"rows": f"{height:,}", "columns": f"{width:,}"}
            raise refusal("SHEET_TOO_SPARSE", Place(self.sheet, height, None), None, **size)
        if self.characters > limits.unpacked:
            raise refusal("UNPACKED_TOO_LARGE", limit=f"{limits.unpacked:,}")


def _too_many(code: str, found: int, limit: int) -> TableError:
    return refusal(code, found=f"{found:,}", limit=f"{limit:,}")
