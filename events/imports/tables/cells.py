"""Bytes of a spreadsheet, CSV or XLSX, to a header and numbered rows of text."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import msgspec

from events.imports.files import Unreadable, decode
from events.imports.tables.workbook import LONGEST_CELL, MOST_COLUMNS, MOST_ROWS, Sheet

MOST_UNPACKED = 60_000_000
MOST_PARTS = 2_000
SECONDS = 20
HEADER_WITHIN = 15
DELIMITERS = (",", ";", "\t", "|")
_ROOT = Path(__file__).resolve().parents[3]
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_TOO_MUCH = "The spreadsheet unpacks to far more than a list of events needs: save it as CSV."


@dataclass(frozen=True)
class Table:
    """A header, and the rows below it by the number that a spreadsheet program shows."""

    header: list[str]
    rows: list[tuple[int, list[str]]]
    sheet: str = ""
    sheets: tuple[str, ...] = ()


def _check_size(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = packed.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise Unreadable("The spreadsheet is damaged: save it again.") from None
    if len(parts) > MOST_PARTS or sum(one.file_size for one in parts) > MOST_UNPACKED:
        raise Unreadable(_TOO_MUCH)


def _workbook(content: bytes, sheet: str) -> Sheet:
    _check_size(content)
    command = [sys.executable, "-s", "-m", "events.imports.tables.workbook"]
    try:
        done = subprocess.run(  # noqa: S603 - our own module, and no secret in its surroundings
            command,
            input=msgspec.json.encode(sheet) + b"\n" + content,
            capture_output=True,
            timeout=SECONDS,
            cwd=_ROOT,
            env={"PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"},
            check=False,
        )
        found = msgspec.json.decode(done.stdout, type=Sheet)
    except (subprocess.TimeoutExpired, msgspec.DecodeError):
        raise Unreadable(_TOO_MUCH) from None
    if found.fault:
        raise Unreadable(f"The spreadsheet cannot be read ({found.fault}): save it as CSV.")
    return found


def _text(content: bytes) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        try:
            return content.decode("utf-16")
        except UnicodeDecodeError:
            raise Unreadable("The file breaks off: save it again.") from None
    return decode(content)


def _width(text: str, delimiter: str) -> int:
    """How many columns most of the first rows have when parted so."""
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        widths = sorted(len(row) for row, _number in zip(reader, range(30), strict=False) if row)
    except csv.Error:
        return 0
    return widths[len(widths) // 2] if widths else 0


def _csv(content: bytes) -> list[tuple[int, list[str]]]:
    text = _text(content).replace("\x00", "")
    csv.field_size_limit(1_000_000)
    delimiter = max(DELIMITERS, key=lambda one: _width(text[:100_000], one))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows = []
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            texts = [cell.strip()[:LONGEST_CELL] for cell in cells[:MOST_COLUMNS]]
            if any(texts):
                rows.append((number, texts))
            if len(rows) > MOST_ROWS + HEADER_WITHIN:
                break
    except csv.Error as error:
        raise Unreadable(
            f"The table cannot be read from row {number + 1} on ({error}): look for a quotation"
            " mark too many or too few."
        ) from None
    return rows


def _below_header(rows: list[tuple[int, list[str]]]) -> int:
    """Where the header is: the first row with as many filled cells as a table needs."""
    for index, (_number, cells) in enumerate(rows[:HEADER_WITHIN]):
        if sum(bool(cell) for cell in cells) >= 2:
            return index
    raise Unreadable("No row names the columns: the first line needs names such as Title and Date.")


def read_table(content: bytes, sheet: str | None = None) -> Table:
    """The table of a CSV or XLSX file; of several sheets the wanted one, else the first.

    Rows above the header and empty rows are passed over. Formulas count as their values.

    Raises:
        Unreadable: there is no table in it, or too much; the message says why.
    """
    if content[:4] == _OLD_EXCEL:
        raise Unreadable("This is an old Excel file or has a password: save it as XLSX or CSV.")
    found = Sheet([], "", [])
    if content[:2] == b"PK":
        found = _workbook(content, sheet or "")
        rows = found.rows
    else:
        if b"\x00" in content[:4096] and content[:2] not in (b"\xff\xfe", b"\xfe\xff"):
            raise Unreadable("This is neither a calendar nor a list nor a spreadsheet.")
        rows = _csv(content)
    if not rows:
        raise Unreadable("The table is empty.")
    at = _below_header(rows)
    below = rows[at + 1 :]
    if len(below) > MOST_ROWS:
        raise Unreadable(f"The table has more than {MOST_ROWS:,} rows: split it.")
    if not below:
        raise Unreadable("The table has a header and no rows.")
    header = list(rows[at][1])
    wide = max(len(header), *(len(cells) for _number, cells in below))
    header += [""] * (wide - len(header))
    padded = [(number, cells + [""] * (wide - len(cells))) for number, cells in below]
    return Table(header, padded, found.sheet, tuple(found.sheets))
